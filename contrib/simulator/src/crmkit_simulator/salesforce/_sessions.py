"""
Access tokens: each is a session, which ends when it was not used for a while.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._org import ORGANIZATION

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock

ALL = frozenset({"api", "refresh_token", "id"})
_ENOUGH = frozenset({"api", "full"})
_CODE = "INVALID_SESSION_ID"
_NOT_FOR_REST = "This session is not valid for use with the REST API"


@dataclass(slots=True)
class Session:
    """
    A session, and since when it was not used.
    """

    value: str
    scopes: frozenset[str]
    timeout: float
    used: float = field(default=0.0)


class Sessions:
    """
    The sessions of an organization; *timeout* is after how many idle seconds they end.
    """

    def __init__(self, clock: Clock, timeout: float) -> None:
        self._clock = clock
        self._timeout = timeout
        self._sessions: dict[str, Session] = {}

    def add(
        self,
        value: str | None = None,
        *,
        scopes: Collection[str] = ALL,
        expires_in: float | None = None,
    ) -> Session:
        """
        Begin a session that may do what *scopes* allow, with a timeout of its own.
        """
        if isinstance(scopes, str):
            msg = f"scopes is a collection of names, not the text {scopes!r}"
            raise TypeError(msg)
        value = value or f"{ORGANIZATION[:15]}!AQ{uuid4().hex}{uuid4().hex}"
        timeout = self._timeout if expires_in is None else expires_in
        made = Session(value, frozenset(scopes), timeout, self._clock.monotonic())
        self._sessions[value] = made
        return made

    def end(self, value: str) -> bool:
        """
        End a session, and tell whether there was one.
        """
        return self._sessions.pop(value, None) is not None

    def get(self, header: str | None) -> Session | None:
        """
        Return the session of an Authorization header, if it has not ended; it lives on.
        """
        kind, _, value = (header or "").partition(" ")
        found = self._sessions.get(value.strip())
        now = self._clock.monotonic()
        if kind.lower() not in {"bearer", "oauth"} or found is None:
            return None
        if found.used + found.timeout <= now:
            return None
        found.used = now
        return found

    def checked(self, header: str | None) -> Session | Answer:
        """
        Return the session of a header, or the answer that refuses it; raises Refused.
        """
        found = self.get(header)
        if found is None:
            raise Refused(401, _CODE, "Session expired or invalid")
        if found.scopes.isdisjoint(_ENOUGH):
            return answer(401, {"errorCode": _CODE, "message": _NOT_FOR_REST})
        return found
