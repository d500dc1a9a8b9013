"""
Access tokens: which there are, what each may do, and until when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit_simulator._clock import iso
from crmkit_simulator.hubspot._errors import Refused

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock

_UNKNOWN = (
    "Authentication credentials not found. This API supports OAuth 2.0 authentication and "
    "you can find more details at "
    "https://developers.hubspot.com/docs/methods/auth/oauth-overview"
)


@dataclass(slots=True, eq=False)
class Token:
    """
    An access token; *scopes* of None are all, *expires* of None is never.
    """

    value: str
    scopes: frozenset[str] | None
    expires: float | None
    oauth: bool


class Tokens:
    """
    The access tokens of an account.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tokens: dict[str, Token] = {}

    def add(
        self,
        value: str | None = None,
        *,
        scopes: Collection[str] | None = None,
        expires_in: float | None = None,
        oauth: bool = False,
    ) -> Token:
        """
        Make a token that may do what *scopes* allow, for so many seconds.
        """
        if isinstance(scopes, str):
            msg = f"scopes is a collection of names, not the text {scopes!r}"
            raise TypeError(msg)
        value = value or f"pat-sim-{uuid4()}"
        expires = None if expires_in is None else self._clock.now() + expires_in
        allowed = None if scopes is None else frozenset(scopes)
        token = Token(value, allowed, expires, oauth)
        self._tokens[value] = token
        return token

    def get(self, value: str) -> Token | None:
        """
        Return the token of this value, an expired one too.
        """
        return self._tokens.get(value)

    def revoke(self, value: str) -> None:
        """
        Let a token be unknown from now on.
        """
        self._tokens.pop(value, None)

    def checked(self, header: str | None) -> Token:
        """
        Return the token of an Authorization header; raises Refused.
        """
        kind, _, value = (header or "").partition(" ")
        token = self._tokens.get(value.strip())
        if kind.lower() != "bearer" or token is None:
            raise Refused(401, _UNKNOWN, category="INVALID_AUTHENTICATION")
        if token.expires is not None and token.expires <= self._clock.now():
            raise _expired(token.expires, self._clock.now())
        return token


def _expired(since: float, now: float) -> Refused:
    return Refused(
        401,
        f"The OAuth token used to make this call expired {int(now - since)} second(s) ago.",
        category="EXPIRED_AUTHENTICATION",
        context={"expire time": [iso(since)]},
    )


def require(token: Token, *scopes: str) -> None:
    """
    Raise Refused, naming them, unless a token has one of these scopes.
    """
    if token.scopes is not None and token.scopes.isdisjoint(scopes):
        raise forbidden(*scopes)


def forbidden(*scopes: str) -> Refused:
    """
    Return the refusal of a token that has none of these scopes.
    """
    error = {
        "message": "One or more of the following scopes are required.",
        "context": {"requiredGranularScopes": list(scopes)},
    }
    return Refused(
        403,
        "This app hasn't been granted all required scopes to make this call.",
        category="MISSING_SCOPES",
        errors=[error],
    )
