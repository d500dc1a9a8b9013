"""
What Pipedrive's kinds of activity are made of: notes, call logs, and types of activity.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import frozen

from crmkit.kinds import Entry, text, words
from crmkit.kinds import Kind as _Kind
from crmkit.writing import seconds
from crmkit_pipedrive import _calls

TYPES = {
    "note": "notes",
    "call": "call",
    "meeting": "meeting",
    "task": "task",
    "email_sent": "email",
    "email_received": "email",
    **dict.fromkeys(("email_opened", "sms_sent", "property_view", "*"), "notes"),
}
_MINUTE, _DAY = 60, 86_400  # seconds


@frozen(kw_only=True)
class Kind(_Kind):
    """
    One kind: the requests that *write* and *list* it, and the *field* of its text.
    """

    write: _calls.Call = _calls.NEW_ACTIVITY
    list: _calls.Call = _calls.ACTIVITIES
    field: str = "note"


def _to_duration(value: object) -> str | None:
    length = seconds(value)
    if length % _MINUTE or length >= _DAY:
        return None  # a line of the text says what hours and minutes cannot
    return "{:02}:{:02}".format(*divmod(int(length) // _MINUTE, _MINUTE))


def _from_duration(value: object) -> object:
    hours, _, rest = str(value).partition(":")
    known = hours.isdecimal() and rest[:2].isdecimal()
    return (int(hours) * _MINUTE + int(rest[:2])) * _MINUTE if known else value


def _to_place(value: object) -> dict[str, object] | None:
    return {"value": value} if text(value) else None


def _from_place(value: object) -> object:
    return value.get("value") if isinstance(value, Mapping) else value


_SUBJECT = Entry("subject", "subject", text)
_TIMED = (_SUBJECT, Entry("duration_s", "duration", _to_duration, _from_duration))
_PLACE = Entry("url", "location", _to_place, _from_place)
_DONE = Entry("outcome", "done", {"completed": True, "not_started": False})
_OUTCOMES = words("connected", "no_answer", "left_message", "left_voicemail", "busy")
_CALLED = (
    Entry("to", "to_phone_number", text),
    Entry("from", "from_phone_number", text),
    Entry("outcome", "outcome", {**_OUTCOMES, **words("wrong_number")}),
)
OTHER = Kind(types=(), entries=_TIMED)
KINDS = {
    "notes": Kind(
        types=("note",), field="content", write=_calls.NEW_NOTE, list=_calls.NOTES
    ),
    "callLogs": Kind(
        types=("call",),
        entries=(_SUBJECT, *_CALLED),
        defaults={"outcome": "connected"},
        write=_calls.NEW_CALL_LOG,
        list=_calls.CALL_LOGS,
    ),
    "call": Kind(types=("call",), entries=_TIMED),
    "email": Kind(types=("email_sent",), entries=(_SUBJECT,)),
    "meeting": Kind(types=("meeting",), entries=(*_TIMED, _PLACE)),
    "task": Kind(types=("task",), entries=(*_TIMED, _DONE), defaults={"done": False}),
}
