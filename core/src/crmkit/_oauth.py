"""
Renewing an access token with a refresh token, as OAuth 2.0 has it (RFC 6749, section 6).
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmkit.errors import CredentialsError, InvalidRequestError, ProtocolError
from crmkit.models import CRMCredentials

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._clock import Clock
    from crmkit._session import Session
    from crmkit.http import Response
    from crmkit.infos import OAuth2

_OURS = frozenset({"token_type", "access_token", "refresh_token", "expires_in"})
_REMEDIES = {
    "invalid_grant": "sign in again, the refresh token is no longer good",
    "invalid_client": "check client_id and client_secret in the credentials' metadata",
    "unauthorized_client": "this app may not use refresh tokens",
    "invalid_request": "check the credentials' metadata",
    "invalid_scope": "sign in again with the scopes that the app has",
}


def renewed(session: Session, oauth: OAuth2, clock: Clock) -> CRMCredentials | None:
    """
    Return new credentials for those of an unsigned session, None without refresh token.

    What the answer holds beside the tokens goes to the metadata. Raises CredentialsError
    without a client_id, and a CRMError when the CRM gives no token.
    """
    spent = session.credentials
    if spent.refresh_token is None:
        return None
    form = {
        "grant_type": "refresh_token",
        "refresh_token": spent.refresh_token.reveal(),
        **_client(spent),
    }
    answer = session.http.post(oauth.token_url, form=form).json()
    token = answer.get("access_token") if isinstance(answer, dict) else None
    if not isinstance(token, str) or not token:
        msg = f"the token endpoint of {session.provider!r} gave no access token"
        raise ProtocolError(msg)
    more = {name: value for name, value in answer.items() if name not in _OURS}
    return CRMCredentials(
        provider=session.provider,
        access_token=token,
        refresh_token=answer.get("refresh_token") or spent.refresh_token,
        expires_at=_expiry(answer, clock),
        metadata={**spent.metadata, **more},
    )


def refusal(response: Response) -> InvalidRequestError | None:
    """
    Return the error that a token endpoint's answer means, None to judge it by status.
    """
    try:
        answer = response.json()
    except ProtocolError:
        return None
    code = answer.get("error") if isinstance(answer, dict) else None
    if not isinstance(code, str) or code not in _REMEDIES:
        return None
    return InvalidRequestError(f"{code}: {_REMEDIES[code]}", status=response.status)


def _client(spent: CRMCredentials) -> Mapping[str, str]:
    named = ("client_id", "client_secret")
    known = {name: str(spent.metadata[name]) for name in named if spent.metadata.get(name)}
    if "client_id" not in known:
        msg = (
            f"the credentials of {spent.provider!r} hold a refresh token but no client_id; "
            'give metadata={"client_id": …, "client_secret": …} with it'
        )
        raise CredentialsError(msg)
    return known


def _expiry(answer: Mapping[str, Any], clock: Clock) -> Any:
    try:
        return clock.now() + timedelta(seconds=float(answer["expires_in"]))
    except (KeyError, TypeError, ValueError, OverflowError):
        return None
