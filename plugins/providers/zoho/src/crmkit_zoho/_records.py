"""
An activity to a record of one of Zoho's kinds, and such a record to an interaction.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit import ClientInteraction, InvalidRequestError
from crmkit.kinds import Entry, Kind, day, direction, text, whole_seconds, words
from crmkit.reading import instant
from crmkit.sending import check_numeric
from crmkit.writing import (
    body,
    fitting,
    mark,
    metadata,
    seconds,
    subject,
    time_line,
    timed,
    unmarked,
    utc,
)
from crmkit_zoho._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crmkit import ActivityRecord
    from crmkit_zoho._settings import Settings

_HOUR = 3600.0  # of a meeting, which has an end in Zoho, whoever does not tell it
_DURATION = re.compile(r"(\d+):(\d\d?)")


@frozen(kw_only=True)
class Module(Kind):
    """
    One module of activities: its *title*, *body* and *time*, and what the first two take.

    Without a time of its own the moment is told in the body.
    """

    title: str = "Subject"
    body: str = "Description"
    time: str = ""
    longest: tuple[int, int] = (255, 32_000)


def _clock(value: object) -> str:
    minutes, rest = divmod(whole_seconds(value), 60)
    return f"{minutes:02}:{rest:02}"


def _seconds(value: Any) -> Any:
    found = _DURATION.fullmatch(str(value))
    return int(found[1]) * 60 + int(found[2]) if found else value


_RESULTS = words(
    *("Interested", "Not interested", "No response/Busy", "Requested more info"),
    *("Requested call back", "Invalid number"),
)
_STATUSES = ("Not Started", "Deferred", "In Progress", "Completed", "Waiting for input")
KINDS = {
    "Notes": Module(
        types=("note",),
        entries=(Entry("subject", "Note_Title", text),),
        title="Note_Title",
        body="Note_Content",
        longest=(120, 65_535),
    ),
    "Calls": Module(
        types=("call",),
        entries=(
            Entry("subject", "Subject", text),
            Entry("direction", "Call_Type", {"in": "Inbound", "out": "Outbound"}),
            Entry("duration_s", "Call_Duration", _clock, _seconds),
            Entry("outcome", "Call_Result", _RESULTS),
        ),
        # A call of the past is refused without a duration.
        defaults={"Call_Type": "Outbound", "Call_Duration": "00:00"},
        time="Call_Start_Time",
    ),
    "Events": Module(
        types=("meeting",),
        entries=(Entry("subject", "Event_Title", text), Entry("location", "Venue", text)),
        defaults={"$send_notification": False},
        title="Event_Title",
        time="Start_DateTime",
    ),
    "Tasks": Module(
        types=("task",),
        entries=(
            Entry("subject", "Subject", text),
            Entry("due_at", "Due_Date", day),
            Entry("outcome", "Status", words(*_STATUSES)),
        ),
        defaults={"Status": "Not Started"},
    ),
}


def to_record(kind: str, activity: ActivityRecord, settings: Settings) -> dict[str, Any]:
    """
    Return the record that says all that an activity says.

    Metadata without a field become lines of the body; the mark, where the settings want
    one, is the last. Raises InvalidRequestError for what Zoho would refuse or misread.
    """
    check_numeric(activity.client_id, LABEL)
    module, rest, cut = KINDS[kind], metadata(activity), settings.cut_long_text
    record = module.written(rest, _known(kind, activity, rest, settings))
    if record.get("Call_Type") == "Outbound":
        record["Outbound_Call_Status"] = "Completed"
    title, longest = module.title, module.longest[0]
    if title in record:
        record[title] = fitting(record[title], longest, field=title, label=LABEL, cut=cut)
    record[module.body] = body(
        activity,
        rest,
        module.types,
        module.longest[1],
        field=module.body,
        label=LABEL,
        marker=settings.marker,
        cut=cut,
        also=() if module.time else [time_line(activity)],
    )
    return record


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a record tells, in the caller's words where it has some.
    """
    module, told = KINDS[kind], KINDS[kind].read(record)
    text = record.get(module.body)
    at, said = timed(unmarked(text) if isinstance(text, str) else "")
    if isinstance(length := record.get("Call_Duration_in_seconds"), int):
        told["duration_s"] = length
    if told.get("direction") == "Missed":
        told |= {"direction": "in", "outcome": "missed"}
    time, created = (instant(record.get(name)) for name in (module.time, "Created_Time"))
    return ClientInteraction(
        id=record["id"],
        type=module.types[0],
        description=said,
        timestamp=time or at or created,
        direction=direction(told),
        metadata=told,
    )


def read_fields(kind: str) -> list[str]:
    """
    Return the fields of a kind that to_interaction looks at.
    """
    module, more = KINDS[kind], {"Calls": "Call_Duration_in_seconds"}.get(kind)
    named = (entry.name for entry in module.entries)
    return list(filter(None, dict.fromkeys((module.body, *named, module.time, more))))


def _known(
    kind: str, activity: ActivityRecord, rest: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    module = KINDS[kind]
    known = _parent(kind, activity.client_id, settings.module)
    if module.time:
        known[module.time] = _wire(activity.timestamp)
    if kind == "Events":
        length = seconds(rest.pop("duration_s")) if "duration_s" in rest else _HOUR
        known["End_DateTime"] = _wire(activity.timestamp, length)
    if kind == "Calls" and str(rest.get("outcome")).lower() == "missed":
        known["Call_Type"] = "Missed"  # which is a direction of its own
        rest.pop("outcome")
        rest.pop("direction", None)
    if kind != "Notes":
        known[module.title] = subject(activity)
    if kind in settings.unique_fields:
        known[settings.unique_fields[kind]] = mark(activity)
    return known


def _parent(kind: str, client_id: str | None, module: str) -> dict[str, Any]:
    if kind == "Notes" and not client_id:
        msg = f"a note of {LABEL}'s belongs to a client; give the activity a client_id"
        raise InvalidRequestError(msg)
    if kind == "Notes":
        return {"Parent_Id": {"module": {"api_name": module}, "id": client_id}}
    if not client_id:
        return {}
    if module == "Contacts":
        return {"Who_Id": {"id": client_id}}
    return {"What_Id": {"id": client_id}, "$se_module": module}


def _wire(moment: datetime, after: float = 0) -> str:
    return utc(moment, after).isoformat(timespec="seconds")
