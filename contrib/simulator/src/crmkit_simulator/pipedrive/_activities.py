"""
Activities, as version 2 has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _checks
from crmkit_simulator.pipedrive._account import Record
from crmkit_simulator.pipedrive._asked import Asked, listed, said
from crmkit_simulator.pipedrive._errors import BAD, INVALID, NOT_FOUND, Refused
from crmkit_simulator.pipedrive._paging import (
    SORTED,
    chosen,
    flag_in,
    integer_in,
    known_only,
    names_in,
    page,
)
from crmkit_simulator.pipedrive._sanitized import sanitized
from crmkit_simulator.pipedrive._values import address

if TYPE_CHECKING:
    from crmkit_simulator.pipedrive._account import Account
    from crmkit_simulator.pipedrive._checks import Check

_ORDERS = ("id", "update_time", "add_time", "due_date")
_LINKS = ("owner_id", "deal_id", "lead_id", "person_id", "org_id")
_READ_ONLY = (
    "'person_id' is a read-only field. Add a primary participant to set 'person_id' "
    'instead. For example: "participants": [{ "person_id": 1, "primary": true }]'
)
_text, _whole = _checks.nullable(_checks.text), _checks.nullable(_checks.integer)
_participants = _checks.many(
    _checks.shaped(
        {"person_id": _checks.integer, "primary": _checks.boolean}, ("person_id",)
    )
)
_attendees = _checks.many(
    _checks.shaped(
        {
            "email": _checks.line,
            "name": _text,
            "status": _text,
            "is_organizer": _checks.nullable(_checks.boolean),
            "person_id": _whole,
            "user_id": _whole,
        },
        ("email",),
    )
)
_TAKEN: dict[str, Check] = {
    "subject": _checks.line,
    "type": _checks.line,
    "owner_id": _checks.integer,
    "deal_id": _whole,
    "lead_id": _text,
    "org_id": _whole,
    "project_id": _whole,
    "due_date": _checks.nullable(_checks.day),
    "due_time": _checks.nullable(_checks.clock),
    "duration": _checks.nullable(_checks.duration),
    "busy": _checks.boolean,
    "done": _checks.boolean,
    "location": _checks.nullable(address),
    "participants": _checks.nullable(_participants),
    "attendees": _checks.nullable(_attendees),
    "public_description": _text,
    "priority": _whole,
    "note": _text,
}
_EMPTY = (
    *("deal_id", "lead_id", "person_id", "org_id", "project_id", "due_date", "due_time"),
    *("duration", "marked_as_done_time", "location", "conference_meeting_client"),
    *("conference_meeting_url", "conference_meeting_id", "public_description"),
    *("priority", "note"),
)


def create(asked: Asked) -> dict[str, Any]:
    """
    Make an activity; its person is the primary one of its participants.
    """
    body = _read(asked.account, asked.request)
    record = made(asked.account, body, asked.token.user_id)
    return said(_as_wire(record))


def _read(account: Account, request: Any) -> dict[str, Any]:
    body = _checks.body_of(request)
    if "person_id" in body:
        raise Refused(BAD, _READ_ONLY)
    return valid(account, _checks.checked(body, _TAKEN))


def valid(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """
    Return what is to be kept of a body whose types are right; raises Refused.
    """
    if body.get("type", "call") not in account.activity_types:
        raise Refused(INVALID, "Activity type does not exist", at="type")
    if body.get("owner_id", next(iter(account.users))) not in account.users:
        raise Refused(BAD, "Owner not found")
    if body.get("org_id") is not None and body["org_id"] not in account.organizations:
        raise Refused(NOT_FOUND, "Organization not found")
    if body.get("deal_id") is not None and body["deal_id"] not in account.deals:
        raise Refused(NOT_FOUND, "Deal not found")
    if "participants" in body:
        body |= _people(account, body["participants"] or [])
    if body.get("note"):
        body["note"] = sanitized(body["note"])
    return body


def _people(account: Account, given: list[dict[str, Any]]) -> dict[str, Any]:
    for one in given:
        account.persons.live(one["person_id"])
    found = [
        {"person_id": one["person_id"], "primary": one.get("primary", False)}
        for one in given
    ]
    first = [one["person_id"] for one in found if one["primary"]]
    if len(first) > 1:
        raise Refused(BAD, "Only one participant can be primary")
    return {"participants": found, "person_id": first[0] if first else None}


def made(account: Account, body: dict[str, Any], owner: int) -> Record:
    """
    Put an activity in, and return it.
    """
    now, type_ = account.now(), body.get("type", "call")
    values: dict[str, Any] = {
        "id": account.new_id(account.activities),
        "subject": account.activity_types[type_],
        "type": type_,
        "owner_id": owner,
        "creator_user_id": owner,
        "add_time": now,
        "update_time": now,
        "done": False,
        "busy": False,
        "participants": [],
        "attendees": [],
        **dict.fromkeys(_EMPTY),
    }
    record = Record(values["id"], values)
    account.activities[record.id] = record
    take(account, record, body)
    return record


def take(account: Account, record: Record, body: dict[str, Any]) -> None:
    """
    Give an activity the values of a body that is valid.
    """
    now, was_done = account.now(), record.values["done"]
    record.values = record.values | body | {"update_time": now}
    if record.values["done"] != was_done:
        record.values["marked_as_done_time"] = None if was_done else now


def change(asked: Asked) -> dict[str, Any]:
    """
    Change an activity.
    """
    record = asked.account.activities.open(asked.id)
    take(asked.account, record, _read(asked.account, asked.request))
    return said(_as_wire(record))


def delete(asked: Asked) -> dict[str, Any]:
    """
    Delete an activity, to be purged after 30 days.
    """
    record = asked.account.activities.open(asked.id)
    asked.account.delete(asked.account.activities, record)
    return said({"id": record.id})


def get(asked: Asked) -> dict[str, Any]:
    """
    Return an activity; one that was deleted says so.
    """
    known_only(asked.query, {"include_fields"})
    return said(_as_wire(asked.account.activities.find(asked.id), *_included(asked)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of activities; those of a person are those that it is the primary one of.
    """
    query = asked.query
    known_only(query, SORTED | {*_LINKS, "done"})
    wanted: dict[str, Any] = {
        name: integer_in(query, name)
        for name in _LINKS
        if name in query and name != "lead_id"
    }
    if "lead_id" in query:
        wanted["lead_id"] = query["lead_id"]
    if (done := flag_in(query, "done")) is not None:
        wanted["done"] = done
    records = [
        record
        for record in chosen(asked.account.activities.values(), query)
        if record.deleted_at is None
        and all(record.values[name] == value for name, value in wanted.items())
    ]
    found, cursor = page(records, query, _ORDERS)
    included = _included(asked)
    return listed([_as_wire(record, *included) for record in found], cursor)


def _included(asked: Asked) -> list[str]:
    names = names_in(asked.query, "include_fields")
    if set(names) - {"attendees"}:
        raise Refused(INVALID, "Must be one of: attendees", at="include_fields")
    return names


def _as_wire(record: Record, *included: str) -> dict[str, Any]:
    values = {**record.values, "is_deleted": record.deleted_at is not None}
    if "attendees" not in included:
        del values["attendees"]
    return values
