"""
Activities as the file describes them: written, looked for again, read as a history.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from crmkit import (
    ClientInteraction,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
    SyncOutcome,
    stable_id,
)
from crmkit.codec import to_json
from crmkit.reading import safe_name
from crmkit.texts import to_text
from crmkit.writing import (
    fitting,
    html_body,
    lines,
    mark,
    mark_line,
    marked,
    seconds,
    text_body,
    title,
    unmarked,
)
from crmkit.writing import moment as due
from crmkit_rest._api import pages, send
from crmkit_rest._errors import details, made, meaning
from crmkit_rest._kinds import METADATA
from crmkit_rest._mapping import moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmkit import ActivityRecord, Response, Session
    from crmkit_rest._kinds import Kind, Outcomes
    from crmkit_rest._requests import History
    from crmkit_rest._schema import CRM

Sent = dict[str, "ActivityRecord"]

_NO_TIME = datetime.min.replace(tzinfo=UTC)
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
    sent: Sent = {}
    said: list[dict[str, Any]] = []
    for activity in activities:
        try:
            said.append(values_of(crm, kind, activity))
        except InvalidRequestError as error:
            yield SyncOutcome.failed(activity, error)
        else:
            sent[mark(activity)] = activity
    if not sent:
        return
    if not how.in_rows:
        values = said[0]
    else:
        times = how.times or crm.times
        values = {"rows": [how.row.fill(one, times) for one in said]}
    response = send(session, crm, how, values, repeatable=how.repeatable)
    if how.outcomes is not None:
        yield from _outcomes(crm, how.outcomes, response.json(), sent)
        return
    remote = _told_id(crm, how, response) if how.id else None
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
        for record in chain.from_iterable(pages(session, crm, how.look, values)):
            found = how.look.mark.text_of(record) or ""
            if wanted in {found, marked(found)}:
                return how.look.id.text_of(record) or wanted
    except (ClientNotFoundError, InvalidRequestError) as error:
        msg = f"{crm.label} has no place to look for it: is its client gone?"
        raise NotSupportedError(msg) from error
    return None


def history(session: Session, crm: CRM, client_id: str) -> list[ClientInteraction]:
    """
    Return what happened with a client, from all lists that the file names, newest first.
    """
    found = [
        to_interaction(record, crm, name, how)
        for name, how in crm.history.items()
        for record in chain.from_iterable(pages(session, crm, how, {"id": client_id}))
    ]
    return sorted(found, key=lambda one: one.timestamp or _NO_TIME, reverse=True)


def to_interaction(record: Any, crm: CRM, name: str, how: History) -> ClientInteraction:
    """
    Return what a record of a history tells; one without an id is known by its content.
    """
    text = how.text.text_of(record) or to_text(how.html.text_of(record) or "")
    kind = how.type.text_of(record)
    way = how.direction.of(record)
    metadata = {key: at.of(record) for key, at in how.metadata.items()}
    return ClientInteraction(
        id=how.id.text_of(record) or stable_id(to_json(record)),
        type=how.types.get(kind, kind) if kind else name,
        description=unmarked(text),
        timestamp=moment(how.timestamp.of(record), crm.times),
        direction=way if way in ("in", "out") else None,
        metadata={key: value for key, value in metadata.items() if value is not None},
    )


def values_of(crm: CRM, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    """
    Return the names of an activity with their values; what has no name goes into the text.

    Raises InvalidRequestError for what the CRM would misread.
    """
    how = _kind(crm, kind)
    rest = {k: v for k, v in activity.metadata.items() if v is not None}
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
    fit = partial(fitting, longest=how.longest, label=crm.label, cut=how.cut)
    end = "".join(f"\n{line}" for line in tail)
    values["text"] = fit(text_body(text, more), field="text", tail=end).strip("\n")
    if "html" in how.said:
        fitting(values["html"], how.longest, field="html", label=crm.label)
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
    if kind not in crm.activities:
        msg = (
            f"the file of {crm.label} has no kind of activity {kind!r}; in the setting "
            f"activity_types use one of {', '.join(crm.activities)}"
        )
        raise ConfigurationError(msg)
    return crm.activities[kind]


def _told_id(crm: CRM, how: Kind, response: Response) -> str:
    found = how.id.text_of(response.json())
    if found is None:
        msg = f"{crm.label}'s answer to a write tells no id"
        raise ProtocolError(msg)
    return found


def _outcomes(crm: CRM, told: Outcomes, answer: Any, sent: Sent) -> Iterator[SyncOutcome]:
    rows = told.at.of(answer)
    if not isinstance(rows, list):
        msg = f"{crm.label}'s answer tells of no rows at {told.at.text}"
        raise ProtocolError(msg)
    way = told.key or told.index
    if not way and len(rows) != len(sent):
        msg = f"{crm.label} tells of {len(rows)} rows where {len(sent)} were sent"
        raise ProtocolError(msg)
    known: dict[str | None, ActivityRecord] = {
        **{str(n): one for n, one in enumerate(sent.values())},
        **{one.id: one for one in sent.values() if told.key},
        **{key: one for key, one in sent.items() if told.key},
    }
    for place, row in enumerate(rows):
        activity = known.get(way.text_of(row) if way else str(place))
        if activity is not None:
            yield _outcome(crm, told, row, activity)


def _outcome(crm: CRM, told: Outcomes, row: Any, activity: ActivityRecord) -> SyncOutcome:
    meant = meaning(crm.errors, row)
    if meant is None and told.error.holds(row):
        meant = "refused"
    if meant is None:
        return SyncOutcome.synced(activity, told.id.text_of(row))
    names = [told.error.of(row), details(crm.errors, row)]
    why = next((name for name in map(safe_name, names) if name), "no code of its own")
    return SyncOutcome.failed(
        activity, made(meant, f"{crm.label} refuses the record: {why}", None, None)
    )
