"""
An activity to the body of a Pipedrive record, and such a record to an interaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, InvalidRequestError, writing
from crmkit.reading import instant
from crmkit.sending import check_numeric
from crmkit.texts import to_text
from crmkit_pipedrive._kinds import KINDS, OTHER
from crmkit_pipedrive._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import ActivityRecord
    from crmkit_pipedrive._settings import Settings

LONGEST = 65_000
_PASSED = "pipedrive_"
_MOMENT = "%Y-%m-%d %H:%M:%S"


def to_body(kind: str, activity: ActivityRecord, settings: Settings) -> dict[str, Any]:
    """
    Return the body that says all that an activity says, the mark in its text's last line.

    Raises InvalidRequestError for what Pipedrive would refuse or misread.
    """
    rest = writing.metadata(activity)
    check_numeric(activity.client_id, LABEL)
    passed = [name for name in rest if name.startswith(_PASSED)]
    kept = {name.removeprefix(_PASSED): rest.pop(name) for name in passed}
    shape = {"notes": _note, "callLogs": _call_log}.get(kind, _activity)
    body = {**shape(kind, activity, rest), **KINDS.get(kind, OTHER).written(rest)}
    if kind == "callLogs" and "to_phone_number" not in body:
        msg = "a call log of Pipedrive's needs the metadata `to`, the number called"
        raise InvalidRequestError(msg)
    rule = KINDS.get(kind, OTHER)
    text = writing.body(
        activity,
        rest,
        rule.types,
        LONGEST,
        field=rule.field,
        label=LABEL,
        marker=settings.marker,
        markup=True,
        cut=settings.cut_long_text,
    )
    return {**body, rule.field: text, **kept}


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a note or activity tells, in the caller's words where it has some.
    """
    of = kind if kind == "notes" else str(record.get("type") or "activity")
    rule = KINDS.get(of, OTHER)
    day, time = record.get("due_date"), record.get("due_time")
    return ClientInteraction(
        id=f"{kind}/{record.get('id')}",
        type=rule.types[0] if rule.types else of,
        description=writing.unmarked(to_text(str(record.get(rule.field) or ""))),
        timestamp=instant(f"{day}T{time or '00:00'}") or instant(record.get("add_time")),
        metadata=rule.read(record),
    )


def _note(kind: str, activity: ActivityRecord, _rest: object) -> dict[str, Any]:
    if not activity.client_id:
        msg = f"{kind} in Pipedrive are of somebody: give the activity's client_id"
        raise InvalidRequestError(msg)
    moment = f"{writing.utc(activity.timestamp):{_MOMENT}}"
    return {"person_id": int(activity.client_id), "add_time": moment}


def _call_log(kind: str, activity: ActivityRecord, rest: dict[str, Any]) -> dict[str, Any]:
    lasted = writing.seconds(rest.pop("duration_s", 0))
    about = _note(kind, activity, rest)
    return {
        "person_id": about["person_id"],
        "subject": writing.subject(activity),
        "start_time": about["add_time"],
        "end_time": f"{writing.utc(activity.timestamp, lasted):{_MOMENT}}",
        "duration": f"{lasted:.0f}",
    }


def _activity(kind: str, activity: ActivityRecord, rest: dict[str, Any]) -> dict[str, Any]:
    due = kind == "task" and "due_at" in rest
    at = writing.utc(writing.moment(rest.pop("due_at")) if due else activity.timestamp)
    client_id = activity.client_id
    # person_id itself may only be read.
    people = [{"person_id": int(client_id), "primary": True}] if client_id else []
    return {
        "type": kind,
        "subject": writing.subject(activity),
        "due_date": f"{at:%Y-%m-%d}",
        "due_time": f"{at:%H:%M}",
        "done": at <= datetime.now(UTC),
        "participants": people,
    }
