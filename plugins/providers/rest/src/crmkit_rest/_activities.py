"""
Activities as the file describes them: written, and looked for again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import (
    ClientNotFoundError,
    InvalidRequestError,
    NotSupportedError,
    SyncOutcome,
)
from crmkit.sending import check_kind, prepared
from crmkit.texts import to_text
from crmkit.writing import (
    fitting,
    html_body,
    lines,
    mark,
    mark_line,
    marked,
    metadata,
    seconds,
    text_body,
    title,
)
from crmkit.writing import moment as due
from crmkit_rest._api import records, send
from crmkit_rest._kinds import METADATA
from crmkit_rest._outcomes import outcomes, told_id

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmkit import ActivityRecord, Session
    from crmkit_rest._kinds import Kind
    from crmkit_rest._schema import CRM

Sent = dict[str, "ActivityRecord"]

_DIRECTIONS = {"email_received": "in", "email_sent": "out", "sms_sent": "out"}
_CHECKED: Mapping[str, Callable[[Any], Any]] = {"duration_s": seconds, "due_at": due}


def sync(
    session: Session, crm: CRM, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    What cannot be written fails alone, before the request.
    """
    how = _kind(crm, kind)
    times = how.times or crm.times

    def make(activity: ActivityRecord) -> Any:
        values = values_of(crm, kind, activity)
        return how.row.fill(values, times) if how.in_rows else values

    ready, refused = prepared(activities, make)
    yield from refused
    if not ready:
        return
    said = [one for _, one in ready]
    sent: Sent = {mark(activity): activity for activity, _ in ready}
    filled = {"rows": said} if how.in_rows else said[0]
    response = send(session, crm, how, filled, repeatable=how.repeatable)
    if how.outcomes is not None:
        yield from outcomes(crm, how.outcomes, response.json(), sent)
        return
    remote = told_id(crm, how, response) if how.id else None
    yield from (SyncOutcome.synced(activity, remote) for activity in sent.values())


def find(session: Session, crm: CRM, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in the CRM, None if it is not.

    None too where it may be sent again. NotSupportedError where nobody can tell.
    """
    how = _kind(crm, kind)
    if how.repeatable:
        return None
    if how.look is None:
        msg = f"the file of {crm.label} does not say how to look for the kind {kind!r}"
        raise NotSupportedError(msg)
    wanted = mark(activity)
    values = {
        "activity_id": activity.id,
        "client_id": activity.client_id,
        "mark": wanted,
        "timestamp": activity.timestamp,
        "type": activity.type,
    }
    try:
        for record in records(session, crm, how.look, values):
            found = how.look.mark.text_of(record) or ""
            if wanted in {found, marked(found)}:
                return how.look.id.text_of(record) or wanted
    except (ClientNotFoundError, InvalidRequestError) as error:
        msg = f"{crm.label} has no place to look for it: is its client gone?"
        raise NotSupportedError(msg) from error
    return None


def values_of(crm: CRM, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    """
    Return the names of an activity with their values; what has no name goes into the text.

    Raises InvalidRequestError for what the CRM would misread.
    """
    how = _kind(crm, kind)
    rest = metadata(activity)
    html = rest.pop("html", None)
    text = activity.description or (to_text(str(html)) if html else "")
    values: dict[str, Any] = {
        "activity_id": activity.id,
        "client_id": activity.client_id,
        "mark": mark(activity),
        "timestamp": activity.timestamp,
        "type": _word(how, "type", activity.type) or activity.type,
        "user_id": activity.user_id,
    }
    values |= dict(_metadata(how, activity, rest))
    if "title" in how.said:
        subject = rest.pop("subject", None)
        values["title"] = values.get("subject") or subject or title(text)
    if "metadata" in how.said:
        values["metadata"], rest = rest, {}
    own = {activity.type} if "type" in how.said else set(how.types or (kind,))
    more = lines(activity, rest, own)
    tail = [] if how.has_mark else [mark_line(activity)]
    values["html"] = html_body(text, (*more, *tail), html)
    body = text_body(text, more)
    end = "".join(f"\n{line}" if body else line for line in tail)
    fit = partial(fitting, longest=how.longest, label=crm.label)
    values["text"] = fit(body, field="text", cut=how.cut, tail=end)
    if "html" in how.said:
        fit(values["html"], field="html")
    return values


def _metadata(
    how: Kind, activity: ActivityRecord, rest: dict[str, Any]
) -> Iterator[tuple[str, Any]]:
    for name in how.said & METADATA:
        value = rest.get(name)
        if name == "direction" and value is None:
            value = _DIRECTIONS.get(activity.type)
        if value is not None and name in _CHECKED:
            value = _CHECKED[name](value)
        word = _word(how, name, value)
        if word is not None:
            rest.pop(name, None)
        yield name, word if word is not None else how.words.get(name, {}).get("*")
    for name in how.said:
        head, dot, key = name.partition(".")
        if dot and head == "metadata":
            yield name, rest.pop(key, None)


def _word(how: Kind, name: str, value: Any) -> Any:
    if value is None or name not in how.words:
        return value
    return how.words[name].get(str(value))


def _kind(crm: CRM, kind: str) -> Kind:
    check_kind(kind, crm.activities, f"the file of {crm.label}")
    return crm.activities[kind]
