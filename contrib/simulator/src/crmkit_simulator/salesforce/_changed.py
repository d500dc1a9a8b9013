"""
Which records were changed, or deleted, in a stretch of time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._values import moment, stamp

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._schema import Kind

_DELETED_KEPT, _UPDATED_KEPT = timedelta(days=15), timedelta(days=30)


def deleted_between(org: Org, kind: Kind, request: Request) -> dict[str, Any]:
    """
    Return the records that were deleted, merged ones too; raises Refused.
    """
    start, end = _span(org, request, _DELETED_KEPT)
    gone = [
        {"id": record.id, "deletedDate": stamp(record.deleted_at)}
        for record in org.tables[kind.name].rows.values()
        if record.deleted_at is not None and start <= stamp(record.deleted_at) < end
    ]
    kept = max(org.began, org.clock.now() - _DELETED_KEPT.total_seconds())
    return {
        "deletedRecords": gone,
        "earliestDateAvailable": stamp(kept),
        "latestDateCovered": end,
    }


def updated_between(org: Org, kind: Kind, request: Request) -> dict[str, Any]:
    """
    Return the ids of the records that were made or changed; raises Refused.
    """
    start, end = _span(org, request, _UPDATED_KEPT)
    ids = [
        record.id
        for record in org.tables[kind.name].live()
        if start <= record.values["LastModifiedDate"] < end
    ]
    return {"ids": ids, "latestDateCovered": end}


def _span(org: Org, request: Request, kept: timedelta) -> tuple[str, str]:
    """
    Return start and end in whole minutes; seconds are ignored.
    """
    now = org.clock.moment()
    start, end = _time(request, "start"), min(_time(request, "end"), now)
    if start < now - kept:
        days = kept.days
        text = f"startDate cannot be more than {days} days before now"
        raise Refused(400, "INVALID_REPLICATION_DATE", text)
    if end - start < timedelta(minutes=1):
        text = "endDate must be at least one minute greater than startDate"
        raise Refused(400, "INVALID_REPLICATION_DATE", text)
    return _minute(start), _minute(end)


def _time(request: Request, name: str) -> datetime:
    try:
        return datetime.fromisoformat(moment(request.query.get(name, "")))
    except ValueError:
        text = f"{name} is not a time of the form 2026-05-01T12:00:00+00:00"
        raise Refused(400, "INVALID_DATE_FORMAT", text) from None


def _minute(found: datetime) -> str:
    return stamp(found.astimezone(UTC).replace(second=0, microsecond=0).timestamp())
