"""
OAuth as Follow Up Boss has it: consent, and tokens for an app that signs in by Basic.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.followupboss._errors import not_found

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator.followupboss._auth import Tokens

_CODE_LIVES, _UNUSED = 900, 90 * 86_400


@dataclass(slots=True)
class _Grant:
    redirect_uri: str
    state: str
    expires: float


class _Wrong(Exception):  # noqa: N818 - it is an answer, not a mistake of ours
    """
    A refusal in the form of RFC 6749.
    """


class OAuth:
    """
    The app and its grants.

    *refresh_token* is one that it has already. *token_lifetime* is how many seconds an
    access token lives. With *rotate_refresh_tokens* each refresh gives a new refresh
    token, and the old one is gone.
    """

    def __init__(
        self,
        clock: Clock,
        tokens: Tokens,
        *,
        client_id: str = "simulated-app",
        client_secret: str = "simulated-secret",  # noqa: S107 - of nothing real
        refresh_token: str | None = None,
        rotate_refresh_tokens: bool = False,
        token_lifetime: float = 3600,
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._client = client_id, client_secret
        self._rotate = rotate_refresh_tokens
        self._lifetime = token_lifetime
        self._codes: dict[str, _Grant] = {}
        self._refresh: dict[str, float] = {}
        if refresh_token:
            self._refresh[refresh_token] = clock.now() + _UNUSED

    def respond(self, request: Request) -> Answer:
        """
        Answer a request whose path begins with /oauth; raises Refused.
        """
        match request.method, request.parts[1:]:
            case "GET", ("authorize",):
                return self._authorize(request.query)
            case "POST", ("token",):
                try:
                    return answer(200, self._exchange(request))
                except _Wrong as wrong:
                    code = str(wrong)
                    status = 401 if code == "invalid_client" else 400
                    return answer(status, {"error": code, "error_description": code})
        what = "Page"
        raise not_found(what)

    def _authorize(self, query: dict[str, str]) -> Answer:
        wanted = query.get("redirect_uri", "")
        named = query.get("client_id") == self._client[0] and urlsplit(wanted).scheme
        if not named or query.get("response_type") != "auth_code":
            body = b"<!DOCTYPE html><title>Error</title><p>This request is not valid.</p>\n"
            return Answer(400, body, {"Content-Type": "text/html; charset=utf-8"})
        code, state = uuid4().hex, query.get("state", "")
        self._codes[code] = _Grant(wanted, state, self._clock.now() + _CODE_LIVES)
        said = urlencode({"response": "approved", "code": code, "state": state})
        joint = "&" if "?" in wanted else "?"
        return Answer(302, b"", {"Location": f"{wanted}{joint}{said}"})

    def _exchange(self, request: Request) -> dict[str, Any]:
        self._check_client(request.headers.get("Authorization", ""))
        try:
            form = request.form()
        except ValueError:
            form = {}
        match form.get("grant_type"):
            case "authorization_code":
                self._check_code(form)
                return self._issued(self._remembered())
            case "refresh_token":
                return self._refreshed(form.get("refresh_token", ""))
        code = "unsupported_grant_type"
        raise _Wrong(code)

    def _check_client(self, header: str) -> None:
        scheme, _, value = header.partition(" ")
        try:
            pair = b64decode(value, validate=True).decode()
        except ValueError:
            pair = ""
        if scheme.lower() != "basic" or pair != ":".join(self._client):
            code = "invalid_client"
            raise _Wrong(code)

    def _check_code(self, form: dict[str, str]) -> None:
        grant = self._codes.pop(form.get("code", ""), None)
        if (
            grant is None
            or grant.expires <= self._clock.now()
            or grant.redirect_uri != form.get("redirect_uri")
            or grant.state != form.get("state", "")
        ):
            code = "invalid_grant"
            raise _Wrong(code)

    def _refreshed(self, value: str) -> dict[str, Any]:
        if self._refresh.get(value, 0.0) <= self._clock.now():
            code = "invalid_grant"
            raise _Wrong(code)
        if self._rotate:
            del self._refresh[value]
            value = self._remembered()
        self._refresh[value] = self._clock.now() + _UNUSED
        return self._issued(value)

    def _remembered(self) -> str:
        value = f"refresh_{uuid4().hex}"
        self._refresh[value] = self._clock.now() + _UNUSED
        return value

    def _issued(self, refresh_token: str) -> dict[str, Any]:
        token = self._tokens.add(expires_in=self._lifetime, oauth=True)
        return {
            "token_type": "Bearer",
            "access_token": token.value,
            "refresh_token": refresh_token,
            "expires_in": int(self._lifetime),
        }
