"""
Rules of what a provider makes of refusals and failures when it reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientData,
    ClientNotFoundError,
    CredentialsError,
    CRMError,
    CrmkitError,
    ProtocolError,
    RateLimitedError,
    UnavailableError,
)
from crmkit.testing._messages import Answer
from crmkit.testing._provider.changes import record_paths, value_of
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import CRMConnector
    from crmkit.testing._provider.subject import Subject

HOUR, SHORT = 3600, 7
PAGE = b"<!doctype html><title>Sign in</title>"
UNREADABLE = (
    PAGE,
    b'{"unexpected": true}',
    b"null",
    b'"text"',
    b'{"cut": [',
    b"",
)


class Failing:
    """
    What a provider holds to when the CRM refuses or fails.
    """

    @rule
    def test_e01_wrong_token(self, subject: Subject) -> None:
        """
        A token that the CRM refuses is AuthenticationError, CredentialsError if renewed.
        """
        error = refused(subject, 401)
        if not isinstance(error, AuthenticationError | CredentialsError):
            subject.broken("does not say that the token was refused", cause=error)

    @rule
    def test_e02_forbidden(self, subject: Subject) -> None:
        """
        What the token may not do is AccessDeniedError.
        """
        error = refused(subject, 403)
        if not isinstance(error, AccessDeniedError):
            subject.broken("does not say that access was denied", cause=error)

    @rule
    def test_e03_not_found(self, subject: Subject) -> None:
        """
        404 is an error or a client not found, never anything else.
        """
        error = refused(subject, 404)
        if failed_on(error):
            subject.broken("fails on 404", cause=error)

    @rule
    def test_e04_bad_request(self, subject: Subject) -> None:
        """
        A request that the CRM calls wrong is an error, and no client not found.
        """
        for status in (400, 409, 422):
            error = refused(subject, status)
            if isinstance(error, ClientNotFoundError | RateLimitedError):
                subject.broken(f"takes {status} for {type(error).__name__}", cause=error)

    @rule
    def test_e05_limit(self, subject: Subject) -> None:
        """
        429 is RateLimitedError with the wait that the CRM asks for; a short one is waited.
        """
        error = refused(subject, 429, {"Retry-After": str(HOUR)})
        if not isinstance(error, RateLimitedError) or (error.retry_after or 0) < HOUR:
            subject.broken("does not say how long the CRM wants it to wait", cause=error)
        subject.clock.turn(HOUR)
        client = subject.add()
        answers = [subject.fake.error(429, {"Retry-After": str(SHORT)})]
        began = subject.clock.monotonic()
        with subject.gate.between(before=lambda _: answers.pop() if answers else None):
            subject.connect().get_client_data(client.id)
        if subject.clock.monotonic() - began < SHORT:
            subject.broken("does not wait for as long as the CRM asks")

    @rule
    def test_e06_unavailable(self, subject: Subject) -> None:
        """
        A CRM that fails is UnavailableError, never a client not found; once is repeated.
        """
        # What stands before the CRM, and fails in its place, has words of its own.
        page = Answer(status=502, content=PAGE, headers={"Content-Type": "text/html"})
        for answer, what in (
            (subject.fake.error(500, {}), "500"),
            (page, "502 with a web page"),
            (subject.fake.error(503, {}), "503"),
        ):
            error = failed(subject, answer)
            if not isinstance(error, UnavailableError):
                subject.broken(f"takes {what} for {type(error).__name__}", cause=error)
        client = subject.add()
        answers = [subject.fake.error(503, {})]
        with subject.gate.between(before=lambda _: answers.pop() if answers else None):
            subject.connect().get_client_data(client.id)

    @rule
    def test_e07_lost(self, subject: Subject) -> None:
        """
        A connection that breaks is UnavailableError.
        """
        error = failed(subject, Answer(lost=True))
        if not isinstance(error, UnavailableError):
            subject.broken("does not say that the CRM cannot be reached", cause=error)

    @rule
    def test_e08_unreadable(self, subject: Subject) -> None:
        """
        An answer that is something else is an error, never a client that is not there.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        connector = subject.connect()
        for content in UNREADABLE:

            def instead(answer: Answer, content: bytes = content) -> Answer:
                shown = record_paths(value_of(answer), client.id)
                return Answer(content=content) if shown else answer

            with subject.changing(instead):
                found = connector.get_clients_data([client.id])[client.id]
            if isinstance(found, ClientData | ClientNotFoundError):
                what = f"takes {content[:20]!r} for an answer"
                subject.broken(what, cause=found)

    @rule
    def test_e09_sentence(self, subject: Subject) -> None:
        """
        A refusal is told in one sentence for all CRMs: label, status, what it is called.
        """
        phrases = {401: "Unauthorized", 403: "Forbidden", 500: "Internal Server Error"}
        for status, phrase in phrases.items():
            error = refused(subject, status)
            if not isinstance(error, CRMError) or error.status != status:
                continue  # which is another rule's
            wanted = f"{subject.info.label} API error: {status} - {phrase}"
            if not str(error).startswith(wanted):
                subject.about("crmkit_provider")  # whose error_from words it
                subject.broken(f"says {str(error)!r}, not {wanted!r}: use status_message")


def refused(
    subject: Subject, status: int, headers: Mapping[str, str] | None = None
) -> CrmkitError:
    """
    Return the error that fetching gives while the CRM answers with this status.
    """
    return failed(subject, subject.fake.error(status, headers or {}))


def failed(subject: Subject, answer: Answer) -> CrmkitError:
    """
    Return the error that fetching gives while this is all that the CRM answers.
    """
    subject.about("crmkit_fetch")
    client = subject.add()
    connector = subject.connect()
    with subject.gate.between(before=lambda _request: answer):
        found = fetched(connector, client.id)
    if not isinstance(found, CrmkitError):
        subject.broken(f"gives {found!r} though the CRM failed", cause=found)
    return found


def failed_on(error: Exception) -> bool:
    """
    Tell whether the plugin raised what is none of crmkit's errors.

    An error of crmkit's may have any cause: a plugin that knows better raises it *from*.
    """
    cause = error.__cause__
    return isinstance(error, ProtocolError) and not isinstance(cause, CRMError | None)


def fetched(connector: CRMConnector, client_id: str) -> ClientData | Exception:
    """
    Return a client, or the error that there is instead.
    """
    try:
        return connector.get_client_data(client_id)
    except CrmkitError as error:
        return error
