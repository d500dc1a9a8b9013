"""
What is wrong with the token and its rights, by requests that change nothing.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from crmkit import Finding
from crmkit.checking import right
from crmkit.reading import safe_name
from crmkit_pipedrive._calls import ACTIVITIES, FIELDS, ME, NOTES, PERSONS, get

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_READS = {"persons": PERSONS, "fields": FIELDS, "activities": ACTIVITIES, "notes": NOTES}
_WRITES = {"write activities": "activities:full", "write notes": "contacts:full"}
_REMEDY = "give the app the scope and sign in again, or take the token of another user"


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of the token, of each right that it needs, and of the API's versions.

    An API token tells nothing of what its user may write; a grant of OAuth has scopes.
    Raises AuthenticationError for a token that is refused.
    """
    yield _token(session)
    for what, call in _READS.items():
        ask = partial(get, session, call, {"limit": 1})
        yield right(f"read {what}", ask, remedy=_REMEDY)
    granted = str(session.credentials.metadata.get("scope") or "").replace(",", " ").split()
    for purpose, scope in _WRITES.items() if granted else ():
        yield _granted(purpose, scope, there=scope in granted)
    detail = "v2; v1 for users, notes and call logs, which v2 does not have"
    yield Finding(subject="API version", status="ok", detail=detail)


def _granted(purpose: str, scope: str, *, there: bool) -> Finding:
    if there:
        return Finding(subject=purpose, status="ok")
    lack = f"the app lacks the scope {scope}"
    return Finding(subject=purpose, status="problem", detail=lack, remedy=_REMEDY)


def _token(session: Session) -> Finding:
    me = get(session, ME, {}).get("data")
    domain = safe_name(me.get("company_domain")) if isinstance(me, dict) else None
    wanted = session.settings.company_domain
    if not domain or wanted in {"api", domain}:
        return Finding(
            subject="token", status="ok", detail=f"company {domain or 'unknown'}"
        )
    detail = f"it is of the company {domain}, and the setting company_domain says {wanted}"
    return Finding(subject="token", status="warning", detail=detail)
