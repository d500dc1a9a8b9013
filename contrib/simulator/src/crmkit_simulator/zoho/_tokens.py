"""
Access tokens: which there are, what each may do, and until when.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit_simulator.zoho._errors import Code, Refused, problem

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock

_WRITES = {"CREATE", "UPDATE"}
_AREA = 2  # what a scope names at least: ZohoCRM.modules


@dataclass(slots=True, eq=False)
class Token:
    """
    An access token; *scopes* of None are all, *expires* of None is never.

    *lacks* are the permissions that its user's profile does not have.
    """

    value: str
    scopes: frozenset[str] | None
    expires: float | None
    lacks: frozenset[str]


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
        lacks: Collection[str] = (),
    ) -> Token:
        """
        Make a token that may do what *scopes* allow, for so many seconds.

        Its user lacks permissions such as ``Crm_Implied_Create_Notes``. Raises TypeError.
        """
        if isinstance(scopes, str) or isinstance(lacks, str):
            msg = "scopes and lacks are collections of names, not a text"
            raise TypeError(msg)
        expires = None if expires_in is None else self._clock.now() + expires_in
        allowed = None if scopes is None else frozenset(map(str.lower, scopes))
        value = value or f"1000.{uuid4().hex}.{uuid4().hex}"
        self._tokens[value] = Token(value, allowed, expires, frozenset(lacks))
        return self._tokens[value]

    def revoke(self, value: str) -> None:
        """
        Let a token be unknown from now on.
        """
        self._tokens.pop(value, None)

    def get(self, header: str | None) -> Token | None:
        """
        Return the token of an Authorization header that is good still.

        Zoho's own scheme is the only one, though its token endpoint says Bearer.
        """
        scheme, _, value = (header or "").partition(" ")
        token = self._tokens.get(value.strip())
        if scheme.lower() != "zoho-oauthtoken" or token is None:
            return None
        late = token.expires is not None and token.expires <= self._clock.now()
        return None if late else token

    def checked(self, header: str | None) -> Token:
        """
        Return the token of an Authorization header; raises Refused.
        """
        if not header:
            message = "Authentication failed"
            raise Refused(401, problem(Code.AUTHENTICATION_FAILURE, message))
        token = self.get(header)
        if token is None:
            raise invalid_token()
        return token


def invalid_token() -> Refused:
    """
    Return the refusal of a token that is unknown, late, or of another data centre.
    """
    return Refused(401, problem(Code.INVALID_TOKEN, "invalid oauth token"))


def scope_mismatch() -> Refused:
    """
    Return the refusal of a token without a scope: Zoho does not say which.
    """
    message = "invalid oauth scope to access this URL"
    return Refused(401, problem(Code.OAUTH_SCOPE_MISMATCH, message))


def no_permission(*permissions: str) -> Refused:
    """
    Return the refusal of a user whose profile lacks permissions.
    """
    details = {"permissions": list(permissions)}
    return Refused(403, problem(Code.NO_PERMISSION, "permission denied", **details))


def require(token: Token, scope: str) -> None:
    """
    Raise Refused unless a token has a scope such as ``ZohoCRM.modules.contacts.READ``.

    One that names less is more: ``ZohoCRM.modules.ALL``, ``ZohoCRM.modules.READ``.
    """
    if not may(token, scope):
        raise scope_mismatch()


def may(token: Token, scope: str) -> bool:
    """
    Tell whether a token has a scope.
    """
    if token.scopes is None:
        return True
    *area, operation = scope.split(".")
    operations = {operation, "ALL"} | ({"WRITE"} if operation in _WRITES else set())
    areas = [".".join(area[:length]) for length in range(_AREA, len(area) + 1)]
    good = {f"{name}.{one}".lower() for name in areas for one in operations}
    return not good.isdisjoint(token.scopes)


def permit(token: Token, permission: str) -> None:
    """
    Raise Refused if a token's user lacks a permission.
    """
    if permission in token.lacks:
        raise no_permission(permission)
