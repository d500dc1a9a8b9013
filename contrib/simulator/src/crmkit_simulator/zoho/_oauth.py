"""
Zoho's accounts server: consent, tokens, and how few of them it gives.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from crmkit_simulator._window import Limit, Window
from crmkit_simulator._wire import Answer, Request, answer

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.zoho._tokens import Tokens

SCOPES = (
    *("ZohoCRM.modules.ALL", "ZohoCRM.settings.ALL", "ZohoCRM.users.READ"),
    *("ZohoCRM.org.READ", "ZohoCRM.coql.READ", "ZohoSearch.securesearch.READ"),
)
_CODE_LIVES = 120
_RATE = Limit(10, 600)
_LIVE, _GRANTS = 15, 20
_LOCATION = "us"
_THROTTLED = {
    "error_description": "You have made too many requests continuously. "
    "Please try again after some time.",
    "error": "Access Denied",
    "status": "failure",
}


@dataclass(slots=True)
class Grant:
    """
    A consent: what came of it, and how fast.
    """

    scopes: frozenset[str]
    redirect_uri: str = ""
    offline: bool = False
    expires: float = 0
    given: Window = field(default_factory=lambda: Window(_RATE))
    live: deque[str] = field(default_factory=deque)


class OAuth:
    """
    The app and its grants.

    *refresh_token* is one that it has already, good for *scopes*. *token_lifetime* is how
    many seconds an access token lives. At most *live_tokens* of one refresh token are good
    at a time: a new one pushes the oldest out.
    """

    def __init__(
        self,
        clock: Clock,
        tokens: Tokens,
        *,
        client_id: str = "1000.SIMULATEDAPP",
        client_secret: str = "simulated-secret",  # noqa: S107 - of nothing real
        refresh_token: str | None = None,
        token_lifetime: float = 3600,
        live_tokens: int = _LIVE,
        scopes: Collection[str] = SCOPES,
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._client = client_id, client_secret
        self._lifetime = token_lifetime
        self._most = live_tokens
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        if refresh_token:
            self._refresh[refresh_token] = Grant(frozenset(scopes))

    def respond(self, request: Request) -> Answer | None:
        """
        Answer a request whose path begins with /oauth, None if there is no such path.

        What is wrong is told with status 200.
        """
        match request.method, request.parts[1:]:
            case "GET", ("v2", "auth"):
                return self._authorize(request)
            case "GET", ("serverinfo",):
                servers = {_LOCATION: request.origin}
                return answer(200, {"result": "success", "locations": servers})
            case "POST", ("v2", "token"):
                return self._exchange(request, _form(request))
            case "POST", ("v2", "token", "revoke"):
                return self._revoke(_form(request).get("token", ""))
        return None

    def _authorize(self, request: Request) -> Answer:
        query = request.query
        wanted = query.get("redirect_uri", "")
        if query.get("client_id") != self._client[0] or not urlsplit(wanted).scheme:
            return _page("Invalid client, or redirect URI.")
        scopes = frozenset(filter(None, query.get("scope", "").split(",")))
        if query.get("response_type") != "code" or not scopes:
            return _page("Invalid scope, or response type.")
        offline = query.get("access_type") == "offline"
        code = f"1000.{uuid4().hex}"
        expires = self._clock.now() + _CODE_LIVES
        self._codes[code] = Grant(scopes, wanted, offline, expires)
        sent = {"state": query.get("state"), "code": code, "location": _LOCATION}
        sent["accounts-server"] = request.origin
        text = urlencode({name: value for name, value in sent.items() if value})
        place = f"{wanted}{'&' if '?' in wanted else '?'}{text}"
        return Answer(302, b"", {"Location": place})

    def _exchange(self, request: Request, form: dict[str, str]) -> Answer:
        if form.get("client_id") != self._client[0]:
            return _error("invalid_client")
        if form.get("client_secret") != self._client[1]:
            return _error("invalid_client_secret")
        match form.get("grant_type"):
            case "authorization_code":
                return self._by_code(request, form)
            case "refresh_token":
                grant = self._refresh.get(form.get("refresh_token", ""))
                # Of another data centre, revoked, or never there: all the same.
                return self._issued(request, grant) if grant else _error("invalid_code")
        return _error("unsupported_grant_type")

    def _by_code(self, request: Request, form: dict[str, str]) -> Answer:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.expires <= self._clock.now():
            return _error("invalid_code")
        if grant.redirect_uri != form.get("redirect_uri"):
            return _error("invalid_redirect_uri")
        more = {"refresh_token": self._remember(grant)} if grant.offline else {}
        return self._issued(request, grant, more)

    def _remember(self, grant: Grant) -> str:
        if len(self._refresh) >= _GRANTS:
            self._refresh.pop(next(iter(self._refresh)))
        value = f"1000.{uuid4().hex}.{uuid4().hex}"
        self._refresh[value] = grant
        return value

    def _issued(
        self, request: Request, grant: Grant, more: dict[str, str] | None = None
    ) -> Answer:
        if not grant.given.take(self._clock.monotonic()):
            return answer(400, _THROTTLED)
        token = self._tokens.add(scopes=grant.scopes, expires_in=self._lifetime)
        grant.live.append(token.value)
        while len(grant.live) > self._most:
            self._tokens.revoke(grant.live.popleft())
        body: dict[str, Any] = {
            "access_token": token.value,
            **(more or {}),
            "scope": " ".join(sorted(grant.scopes)),
            "api_domain": request.origin,
            "token_type": "Bearer",
            "expires_in": int(self._lifetime),
        }
        return answer(200, body)

    def _revoke(self, value: str) -> Answer:
        grant = self._refresh.pop(value, None)
        if grant is None:
            return _error("invalid_code")
        for token in grant.live:
            self._tokens.revoke(token)
        return answer(200, {"status": "success"})


def _form(request: Request) -> dict[str, str]:
    try:
        form = request.form()
    except ValueError:
        form = {}
    return {**request.query, **form}


def _error(name: str) -> Answer:
    return answer(200, {"error": name})


def _page(text: str) -> Answer:
    body = f"<!DOCTYPE html><title>Error</title><p>{text}</p>\n".encode()
    return Answer(400, body, {"Content-Type": "text/html; charset=utf-8"})
