"""
Activities as version 1 has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _activities, _loose
from crmkit_simulator.pipedrive._account import COMPANY
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._checks import body_of
from crmkit_simulator.pipedrive._errors import BAD, Refused
from crmkit_simulator.pipedrive._paging import old_page
from crmkit_simulator.pipedrive._times import as_old, clock, is_date

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Record

_TEXTS = ("subject", "type", "note", "public_description")
_NUMBERS = ("deal_id", "org_id", "user_id")


def create(asked: Asked) -> dict[str, Any]:
    """
    Make an activity.
    """
    body = _activities.valid(asked.account, _read(body_of(asked.request)))
    owner = body.pop("user_id", None) or asked.token.user_id
    return said(_as_wire(_activities.made(asked.account, body, owner)))


def change(asked: Asked) -> dict[str, Any]:
    """
    Change an activity.
    """
    record = asked.account.activities.open(asked.id)
    body = _activities.valid(asked.account, _read(body_of(asked.request)))
    if owner := body.pop("user_id", None):
        body["owner_id"] = owner
    _activities.take(asked.account, record, body)
    return said(_as_wire(record))


def _read(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {
        name: text for name in _TEXTS if (text := _loose.text(body, name)) is not None
    }
    found |= {name: _loose.integer(body, name) for name in _NUMBERS if name in body}
    if "done" in body:
        found["done"] = _loose.flag(body, "done")
    if person := _loose.integer(body, "person_id"):
        found["participants"] = [{"person_id": person, "primary": True}]
    return found | _when(body)


def _when(body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if day := _loose.text(body, "due_date"):
        if not is_date(day):
            raise Refused(BAD, "due_date must be in the format YYYY-MM-DD")
        found["due_date"] = day
    for name in ("due_time", "duration"):
        if text := _loose.text(body, name):
            found[name] = clock(text, duration=name == "duration")
            if found[name] is None:
                raise Refused(BAD, f"{name} must be in the format HH:MM")
    return found


def get(asked: Asked) -> dict[str, Any]:
    """
    Return an activity.
    """
    return said(_as_wire(asked.account.activities.find(asked.id)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of activities; without any, data is null.
    """
    live = [one for one in asked.account.activities.values() if one.deleted_at is None]
    return _paged(asked, live)


def of_person(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the activities that a person takes part in.
    """
    id_ = asked.account.persons.live(asked.id).id
    live = [
        record
        for record in asked.account.activities.values()
        if record.deleted_at is None
        and any(one["person_id"] == id_ for one in record.values["participants"])
    ]
    return _paged(asked, live)


def _paged(asked: Asked, records: list[Record]) -> dict[str, Any]:
    found, told = old_page(records, asked.query)
    return said(list(map(_as_wire, found)) or None, additional_data=told)


def _as_wire(record: Record) -> dict[str, Any]:
    values = dict(record.values)
    participants = values.pop("participants")
    return values | {
        "company_id": COMPANY,
        "user_id": values["owner_id"],
        "active_flag": record.deleted_at is None,
        "add_time": as_old(values["add_time"]),
        "update_time": as_old(values["update_time"]),
        "due_time": (values["due_time"] or "")[:5],
        "duration": (values["duration"] or "")[:5],
        "marked_as_done_time": as_old(values["marked_as_done_time"] or ""),
        "participants": [
            {"person_id": one["person_id"], "primary_flag": one["primary"]}
            for one in participants
        ],
    }
