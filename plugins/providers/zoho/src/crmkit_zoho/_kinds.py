"""
What Zoho's kinds of activity are made of: fields, picklists, lengths.
"""

from __future__ import annotations

import re
from typing import Any

from attrs import frozen

from crmkit.kinds import Entry, Kind, text, whole_seconds, words
from crmkit.writing import moment

TYPES = {
    "note": "Notes",
    "call": "Calls",
    "meeting": "Events",
    "task": "Tasks",
    "email_sent": "Notes",
    "email_received": "Notes",
    "email_opened": "Notes",
    "sms_sent": "Notes",
    "property_view": "Notes",
    "*": "Notes",
}
_CLOCK = re.compile(r"(?:(\d+):)?(\d+):(\d{1,2})")


@frozen(kw_only=True)
class ZohoKind(Kind):
    """
    One module of activities: the fields of its *title*, *body* and *time*.

    *longest* are the characters that title and body take. Without a time of its own the
    moment is told in the body.
    """

    title: str
    body: str = "Description"
    time: str | None = None
    longest: tuple[int, int] = (255, 32_000)


def _minutes(value: object) -> str:
    minutes, seconds = divmod(whole_seconds(value), 60)
    return f"{minutes:02}:{seconds:02}"


def _seconds(value: Any) -> Any:
    found = _CLOCK.fullmatch(str(value))
    if found is None:
        return value
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    return (hours * 60 + minutes) * 60 + seconds


def _day(value: object) -> str:
    return moment(value).date().isoformat()


_RESULTS = words(
    *("Interested", "Not interested", "No response/Busy", "Requested more info"),
    *("Requested call back", "Invalid number"),
)
_STATUSES = words(
    *("Not Started", "Deferred", "In Progress", "Completed", "Waiting for input")
)
_PRIORITIES = words("High", "Highest", "Low", "Lowest", "Normal")
KINDS = {
    "Notes": ZohoKind(
        types=("note",),
        entries=(Entry("subject", "Note_Title", text),),
        title="Note_Title",
        body="Note_Content",
        longest=(120, 65_535),
    ),
    "Calls": ZohoKind(
        types=("call",),
        entries=(
            Entry("subject", "Subject", text),
            Entry("direction", "Call_Type", {"in": "Inbound", "out": "Outbound"}),
            Entry("duration_s", "Call_Duration", _minutes, _seconds),
            Entry("outcome", "Call_Type", {"missed": "Missed"}),
            Entry("outcome", "Call_Result", _RESULTS),
        ),
        # A call of the past is refused without a duration.
        defaults={"Call_Type": "Outbound", "Call_Duration": "00:00"},
        title="Subject",
        time="Call_Start_Time",
    ),
    "Events": ZohoKind(
        types=("meeting",),
        entries=(
            Entry("subject", "Event_Title", text),
            Entry("location", "Venue", text),
        ),
        defaults={"$send_notification": False},
        title="Event_Title",
        time="Start_DateTime",
    ),
    "Tasks": ZohoKind(
        types=("task",),
        entries=(
            Entry("subject", "Subject", text),
            Entry("due_at", "Due_Date", _day),
            Entry("outcome", "Status", _STATUSES),
            Entry("priority", "Priority", _PRIORITIES),
        ),
        defaults={"Status": "Not Started"},
        title="Subject",
    ),
}
