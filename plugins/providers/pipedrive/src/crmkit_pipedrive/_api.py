"""
Persons: by id, by a field, page by page.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from crmkit import ClientNotFoundError, ClientPage
from crmkit.reading import dicts, numeric_ids, records
from crmkit.writing import wire_time
from crmkit_pipedrive import _calls
from crmkit_pipedrive._fields import plan, searched
from crmkit_pipedrive._mapping import to_client, values
from crmkit_pipedrive._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session

BATCH = 100
PAGE = 500
_OVERLAP = 5.0  # seconds: what is written while it is asked for may get an earlier time


def fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the persons with these ids; what is no number can be none of Pipedrive's.

    One alone costs a tenth of what a list does, and may answer under the id that it has
    after a merge.
    """
    numbers = numeric_ids(ids)
    if len(numbers) == 1:
        return _clients(session, person(session, numbers[0]), numbers[0])
    return _clients(session, _persons(session, numbers)) if numbers else []


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the persons with this e-mail address, phone number or value of a custom field.

    What a search finds is part of a record, as of some time ago, and by any custom field:
    persons are read by their ids, and looked at again.
    """
    value, place = value.strip(), field
    if field not in {"email", "phone"}:
        field, place = searched(session, field).field.name, "custom_fields"
    if not value:
        return []
    params = {"term": value, "fields": place, "exact_match": "true"}
    found = _calls.get(session, _calls.SEARCH, params).get("data", {})
    items = [] if found is None else records(found, "items", LABEL)
    ids = [str(one["id"]) for one in dicts([item.get("item") for item in items])]
    clients = _clients(session, _persons(session, ids))
    return filter(partial(_has, field, value), clients)


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all persons, or of those changed *since* then, the oldest first.
    """
    params: dict[str, object] = {"limit": PAGE, "cursor": cursor, **plan(session).params}
    if since is not None:
        moment = wire_time(since, -_OVERLAP, to="seconds")
        params |= {"updated_since": moment, "sort_by": "update_time"}
    answer = _calls.get(session, _calls.PERSONS, params)
    found = _calls.listed(answer)
    return ClientPage(
        clients=_clients(session, _there(found)),
        next_cursor=_calls.following(answer).get("cursor"),
        deleted=tuple(str(one.get("id")) for one in found if _is_deleted(one)),
    )


def person(session: Session, client_id: str) -> list[dict[str, Any]]:
    """
    Return a person's record, in a list that is empty when there is none.
    """
    try:
        answer = _calls.get(session, _calls.PERSON, plan(session).params, id=client_id)
    except ClientNotFoundError:
        return []
    found = answer.get("data")
    return _there([found] if isinstance(found, dict) else _calls.listed(answer))


def _persons(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    if not ids:
        return []
    params = {"ids": ",".join(ids[:BATCH]), **plan(session).params}
    return _there(_calls.listed(_calls.get(session, _calls.PERSONS, params)))


def _clients(
    session: Session, found: Iterable[dict[str, Any]], asked: str | None = None
) -> Iterator[ClientData]:
    made, tags = plan(session), session.settings.opted_out_tags
    convert = partial(to_client, plan=made, opted_out_tags=tags, asked=asked)
    return map(convert, found)


def _there(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [record for record in found if not _is_deleted(record)]


def _is_deleted(record: dict[str, Any]) -> bool:
    return record.get("is_deleted") is True or record.get("active_flag") is False


def _has(field: str, wanted: str, client: ClientData) -> bool:
    if field == "phone":
        return _digits(wanted) in map(_digits, values(client.raw or {}, field))
    other = [str(client.custom_fields.get(field))]
    said = values(client.raw or {}, field) if field == "email" else other
    return wanted.casefold() in map(str.casefold, said)


def _digits(number: str) -> str:
    return re.sub(r"\D", "", number) or number
