"""
Asking a CRM for tokens, as OAuth 2.0 has it: with a refresh token, or with a code.

RFC 6749, sections 4.1 and 6; RFC 7636 for the proof that goes with a code.
"""

from __future__ import annotations

import secrets
from base64 import b64encode, urlsafe_b64encode
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit, urlunsplit

from attrs import evolve, field, frozen

from crmkit._urls import fill
from crmkit.errors import CredentialsError, InvalidRequestError, ProtocolError
from crmkit.models import CRMCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._clock import Clock
    from crmkit._session import Session
    from crmkit.errors import CRMError
    from crmkit.http import Response
    from crmkit.infos import OAuth2, ProviderInfo

_OURS = frozenset({"token_type", "access_token", "refresh_token", "expires_in"})
_REMEDIES = {
    "invalid_grant": "sign in again, the refresh token is no longer good",
    "invalid_client": (
        "check client_id and client_secret in the credentials' metadata, and that the app "
        "was made in the account's own data centre or environment"
    ),
    "unauthorized_client": "this app may not use refresh tokens",
    "invalid_request": "check the credentials' metadata",
    "invalid_scope": "sign in again with the scopes that the app has",
}


def renewed(session: Session, oauth: OAuth2, clock: Clock) -> CRMCredentials | None:
    """
    Return new credentials for those of an unsigned session, None without refresh token.

    What the answer holds beside the tokens goes to the metadata. Raises CredentialsError
    without a client_id, and a CRMError when the CRM gives no token.
    """
    spent = session.credentials
    if spent.refresh_token is None:
        return None
    form = {
        "grant_type": "refresh_token",
        "refresh_token": spent.refresh_token.reveal(),
    }
    return _issued(session, oauth, clock, form)


def exchanged(
    session: Session, oauth: OAuth2, clock: Clock, *, code: str, verifier: str, back: str
) -> CRMCredentials:
    """
    Return the credentials that a code stands for, which the CRM sent to the URL *back*.

    The unsigned session's metadata name the app. Raises a CRMError when the CRM gives none.
    """
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": verifier,
    }
    return _issued(session, oauth, clock, form)


def filled(url: str, session: Session) -> str:
    """
    Return one of OAuth2's URLs with its ``{names}`` filled as a base URL's are.
    """
    sources = (session.credentials.metadata, session.settings)
    return fill(url, sources, label=session.http.info.label)


def placed(url: str, own: str | None) -> str:
    """
    Return a URL of the CRM's, on the host of the user's *own* base URL if there is one.
    """
    page = urlsplit(url)
    if own is None or not page.netloc:
        return url
    return urlunsplit(urlsplit(own)[:2] + page[2:])


def authorize_url(url: str, oauth: OAuth2, *, app: str, back: str, proof: Proof) -> str:
    """
    Return the page of the CRM, which is at *url*, where a user allows the app to sign in.
    """
    asked = {
        "response_type": "code",
        "client_id": app,
        "redirect_uri": back,
        "scope": " ".join(oauth.scopes),
        "state": proof.state,
        "code_challenge": proof.challenge(),
        "code_challenge_method": "S256",
    }
    given = {name: value for name, value in asked.items() if value}
    return f"{url}{'&' if '?' in url else '?'}{urlencode(given, quote_via=quote)}"


@frozen(kw_only=True)
class Proof:
    """
    What proves that an answer belongs to a question: *state*, and *verifier* for the CRM.
    """

    state: str = field(factory=lambda: secrets.token_urlsafe(32), repr=False)
    verifier: str = field(factory=lambda: secrets.token_urlsafe(32), repr=False)

    def challenge(self) -> str:
        """
        Return what shows, later, that the verifier is the right one, and does not tell it.
        """
        from hashlib import sha256

        digest = sha256(self.verifier.encode()).digest()
        return urlsafe_b64encode(digest).decode().rstrip("=")


def _issued(
    session: Session, oauth: OAuth2, clock: Clock, form: Mapping[str, str]
) -> CRMCredentials:
    spent = session.credentials
    app, headers = _client(spent), {}
    if oauth.basic:
        pair = ":".join((app["client_id"], app.get("client_secret", "")))
        app, headers = {}, {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
    # Without hosts of its own the CRM is at the base URL alone, which may be a simulator's.
    own = None if session.http.hosts else session.http.base_url()
    url, asked = placed(filled(oauth.token_url, session), own), {**form, **app}
    answer = session.http.post(url, form=asked, headers=headers).json()
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        msg = f"the token endpoint of {session.provider!r} gave no access token"
        raise ProtocolError(msg)
    more = {name: value for name, value in answer.items() if name not in _OURS}
    return CRMCredentials(
        provider=session.provider,
        access_token=token,
        refresh_token=answer.get("refresh_token") or spent.refresh_token,
        expires_at=_expiry(answer, clock),
        metadata={**spent.metadata, **more},
    )


def judged(info: ProviderInfo) -> ProviderInfo:
    """
    Return an info that judges a token endpoint's answers: by OAuth's codes, then its own.
    """
    own = info.error_from

    def error_from(response: Response) -> CRMError | None:
        return _refusal(response) or (own(response) if own else None)

    return evolve(info, error_from=error_from)


def _refusal(response: Response) -> InvalidRequestError | None:
    try:
        answer = response.json()
    except ProtocolError:
        return None
    code = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(code, str) or code not in _REMEDIES:
        return None
    return InvalidRequestError(f"{code}: {_REMEDIES[code]}", status=response.status)


def _client(spent: CRMCredentials) -> Mapping[str, str]:
    named = ("client_id", "client_secret")
    known = {name: str(spent.metadata[name]) for name in named if spent.metadata.get(name)}
    if "client_id" not in known:
        msg = (
            f"the credentials of {spent.provider!r} hold a refresh token but no client_id; "
            'give metadata={"client_id": …, "client_secret": …} with it'
        )
        raise CredentialsError(msg)
    return known


def _expiry(answer: Mapping[str, Any], clock: Clock) -> Any:
    try:
        return clock.now() + timedelta(seconds=float(answer["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
