"""
Activities: written in one request, found again by their mark, read as a history.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crmkit import (
    AccessDeniedError,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    SyncOutcome,
)
from crmkit.writing import mark, marked
from crmkit_zoho._api import AN_ID, PAGE, more, query, rows, said
from crmkit_zoho._errors import RowsRefused, error_of
from crmkit_zoho._kinds import KINDS
from crmkit_zoho._records import read_fields, to_interaction, to_record
from crmkit_zoho._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session

_NO_TIME = datetime.min.replace(tzinfo=UTC)


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    What Zoho could only refuse fails alone, before the request.
    """
    if kind not in KINDS:
        msg = (
            f"Zoho has no kind of activity {kind!r}; in the setting activity_types use one "
            f"of {', '.join(KINDS)}"
        )
        raise ConfigurationError(msg)
    sent, data = [], []
    for activity in activities:
        try:
            data.append(_record(session, kind, activity))
        except (InvalidRequestError, ClientNotFoundError) as error:
            yield SyncOutcome.failed(activity, error)
        else:
            sent.append(activity)
    if sent:
        yield from _outcomes(sent, _written(session, kind, data))


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Zoho, None if it is not.

    What is written by a unique field may be sent again without a look. Raises
    NotSupportedError when this one cannot be looked up, now or later.
    """
    settings = session.settings
    if kind in settings.unique_fields:
        return None
    if not activity.client_id or not settings.marker:
        lack = "the setting marker" if activity.client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in Zoho"
        raise NotSupportedError(msg)
    body = KINDS[kind].body
    try:
        for record in _of_client(session, kind, activity.client_id, [body]):
            if marked(str(record.get(body) or "")) == mark(activity):
                return str(record["id"])
    except AccessDeniedError as error:
        msg = f"the activity cannot be looked up: {error}"
        raise NotSupportedError(msg) from None
    return None


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a client's notes, calls, events and tasks, newest first.
    """
    found = [
        to_interaction(kind, record)
        for kind in KINDS
        for record in _of_client(session, kind, client_id, read_fields(kind))
    ]
    found.sort(key=lambda one: one.timestamp or _NO_TIME, reverse=True)
    return found


def _record(session: Session, kind: str, activity: ActivityRecord) -> dict[str, Any]:
    if activity.client_id and not AN_ID.fullmatch(activity.client_id):
        msg = "the client's id is no number, so it is none of Zoho's"
        raise ClientNotFoundError(msg)
    return to_record(kind, activity, session.settings)


def _written(
    session: Session, kind: str, data: list[dict[str, Any]]
) -> Sequence[dict[str, Any]]:
    body: dict[str, Any] = {"data": data}
    if not session.settings.workflows:
        body["trigger"] = []  # without it all of them run
    unique = session.settings.unique_fields.get(kind)
    if unique:
        body["duplicate_check_fields"] = [unique]
    target = path(f"{kind}/upsert" if unique else kind)
    try:
        answer = session.http.post(target, json=body, repeatable=unique is not None)
    except RowsRefused as refused:
        return refused.rows
    return rows(said(answer))


def _outcomes(
    sent: Sequence[ActivityRecord], answered: Sequence[dict[str, Any]]
) -> Iterator[SyncOutcome]:
    if len(answered) != len(sent):
        return  # nobody knows which is which
    for activity, row in zip(sent, answered, strict=True):
        details = row.get("details")
        remote_id = details.get("id") if isinstance(details, dict) else None
        if row.get("status") == "success" and remote_id:
            yield SyncOutcome.synced(activity, str(remote_id))
        elif error := error_of(row):
            yield SyncOutcome.failed(activity, error)


def _of_client(
    session: Session, kind: str, client_id: str, fields: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """
    Yield a client's records of one kind, page by page.

    Notes cannot be queried; of the others, which list has them differs by their state.
    """
    if not AN_ID.fullmatch(client_id):
        return
    number, goes_on = 0, True
    while goes_on:
        read = _notes if kind == "Notes" else _queried
        answer = read(session, kind, client_id, fields, number)
        yield from rows(answer)
        number, goes_on = number + 1, more(answer)


def _notes(
    session: Session, kind: str, client_id: str, fields: Iterable[str], number: int
) -> dict[str, Any]:
    params = {"fields": ",".join(fields), "per_page": PAGE, "page": number + 1}
    target = path(f"{session.settings.module}/{client_id}/{kind}")
    return said(session.http.get(target, params=params))


def _queried(
    session: Session, kind: str, client_id: str, fields: Iterable[str], number: int
) -> dict[str, Any]:
    parent = "Who_Id" if session.settings.module == "Contacts" else "What_Id"
    text = (
        f"select id, {', '.join(fields)} from {kind} where {parent} = '{client_id}' "
        f"order by id desc limit {number * PAGE}, {PAGE}"
    )
    return query(session, text)
