"""
OAuth: consent, and the tokens that an app gets for it.
"""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from crmkit_simulator._pkce import challenge_of
from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.salesforce._grants import Grant, OAuthError
from crmkit_simulator.salesforce._jwt import claims_of
from crmkit_simulator.salesforce._org import ORGANIZATION
from crmkit_simulator.salesforce._sessions import ALL

if TYPE_CHECKING:
    from collections.abc import Collection

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._sessions import Sessions

_CODE_LIVES = 900
_ASSERTION_LIVES = 300
_JWT = "urn:ietf:params:oauth:grant-type:jwt-bearer"
_SHARED_HOSTS = ("login.", "test.")  # which serve all organizations, unlike a My Domain
_BAD_GRANT, _BAD_CLIENT = "invalid_grant", "invalid_client"


class OAuth:
    """
    The app and its grants.

    *refresh_token* is one that it has already, good for *scopes*. With
    *rotate_refresh_tokens* each refresh gives a new refresh token, and to use the old one
    again ends the grant. *secret_required* is whether a refresh needs the secret.
    *public_key* (PEM) is that of the app's certificate; without it no signature of an
    assertion is checked. *username* is the user of assertions and of client credentials;
    None for the latter: none was configured. *instance_url* is where tokens are said to be
    good; without it that is where they were asked for.
    """

    def __init__(
        self,
        org: Org,
        sessions: Sessions,
        *,
        client_id: str = "simulated-app",
        client_secret: str = "simulated-secret",  # noqa: S107 - of nothing real
        refresh_token: str | None = None,
        scopes: Collection[str] = ALL,
        rotate_refresh_tokens: bool = False,
        secret_required: bool = True,
        public_key: str | None = None,
        username: str | None = "sync@example.com",
        instance_url: str | None = None,
    ) -> None:
        self._org = org
        self._sessions = sessions
        self._client = client_id, client_secret
        self._scopes = frozenset(scopes)
        self._rotate = rotate_refresh_tokens
        self._secret_required = secret_required
        self._key = public_key
        self._username = username
        self._instance_url = instance_url
        self._codes: dict[str, Grant] = {}
        self._refresh: dict[str, Grant] = {}
        self._spent: dict[str, Grant] = {}
        if refresh_token:
            self._refresh[refresh_token] = Grant(self._scopes)

    def token(self, request: Request) -> Answer:
        """
        Answer a request for a token.
        """
        try:
            return answer(200, self._exchange(request, _form(request)))
        except OAuthError as error:
            return answer(400, error.body)

    def revoke(self, request: Request) -> Answer:
        """
        End a session, or a grant with its sessions.
        """
        value = _form(request).get("token") or request.query.get("token", "")
        grant = self._refresh.get(value)
        if grant:
            self._end(grant)
            return Answer(200)
        if self._sessions.end(value):
            return Answer(200)
        text = "this token type is not supported"
        return answer(400, OAuthError("unsupported_token_type", text).body)

    def authorize(self, request: Request) -> Answer:
        """
        Consent at once to what an app asks for, and send the browser back with a code.
        """
        query = request.query
        wanted = query.get("redirect_uri", "")
        if query.get("client_id") != self._client[0] or not urlsplit(wanted).scheme:
            return _page(
                "error=invalid_client_id&error_description=client identifier invalid"
            )
        code = f"aPrx{uuid4().hex}"
        self._codes[code] = Grant(
            self._granted(query.get("scope", "")),
            wanted,
            query.get("code_challenge"),
            query.get("code_challenge_method", "S256"),
            self._org.clock.now() + _CODE_LIVES,
        )
        sent = {"code": code, "state": query.get("state")}
        text = urlencode({name: value for name, value in sent.items() if value})
        to = f"{wanted}{'&' if '?' in wanted else '?'}{text}"
        return Answer(302, b"", {"Location": to})

    def _granted(self, scope: str) -> frozenset[str]:
        return self._scopes & set(scope.split()) if scope else self._scopes

    def _exchange(self, request: Request, form: dict[str, str]) -> dict[str, Any]:
        match form.get("grant_type"):
            case "refresh_token":
                self._trusted(request, form, secret=self._secret_required)
                return self._refreshed(request, form.get("refresh_token", ""))
            case "authorization_code":
                self._trusted(request, form, secret=not form.get("code_verifier"))
                grant = self._by_code(form)
                more = self._remember(grant) if "refresh_token" in grant.scopes else {}
                return self._issued(request, grant) | more
            case "client_credentials":
                return self._by_credentials(request, form)
            case kind if kind == _JWT:
                return self._by_assertion(request, form.get("assertion", ""))
            case "password":
                raise OAuthError(_BAD_GRANT, "authentication failure")
        error, text = "unsupported_grant_type", "grant type not supported"
        raise OAuthError(error, text)

    def _refreshed(self, request: Request, value: str) -> dict[str, Any]:
        if value in self._spent:
            self._end(self._spent[value])
        grant = self._refresh.get(value)
        if grant is None:
            raise OAuthError(_BAD_GRANT, "expired access/refresh token")
        if not self._rotate:
            return self._issued(request, grant)
        self._spent[value] = self._refresh.pop(value)
        return self._issued(request, grant) | self._remember(grant)

    def _by_code(self, form: dict[str, str]) -> Grant:
        grant = self._codes.pop(form.get("code", ""), None)
        if grant is None:
            raise OAuthError(_BAD_GRANT, "invalid authorization code")
        if grant.expires <= self._org.clock.now():
            raise OAuthError(_BAD_GRANT, "expired authorization code")
        if grant.redirect_uri != form.get("redirect_uri"):
            error, text = "redirect_uri_mismatch", "redirect_uri must match configuration"
            raise OAuthError(error, text)
        verifier = form.get("code_verifier", "")
        if grant.challenge and challenge_of(verifier, grant.method) != grant.challenge:
            raise OAuthError(_BAD_GRANT, "invalid code verifier")
        return grant

    def _by_credentials(self, request: Request, form: dict[str, str]) -> dict[str, Any]:
        host = request.headers.get("Host", "")
        if host.startswith(_SHARED_HOSTS):
            raise OAuthError(_BAD_GRANT, "request not supported on this domain")
        self._trusted(request, form, secret=True)
        if self._username is None:
            raise OAuthError(_BAD_GRANT, "no client credentials user enabled")
        scopes = self._scopes - {"refresh_token"}
        return self._issued(request, Grant(scopes))

    def _by_assertion(self, request: Request, assertion: str) -> dict[str, Any]:
        try:
            claims = claims_of(assertion, self._key)
            left = float(claims.get("exp", 0)) - self._org.clock.now()
        except (TypeError, ValueError):
            raise OAuthError(_BAD_GRANT, "invalid assertion") from None
        if claims.get("iss") != self._client[0]:
            error, text = "invalid_client_id", "client identifier invalid"
            raise OAuthError(error, text)
        if not 0 < left <= _ASSERTION_LIVES:
            raise OAuthError(_BAD_GRANT, "expired authorization code")
        host = urlsplit(str(claims.get("aud"))).hostname or ""
        own = request.headers.get("Host", "").partition(":")[0]
        if host not in {"login.salesforce.com", "test.salesforce.com", own}:
            raise OAuthError(_BAD_GRANT, "audience is invalid")
        if claims.get("sub") != self._username:
            raise OAuthError(_BAD_GRANT, "user hasn't approved this consumer")
        return self._issued(request, Grant(self._scopes - {"refresh_token"}))

    def _trusted(self, request: Request, form: dict[str, str], *, secret: bool) -> None:
        given = _basic(request) or (form.get("client_id"), form.get("client_secret"))
        if given[0] != self._client[0]:
            error, text = "invalid_client_id", "client identifier invalid"
            raise OAuthError(error, text)
        if given[1] != self._client[1] and (secret or given[1] is not None):
            raise OAuthError(_BAD_CLIENT, "invalid client credentials")

    def _remember(self, grant: Grant) -> dict[str, str]:
        value = f"5Aep861{uuid4().hex}"
        self._refresh[value] = grant
        return {"refresh_token": value}

    def _end(self, ended: Grant) -> None:
        for value in ended.sessions:
            self._sessions.end(value)
        for value in [value for value, grant in self._refresh.items() if grant is ended]:
            del self._refresh[value]

    def _issued(self, request: Request, grant: Grant) -> dict[str, Any]:
        made = self._sessions.add(scopes=grant.scopes)
        grant.sessions.append(made.value)
        return {
            "access_token": made.value,
            "signature": "c2ltdWxhdGVk",
            "scope": " ".join(sorted(grant.scopes)),
            "instance_url": self._instance_url or request.origin,
            "id": f"{request.origin}/id/{ORGANIZATION}/{self._org.user}",
            "token_type": "Bearer",
            "issued_at": str(int(self._org.clock.now() * 1000)),
        }


def _form(request: Request) -> dict[str, str]:
    try:
        return request.form()
    except ValueError:
        return {}


def _basic(request: Request) -> tuple[str | None, str | None] | None:
    kind, _, value = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        name, _, secret = b64decode(value).decode().partition(":")
    except ValueError:
        return None
    return name, secret


def _page(text: str) -> Answer:
    body = f"<!DOCTYPE html><title>Error</title><p>{text}</p>\n".encode()
    return Answer(400, body, {"Content-Type": "text/html; charset=utf-8"})
