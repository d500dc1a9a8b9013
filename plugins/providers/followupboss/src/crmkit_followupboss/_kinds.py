"""
What Follow Up Boss's kinds of activity are made of: their text, their fields, their words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from attrs import frozen

from crmkit import kinds
from crmkit.kinds import Entry, text, whole_seconds, words
from crmkit.writing import as_text, moment, utc

EMAIL, MOST = "emEvents", 1000  # of them one request takes
EVENTS = "events"


@frozen(kw_only=True)
class Kind(kinds.Kind):
    """
    One kind: the field of its text, *body*, and what tells its *time*, if anything does.
    """

    body: str
    time: str | None = None


def whole_time(instant: datetime, after: float = 0) -> str:
    """
    Write an instant, or one so many seconds *after* it: 2026-05-01T09:30:00Z.

    Follow Up Boss keeps whole seconds. Raises InvalidRequestError beyond the calendar.
    """
    return f"{utc(instant, after).isoformat(timespec='seconds')[:19]}Z"


def _due(value: object) -> str:
    return whole_time(moment(value))


def _done(value: object) -> str | None:
    return "completed" if value in (1, "1", True) else None


def _whole(value: object) -> int | None:
    digits = str(value).replace(",", "")
    return int(digits) if digits.isdecimal() else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_WAYS = {"in": True, "out": False}
_NUMBERS = (Entry("from", "fromNumber", text), Entry("to", "toNumber", text))
_EVENT_TYPES = words(
    *("Registration", "Inquiry", "Seller Inquiry", "Property Inquiry", "General Inquiry"),
    *("Viewed Property", "Saved Property", "Visited Website", "Incoming Call"),
    *("Unsubscribed", "Property Search", "Saved Property Search", "Visited Open House"),
    "Viewed Page",
)
EVENT_TYPES: Mapping[str, str] = {
    "property_view": "Viewed Property",
    "property_saved": "Saved Property",
    "page_view": "Viewed Page",
    "video_view": "Viewed Page",
    "website_visit": "Visited Website",
    "open_house": "Visited Open House",
    "lead": "General Inquiry",
    **_EVENT_TYPES,
}
EMAIL_TYPES = {
    "email_sent": "delivered",
    "email_opened": "open",
    "email_clicked": "click",
    "email_bounced": "bounced",
    "email_unsubscribed": "unsubscribe",
    "email_spam_report": "spamreport",
}
TYPES = {
    "note": "notes",
    "call": "calls",
    "meeting": "appointments",
    "task": "tasks",
    "sms_sent": "textMessages",
    "sms_received": "textMessages",
    "email_received": "notes",
    **dict.fromkeys(EMAIL_TYPES, EMAIL),
    **dict.fromkeys(EVENT_TYPES, EVENTS),
    "*": "notes",
}
PROPERTY: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("street", "city", "state", "code", "mlsNumber", "url"), as_text),
    **dict.fromkeys(("type", "bedrooms", "bathrooms", "area", "lot"), as_text),
    "price": _whole,
    "forRent": _flag,
}
KINDS = {
    "notes": Kind(
        types=("note",), body="body", entries=(Entry("subject", "subject", text),)
    ),
    "calls": Kind(
        types=("call",),
        body="note",
        entries=(
            Entry(
                "outcome",
                "outcome",
                words(
                    *("Interested", "Not Interested", "Left Message", "No Answer", "Busy"),
                    "Bad Number",
                ),
            ),
            Entry("duration_s", "duration", whole_seconds),
            Entry("direction", "isIncoming", _WAYS),
            *_NUMBERS,
        ),
        defaults={"isIncoming": False},
    ),
    "textMessages": Kind(
        types=("sms_sent", "sms_received"),
        body="message",
        entries=(
            Entry("direction", "isIncoming", _WAYS),
            Entry("url", "externalUrl", text),
            *_NUMBERS,
        ),
        defaults={"isIncoming": False},
    ),
    "tasks": Kind(
        types=("task",),
        body="name",
        time="dueDateTime",
        entries=(
            Entry("due_at", "dueDateTime", _due),
            Entry("outcome", "isCompleted", {"completed": True}, _done),
            Entry("owner_id", "assignedUserId", _whole),
        ),
    ),
    "appointments": Kind(
        types=("meeting",),
        body="description",
        time="start",
        entries=(Entry("subject", "title", text), Entry("url", "location", text)),
    ),
    EVENTS: Kind(
        types=tuple(EVENT_TYPES),
        body="message",
        time="occurred",
        entries=(Entry("event_type", "type", EVENT_TYPES),),
    ),
    EMAIL: Kind(types=tuple(EMAIL_TYPES), body="subject", time="occurred"),
}
