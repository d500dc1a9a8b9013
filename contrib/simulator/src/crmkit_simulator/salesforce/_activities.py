"""
What Salesforce itself knows of tasks and events.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.salesforce._org import Org

    Values = dict[str, Any]

_LEAD, _CONTACT, _ACCOUNT = "00Q", "003", "001"
_STARTS = ("StartDateTime", "ActivityDateTime")
_LONGEST = timedelta(days=14)
_WIRE = "%Y-%m-%dT%H:%M:%S.000+0000"


def completed(org: Org, kind: str, old: Mapping[str, Any], changes: Values) -> Values:
    """
    Return what a write of a record changes, with what follows from it; raises Refused.
    """
    if kind in {"Contact", "Lead"}:
        new = {**old, **changes}
        names = (new.get("FirstName"), new.get("LastName"))
        return {**changes, "Name": " ".join(filter(None, names))}
    if kind not in {"Task", "Event"}:
        return changes
    _who_and_what({**old, **changes})
    more = _task(org, old, changes) if kind == "Task" else _event(old, changes)
    return {**changes, **more, "AccountId": _account(org, {**old, **changes})}


def _who_and_what(new: Mapping[str, Any]) -> None:
    if new.get("WhatId") and (new.get("WhoId") or "").startswith(_LEAD):
        text = "Related To ID: a lead cannot be related to another record"
        raise Refused(400, "FIELD_INTEGRITY_EXCEPTION", text, ["WhatId"])


def _account(org: Org, new: Mapping[str, Any]) -> str | None:
    what, who = new.get("WhatId") or "", new.get("WhoId") or ""
    if what.startswith(_ACCOUNT):
        return what
    contact = org.find(who) if who.startswith(_CONTACT) else None
    return contact.values.get("AccountId") if contact else None


def _task(org: Org, old: Mapping[str, Any], changes: Values) -> Values:
    new = {**old, **changes}
    closed = new["Status"] == "Completed"
    done = (old.get("CompletedDateTime") or org.now()) if closed else None
    return {
        "IsClosed": closed,
        "IsHighPriority": new["Priority"] == "High",
        "CompletedDateTime": done,
    }


def _event(old: Mapping[str, Any], changes: Values) -> Values:
    new = {**old, **changes}
    if new["IsAllDayEvent"]:
        return _all_day(new, changes)
    start = _start(new, changes)
    end = changes.get("EndDateTime")
    minutes = changes.get("DurationInMinutes")
    if end is None and minutes is None:
        minutes = old.get("DurationInMinutes")
    if end is None and minutes is None:
        msg = "DurationInMinutes"
        raise _missing(msg)
    between = _moment(end) - start if end is not None else None
    length = between if minutes is None else timedelta(minutes=minutes)
    if length is None or between not in {None, length}:
        msg = "DurationInMinutes"
        raise _conflict(msg)
    if not timedelta() <= length <= _LONGEST:
        msg = "EndDateTime"
        raise _conflict(msg)
    return {
        **dict.fromkeys(_STARTS, start.strftime(_WIRE)),
        "EndDateTime": (start + length).strftime(_WIRE),
        "DurationInMinutes": length // timedelta(minutes=1),
        "ActivityDate": start.date().isoformat(),
        "EndDate": (start + length).date().isoformat(),
    }


def _start(new: Mapping[str, Any], changes: Values) -> datetime:
    given = [changes[name] for name in _STARTS if changes.get(name)]
    found = given or [new[name] for name in _STARTS if new.get(name)]
    if not found:
        raise _missing(_STARTS[0])
    if len(set(given)) > 1:
        raise _conflict(_STARTS[1])
    return _moment(found[0])


def _all_day(new: Mapping[str, Any], changes: Values) -> Values:
    given = [changes[name] for name in _STARTS if changes.get(name)]
    day = changes.get("ActivityDate") or (given[0][:10] if given else new["ActivityDate"])
    if not day:
        msg = "ActivityDate"
        raise _missing(msg)
    start = f"{day}T00:00:00.000+0000"
    end = changes.get("EndDateTime") or start
    days = (_moment(end) - _moment(start)).days + 1
    if not 1 <= days <= _LONGEST.days:
        msg = "EndDateTime"
        raise _conflict(msg)
    return {
        **dict.fromkeys(_STARTS, start),
        "EndDateTime": end,
        "DurationInMinutes": days * 1440,
        "ActivityDate": day,
        "EndDate": end[:10],
    }


def _moment(text: str) -> datetime:
    return datetime.strptime(text, _WIRE).replace(tzinfo=UTC)


def _missing(name: str) -> Refused:
    text = f"Required fields are missing: [{name}]"
    return Refused(400, "REQUIRED_FIELD_MISSING", text, [name])


def _conflict(name: str) -> Refused:
    text = f"{name}: the start, the end and the duration of the event do not agree"
    return Refused(400, "FIELD_INTEGRITY_EXCEPTION", text, [name])
