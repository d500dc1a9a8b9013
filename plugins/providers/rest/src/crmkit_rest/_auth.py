"""
How requests are signed: the token goes into a header, always.
"""

from __future__ import annotations

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit import CredentialsError, OAuth2, ProtocolError, Secret, basic, bearer, header

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit import CRMCredentials, Session
    from crmkit_rest._schema import CRM, Auth

    Sign = Callable[[Session], Mapping[str, str]]


def signing(auth: Auth) -> Sign | None:
    """
    Return what signs a request, None where nothing does.
    """
    match auth.kind:
        case "none":
            return None
        case "header":
            return header(auth.name, auth.prefix)
        case "basic":
            return _with_user(auth.user) if auth.user else basic
    return bearer


def oauth(auth: Auth) -> OAuth2 | None:
    """
    Return where users sign in, None where they do not.
    """
    if auth.kind != "oauth2":
        return None
    return OAuth2(
        authorize_url=auth.authorize_url,
        token_url=auth.token_url,
        scopes=auth.scopes,
    )


def refreshed(session: Session, crm: CRM) -> CRMCredentials:
    """
    Return a new token for the app's own credentials (RFC 6749, section 4.4).
    """
    auth = crm.auth
    app = [_of(session, name) for name in ("client_id", "client_secret")]
    form = {"grant_type": "client_credentials", **auth.params}
    if auth.scopes:
        form["scope"] = " ".join(auth.scopes)
    headers = {}
    if auth.basic:
        headers["Authorization"] = _pair(*app)
    else:
        form |= dict(zip(("client_id", "client_secret"), app, strict=True))
    answer = session.http.post(auth.token_url, form=form, headers=headers).json()
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        msg = f"the token endpoint of {crm.label} gave no access token"
        raise ProtocolError(msg)
    ends = _expiry(answer.get("expires_in"))
    return evolve(session.credentials, access_token=Secret(token), expires_at=ends)


def _with_user(name: str) -> Sign:
    def sign(session: Session) -> Mapping[str, str]:
        token = session.credentials.access_token
        return {"Authorization": _pair(_of(session, name), token.reveal() if token else "")}

    return sign


def _pair(user: str, password: str) -> str:
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"


def _of(session: Session, name: str) -> str:
    value = session.credentials.metadata.get(name)
    if not value:
        msg = (
            f"the credentials of {session.provider!r} hold no {name}; give it in their "
            f'metadata, as in CRMCredentials(provider="{session.provider}", metadata={{…}})'
        )
        raise CredentialsError(msg)
    return str(value)


def _expiry(seconds: Any) -> datetime | None:
    try:
        return datetime.now(UTC) + timedelta(seconds=float(seconds))
    except (TypeError, ValueError, OverflowError):
        return None
