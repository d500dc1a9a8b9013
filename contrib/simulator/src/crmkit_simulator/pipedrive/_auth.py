"""
Tokens: the API tokens of users, and the access tokens of apps with their scopes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit_simulator.pipedrive._errors import V1, out_of_scope, unauthorized

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._wire import Request

_INVALID = "Invalid token: access token is invalid"


@dataclass(slots=True, eq=False)
class Token:
    """
    A token of a user; *scopes* of None are all, *expires* of None is never.
    """

    value: str
    user_id: int
    scopes: frozenset[str] | None
    expires: float | None
    oauth: bool


class Tokens:
    """
    The tokens of a company.
    """

    def __init__(self, clock: Clock, users: Collection[int]) -> None:
        self._clock = clock
        self._users = tuple(users)
        self._tokens: dict[str, Token] = {}

    def add(
        self,
        value: str | None = None,
        *,
        scopes: Collection[str] | None = None,
        expires_in: float | None = None,
        oauth: bool | None = None,
        user_id: int | None = None,
    ) -> Token:
        """
        Make a token: an app's if it has scopes or a lifetime, else the user's API token.

        It is the first user's unless *user_id* names another. Raises TypeError for scopes
        that are one text, ValueError for an API token that is to have scopes or to expire,
        and for a user that there is not.
        """
        if isinstance(scopes, str):
            msg = f"scopes is a collection of names, not the text {scopes!r}"
            raise TypeError(msg)
        if user_id is not None and user_id not in self._users:
            msg = f"the users are {', '.join(map(str, self._users))}, not {user_id!r}"
            raise ValueError(msg)
        of_app = scopes is not None or expires_in is not None
        if oauth is False and of_app:
            msg = "an API token has no scopes and does not expire"
            raise ValueError(msg)
        oauth = of_app if oauth is None else oauth
        made = f"v1u:{uuid4().hex}" if oauth else uuid4().hex + uuid4().hex[:8]
        token = Token(
            value or made,
            self._users[0] if user_id is None else user_id,
            None if scopes is None else frozenset(scopes),
            None if expires_in is None else self._clock.now() + expires_in,
            oauth,
        )
        self._tokens[token.value] = token
        return token

    def revoke(self, value: str) -> None:
        """
        Let a token be unknown from now on.
        """
        self._tokens.pop(value, None)

    def find(self, request: Request, version: str) -> Token | None:
        """
        Return the token that a request brings, None if it is unknown or in a wrong place.

        An API token has a header of its own; in version 1 it may also be in the query, as
        it was before there was the header.
        """
        kind, _, bearer = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "bearer":
            return self._good(bearer.strip(), oauth=True)
        given = request.headers.get("x-api-token")
        if given is None and version == V1:
            given = request.query.get("api_token")
        return self._good(given or "", oauth=False)

    def checked(self, request: Request, version: str) -> Token:
        """
        Return the token that a request brings; raises Refused.
        """
        token = self.find(request, version)
        if token is None:
            raise unauthorized(_INVALID) if _bears(request) else unauthorized()
        return token

    def _good(self, value: str, *, oauth: bool) -> Token | None:
        token = self._tokens.get(value)
        if token is None or token.oauth is not oauth:
            return None
        lives = token.expires is None or token.expires > self._clock.now()
        return token if lives else None


def _bears(request: Request) -> bool:
    return "Authorization" in request.headers


def require(token: Token, scopes: Collection[str]) -> None:
    """
    Raise Refused unless a token has one of these scopes; none are needed if there are none.
    """
    if scopes and token.scopes is not None and token.scopes.isdisjoint(scopes):
        raise out_of_scope()
