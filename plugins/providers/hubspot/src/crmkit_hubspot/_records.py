"""
An activity to the properties of a HubSpot record, and such a record to an interaction.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import ActivityRecord, ClientInteraction, InvalidRequestError
from crmkit.codec import to_json
from crmkit.kinds import direction
from crmkit.reading import instant
from crmkit.texts import to_text
from crmkit.writing import (
    as_text,
    body,
    marked,
    metadata,
    seconds,
    subject,
    unmarked,
    wire_time,
)
from crmkit_hubspot._kinds import KINDS
from crmkit_hubspot._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

LONGEST = 65_536
_PASSED = ("hs_", "hubspot_")
_TIMES = {"hs_timestamp", "hs_meeting_start_time", "hs_meeting_end_time"}
_EARLIEST = 100_000_000_000  # milliseconds: in 1973; as seconds it would be the year 5138


def traced(kind: str, properties: Mapping[str, Any]) -> str | None:
    """
    Return whose mark a record's body bears, the last one, since texts may quote others.
    """
    texts = (str(properties.get(name) or "") for name in KINDS[kind].bodies)
    return next(filter(None, map(marked, texts)), None)


def to_properties(
    kind: str, activity: ActivityRecord, *, marker: bool, cut: bool = False
) -> dict[str, str]:
    """
    Return the properties that say all that an activity says.

    Metadata without a property of its own becomes lines of the body; the mark, where there
    is to be a *marker*, is the last. Raises InvalidRequestError for what HubSpot would
    refuse or misread.
    """
    left = metadata(activity)
    properties = {"hs_timestamp": wire_time(activity.timestamp)}
    known = dict(_particular(kind, activity, left))
    properties.update(KINDS[kind].written(left, known))
    for name in [name for name in left if name.startswith(_PASSED)]:
        properties[name] = _passed(kind, name, left.pop(name))
    properties.update(_bodies(kind, activity, left, marker=marker, cut=cut))
    return properties


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a record tells, in the caller's words where it has some.
    """
    said: Mapping[str, Any] = record.get("properties") or {}
    *plain, marked_up = KINDS[kind].bodies
    text = next(filter(None, map(said.get, plain)), None)
    text = text or to_text(said.get(marked_up) or "")
    told = KINDS[kind].read(said)
    way = direction(told)
    incoming = way == "in" and kind == "emails"
    return ClientInteraction(
        id=record["id"],
        type=KINDS[kind].types[incoming],
        description=unmarked(text),
        timestamp=instant(said.get("hs_timestamp") or record.get("createdAt")),
        direction=way,
        metadata=told,
    )


def read_properties(kind: str) -> list[str]:
    """
    Return the properties of a kind that to_interaction looks at.
    """
    named = (entry.name for entry in KINDS[kind].entries)
    return list(dict.fromkeys(["hs_timestamp", *KINDS[kind].bodies, *named]))


def _particular(
    kind: str, activity: ActivityRecord, left: dict[str, Any]
) -> Iterator[tuple[str, str]]:
    """
    Yield what takes more than one value to say; what is said is gone from *left*.
    """
    if kind == "tasks":
        yield "hs_task_subject", subject(activity)
    elif kind == "meetings":
        yield "hs_meeting_start_time", wire_time(activity.timestamp)
        if "duration_s" in left:
            length = seconds(left.pop("duration_s"))
            yield "hs_meeting_end_time", wire_time(activity.timestamp, after=length)
    elif kind == "emails":
        if activity.type == "email_received":
            yield "hs_email_direction", "INCOMING_EMAIL"
        if headers := _headers(left):
            yield "hs_email_headers", to_json(headers)


def _headers(left: dict[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if isinstance(left.get("from"), str):
        headers["from"] = {"email": left.pop("from")}
    given = left.get("to")
    receivers = (given,) if isinstance(given, str) else given
    if isinstance(receivers, tuple) and all(isinstance(one, str) for one in receivers):
        headers["to"] = [{"email": receiver} for receiver in receivers]
        del left["to"]
    return headers


def _bodies(
    kind: str, activity: ActivityRecord, left: dict[str, Any], *, marker: bool, cut: bool
) -> Iterator[tuple[str, str]]:
    html = left.pop("html", None) or None
    made = partial(
        body,
        activity,
        own_types=KINDS[kind].types,
        longest=LONGEST,
        label=LABEL,
        marker=marker,
        cut=cut,
    )
    *plain, marked_up = KINDS[kind].bodies
    if html or not plain:
        rest = {**left, "html": html}
        yield marked_up, made(rest=rest, field=marked_up, markup=True)
    if plain and activity.description != html:
        yield plain[0], made(rest=left, field=plain[0])


def _passed(kind: str, name: str, value: object) -> str:
    if name in KINDS[kind].bodies:
        msg = f"{name} is the activity's text; give it as description, or as metadata html"
        raise InvalidRequestError(msg)
    text = as_text(value)
    if name in _TIMES and text.isdecimal() and int(text) < _EARLIEST:
        msg = f"{name} seems to be in seconds; HubSpot takes milliseconds, or ISO 8601 text"
        raise InvalidRequestError(msg)
    return text
