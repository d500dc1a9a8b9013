"""
Looking for what is wrong: plugin, credentials, host, clock, account, store.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit.errors import (
    AuthenticationError,
    ConfigurationError,
    CrmkitError,
    ProtocolError,
    RetryableError,
)
from crmkit.infos import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit._outbox import Outbox
    from crmkit._session import Session
    from crmkit._sessions import Sessions

_HOOK = "crmkit_check"
_SLOW, _WRONG = 60.0, 300.0  # seconds by which a clock may differ


@frozen(kw_only=True)
class Check:
    """
    A look at everything that a call needs; nothing is written.
    """

    host: Host
    sessions: Sessions
    outbox: Outbox
    clock: Clock

    def findings(self, provider: str, user_id: str | None) -> Iterator[Finding]:
        """
        Yield what is so, the good too; an error is a finding, never raised.
        """
        yield from self._account(provider, user_id)
        yield from self._store()

    def _account(self, provider: str, user_id: str | None) -> Iterator[Finding]:
        try:
            info = self.host.provider(provider)
        except CrmkitError as error:
            yield _problem("plugin", error)
            return
        yield Finding(subject="plugin", status="ok", detail=f"{provider}: {info.label}")
        try:
            session = self.sessions.open(provider, info, user_id)
        except CrmkitError as error:
            wrong = isinstance(error, ConfigurationError)
            yield _problem("settings" if wrong else "credentials", error)
            return
        if info.auth is not None:
            source = self.sessions.renewal.credentials.source((provider, user_id))
            detail = f"{source}, for {_whose(user_id)}"
            yield Finding(subject="credentials", status="ok", detail=detail)
        try:
            if info.base_url is not None:
                yield from self._host(session)
        except CrmkitError as error:
            yield _problem(_subject(error, "host"), error)
            return
        if self.host.offers(provider, _HOOK):
            results = self.host.check(session)
            yield from results.items
            for failed in results.errors:
                yield _problem(_subject(failed, "account"), failed)

    def _host(self, session: Session) -> Iterator[Finding]:
        base, headers = session.http.base_url(), session.http.reach()
        yield Finding(subject="host", status="ok", detail=f"{base} answers")
        yield from self._clock(headers)

    def _clock(self, headers: Mapping[str, str]) -> Iterator[Finding]:
        try:
            theirs = parsedate_to_datetime(headers.get("Date", ""))
            seconds = abs((theirs - self.clock.now()).total_seconds())
        except (ValueError, TypeError):
            return
        detail = f"{seconds:.0f} s from the CRM's"
        if seconds <= _SLOW:
            yield Finding(subject="clock", status="ok", detail=detail)
            return
        yield Finding(
            subject="clock",
            status="problem" if seconds > _WRONG else "warning",
            detail=detail,
            remedy="set this machine's clock: the expiry of tokens is judged by it",
        )

    def _store(self) -> Iterator[Finding]:
        try:
            check = self.outbox.check()
        except CrmkitError as error:
            yield _problem("store", error)
            return
        counts = ", ".join(f"{number} {state}" for state, number in check.counts.items())
        if check.ok:
            yield Finding(subject="store", status="ok", detail=counts or "nothing waits")
        else:
            # What is uncertain may be in the CRM: to retry it unseen may write it twice.
            remedy = "crmkit outbox flush; then crmkit outbox list shows what is left"
            yield Finding(subject="store", status="warning", detail=counts, remedy=remedy)


def _subject(error: Exception, otherwise: str) -> str:
    # A CRM that is away, or something else in its place, says nothing of the token.
    if isinstance(error, ConfigurationError):
        return "settings"
    if isinstance(error, RetryableError | ProtocolError):
        return "host"
    return "token" if isinstance(error, AuthenticationError) else otherwise


def _whose(user_id: str | None) -> str:
    return "calls without a user" if user_id is None else f"user {user_id!r}"


def _problem(subject: str, error: Exception) -> Finding:
    known = isinstance(error, CrmkitError)
    # The text of a foreign exception may hold a token or a client's data.
    detail = str(error) if known else f"the plugin raised {type(error).__name__}"
    return Finding(subject=subject, status="problem", detail=detail)
