"""
An activity to a record of Salesforce, and such a record to an interaction.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from crmkit import ClientInteraction, ClientNotFoundError, InvalidRequestError
from crmkit.kinds import direction
from crmkit.reading import instant
from crmkit.writing import (
    as_text,
    body,
    fitting,
    mark,
    metadata,
    moment,
    seconds,
    subject,
    time_line,
    timed,
    unmarked,
    wire_time,
)
from crmkit_salesforce._kinds import EVENT, LONGEST, READ, TASK, TO_DO, read_as, written_as
from crmkit_salesforce._settings import LABEL
from crmkit_salesforce._soql import AN_ID

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from crmkit import ActivityRecord
    from crmkit_salesforce._settings import Settings

_SOON = timedelta(hours=1)  # by which another machine's clock may be ahead
_APART = {"id", "description"}  # keys of the setting records that are not copied


def places(kind: str, client_id: str | None, settings: Settings) -> dict[str, str]:
    """
    Return which of a kind's fields takes a client's id, the description, and the mark.

    Of an activity it is the id's first letters that tell the field for it.
    """
    if kind not in READ:
        return settings.records[kind]
    person = (client_id or "").startswith(("003", "00Q"))
    found = {"client_id": "WhoId" if person else "WhatId", "description": "Description"}
    external = settings.external_id_field
    return {**found, "id": external} if external else found


def to_record(
    kind: str, activity: ActivityRecord, settings: Settings, known: Collection[str]
) -> dict[str, Any]:
    """
    Return the record that says all that an activity says.

    Metadata named like a field, one of the *known*, go through as they are; what has no
    field becomes lines of the text, the mark is the last. Raises InvalidRequestError, and
    ClientNotFoundError for what is no client's id.
    """
    client_id, where = activity.client_id, places(kind, activity.client_id, settings)
    if client_id and not AN_ID.fullmatch(client_id):
        msg = f"the client's id is none of {LABEL}'s: 15 or 18 letters and digits"
        raise ClientNotFoundError(msg)
    left = metadata(activity)
    free = {*known} - {"Id", "WhoId", *where.values()}
    passed = {key: _plain(left.pop(key)) for key in [*left] if key in free}
    if kind in READ:
        record = _activity(kind, activity, left, settings)
    else:
        record = _custom(where, activity, left)
    if client_id and "client_id" in where:
        record[where["client_id"]] = client_id
    if "id" in where:
        record[where["id"]] = mark(activity)
    if "description" in where:
        marker = settings.marker and "id" not in where
        record[where["description"]] = _text(kind, activity, left, settings, marker=marker)
    elif activity.description or left:
        msg = f"{kind} lacks a field for what is said; name a description in records"
        raise InvalidRequestError(msg)
    return {"attributes": {"type": kind}, **record, **passed}


def to_interaction(kind: str, record: Mapping[str, Any]) -> ClientInteraction:
    """
    Return what a task or an event tells, in the caller's words where it has some.
    """
    get = record.get
    shape = read_as(kind, get("TaskSubtype"), closed=get("IsClosed") is True)
    told = shape.read(record)
    at, said = timed(unmarked(str(get("Description") or "")))
    begin, end = instant(get("StartDateTime")), instant(get("EndDateTime"))
    if begin and end:
        told["duration_s"] = (end - begin).total_seconds()
    return ClientInteraction(
        id=record["Id"],
        type=shape.types[0],
        description=said,
        timestamp=at or begin or instant(get("ActivityDate") or get("CreatedDate")),
        direction=direction(told),
        metadata=told,
    )


def _activity(
    kind: str, activity: ActivityRecord, left: dict[str, Any], settings: Settings
) -> dict[str, Any]:
    shape, begin = written_as(kind, activity.type), activity.timestamp
    known = {"Subject": subject(activity, LONGEST["Subject"])}
    due = left.get("due_at")
    if kind == EVENT:
        length = seconds(left.pop("duration_s", 0))
        known["StartDateTime"] = wire_time(begin)
        known["EndDateTime"] = wire_time(begin, after=length)
    else:
        known["ActivityDate"] = begin.date().isoformat()
    if shape.done and begin <= datetime.now(UTC) + _SOON:  # what is planned is not over
        known["Status"] = settings.completed_status
    record = shape.written(left, known)
    if shape is TO_DO and due and moment(due).time() != time.min:
        left["due_at"] = due  # the field takes the day alone
    for name in LONGEST.keys() & record.keys():
        record[name] = _fitted(name, record[name], settings)
    return record


def _custom(
    where: Mapping[str, str], activity: ActivityRecord, left: dict[str, Any]
) -> dict[str, Any]:
    told = {
        "subject": subject(activity),
        "timestamp": wire_time(activity.timestamp),
        "type": activity.type,
        **{key: _plain(left.pop(key)) for key in [*left] if key in where},
    }
    return {where[key]: one for key, one in told.items() if key in where.keys() - _APART}


def _text(
    kind: str,
    activity: ActivityRecord,
    left: dict[str, Any],
    settings: Settings,
    *,
    marker: bool,
) -> str:
    own = written_as(kind, activity.type).types if kind in READ else (activity.type,)
    return body(
        activity,
        left,
        own,
        LONGEST["Description"],
        field="Description",
        label=LABEL,
        marker=marker,
        cut=settings.cut_long_text,
        also=[time_line(activity)] if kind == TASK else (),
    )


def _fitted(name: str, text: str, settings: Settings) -> str:
    cut = settings.cut_long_text
    return fitting(text, LONGEST[name], field=name, label=LABEL, cut=cut)


def _plain(value: object) -> Any:
    return value if isinstance(value, str | int | float) else as_text(value)
