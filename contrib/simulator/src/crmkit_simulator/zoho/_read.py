"""
What can be read of a module: one record, lists, what is gone, what is related.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._asked import MOST_PER_PAGE, found, nothing
from crmkit_simulator.zoho._errors import (
    Code,
    invalid_id,
    invalid_param,
    refused,
)
from crmkit_simulator.zoho._modules import ACTIVITIES
from crmkit_simulator.zoho._pages import BY_NUMBER, beyond, listing
from crmkit_simulator.zoho._shown import shown

if TYPE_CHECKING:
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Deleted, Record

_IDS = 100
_BIN = timedelta(days=60)
_OPEN_CALLS = {"Scheduled", "Overdue"}
RELATED = (
    *("Notes", "Calls", "Calls_History", "Events", "Events_History"),
    *("Tasks", "Tasks_History"),
)


def one(org: Org, asked: Asked, module: str, id_: str) -> Answer:
    """
    Return one record; an empty answer for one that is not there. Raises Refused.
    """
    fields = asked.fields(needed=False)
    record = org.get(module, path_id(id_))
    if record is None or _converted(record):
        return nothing()
    since = asked.since()
    if since is not None and record.moment("Modified_Time") <= since:
        return Answer(304)
    return answer(200, {"data": [shown(org, record, fields)]})


def many(org: Org, asked: Asked, module: str) -> Answer:
    """
    Return a page of a module, or of some ids of it; raises Refused.
    """
    text = asked.param("ids")
    ids = set(text.split(",")) if text else None
    if ids is not None and len(ids) > _IDS:
        raise invalid_param(name="ids", maximum_length=_IDS)
    converted = asked.one_of("converted", "false", "true", "both")

    def keep(record: Record) -> bool:
        chosen = ids is None or record.id in ids
        fits = converted == "both" or _converted(record) == (converted == "true")
        return chosen and fits

    return listing(org, asked, module, keep)


def path_id(text: str) -> str:
    """
    Return the id of a path; raises Refused for what can be none.
    """
    if not text.isdecimal() or not text.isascii():
        raise invalid_id()
    return text


def _converted(record: Record) -> bool:
    return bool(record.values.get("Converted__s"))


def deleted(org: Org, asked: Asked, module: str) -> Answer:
    """
    Return a page of what is gone of a module, the last one first; raises Refused.
    """
    kind = asked.one_of("type", "all", "recycle", "permanent")
    since = asked.since()
    page = asked.number("page", 1)
    per_page = asked.number("per_page", MOST_PER_PAGE, MOST_PER_PAGE)
    if page * per_page > BY_NUMBER:
        raise beyond(BY_NUMBER)
    gone = [
        told
        for one in reversed(org.shelves[module].deleted)
        if since is None or one.at > since
        for told in [_gone(org, one)]
        if kind in {"all", told["type"]}
    ]
    if since is not None and not gone:
        return Answer(304)
    start = (page - 1) * per_page
    chosen = gone[start : start + per_page]
    more = len(gone) > start + per_page
    info = {"per_page": per_page, "count": len(chosen), "page": page, "more_records": more}
    return found(chosen, **info)


def _gone(org: Org, one: Deleted) -> dict[str, Any]:
    binned = one.at + _BIN > org.now()
    values = one.record.values
    return {
        "deleted_by": org.named(one.by, email=False) if binned else None,
        "id": one.record.id,
        "display_name": one.record.title if binned else None,
        "type": "recycle" if binned else "permanent",
        "created_by": org.named(values["Created_By"], email=False) if binned else None,
        "deleted_time": org.local(one.at),
    }


def related(org: Org, asked: Asked, module: str, id_: str, name: str) -> Answer:
    """
    Return a page of what is related to a record: open activities, or the done ones.

    Raises Refused.
    """
    if name not in RELATED and name != "Emails":
        message = "the relation name given seems to be invalid"
        raise refused(Code.INVALID_DATA, message, resource_path_index=2)
    if org.get(module, path_id(id_)) is None:
        raise invalid_id()
    if name == "Emails":
        return nothing()
    kind, _, done = name.partition("_")

    def keep(record: Record) -> bool:
        mine = (module, id_) in about(record)
        return mine and (kind == "Notes" or is_done(org, record) == bool(done))

    return listing(org, asked, kind, keep)


def about(record: Record) -> list[tuple[str, str]]:
    """
    Return what an activity is about: module and id of each.
    """
    values = record.values
    if record.module not in ACTIVITIES:
        return []
    if record.module == "Notes":
        parent = values["Parent_Id"]
        return [(parent["module"], parent["id"])]
    ends = [("Contacts", values.get("Who_Id"))]
    ends.append((values.get("$se_module") or "", values.get("What_Id")))
    people = {"contact": "Contacts", "lead": "Leads"}
    ends += [
        (people[one["type"]], one["participant"])
        for one in values.get("Participants") or ()
        if one["type"] in people
    ]
    return list(dict.fromkeys((module, id_) for module, id_ in ends if id_))


def is_done(org: Org, record: Record) -> bool:
    """
    Tell whether an activity is over.
    """
    values = record.values
    match record.module:
        case "Calls":
            return values.get("Outbound_Call_Status") not in _OPEN_CALLS
        case "Tasks":
            return values.get("Status") == "Completed"
    return record.moment("End_DateTime") <= org.now()
