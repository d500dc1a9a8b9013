"""
Contacts: by id, by a property, page by page.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from crmkit import ClientNotFoundError, ClientPage, ProtocolError
from crmkit.reading import dicts, numeric_ids
from crmkit_hubspot._answers import content, following, in_context, records
from crmkit_hubspot._errors import NOT_FOUND, error_of
from crmkit_hubspot._fields import is_unique, plan
from crmkit_hubspot._mapping import to_client
from crmkit_hubspot._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session

BATCH = 100
_ID = "hs_object_id"
_ID_ALONE = f"?properties={_ID}"


def fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the contacts with these ids; what is no number can be none of HubSpot's.
    """
    numbers = numeric_ids(ids)
    if len(numbers) == 1 and plan(session).query:
        return _one(session, numbers[0])
    return _many(session, numbers) if numbers else []


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the contacts with this e-mail address, phone number or value of a property.

    What is unique is asked for directly, since the search's index lags behind.
    """
    value = value.strip()
    if not value.strip("."):  # which no path can name
        return []
    if field == "email" or (field != "phone" and is_unique(session, field)):
        return _one(session, value, unique=field)
    names = ("phone", "mobilephone") if field == "phone" else (field,)
    found = _search(session, [[_filter(name, "EQ", value)] for name in names])
    return _many(session, found) if found else []


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all contacts, or of those changed *since* then.
    """
    if since is not None:
        return _changed(session, since, cursor or "0")
    query = plan(session).query
    target = path(session, "crm/objects", "contacts") + (query or _ID_ALONE)
    body = content(session.http.get(target, params={"limit": BATCH, "after": cursor}))
    found = records(body)
    clients = _clients(session, found) if query else _many(session, _ids(found))
    return ClientPage(clients=clients, next_cursor=following(body))


def read(
    session: Session, kind: str, ids: Sequence[str], properties: Sequence[str]
) -> dict[str, Any]:
    """
    Return HubSpot's answer to a batch read of at most 100 records.
    """
    body = {
        "inputs": [{"id": record_id} for record_id in ids],
        "properties": properties,
        "propertiesWithHistory": [],
    }
    target = path(session, "crm/objects", f"{kind}/batch/read")
    return content(session.http.post(target, json=body, repeatable=True))


def check_errors(answer: dict[str, Any]) -> None:
    """
    Raise what a batch's answer tells beside its results, unless that is mere absence.
    """
    for item in dicts(answer.get("errors")):
        if item.get("category") != NOT_FOUND:
            raise error_of(item)


def current_id(session: Session, client_id: str) -> str:
    """
    Return the id that a contact has after merges; ClientNotFoundError if it is gone.
    """
    return str(_get(session, client_id, _ID_ALONE)["id"])


def _get(
    session: Session, key: str, query: str, unique: str | None = None
) -> dict[str, Any]:
    target = path(session, "crm/objects", "contacts/{key}") + query
    answer = session.http.get(
        target, path_values={"key": key}, params={"idProperty": unique}
    )
    record = content(answer)
    if "id" not in record:
        msg = "HubSpot's answer is no record"
        raise ProtocolError(msg)
    return record


def _one(session: Session, key: str, unique: str | None = None) -> Iterable[ClientData]:
    query = plan(session).query
    try:
        found = _get(session, key, query or _ID_ALONE, unique)
    except ClientNotFoundError:
        return []
    asked = key if unique is None else None
    if query is None:
        answer = read(session, "contacts", _ids([found]), plan(session).names)
        return _clients(session, records(answer), asked)
    return _clients(session, [found], asked)


def _many(session: Session, ids: Sequence[str]) -> Iterator[ClientData]:
    """
    Return the contacts of a batch; ids that vanish from it without a word were merged.
    """
    answer = read(session, "contacts", ids, plan(session).names)
    found = records(answer)
    told = set(_ids(found))
    for item in dicts(answer.get("errors")):
        told.update(in_context(item, "ids"))
    vanished = [client_id for client_id in ids if client_id not in told]
    return chain(_clients(session, found), _rest(session, vanished, answer))


def _rest(
    session: Session, vanished: Sequence[str], answer: dict[str, Any]
) -> Iterator[ClientData]:
    for client_id in vanished:
        yield from _one(session, client_id)
    check_errors(answer)


def _clients(
    session: Session, found: Iterable[dict[str, Any]], asked: str | None = None
) -> Iterator[ClientData]:
    convert = partial(
        to_client,
        fields=plan(session).fields,
        labels=frozenset(session.settings.labels),
        asked=asked,
    )
    return map(convert, found)


def _changed(session: Session, since: datetime, last: str) -> ClientPage:
    # Each page begins after the last id of the one before, for a search by page numbers
    # ends at 10,000; the end is an empty page, since the index may lag behind its total.
    moment = str(int(since.timestamp() * 1000))
    changed = _filter("lastmodifieddate", "GTE", moment)
    ids = _search(session, [[changed, _filter(_ID, "GT", last)]])
    if not ids:
        return ClientPage(clients=[])
    return ClientPage(clients=_many(session, ids), next_cursor=max(ids, key=int))


def _search(session: Session, groups: Sequence[list[dict[str, str]]]) -> list[str]:
    body = {
        "filterGroups": [{"filters": filters} for filters in groups],
        "sorts": [{"propertyName": _ID, "direction": "ASCENDING"}],
        "properties": [_ID],
        "limit": BATCH,
    }
    target = path(session, "crm/objects", "contacts/search")
    answer = session.http.post(target, json=body, repeatable=True, limit="search")
    return _ids(records(content(answer)))


def _filter(name: str, operator: str, value: str) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": value}


def _ids(found: Iterable[dict[str, Any]]) -> list[str]:
    return [str(record["id"]) for record in found]
