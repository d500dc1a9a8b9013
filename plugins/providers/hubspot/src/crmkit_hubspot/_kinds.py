"""
What HubSpot's kinds of activity are made of: properties, enumerations, association types.
"""

from __future__ import annotations

from attrs import frozen

from crmkit import kinds
from crmkit.kinds import Entry, text, words
from crmkit.writing import moment, seconds, wire_time

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
class Kind(kinds.Kind):
    """
    One kind, its *association* with a contact, and the properties of its text, *bodies*.
    """

    association: int
    bodies: tuple[str, ...]


def _milliseconds(value: object) -> str:
    return str(round(seconds(value) * 1000))


def _of_milliseconds(text: str) -> float | str:
    return int(text) / 1000 if text.isdecimal() else text


def _moment(value: object) -> str:
    return wire_time(moment(value))


_DISPOSITIONS = {
    "busy": "9d9162e7-6cf3-4944-bf63-4dff82258764",
    "connected": "f240bbac-87c9-4f6e-bf70-924b57d47db7",
    "left_live_message": "a4c4c377-d246-4b32-a13b-75a56a4cd0ff",
    "left_voicemail": "b2cf5968-551e-4856-9783-52b3da59a7d0",
    "no_answer": "73a0d17f-1163-4015-bdd5-ec830791da20",
    "wrong_number": "17b47fee-58de-441e-a44c-c6300d46f273",
}
_CALL_STATUSES = words(
    *("CALLING_CRM_USER", "CANCELED", "COMPLETED", "CONNECTING"),
    *("FAILED", "IN_PROGRESS", "QUEUED", "RINGING"),
)
_EMAIL_STATUSES = words("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT")
_MEETING_OUTCOMES = words("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED")
KINDS = {
    "notes": Kind(association=202, types=("note",), bodies=("hs_note_body",)),
    "calls": Kind(
        association=194,
        types=("call",),
        bodies=("hs_call_body",),
        entries=(
            Entry("subject", "hs_call_title", text),
            Entry("duration_s", "hs_call_duration", _milliseconds, _of_milliseconds),
            Entry("from", "hs_call_from_number", text),
            Entry("to", "hs_call_to_number", text),
            Entry("direction", "hs_call_direction", {"in": "INBOUND", "out": "OUTBOUND"}),
            Entry("outcome", "hs_call_status", _CALL_STATUSES),
            Entry("outcome", "hs_call_disposition", _DISPOSITIONS),
        ),
        defaults={"hs_call_status": "COMPLETED"},
    ),
    "emails": Kind(
        association=198,
        types=("email_sent", "email_received"),
        bodies=("hs_email_text", "hs_email_html"),
        entries=(
            Entry("subject", "hs_email_subject", text),
            Entry(
                "direction", "hs_email_direction", {"in": "INCOMING_EMAIL", "out": "EMAIL"}
            ),
            Entry("outcome", "hs_email_status", _EMAIL_STATUSES),
        ),
        defaults={"hs_email_status": "SENT", "hs_email_direction": "EMAIL"},
    ),
    "meetings": Kind(
        association=200,
        types=("meeting",),
        bodies=("hs_meeting_body",),
        entries=(
            Entry("subject", "hs_meeting_title", text),
            Entry("url", "hs_meeting_external_url", text),
            Entry("outcome", "hs_meeting_outcome", _MEETING_OUTCOMES),
        ),
    ),
    "tasks": Kind(
        association=204,
        types=("task",),
        bodies=("hs_task_body",),
        entries=(
            Entry("subject", "hs_task_subject", text),
            Entry("due_at", "hs_timestamp", _moment),
            Entry("outcome", "hs_task_status", words("NOT_STARTED", "COMPLETED")),
        ),
        defaults={"hs_task_status": "NOT_STARTED"},
    ),
}
