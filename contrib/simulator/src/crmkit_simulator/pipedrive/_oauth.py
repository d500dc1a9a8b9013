"""
OAuth: consent, and tokens for it.
"""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.pipedrive._errors import unknown_path

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.pipedrive._auth import Tokens

SCOPES = (
    *("base", "contacts:full", "activities:full", "users:read", "search:read"),
    *("recents:read", "mail:read", "phone-integration"),
)
_CODE_LIVES, _REFRESH_LIVES = 300, 60 * 86_400
_REQUEST, _CLIENT, _GRANT = "invalid_request", "invalid_client", "invalid_grant"
_UNSUPPORTED = "unsupported_grant_type"
_FORM = "application/x-www-form-urlencoded"


class OAuthError(Exception):
    """
    A refusal: *error* as RFC 6749 names it, and Pipedrive's own sentence.
    """

    def __init__(self, error: str, message: str) -> None:
        super().__init__(message)
        self.body = {"success": False, "message": message, "error": error}


@dataclass(slots=True)
class Grant:
    """
    What a user allowed the app: its code or refresh token is good until *expires*.
    """

    redirect_uri: str
    expires: float


class OAuth:
    """
    The app and its grants; what it may do is set for the app, not asked for.

    *refresh_token* is one that it has already. *token_lifetime* is how many seconds an
    access token lives. *api_domain* is what answers say; without it, where they are asked.
    """

    def __init__(
        self,
        clock: Clock,
        tokens: Tokens,
        *,
        client_id: str = "simulated-app",
        client_secret: str = "simulated-secret",  # noqa: S107 - of nothing real
        refresh_token: str | None = None,
        token_lifetime: float = 3599,
        scopes: Collection[str] = SCOPES,
        api_domain: str | None = None,
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._client = client_id, client_secret
        self._lifetime = token_lifetime
        self._scopes = tuple(scopes)
        self._api_domain = api_domain
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, float] = {}
        if refresh_token:
            self._refresh[refresh_token] = clock.now() + _REFRESH_LIVES

    def respond(self, request: Request) -> Answer:
        """
        Answer a request whose path begins with /oauth; raises Refused.
        """
        try:
            match request.method, request.parts[1:]:
                case "GET", ("authorize",):
                    return self._authorize(request.query)
                case "POST", ("token",):
                    return answer(200, self._exchange(request))
                case "POST", ("revoke",):
                    return self._revoke(self._form(request).get("token", ""))
        except OAuthError as error:
            return answer(400, error.body)
        raise unknown_path()

    def _authorize(self, query: dict[str, str]) -> Answer:
        wanted = query.get("redirect_uri", "")
        if query.get("client_id") != self._client[0] or not urlsplit(wanted).scheme:
            page = b"<!DOCTYPE html><title>Error</title><p>The app is not known.</p>\n"
            return Answer(400, page, {"Content-Type": "text/html; charset=utf-8"})
        code = uuid4().hex
        self._codes[code] = Grant(wanted, self._clock.now() + _CODE_LIVES)
        sent = {"code": code, "state": query.get("state")}
        text = urlencode({name: value for name, value in sent.items() if value})
        joined = f"{wanted}{'&' if '?' in wanted else '?'}{text}"
        return Answer(302, b"", {"Location": joined})

    def _exchange(self, request: Request) -> dict[str, Any]:
        form = self._form(request)
        match form.get("grant_type"):
            case None | "":
                raise OAuthError(_REQUEST, "Missing parameter: grant_type")
            case "authorization_code":
                self._spend(form)
                return self._issued(request, f"1:{uuid4().int % 10**6}:{uuid4().hex}")
            case "refresh_token":
                return self._refreshed(request, form.get("refresh_token", ""))
        raise OAuthError(_UNSUPPORTED, "Unsupported grant type: grant_type is invalid")

    def _form(self, request: Request) -> dict[str, str]:
        if not request.headers.get("Content-Type", "").startswith(_FORM):
            raise OAuthError(_REQUEST, f"Invalid request: content must be {_FORM}")
        try:
            form = request.form()
        except ValueError:
            form = {}
        self._trusted(request)
        return form

    def _trusted(self, request: Request) -> None:
        # The form may not tell who asks: the documents know HTTP Basic alone.
        kind, _, value = request.headers.get("Authorization", "").partition(" ")
        given = _pair(value) if kind.lower() == "basic" else ("", "")
        if not all(given):
            raise OAuthError(_CLIENT, "Invalid client: cannot retrieve client credentials")
        if given != self._client:
            raise OAuthError(_CLIENT, "Invalid client: client is invalid")

    def _spend(self, form: dict[str, str]) -> None:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None:
            raise OAuthError(_GRANT, "Invalid grant: authorization_code is invalid")
        if grant.expires <= self._clock.now():
            raise OAuthError(_GRANT, "Invalid grant: authorization_code has expired")
        if grant.redirect_uri != form.get("redirect_uri"):
            raise OAuthError(_REQUEST, "Invalid request: redirect_uri is invalid")

    def _refreshed(self, request: Request, value: str) -> dict[str, Any]:
        if self._refresh.get(value, 0) <= self._clock.now():
            raise OAuthError(_GRANT, "Invalid grant: refresh_token is invalid")
        return self._issued(request, value)

    def _issued(self, request: Request, refresh_token: str) -> dict[str, Any]:
        token = self._tokens.add(scopes=self._scopes, expires_in=self._lifetime)
        self._refresh[refresh_token] = self._clock.now() + _REFRESH_LIVES
        return {
            "access_token": token.value,
            "token_type": "Bearer",
            "refresh_token": refresh_token,
            "scope": ",".join(self._scopes),
            "expires_in": int(self._lifetime),
            "api_domain": self._api_domain or request.origin,
        }

    def _revoke(self, value: str) -> Answer:
        self._tokens.revoke(value)
        self._refresh.pop(value, None)
        return Answer(200)


def _pair(value: str) -> tuple[str, str]:
    try:
        name, _, secret = b64decode(value, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return name, secret
