"""
What HubSpot's kinds of activity are made of: properties, enumerations, association types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import field, frozen

from crmkit import InvalidRequestError

TIMELINE = "timeline"
TYPES = {
    "note": "notes",
    "call": "calls",
    "meeting": "meetings",
    "task": "tasks",
    "email_sent": "emails",
    "email_received": "emails",
    "email_opened": "notes",
    "sms_sent": "notes",
    "property_view": "notes",
    "*": "notes",
}


@frozen(kw_only=True)
class Kind:
    """
    One kind: its *association* with a contact, the caller's *types* that say it already.

    *bodies* are the properties of its text. *fields* are pairs of a reserved key of the
    metadata and a property, with a function that makes the property's text of a value,
    or None if it cannot; *defaults* stand in.
    """

    association: int
    types: tuple[str, ...]
    bodies: tuple[str, ...]
    fields: tuple[tuple[str, str, Callable[[Any], str | None]], ...] = ()
    defaults: Mapping[str, str] = field(factory=dict)


def wire_time(moment: datetime, after: float = 0) -> str:
    """
    Return an instant, or one so many seconds *after* it, in ISO 8601 as HubSpot takes it.

    Raises InvalidRequestError beyond the calendar.
    """
    try:
        utc = moment.astimezone(UTC) + timedelta(seconds=after)
    except OverflowError:
        msg = "a time of the activity is beyond the calendar's end"
        raise InvalidRequestError(msg) from None
    return utc.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds(value: object) -> float:
    """
    Return a duration; InvalidRequestError for what is no number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        msg = "duration_s must be a number of seconds, 0 or more"
        raise InvalidRequestError(msg)
    return value


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def _milliseconds(value: object) -> str:
    return str(round(seconds(value) * 1000))


def _moment(value: object) -> str:
    try:
        moment = datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        msg = "due_at must be ISO 8601 text with its offset, such as 2026-05-01T09:30:00Z"
        raise InvalidRequestError(msg)
    return wire_time(moment)


def _one_of(*words: str, **named: str) -> Callable[[object], str | None]:
    known = {**dict(zip(words, words, strict=True)), **named}

    def find(value: object) -> str | None:
        return known.get(str(value).strip().replace(" ", "_").replace("-", "_").upper())

    return find


KINDS = {
    "notes": Kind(association=202, types=("note",), bodies=("hs_note_body",)),
    "calls": Kind(
        association=194,
        types=("call",),
        bodies=("hs_call_body",),
        fields=(
            ("subject", "hs_call_title", _text),
            ("duration_s", "hs_call_duration", _milliseconds),
            ("from", "hs_call_from_number", _text),
            ("to", "hs_call_to_number", _text),
            ("direction", "hs_call_direction", _one_of(IN="INBOUND", OUT="OUTBOUND")),
            (
                "outcome",
                "hs_call_disposition",
                _one_of(
                    BUSY="9d9162e7-6cf3-4944-bf63-4dff82258764",
                    CONNECTED="f240bbac-87c9-4f6e-bf70-924b57d47db7",
                    LEFT_LIVE_MESSAGE="a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
                    LEFT_VOICEMAIL="b2cf5968-551e-4856-9783-52b3da59a7d0",
                    NO_ANSWER="73a0d17f-1163-4015-bdd5-ec830791da20",
                    WRONG_NUMBER="17b47fee-58de-441e-a44c-c6300d46f273",
                ),
            ),
            (
                "outcome",
                "hs_call_status",
                _one_of(
                    *("CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING"),
                    *("FAILED", "IN_PROGRESS", "QUEUED", "RINGING"),
                ),
            ),
        ),
        defaults={"hs_call_status": "COMPLETED"},
    ),
    "emails": Kind(
        association=198,
        types=("email_sent", "email_received"),
        bodies=("hs_email_text", "hs_email_html"),
        fields=(
            ("subject", "hs_email_subject", _text),
            ("direction", "hs_email_direction", _one_of(IN="INCOMING_EMAIL", OUT="EMAIL")),
            (
                "outcome",
                "hs_email_status",
                _one_of("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
            ),
        ),
        defaults={"hs_email_status": "SENT", "hs_email_direction": "EMAIL"},
    ),
    "meetings": Kind(
        association=200,
        types=("meeting",),
        bodies=("hs_meeting_body",),
        fields=(
            ("subject", "hs_meeting_title", _text),
            ("url", "hs_meeting_external_url", _text),
            (
                "outcome",
                "hs_meeting_outcome",
                _one_of("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
            ),
        ),
    ),
    "tasks": Kind(
        association=204,
        types=("task",),
        bodies=("hs_task_body",),
        fields=(
            ("subject", "hs_task_subject", _text),
            ("due_at", "hs_timestamp", _moment),
            ("outcome", "hs_task_status", _one_of("NOT_STARTED", "COMPLETED")),
        ),
        defaults={"hs_task_status": "NOT_STARTED"},
    ),
}
