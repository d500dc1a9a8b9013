"""
An activity to the body of a request, and a record to an interaction.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import ClientInteraction, InvalidRequestError
from crmkit.kinds import direction
from crmkit.reading import instant
from crmkit.texts import to_text
from crmkit.writing import (
    body,
    metadata,
    seconds,
    subject,
    text_body,
    time_line,
    timed,
    unmarked,
)
from crmkit_followupboss._kinds import KINDS, PROPERTY, whole_time
from crmkit_followupboss._mapping import primary
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from crmkit import ActivityRecord
    from crmkit_followupboss._settings import Settings

Record = dict[str, Any]
_HOUR = 3600.0
_LONGEST = 1_000_000  # characters; where Follow Up Boss ends a text is not said
_PAGE = (("subject", "pageTitle"), ("url", "pageUrl"))


class Draft(NamedTuple):
    """
    An activity that becomes a *body*; *rest* are the metadata that it does not hold yet.

    *person* is called for what Follow Up Boss must have, and the activity leaves out.
    """

    activity: ActivityRecord
    body: Record
    rest: Record
    settings: Settings
    person: Callable[[], Mapping[str, Any]]


def to_body(
    kind: str,
    activity: ActivityRecord,
    settings: Settings,
    person: Callable[[], Mapping[str, Any]],
) -> Record:
    """
    Return the body that says all that an activity says.

    Metadata without a field of their own become lines of the text, and so does the time
    where a kind has none; the mark, where there is to be one, is the last. Raises
    InvalidRequestError where a phone number, or whose task it is, is known to nobody.
    """
    rest = metadata(activity)
    record = KINDS[kind].written(rest)
    if more := _MORE.get(kind):
        record |= more(Draft(activity, record, rest, settings, person))
    return record | _text(kind, activity, rest, marker=settings.marker)


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a record tells, in the caller's words where it has some.
    """
    made = KINDS[kind]
    text = str(record.get(made.body) or "")
    at, said = timed(unmarked(to_text(text) if record.get("isHtml") else text))
    told = made.read(record)
    way = direction(told)
    incoming = kind == "textMessages" and way == "in"
    own = kind if made.told else made.types[incoming]
    return ClientInteraction(
        id=f"{kind}/{record.get('id')}",
        type=str(told.pop("event_type", own)),
        description=said,
        timestamp=instant(record.get(made.time)) or at or instant(record.get("created")),
        direction=way,
        metadata=told,
    )


def _call(draft: Draft) -> Record:
    return {"phone": _number(draft, "from" if draft.body["isIncoming"] else "to")}


def _text_message(draft: Draft) -> Record:
    incoming = draft.body["isIncoming"] or draft.activity.type == "sms_received"
    theirs, ours = ("from", "to") if incoming else ("to", "from")
    own = draft.body.get(f"{ours}Number") or draft.settings.number
    if not own:
        msg = f"a text needs your own number: give metadata {ours!r}, or the setting number"
        raise InvalidRequestError(msg)
    numbers = {f"{theirs}Number": _number(draft, theirs), f"{ours}Number": own}
    return {"isIncoming": incoming, **numbers}


def _number(draft: Draft, key: str) -> str:
    known = draft.body.get(f"{key}Number")
    found = known or primary(draft.person().get("phones")).get("value")
    if not found:
        msg = f"{LABEL} needs a phone number, and the person has none; give {key!r}"
        raise InvalidRequestError(msg)
    return str(found)


def _task(draft: Draft) -> Record:
    owner = draft.body.get("assignedUserId") or draft.person().get("assignedUserId")
    if not owner:
        msg = "a task needs somebody to do it: the person has no agent; give owner_id"
        raise InvalidRequestError(msg)
    due = draft.body.get("dueDateTime") or whole_time(draft.activity.timestamp)
    return {"dueDateTime": due, "assignedUserId": owner}


def _appointment(draft: Draft) -> Record:
    activity = draft.activity
    length = seconds(draft.rest.pop("duration_s", _HOUR))
    return {
        "title": draft.body.get("title") or subject(activity),
        "start": whole_time(activity.timestamp),
        "end": whole_time(activity.timestamp, after=length),
        "invitees": [{"personId": int(activity.client_id)}] if activity.client_id else [],
    }


def _event(draft: Draft) -> Record:
    activity, rest, settings = draft.activity, draft.rest, draft.settings
    kind = draft.body.get("type") or KINDS["events"].word(activity.type)
    # By an id nobody is made anew, and nobody is taken for somebody else.
    made = {"person": {"id": int(activity.client_id or 0)}, "type": kind}
    made |= {"occurredAt": whole_time(activity.timestamp)}
    made |= {
        n: v for n, v in (("source", settings.source), ("system", settings.system)) if v
    }
    if kind in {"Viewed Page", "Visited Website"}:
        made |= {name: str(rest.pop(key)) for key, name in _PAGE if key in rest}
        if "duration_s" in rest:
            made["pageDuration"] = round(seconds(rest.pop("duration_s")))
    elif "Search" not in kind and (place := _property(rest)):
        made["property"] = place
    return made


def _property(rest: Record) -> Record:
    said = rest.get("property")
    given = dict(said) if isinstance(said, Mapping) else {}
    if "url" in rest:
        given.setdefault("url", rest.pop("url"))
    written = {n: PROPERTY[n](v) for n, v in given.items() if n in PROPERTY}
    place = {name: value for name, value in written.items() if value is not None}
    if isinstance(said, Mapping):
        rest["property"] = {n: v for n, v in given.items() if n not in place}
        if not rest["property"]:
            del rest["property"]
    return place


def _text(kind: str, activity: ActivityRecord, rest: Record, *, marker: bool) -> Record:
    made, markup = KINDS[kind], kind == "notes" and bool(rest.get("html"))
    called = str(rest.pop("subject", "")) if kind == "tasks" else ""
    text = body(
        activity,
        rest,
        made.types,
        _LONGEST,
        field=made.body,
        label=LABEL,
        marker=marker,
        markup=markup,
        also=() if made.time else [time_line(activity)],
    )
    told: Record = {made.body: text_body(called, [text])}
    return {**told, "isHtml": True} if markup else told


_MORE: Mapping[str, Callable[[Draft], Record]] = {
    "calls": _call,
    "textMessages": _text_message,
    "tasks": _task,
    "appointments": _appointment,
    "events": _event,
}
