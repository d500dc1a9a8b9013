"""
What Salesforce itself knows of tasks and events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._events import times

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.salesforce._org import Org

    Values = dict[str, Any]

_LEAD, _CONTACT, _ACCOUNT = "00Q", "003", "001"


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
    more = _task(org, old, changes) if kind == "Task" else times(old, changes)
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
