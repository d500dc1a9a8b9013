"""
Call logs, which only version 1 has; each belongs to an activity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator.pipedrive import _activities, _loose
from crmkit_simulator.pipedrive._account import COMPANY, Record
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._checks import body_of
from crmkit_simulator.pipedrive._errors import BAD, FORBIDDEN, NOT_FOUND, Refused
from crmkit_simulator.pipedrive._paging import old_page

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account

_OUTCOMES = (
    *("connected", "no_answer", "left_message", "left_voicemail", "wrong_number"),
    "busy",
)
_MOST = 50


def create(asked: Asked) -> dict[str, Any]:
    """
    Log a call; the activity is made too, unless one is named.
    """
    account, body = asked.account, body_of(asked.request)
    values = _read(asked, body)
    activity = _activity(account, body, values)
    links = ("person_id", "org_id", "deal_id", "lead_id")
    values |= {name: activity.values[name] for name in links}
    values |= {
        "id": uuid4().hex,
        "activity_id": activity.id,
        "subject": activity.values["subject"],
        "has_recording": False,
        "company_id": COMPANY,
    }
    record = account.calls[values["id"]] = Record(values["id"], values)
    return said(dict(record.values))


def _read(asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
    outcome = _loose.needed(body, "outcome")
    if outcome not in _OUTCOMES:
        raise Refused(BAD, f"outcome must be one of {', '.join(_OUTCOMES)}")
    seconds = _loose.text(body, "duration")
    if seconds is not None and not seconds.isdecimal():
        raise Refused(BAD, "duration must be a string of seconds")
    for name in ("start_time", "end_time"):
        _loose.needed(body, name)
    start, end = _loose.moment(body, "start_time"), _loose.moment(body, "end_time")
    if (end or "") < (start or ""):
        raise Refused(BAD, "end_time must not be before start_time")
    return {
        "user_id": _owner(asked, body),
        "duration": seconds,
        "outcome": outcome,
        "from_phone_number": _loose.text(body, "from_phone_number"),
        "to_phone_number": _loose.needed(body, "to_phone_number"),
        "start_time": _long(start or ""),
        "end_time": _long(end or ""),
        "note": _loose.text(body, "note"),
    }


def _owner(asked: Asked, body: Mapping[str, Any]) -> int:
    mine = asked.token.user_id
    owner = _loose.integer(body, "user_id") or mine
    if owner != mine and not asked.account.users[mine].get("is_admin"):
        raise Refused(FORBIDDEN, "You cannot create call logs for other users")
    return int(asked.account.user(owner)["id"])


def _long(moment: str) -> str:
    return moment.replace("Z", ".000Z")


def _activity(
    account: Account, body: Mapping[str, Any], values: Mapping[str, Any]
) -> Record:
    named = _loose.integer(body, "activity_id")
    if named is not None:
        record = account.activities.live(named)
        _activities.take(account, record, {"type": "call", "done": True})
        return record
    person = _loose.integer(body, "person_id")
    deal, lead = _loose.integer(body, "deal_id"), _loose.text(body, "lead_id")
    if deal is not None and lead is not None:
        raise Refused(BAD, "A call log is of a deal or of a lead, not of both")
    said_of = {
        "type": "call",
        "subject": _loose.text(body, "subject") or "Call",
        "done": True,
        "deal_id": deal,
        "lead_id": lead,
        "org_id": _loose.integer(body, "org_id"),
        "participants": [] if person is None else [{"person_id": person, "primary": True}],
        "due_date": values["start_time"][:10],
        "due_time": values["start_time"][11:19],
        "note": values["note"],
    }
    return _activities.made(account, _activities.valid(account, said_of), values["user_id"])


def get(asked: Asked) -> dict[str, Any]:
    """
    Return a call log.
    """
    return said(dict(asked.account.calls.live(asked.key).values))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the user's call logs, at most 50.
    """
    mine = [
        dict(record.values)
        for record in asked.account.calls.values()
        if record.deleted_at is None and record.values["user_id"] == asked.token.user_id
    ]
    found, told = old_page(mine, asked.query, _MOST)
    return said(found, additional_data=told)


def delete(asked: Asked) -> dict[str, Any]:
    """
    Delete a call log; its activity stays.
    """
    record = asked.account.calls.open(asked.key)
    record.deleted_at = asked.account.clock.monotonic()
    return {"success": True}


def attach(asked: Asked) -> dict[str, Any]:
    """
    Attach a recording to a call log.
    """
    record = asked.account.calls.get(asked.key)
    if record is None or record.deleted_at is not None:
        raise Refused(NOT_FOUND, "Call log not found")
    record.values["has_recording"] = True
    return {"success": True}
