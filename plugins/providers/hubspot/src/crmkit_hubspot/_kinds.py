"""
What HubSpot's kinds of activity are made of: properties, enumerations, association types.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from crmkit.writing import moment, seconds, wire_time

Rule = Callable[[Any], str | None] | Mapping[str, str]

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

    *bodies* are the properties of its text. *fields* are reserved keys of the metadata,
    each with a property and a rule: a function that makes the property's text of a value,
    or a mapping of the caller's words to HubSpot's. *defaults* stand in.
    """

    association: int
    types: tuple[str, ...]
    bodies: tuple[str, ...]
    fields: tuple[tuple[str, str, Rule], ...] = ()
    defaults: Mapping[str, str] = field(factory=dict)


def _text(value: object) -> str | None:
    return value if isinstance(value, str) and value.strip() else None


def milliseconds(value: object) -> str:
    """
    Return a duration in seconds as HubSpot takes it; InvalidRequestError for what is none.
    """
    return str(round(seconds(value) * 1000))


def _moment(value: object) -> str:
    return wire_time(moment(value))


def _words(*words: str) -> dict[str, str]:
    return {word.lower(): word for word in words}


_DISPOSITIONS = {
    "busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left_live_message": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    "left_voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no_answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "wrong_number": "17b47fee-58de-441e-a44c-c6300d46f273",
}
_CALL_STATUSES = _words(
    *("CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING"),
    *("FAILED", "IN_PROGRESS", "QUEUED", "RINGING"),
)
_EMAIL_STATUSES = _words("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT")
_MEETING_OUTCOMES = _words("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")
KINDS = {
    "notes": Kind(association=202, types=("note",), bodies=("hs_note_body",)),
    "calls": Kind(
        association=194,
        types=("call",),
        bodies=("hs_call_body",),
        fields=(
            ("subject", "hs_call_title", _text),
            ("duration_s", "hs_call_duration", milliseconds),
            ("from", "hs_call_from_number", _text),
            ("to", "hs_call_to_number", _text),
            ("direction", "hs_call_direction", {"in": "INBOUND", "out": "OUTBOUND"}),
            ("outcome", "hs_call_status", _CALL_STATUSES),
            ("outcome", "hs_call_disposition", _DISPOSITIONS),
        ),
        defaults={"hs_call_status": "COMPLETED"},
    ),
    "emails": Kind(
        association=198,
        types=("email_sent", "email_received"),
        bodies=("hs_email_text", "hs_email_html"),
        fields=(
            ("subject", "hs_email_subject", _text),
            ("direction", "hs_email_direction", {"in": "INCOMING_EMAIL", "out": "EMAIL"}),
            ("outcome", "hs_email_status", _EMAIL_STATUSES),
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
            ("outcome", "hs_meeting_outcome", _MEETING_OUTCOMES),
        ),
    ),
    "tasks": Kind(
        association=204,
        types=("task",),
        bodies=("hs_task_body",),
        fields=(
            ("subject", "hs_task_subject", _text),
            ("due_at", "hs_timestamp", _moment),
            ("outcome", "hs_task_status", _words("NOT_STARTED", "COMPLETED")),
        ),
        defaults={"hs_task_status": "NOT_STARTED"},
    ),
}
