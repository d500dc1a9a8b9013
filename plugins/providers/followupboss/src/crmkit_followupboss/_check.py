"""
A look at an account: whose the key is, what it may do, and which system asks.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmkit import Finding
from crmkit.checking import right
from crmkit.reading import content, dicts
from crmkit_followupboss._auth import is_registered
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_RIGHTS = {
    "read people": "people",
    "read custom fields": "customFields",
    "read activities": "calls",
}


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the key, of each right that it needs, and of the system.
    """
    said = content(session.http.get("/v1/identity"), LABEL)
    account, user = ((dicts([said.get(n)]) or [{}])[0] for n in ("account", "user"))
    detail = f"of user {user.get('id')} in account {account.get('id')}"
    yield Finding(subject="token", status="ok", detail=detail)
    if not (user.get("isOwner") or user.get("isAdmin")):
        yield Finding(
            subject="rank",
            status="warning",
            detail="an agent's key: it sees that agent's people, and makes no campaigns",
            remedy="use a key of the owner or an admin, or keep e-mails as notes",
        )
    for subject, collection in _RIGHTS.items():
        ask = partial(session.http.get, f"/v1/{collection}", params={"limit": 1})
        yield right(subject, ask, remedy="use a key of a user who may")
    registered = is_registered(session)
    yield Finding(
        subject="system",
        status="ok" if registered else "warning",
        detail="" if registered else "none is named: limits are halved, texts refused",
        remedy=""
        if registered
        else "see https://apps.followupboss.com/system-registration",
    )
    yield Finding(subject="API version", status="ok", detail="v1 is the only one")
