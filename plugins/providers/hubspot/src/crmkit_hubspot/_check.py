"""
What is wrong with the token and the version, by requests that change nothing.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import Finding
from crmkit.checking import right
from crmkit_hubspot._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Session

_SOON = 90  # days
_REMEDY = "give the scope to the key or app, and take its token anew"


class _Probe(NamedTuple):
    purpose: str
    api: str
    rest: str
    body: dict[str, Any] | None = None
    status: str = "problem"


_NOBODY = {"inputs": [{"id": "1"}]}
_READ = {**_NOBODY, "properties": [], "propertiesWithHistory": []}
_PROBES = (
    _Probe("read contacts", "crm/objects", "contacts"),
    _Probe("read properties", "crm/properties", "contacts"),
    _Probe("read activities", "crm/associations", "contacts/notes/batch/read", _NOBODY),
    _Probe("write activities", "crm/objects", "notes/batch/create", {"inputs": []}),
    _Probe("read e-mails", "crm/objects", "emails/batch/read", _READ, "warning"),
)


def findings(session: Session) -> Iterator[Finding]:
    """
    Yield what holds of each right that the token needs, and of the API's version.

    Raises AuthenticationError for a token that is refused.
    """
    for purpose, api, rest, body, status in _PROBES:
        target = path(session, api, rest)
        ask = partial(session.http.get, target, params={"limit": 1})
        if body is not None:
            ask = partial(session.http.post, target, json=body, repeatable=True)
        yield right(purpose, ask, remedy=_REMEDY, status=status)
    yield version(session.settings.api_version, datetime.now(UTC).date())


def version(name: str, today: date) -> Finding:
    """
    Return what holds of a version on this day.

    Versions come out each March and September, and are supported for 18 months.
    """
    year, month = map(int, name.split("-"))
    begins = date(year, month, 1)
    years, last = {3: (1, 9), 9: (2, 3)}[month]  # 18 months later
    ends = date(year + years, last, 1)
    detail = f"{name} is supported until {ends:%B %Y}"
    if today < begins:
        detail = f"{name} comes out in {begins:%B %Y}"
    if begins <= today and (ends - today).days > _SOON:
        return Finding(subject="API version", status="ok", detail=detail)
    remedy = "leave the setting api_version out, or upgrade crmkit-hubspot"
    return Finding(subject="API version", status="warning", detail=detail, remedy=remedy)
