"""
Rules of tokens: renewed, kept apart, shown nowhere, sent nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import evolve

from crmkit import CRMError
from crmkit.models import CRMCredentials, Secret
from crmkit.testing._messages import Answer
from crmkit.testing._provider.changes import everywhere, value_of, with_value
from crmkit.testing._provider.failing import fetched
from crmkit.testing._provider.gate import always, carries
from crmkit.testing._server import Server
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from crmkit.infos import OAuth2
    from crmkit.testing._messages import Request
    from crmkit.testing._provider.subject import Subject

FRESH = "a-fresh-token-of-the-fake"


class Signing:
    """
    What a provider that signs its requests holds to.
    """

    @rule
    def test_c01_renewed(self, subject: Subject) -> None:
        """
        A token that is refused is renewed once, and the call goes on with the new one.
        """
        info = subject.info
        if info.oauth is None:
            subject.about("crmkit_refresh")
        client, gate = subject.add(), subject.gate
        gate.revoked = {subject.fake.token}
        credentials = subject.credentials() or CRMCredentials(provider=subject.name)
        if info.oauth:
            fake, place = subject.fake, urlsplit(info.oauth.token_url).path
            fake.open_paths |= {f"/{place.lstrip('/')}"}
            app = {"client_id": "an-app", "client_secret": "its-secret"}
            app = {**credentials.metadata, **app}
            credentials = evolve(credentials, refresh_token=Secret("again"), metadata=app)
        connector = subject.connect(
            credentials=credentials, plugins={subject.name: _with_tokens_here(subject)}
        )
        with gate.between(before=_renewing(subject, info.oauth)):
            found = fetched(connector, client.id)
        if isinstance(found, Exception):
            subject.broken(f"does not get the call through, which says {found}")

    @rule
    def test_c02_users(self, subject: Subject) -> None:
        """
        Two users are never mixed up: each request carries the token of who asks.
        """
        subject.about("crmkit_fetch")
        if subject.info.auth is None:
            subject.not_offered("it signs nothing")
        tokens = {"ana": "a-token-of-ana", "bo": "a-token-of-bo"}
        gate = subject.gate
        gate.tokens |= set(tokens.values())
        given = subject.credentials() or CRMCredentials(provider=subject.name)
        connector = subject.connect(
            credentials={
                (subject.name, user): _with_token(given, subject.fake.token, token)
                for user, token in tokens.items()
            }
        )
        client = subject.add()
        for user in ("ana", "bo", "ana"):
            gate.requests.clear()
            connector.get_client_data(client.id, user)
            if not gate.requests:
                subject.broken(f"tells {user} what another user was told")
            if not all(carries(request, tokens[user]) for request in gate.requests):
                subject.about("crmkit_provider")  # whose auth signs
                subject.broken(f"asks for {user} with a token that is another user's")

    @rule
    def test_c05_check(self, subject: Subject) -> None:
        """
        A look at the account asks the CRM: a token that is refused is a problem.
        """
        subject.about("crmkit_check")
        connector, refusal = subject.connect(), subject.fake.error(401, {})
        good = {finding.status for finding in connector.check()}
        with subject.gate.between(before=always(refusal)):
            bad = {finding.status for finding in connector.check()}
        if "problem" in good:
            subject.broken("tells of a problem where there is none")
        if "problem" not in bad:
            subject.broken("tells of no problem though the token is refused")

    @rule
    def test_c04_hosts(self, subject: Subject) -> None:
        """
        A request goes to no other machine, whatever the CRM's answers name.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        asked: list[Request] = []

        def elsewhere(request: Request) -> Answer:
            asked.append(request)
            return Answer(json={})

        with Server(elsewhere) as other:
            redirect = Answer(status=302, headers={"Location": f"{other.url}/"})
            with subject.gate.between(before=lambda _request: redirect):
                subject.connect().get_clients_data([client.id])

            def lured(value: Any) -> Any:
                is_url = isinstance(value, str) and value.startswith("http")
                return f"{other.url}/lured" if is_url else value

            def change(answer: Answer) -> Answer:
                value = value_of(answer)
                return with_value(answer, everywhere(value, lured)) if value else answer

            with subject.between(change=change):
                _walk(subject, client.id)
        if asked:
            subject.broken("follows the CRM's answers to another machine")


def _with_token(given: CRMCredentials, old: str, new: str) -> CRMCredentials:
    """
    Return credentials with another token, also where it is part of the metadata.
    """
    more = {name: new if value == old else value for name, value in given.metadata.items()}
    return evolve(given, access_token=Secret(new), metadata=more)


def _with_tokens_here(subject: Subject) -> object:
    """
    Return the plugin with its token URL on the fake, if it is on a machine of its own.
    """
    oauth = subject.info.oauth
    if oauth is None:
        return subject.plugin
    here = evolve(oauth, token_url=urlsplit(oauth.token_url).path)
    return subject.described(oauth=here)


def _renewing(subject: Subject, oauth: OAuth2 | None) -> Any:
    """
    Return what answers an OAuth 2.0 token request (RFC 6749, section 6) with a new token.
    """

    def before(request: Request) -> Answer | None:
        if oauth is None or not request.path.endswith(oauth.token_url.rpartition("/")[2]):
            return None
        if request.form().get("refresh_token") != "again":
            return Answer(status=400, json={"error": "invalid_grant"})
        subject.gate.tokens.add(FRESH)
        return Answer(json={"access_token": FRESH, "expires_in": 3600})

    return before


def _walk(subject: Subject, client_id: str) -> None:
    connector = subject.connect()
    connector.get_clients_data([client_id])
    for _ in range(subject.fake.page_size + 1):
        subject.add()
    try:
        for _client in connector.iter_clients():
            pass
    except CRMError:
        return  # a link to another machine is refused
