"""
A look at an account: whose the key is, what it may do, and which system asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import AccessDeniedError, AuthenticationError, Finding
from crmkit.reading import content
from crmkit_followupboss._auth import is_registered
from crmkit_followupboss._errors import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_RIGHTS = {
    "read people": "people",
    "read custom fields": "customFields",
    "read activities": "calls",
}
_SYSTEM = "https://apps.followupboss.com/system-registration"


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the key, of each right that it needs, and of the system.
    """
    try:
        said = content(session.http.get("/v1/identity"), LABEL)
    except AuthenticationError as error:
        yield Finding(subject="token", status="problem", detail=str(error))
        return
    user = said.get("user")
    yield from _of_user(said.get("account"), user if isinstance(user, dict) else {})
    for subject, collection in _RIGHTS.items():
        yield _right(session, subject, collection)
    if is_registered(session):
        yield Finding(subject="system", status="ok")
    else:
        yield Finding(
            subject="system",
            status="warning",
            detail="no registered system is named: limits are halved, texts are refused",
            remedy=f"register at {_SYSTEM}; give the settings system and system_key",
        )
    yield Finding(subject="API version", status="ok", detail="v1 is the only one")


def _of_user(account: object, user: dict[str, Any]) -> Iterator[Finding]:
    number = account.get("id") if isinstance(account, dict) else None
    detail = f"of user {user.get('id')} in account {number}"
    yield Finding(subject="token", status="ok", detail=detail)
    if not (user.get("isOwner") or user.get("isAdmin")):
        yield Finding(
            subject="rank",
            status="warning",
            detail="an agent's key: it sees that agent's people, and makes no campaigns",
            remedy="use a key of the owner or an admin, or keep e-mails as notes",
        )


def _right(session: Session, subject: str, collection: str) -> Finding:
    try:
        session.http.get(f"/v1/{collection}", params={"limit": 1})
    except AccessDeniedError as error:
        remedy = "renew the account if it has expired, or use another user's key"
        return Finding(subject=subject, status="problem", detail=str(error), remedy=remedy)
    return Finding(subject=subject, status="ok")
