"""
An activity to the body of a Pipedrive record, and such a record to an interaction.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, ClientNotFoundError, InvalidRequestError, writing
from crmkit.reading import instant
from crmkit.texts import to_text
from crmkit_pipedrive._api import AN_ID
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
    rest = {name: value for name, value in activity.metadata.items() if value is not None}
    passed = [name for name in rest if name.startswith(_PASSED)]
    kept = {name.removeprefix(_PASSED): rest.pop(name) for name in passed}
    shape = {"notes": _note, "callLogs": _call_log}.get(kind, _activity)
    body = {**shape(kind, activity, rest), **KINDS.get(kind, OTHER).written(rest)}
    if kind == "callLogs" and "to_phone_number" not in body:
        msg = "a call log of Pipedrive's needs the metadata `to`, the number called"
        raise InvalidRequestError(msg)
    return {**body, **_text(kind, activity, rest, settings), **kept}


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


def client_of(activity: ActivityRecord) -> int | None:
    """
    Return the number of whom it is about; ClientNotFoundError for what is no number.
    """
    if activity.client_id and not AN_ID.fullmatch(activity.client_id):
        msg = "the client's id is no number, so it is none of Pipedrive's"
        raise ClientNotFoundError(msg)
    return int(activity.client_id) if activity.client_id else None


def _note(kind: str, activity: ActivityRecord, _rest: object) -> dict[str, Any]:
    client = client_of(activity)
    if client is None:
        msg = f"{kind} in Pipedrive are of somebody: give the activity's client_id"
        raise InvalidRequestError(msg)
    return {"person_id": client, "add_time": f"{writing.utc(activity.timestamp):{_MOMENT}}"}


def _call_log(kind: str, activity: ActivityRecord, rest: dict[str, Any]) -> dict[str, Any]:
    lasted = writing.seconds(rest.pop("duration_s", 0))
    about = _note(kind, activity, rest)
    return {
        "person_id": about["person_id"],
        "subject": _subject(activity),
        "start_time": about["add_time"],
        "end_time": f"{writing.utc(activity.timestamp, lasted):{_MOMENT}}",
        "duration": f"{lasted:.0f}",
    }


def _activity(kind: str, activity: ActivityRecord, rest: dict[str, Any]) -> dict[str, Any]:
    due = kind == "task" and "due_at" in rest
    at = writing.utc(writing.moment(rest.pop("due_at")) if due else activity.timestamp)
    client = client_of(activity)
    # person_id itself may only be read.
    people = [] if client is None else [{"person_id": client, "primary": True}]
    return {
        "type": kind,
        "subject": _subject(activity),
        "due_date": f"{at:%Y-%m-%d}",
        "due_time": f"{at:%H:%M}",
        "done": at <= datetime.now(UTC),
        "participants": people,
    }


def _subject(activity: ActivityRecord) -> str:
    return writing.title(activity.description) or activity.type.replace("_", " ")


def _text(
    kind: str, activity: ActivityRecord, rest: dict[str, Any], settings: Settings
) -> dict[str, str]:
    rule, html = KINDS.get(kind, OTHER), rest.pop("html", None)
    more = writing.lines(activity, rest, rule.types)
    more += [writing.mark_line(activity)] if settings.marker else []
    shown = writing.html_body(activity.description, (), html)
    tail = writing.html_body("", more)
    tail = f"<br>{tail}" if shown and tail else tail
    field, cut = rule.field, settings.cut_long_text
    text = writing.fitting(shown, LONGEST, field=field, label=LABEL, cut=cut, tail=tail)
    return {field: text}
