"""
What Follow Up Boss's kinds of activity are made of: their text, their fields, their words.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit import InvalidRequestError, kinds
from crmkit.kinds import Entry, text, whole_seconds, words
from crmkit.writing import as_text, moment, wire_time
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable

whole_time = partial(wire_time, to="seconds")  # all that Follow Up Boss keeps
EMAIL, MOST = "emEvents", 1000  # of them one request takes


@frozen(kw_only=True)
class Kind(kinds.Kind):
    """
    One kind: the field of its text, *body*, and what tells its *time*, if anything does.

    *told* maps the caller's types to the CRM's, where a kind has several.
    """

    body: str
    time: str = ""
    told: Mapping[str, str] = field(factory=dict)

    def word(self, type_: str) -> str:
        """
        Return the CRM's word for a caller's type; InvalidRequestError where it has none.
        """
        if type_ not in self.told:
            msg = f"{LABEL} has no such type here; take one of {', '.join(self.told)}"
            raise InvalidRequestError(msg)
        return self.told[type_]


def _due(value: object) -> str:
    return whole_time(moment(value))


def _done(value: object) -> str | None:
    return "completed" if value in (1, "1") else None


def _whole(value: object) -> int | None:
    return int(str(value)) if str(value).isdecimal() else None


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


_EVENTS = {
    "property_view": "Viewed Property",
    "property_saved": "Saved Property",
    "page_view": "Viewed Page",
    "video_view": "Viewed Page",
    "website_visit": "Visited Website",
    "open_house": "Visited Open House",
    "lead": "General Inquiry",
    **words(
        *("Registration", "Inquiry", "Seller Inquiry", "Property Inquiry"),
        *("General Inquiry", "Viewed Property", "Saved Property", "Visited Website"),
        *("Incoming Call", "Unsubscribed", "Property Search", "Saved Property Search"),
        *("Visited Open House", "Viewed Page"),
    ),
}
_EMAILS = {
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
    **dict.fromkeys(_EMAILS, EMAIL),
    **dict.fromkeys(_EVENTS, "events"),
    "*": "notes",
}
PROPERTY: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("street", "city", "state", "code", "mlsNumber", "url"), as_text),
    **dict.fromkeys(("type", "bedrooms", "bathrooms", "area", "lot"), as_text),
    "price": _whole,
    "forRent": _flag,
}
_OUTCOMES = words(
    *("Interested", "Not Interested", "Left Message", "No Answer", "Busy", "Bad Number")
)
_CONNECTION = (
    Entry("direction", "isIncoming", {"in": True, "out": False}),
    Entry("from", "fromNumber", text),
    Entry("to", "toNumber", text),
)
KINDS = {
    "notes": Kind(
        types=("note",), body="body", entries=(Entry("subject", "subject", text),)
    ),
    "calls": Kind(
        types=("call",),
        body="note",
        entries=(
            *_CONNECTION,
            Entry("outcome", "outcome", _OUTCOMES),
            Entry("duration_s", "duration", whole_seconds),
        ),
        defaults={"isIncoming": False},
    ),
    "textMessages": Kind(
        types=("sms_sent", "sms_received"),
        body="message",
        entries=(*_CONNECTION, Entry("url", "externalUrl", text)),
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
    "events": Kind(
        types=tuple(_EVENTS),
        told=_EVENTS,
        body="message",
        time="occurred",
        entries=(Entry("event_type", "type", _EVENTS),),
    ),
    EMAIL: Kind(
        types=tuple(_EMAILS),
        told=_EMAILS,
        body="subject",
        time="occurred",
        entries=(Entry("event_type", "type", _EMAILS),),
    ),
}
