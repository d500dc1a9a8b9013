"""
An activity to the body of a request, and a record to an interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, InvalidRequestError
from crmkit.kinds import text as a_text
from crmkit.reading import instant
from crmkit.texts import to_text
from crmkit.writing import (
    html_body,
    lines,
    mark_line,
    seconds,
    text_body,
    title,
    unmarked,
)
from crmkit_followupboss._errors import LABEL
from crmkit_followupboss._kinds import (
    EMAIL,
    EMAIL_TYPES,
    EVENT_TYPES,
    EVENTS,
    KINDS,
    PROPERTY,
    whole_time,
)
from crmkit_followupboss._mapping import primary

if TYPE_CHECKING:
    from crmkit import ActivityRecord
    from crmkit_followupboss._settings import Settings

Record = dict[str, Any]
Person = Callable[[], Mapping[str, Any]]
_HOUR = 3600.0


def to_body(
    kind: str, activity: ActivityRecord, settings: Settings, person: Person
) -> Record:
    """
    Return the body that says all that an activity says.

    Metadata without a field of their own become lines of the text, and so does the time
    where a kind has none; the mark, where there is to be one, is the last. *person* is
    called for what Follow Up Boss must have, and the activity leaves out: a phone number,
    or whose task it is. Raises InvalidRequestError where nobody knows it.
    """
    rest = {key: value for key, value in activity.metadata.items() if value is not None}
    body = KINDS[kind].written(rest)
    body |= _MORE[kind](activity, body, rest, settings, person)
    if KINDS[kind].time is None:
        rest = {"at": whole_time(activity.timestamp), **rest}
    return body | _text(kind, activity, rest, marker=settings.marker)


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a record tells, in the caller's words where it has some.
    """
    made = KINDS[kind]
    text = str(record.get(made.body) or "")
    told = {key: value for key, value in made.read(record).items() if value is not None}
    direction = told.pop("direction", None)
    told.pop("event_type", None)  # it is the type
    return ClientInteraction(
        id=f"{kind}/{record['id']}",
        type=_type(kind, record),
        description=unmarked(to_text(text) if record.get("isHtml") else text),
        timestamp=instant(record.get(made.time or "created") or record.get("created")),
        direction=direction if direction in {"in", "out"} else None,
        metadata=told,
    )


def _nothing(
    _activity: ActivityRecord, _body: Record, _rest: Record, _set: Settings, _who: Person
) -> Record:
    return {}


def _call(
    _activity: ActivityRecord, body: Record, _rest: Record, _set: Settings, person: Person
) -> Record:
    theirs = "fromNumber" if body["isIncoming"] else "toNumber"
    return {"phone": body.get(theirs) or _number_of(person, theirs)}


def _text_message(
    activity: ActivityRecord, body: Record, _rest: Record, set_: Settings, person: Person
) -> Record:
    incoming = body["isIncoming"] or activity.type == "sms_received"
    theirs, ours = ("fromNumber", "toNumber")[:: 1 if incoming else -1]
    own = body.get(ours) or set_.number
    if not own:
        key = "to" if incoming else "from"
        msg = f"a text needs your own number: give metadata {key!r}, or the setting number"
        raise InvalidRequestError(msg)
    whose = body.get(theirs) or _number_of(person, theirs)
    return {"isIncoming": incoming, theirs: whose, ours: own}


def _task(
    activity: ActivityRecord, body: Record, rest: Record, _set: Settings, person: Person
) -> Record:
    owner = body.get("assignedUserId") or person().get("assignedUserId")
    if not owner:
        msg = "a task needs somebody to do it: the person has no agent; give owner_id"
        raise InvalidRequestError(msg)
    return {"dueDateTime": whole_time(activity.timestamp), **body, "assignedUserId": owner}


def _appointment(
    activity: ActivityRecord, body: Record, rest: Record, _set: Settings, _who: Person
) -> Record:
    length = seconds(rest.pop("duration_s", _HOUR))
    return {
        "title": body.get("title") or title(activity.description) or "Meeting",
        "start": whole_time(activity.timestamp),
        "end": whole_time(activity.timestamp, after=length),
        "invitees": [{"personId": int(activity.client_id)}] if activity.client_id else [],
    }


def _event(
    activity: ActivityRecord, body: Record, rest: Record, set_: Settings, _who: Person
) -> Record:
    kind = body.get("type") or _event_type(activity)
    made = {"type": kind, "occurredAt": whole_time(activity.timestamp)}
    made |= {n: v for n, v in (("source", set_.source), ("system", set_.system)) if v}
    if kind in {"Viewed Page", "Visited Website"}:
        for key, name in (("subject", "pageTitle"), ("url", "pageUrl")):
            if a_text(rest.get(key)):
                made[name] = rest.pop(key)
        if "duration_s" in rest:
            made["pageDuration"] = round(seconds(rest.pop("duration_s")))
    elif "Search" not in kind and (place := _property(rest)):
        made["property"] = place
    # With an id nobody is made anew, and nobody is taken for somebody else.
    return {**made, "person": {"id": int(activity.client_id or 0)}}


def _property(rest: Record) -> Record:
    said = rest.pop("property", None)
    given = dict(said) if isinstance(said, Mapping) else {}
    if a_text(rest.get("url")) and "url" not in given:
        given["url"] = rest.pop("url")
    place = {}
    for name, write in PROPERTY.items():
        if given.get(name) is not None and (value := write(given[name])) is not None:
            place[name] = value
            del given[name]
    left = given if isinstance(said, Mapping) else said
    return place | ({} if not left else rest.update(property=left) or {})


def _event_type(activity: ActivityRecord) -> str:
    folded = activity.type.strip().lower().replace(" ", "_").replace("-", "_")
    if folded not in EVENT_TYPES:
        msg = (
            f"{LABEL} has no type of event for this type of activity; name one in the "
            "metadata event_type, such as Viewed Property"
        )
        raise InvalidRequestError(msg)
    return EVENT_TYPES[folded]


def _number_of(person: Person, name: str) -> str:
    number = primary(person().get("phones")).get("value")
    if not number:
        key = "from" if name == "fromNumber" else "to"
        msg = f"Follow Up Boss needs a phone number, and the person has none; give {key!r}"
        raise InvalidRequestError(msg)
    return str(number)


def _text(kind: str, activity: ActivityRecord, rest: Record, *, marker: bool) -> Record:
    html = rest.pop("html", None) or None
    subject = rest.pop("subject", None) if kind == "tasks" else None
    more = lines(activity, rest, KINDS[kind].types)
    more += [mark_line(activity)] if marker else []
    if kind == "notes" and html:
        return {"body": html_body(activity.description, more, html), "isHtml": True}
    text = activity.description or to_text(str(html or ""))
    return {KINDS[kind].body: text_body(str(subject or ""), (text, *more))}


def _type(kind: str, record: Mapping[str, Any]) -> str:
    if kind == "textMessages":
        return KINDS[kind].types[bool(record.get("isIncoming"))]
    if kind in {EVENTS, EMAIL}:
        said = record.get("type")
        own = EVENT_TYPES if kind == EVENTS else EMAIL_TYPES
        return next((mine for mine, its in own.items() if its == said), str(said or kind))
    return KINDS[kind].types[0]


_MORE = {
    "notes": _nothing,
    "calls": _call,
    "textMessages": _text_message,
    "tasks": _task,
    "appointments": _appointment,
    EVENTS: _event,
}
