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
from crmkit_zoho._api import AN_ID, PAGE, fetch, listed, query
from crmkit_zoho._errors import RowsError, error_of
from crmkit_zoho._records import KINDS, read_fields, to_interaction, to_record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

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
        known = ", ".join(KINDS)
        msg = f"Zoho has no kind of activity {kind!r}; activity_types may name {known}"
        raise ConfigurationError(msg)
    sent, data = [], []
    for activity in activities:
        try:
            _check_id(activity.client_id)
            data.append(to_record(kind, activity, session.settings))
            sent.append(activity)
        except (InvalidRequestError, ClientNotFoundError) as error:
            yield SyncOutcome.failed(activity, error)
    answered = _written(session, kind, data) if data else []
    if len(answered) != len(sent):
        return  # nobody knows which is which
    for activity, row in zip(sent, answered, strict=True):
        details = row.get("details")
        remote_id = details.get("id") if isinstance(details, dict) else None
        if row.get("status") == "success" and remote_id:
            yield SyncOutcome.synced(activity, str(remote_id))
        elif refused := error_of(row):
            yield SyncOutcome.failed(activity, refused)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Zoho, None if it is not.

    What has a unique field may be sent again without a look. Raises NotSupportedError when
    this one cannot be looked up, now or later.
    """
    if kind in session.settings.unique_fields:
        return None
    if not activity.client_id or not session.settings.marker:
        lack = "the setting marker" if activity.client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in Zoho"
        raise NotSupportedError(msg)
    body = KINDS[kind].body
    try:
        for record in _of_client(session, kind, activity.client_id, [body]):
            if marked(str(record.get(body))) == mark(activity):
                return str(record["id"])
        there = fetch(session, [activity.client_id])
    except (AccessDeniedError, ClientNotFoundError, InvalidRequestError) as error:
        msg = f"the activity cannot be looked up: {error}"
        raise NotSupportedError(msg) from None
    if not any(there):
        msg = "the client is gone from Zoho, or merged, so its activity cannot be looked up"
        raise NotSupportedError(msg)
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


def _check_id(client_id: str | None) -> None:
    if client_id and not AN_ID.fullmatch(client_id):
        msg = "the client's id is no number, so it is none of Zoho's"
        raise ClientNotFoundError(msg)


def _written(
    session: Session, kind: str, data: list[dict[str, Any]]
) -> Sequence[dict[str, Any]]:
    body: dict[str, Any] = {"data": data}
    if not session.settings.workflows:
        body["trigger"] = []  # without it all of them run
    target, unique = f"/crm/v8/{kind}", session.settings.unique_fields.get(kind)
    if unique:
        target, body["duplicate_check_fields"] = f"{target}/upsert", [unique]
    try:
        return listed(session.http.post(target, json=body, repeatable=bool(unique)))[0]
    except RowsError as error:
        return error.rows


def _of_client(
    session: Session, kind: str, client_id: str, fields: Sequence[str]
) -> Iterator[dict[str, Any]]:
    """
    Yield a client's records of one kind; notes cannot be queried, others not be listed.
    """
    _check_id(client_id)
    module, names = session.settings.module, ",".join([*fields, "Created_Time"])
    parent = "Who_Id" if module == "Contacts" else "What_Id"
    where = f"{kind} where {parent} = '{client_id}' order by id desc"
    params, number, more = {"fields": names, "per_page": PAGE}, 0, True
    while more:
        if kind == "Notes":
            target = f"/crm/v8/{module}/{client_id}/Notes"
            answer = session.http.get(target, params={**params, "page": number + 1})
            found, info = listed(answer)
        else:
            found, info = query(session, f"id,{names}", where, number * PAGE, PAGE)
        yield from found
        number, more = number + 1, info.get("more_records") is True
