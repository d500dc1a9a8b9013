"""
Activities: written in one request, found again by their mark, read as a history.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import ClientNotFoundError, SyncOutcome
from crmkit.asking import every
from crmkit.reading import newest_first
from crmkit.sending import check_kind, check_numeric, looked_up, prepared
from crmkit.writing import by_mark
from crmkit_zoho._api import PAGE, fetch, listed, query
from crmkit_zoho._errors import RowsError, error_of
from crmkit_zoho._records import KINDS, read_fields, to_interaction, to_record
from crmkit_zoho._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import ActivityRecord, ClientInteraction, Session


def sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterator[SyncOutcome]:
    """
    Yield what became of each activity, after one request for all.

    What Zoho could only refuse fails alone, before the request.
    """
    check_kind(kind, KINDS, LABEL)
    make = partial(to_record, kind, settings=session.settings)
    ready, refused = prepared(activities, make)
    yield from refused
    answered = _written(session, kind, [record for _, record in ready]) if ready else []
    if len(answered) != len(ready):
        return  # nobody knows which is which
    for (activity, _), row in zip(ready, answered, strict=True):
        details = row.get("details")
        remote_id = details.get("id") if isinstance(details, dict) else None
        if row.get("status") == "success" and remote_id:
            yield SyncOutcome.synced(activity, str(remote_id))
        elif error := error_of(row):
            yield SyncOutcome.failed(activity, error)


def find(session: Session, kind: str, activity: ActivityRecord) -> str | None:
    """
    Return the id of an activity that may be in Zoho, None if it is not.

    What has a unique field may be sent again without a look. Raises NotSupportedError when
    this one cannot be looked up, now or later.
    """
    if kind in session.settings.unique_fields:
        return None
    look = partial(_found, session, kind, activity)
    return looked_up(activity, LABEL, look, marker=session.settings.marker)


def history(session: Session, client_id: str) -> list[ClientInteraction]:
    """
    Return a client's notes, calls, events and tasks, newest first.
    """
    return newest_first(
        to_interaction(kind, record)
        for kind in KINDS
        for record in _of_client(session, kind, client_id, read_fields(kind))
    )


def _found(
    session: Session, kind: str, activity: ActivityRecord, client_id: str
) -> str | None:
    body = KINDS[kind].body
    records = _of_client(session, kind, client_id, [body])
    if found := by_mark(records, body, activity):
        return str(found["id"])
    if not any(fetch(session, [client_id])):  # or merged
        raise ClientNotFoundError(client_id)
    return None


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
    check_numeric(client_id, LABEL)
    module, names = session.settings.module, ",".join([*fields, "Created_Time"])
    parent = "Who_Id" if module == "Contacts" else "What_Id"
    where = f"{kind} where {parent} = '{client_id}' order by id desc"

    def page(number: int | None) -> tuple[list[dict[str, Any]], int | None]:
        number = number or 0
        if kind == "Notes":
            target = f"/crm/v8/{module}/{client_id}/Notes"
            params = {"fields": names, "per_page": PAGE, "page": number + 1}
            found, info = listed(session.http.get(target, params=params))
        else:
            found, info = query(session, f"id,{names}", where, number * PAGE, PAGE)
        return found, number + 1 if info.get("more_records") is True else None

    return every(page, LABEL)
