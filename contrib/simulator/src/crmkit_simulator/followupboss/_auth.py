"""
Who asks: users, their API keys and tokens, and the system that they use.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator.followupboss._errors import unauthorized

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_simulator._clock import Clock

OWNER, AGENT = 1, 8
USERS = (
    {"id": OWNER, "name": "Broker Brown", "email": "broker@example.com", "role": "Broker"},
    {"id": AGENT, "name": "Agent White", "email": "agent@example.com", "role": "Agent"},
)
SYSTEM, SYSTEM_KEY = "simulated-system", "simulated-system-key"


@dataclass(slots=True, eq=False)
class Token:
    """
    An API key, or an OAuth token; *expires* of None is never.
    """

    value: str
    user: dict[str, Any]
    expires: float | None
    oauth: bool


@dataclass(slots=True)
class Asker:
    """
    A user who asks, and the registered *system* that asks for it, if one does.
    """

    user: dict[str, Any]
    system: str | None

    @property
    def sees_all(self) -> bool:
        """
        Whether the user sees the people of others: an agent does not.
        """
        return bool(self.user.get("role") != "Agent")


class Tokens:
    """
    The keys and tokens of an account, and the systems that are registered.
    """

    def __init__(
        self,
        clock: Clock,
        users: Iterable[Mapping[str, Any]] = USERS,
        systems: Mapping[str, str] | None = None,
    ) -> None:
        self._clock = clock
        self._systems = {SYSTEM: SYSTEM_KEY} if systems is None else dict(systems)
        self._tokens: dict[str, Token] = {}
        self.users = {int(user["id"]): dict(user) for user in users}
        self.owner = next(iter(self.users.values()))

    def add(
        self,
        value: str | None = None,
        *,
        user: int | None = None,
        expires_in: float | None = None,
        oauth: bool = False,
    ) -> Token:
        """
        Make a key, or an OAuth token, of a user, without one of the account's owner.

        Raises ValueError for a user who is not there.
        """
        if user is not None and user not in self.users:
            msg = f"there is no user {user}, only {', '.join(map(str, self.users))}"
            raise ValueError(msg)
        value = value or f"{'fub' if oauth else 'fka'}_{uuid4().hex}"
        expires = None if expires_in is None else self._clock.now() + expires_in
        whose = self.owner if user is None else self.users[user]
        self._tokens[value] = Token(value, whose, expires, oauth)
        return self._tokens[value]

    def revoke(self, value: str) -> None:
        """
        Let a token be unknown from now on.
        """
        self._tokens.pop(value, None)

    def asker(self, headers: Mapping[str, str]) -> Asker:
        """
        Return who signed a request, by Basic with a key or by Bearer with a token.

        Raises Refused. A system whose key is wrong is none.
        """
        oauth, value = _signature(headers.get("Authorization", ""))
        token = self._tokens.get(value)
        if token is None or token.oauth is not oauth:
            raise unauthorized()
        if token.expires is not None and token.expires <= self._clock.now():
            message = "The access token has expired."
            raise unauthorized(message)
        system, key = headers.get("X-System", ""), headers.get("X-System-Key")
        known = key is not None and self._systems.get(system) == key
        return Asker(token.user, system if known else None)


def _signature(header: str) -> tuple[bool, str]:
    scheme, _, value = header.partition(" ")
    if scheme.lower() == "bearer":
        return True, value.strip()
    if scheme.lower() != "basic":
        raise unauthorized()
    try:
        return False, b64decode(value, validate=True).decode().partition(":")[0]
    except ValueError:
        raise unauthorized() from None
