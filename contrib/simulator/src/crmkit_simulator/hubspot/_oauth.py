"""
OAuth: consent, tokens, and what can be asked of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from crmkit_simulator._pkce import challenge_of
from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.hubspot._errors import PORTAL, not_found
from crmkit_simulator.hubspot._grants import Grant

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.hubspot._auth import Token, Tokens

_VERSIONS = ("v1", "v3", "2026-03", "2026-09")
_CODE_LIVES = 600
SCOPES = (
    *("oauth", "crm.objects.contacts.read", "crm.objects.contacts.write"),
    *("crm.schemas.contacts.read", "crm.objects.owners.read", "sales-email-read"),
    "timeline",
)
_BAD_CLIENT, _BAD_GRANT = "invalid_client", "invalid_grant"
_UNSUPPORTED = "unsupported_grant_type"


class OAuthError(Exception):
    """
    A refusal in the form of RFC 6749, with HubSpot's own fields.
    """

    def __init__(self, error: str, status: str, message: str) -> None:
        super().__init__(message)
        self.body = {
            "error": error,
            "error_description": message,
            "status": status,
            "message": message,
        }


class OAuth:
    """
    The app and its grants.

    *refresh_token* is one that it has already, good for *scopes*. *token_lifetime* is how
    many seconds an access token lives. With *rotate_refresh_tokens* each refresh gives a
    new refresh token, and to use the old one again ends the grant, as RFC 9700 advises.
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
        token_lifetime: float = 1800,
        scopes: Collection[str] = SCOPES,
    ) -> None:
        self._clock = clock
        self._tokens = tokens
        self._client = client_id, client_secret
        self._rotate = rotate_refresh_tokens
        self._lifetime = token_lifetime
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._spent: dict[str, Grant] = {}
        if refresh_token:
            self._refresh[refresh_token] = Grant(frozenset(scopes))

    def respond(self, request: Request) -> Answer:
        """
        Answer a request whose path begins with /oauth; raises Refused.
        """
        try:
            return self._respond(request)
        except OAuthError as error:
            return answer(400, error.body)

    def _respond(self, request: Request) -> Answer:
        match request.method, request.parts[1:]:
            case "GET", ("authorize",):
                return self._authorize(request.query)
            case "POST", (version, "token") if version in _VERSIONS:
                return answer(200, self._exchange(_form(request, version)))
            case "POST", (version, "token", "introspect") if version in _VERSIONS:
                form = self._trusted(_form(request, version))
                return answer(200, self._described(form.get("token", "")))
            case "POST", (version, "token", "revoke") if version in _VERSIONS:
                form = self._trusted(_form(request, version))
                return self._revoke(form.get("token", ""))
            case "GET", ("v1", "access-tokens", value):
                return self._about(value)
            case "DELETE", ("v1", "refresh-tokens", value):
                return self._revoke(value)
        raise not_found()

    def _authorize(self, query: dict[str, str]) -> Answer:
        wanted = query.get("redirect_uri", "")
        if query.get("client_id") != self._client[0] or not urlsplit(wanted).scheme:
            return _page("The client id or the redirect URI is not that of an app.")
        scopes = f"{query.get('scope', '')} {query.get('optional_scope', '')}".split()
        if not scopes:
            return _page("At least one scope is needed.")
        code = str(uuid4())
        self._codes[code] = Grant(
            frozenset(scopes),
            wanted,
            query.get("code_challenge"),
            query.get("code_challenge_method", "plain"),
            self._clock.now() + _CODE_LIVES,
        )
        sent = {"code": code, "state": query.get("state")}
        text = urlencode({name: value for name, value in sent.items() if value})
        return Answer(
            302, b"", {"Location": f"{wanted}{'&' if '?' in wanted else '?'}{text}"}
        )

    def _exchange(self, form: dict[str, str]) -> dict[str, Any]:
        self._trusted(form)
        match form.get("grant_type"):
            case "authorization_code":
                grant = self._by_code(form)
                return self._issued(grant, self._remember(grant))
            case "refresh_token":
                return self._refreshed(form.get("refresh_token", ""))
        message = f"grant type {form.get('grant_type')} is not supported"
        raise OAuthError(_UNSUPPORTED, "BAD_GRANT_TYPE", message)

    def _refreshed(self, value: str) -> dict[str, Any]:
        if value in self._spent:
            self._end(self._spent[value])
        if value not in self._refresh:
            message = "refresh token is invalid, expired or revoked"
            raise OAuthError(_BAD_GRANT, "BAD_REFRESH_TOKEN", message)
        grant = self._refresh[value]
        if self._rotate:
            self._spent[value] = self._refresh.pop(value)
            value = self._remember(grant)
        return self._issued(grant, value)

    def _end(self, ended: Grant) -> None:
        for value in ended.tokens:
            self._tokens.revoke(value)
            self._refresh.pop(value, None)

    def _trusted(self, form: dict[str, str]) -> dict[str, str]:
        given = form.get("client_id", ""), form.get("client_secret", "")
        if given[0] != self._client[0]:
            message = "missing or unknown client id"
            raise OAuthError(_BAD_CLIENT, "BAD_CLIENT_ID", message)
        if given[1] != self._client[1]:
            message = "missing or wrong client secret"
            raise OAuthError(_BAD_CLIENT, "BAD_CLIENT_SECRET", message)
        return form

    def _by_code(self, form: dict[str, str]) -> Grant:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None or grant.expires <= self._clock.now():
            message = "missing or unknown auth code"
            raise OAuthError(_BAD_GRANT, "BAD_AUTH_CODE", message)
        if grant.redirect_uri != form.get("redirect_uri"):
            message = "redirect uri does not match the one that was authorized"
            raise OAuthError(_BAD_GRANT, "BAD_REDIRECT_URI", message)
        verifier = form.get("code_verifier", "")
        if grant.challenge and challenge_of(verifier, grant.method) != grant.challenge:
            message = "code verifier does not match the code challenge"
            raise OAuthError(_BAD_GRANT, "BAD_CODE_VERIFIER", message)
        return grant

    def _remember(self, grant: Grant) -> str:
        value = f"na1-{uuid4()}"
        self._refresh[value] = grant
        grant.tokens.append(value)
        return value

    def _issued(self, grant: Grant, refresh_token: str) -> dict[str, Any]:
        token = self._tokens.add(
            f"sim-{uuid4()}", scopes=grant.scopes, expires_in=self._lifetime, oauth=True
        )
        grant.tokens.append(token.value)
        return {
            "token_type": "bearer",
            "refresh_token": refresh_token,
            "access_token": token.value,
            "hub_id": PORTAL,
            "scopes": sorted(grant.scopes),
            "expires_in": int(self._lifetime),
        }

    def _about(self, value: str) -> Answer:
        token = self._tokens.get(value)
        if token is None:
            raise not_found()
        return answer(200, self._facts(token) | {"token": value})

    def _described(self, value: str) -> dict[str, Any]:
        token = self._tokens.get(value)
        if token is None or self._left(token) <= 0:
            return {"active": False}
        return self._facts(token) | {"active": True, "token_type": "access_token"}

    def _left(self, token: Token) -> int:
        if token.expires is None:
            return int(self._lifetime)
        return int(token.expires - self._clock.now())

    def _facts(self, token: Token) -> dict[str, Any]:
        return {
            "hub_id": PORTAL,
            "client_id": self._client[0],
            "scopes": sorted(token.scopes or ()),
            "expires_in": self._left(token),
            "token_type": "access",
        }

    def _revoke(self, value: str) -> Answer:
        self._tokens.revoke(value)
        self._refresh.pop(value, None)
        return Answer(204)


def _form(request: Request, version: str) -> dict[str, str]:
    try:
        form = request.form()
    except ValueError:
        form = {}
    return form if version != "v1" else {**request.query, **form}


def _page(text: str) -> Answer:
    body = f"<!DOCTYPE html><title>Error</title><p>{text}</p>\n".encode()
    return Answer(400, body, {"Content-Type": "text/html; charset=utf-8"})
