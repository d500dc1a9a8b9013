"""
Clients: by id, by a field, page by page. 204 with an empty body is nobody.
"""

from __future__ import annotations

import re
from functools import partial, reduce
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit import AccessDeniedError, ClientPage
from crmkit.reading import content, numeric_ids, records
from crmkit_zoho._errors import UnchangedError
from crmkit_zoho._fields import plan, searchable
from crmkit_zoho._mapping import to_client
from crmkit_zoho._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import ClientData, CustomField, Response, Session

    Records = list[dict[str, Any]]

BATCH, PAGE = 100, 200
_UNQUOTED = {"number": re.compile(r"-?\d+(\.\d+)?"), "boolean": re.compile("true|false")}
_ANYTHING = re.compile(".+", re.DOTALL)
_ODD = re.compile(r"[\\\x00-\x1f]")  # how a query escapes these is not documented
_GONE, _PAGE = "deleted", "page"  # in a cursor, before a number; others are Zoho's tokens


def fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids; what is no number can be none of Zoho's.
    """
    return _clients(session, _by_ids(session, numeric_ids(ids)))


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients with this e-mail address, phone number or value of a field.

    A query is exact and fresh. The search, whose index lags behind, stands in where the
    token may not query, and for values that a query cannot hold.
    """
    value = value.strip()
    fields = [
        one
        for one in searchable(session, field)
        if _UNQUOTED.get(one.type, _ANYTHING).fullmatch(value)
    ]
    if not fields:
        return []
    try:
        ask = _searched if _ODD.search(value) else _queried
        found = ask(session, field, value, fields)
    except AccessDeniedError:
        found = _searched(session, field, value, fields)
    return _clients(session, _by_ids(session, _ids(found[:BATCH])))


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all clients; *since* then, of those changed, at last of those gone.
    """
    way, _, rest = (cursor or "").rpartition(":")
    number = int(rest) if way in {_GONE, _PAGE} else 0
    if since and way == _GONE:
        return _deleted(session, since, number)
    params = {
        "fields": plan(session).parts[0],
        # What changes meanwhile moves to the end of such a list, so it is not missed.
        "sort_by": "Modified_Time" if since else "id",
        "sort_order": "asc",
        "page": number or None,
        "page_token": None if number else cursor,
    }
    found, info = _since(session, session.settings.module, params, since)
    following = f"{_GONE}:1" if since else None
    if info.get("more_records") is True:
        following = str(info.get("next_page_token") or f"{_PAGE}:{max(number, 1) + 1}")
    if len(plan(session).parts) > 1:
        found = _by_ids(session, _ids(found))
    return ClientPage(clients=_clients(session, found), next_cursor=following)


def listed(response: Response) -> tuple[Records, dict[str, Any]]:
    """
    Return an answer's records, none for 204, and what it tells of the list.
    """
    nobody = response.status == HTTPStatus.NO_CONTENT
    said = {"data": []} if nobody else content(response, LABEL)
    info = said.get("info")
    return records(said, "data", LABEL), info if isinstance(info, dict) else {}


def query(
    session: Session, names: str, rest: str, start: int, most: int
) -> tuple[Records, dict[str, Any]]:
    """
    Return what a query finds; *rest* is its module, and what its records must be.
    """
    text = f"select {names} from {rest} limit {start}, {most}"  # noqa: S608 - quoted below
    body = {"select_query": text}
    return listed(session.http.post("/crm/v8/coql", json=body, repeatable=True))


def _deleted(session: Session, since: datetime, number: int) -> ClientPage:
    params, module = {"type": "all", "page": number}, session.settings.module
    found, info = _since(session, f"{module}/deleted", params, since)
    following = f"{_GONE}:{number + 1}" if info.get("more_records") is True else None
    return ClientPage(clients=[], next_cursor=following, deleted=_ids(found))


def _since(
    session: Session, rest: str, params: dict[str, Any], since: datetime | None
) -> tuple[Records, dict[str, Any]]:
    headers = {"If-Modified-Since": since.isoformat(timespec="seconds")} if since else {}
    asked = {**params, "per_page": PAGE}
    try:
        return listed(session.http.get(f"/crm/v8/{rest}", params=asked, headers=headers))
    except UnchangedError:
        return [], {}


def _ids(found: Records) -> tuple[str, ...]:
    return tuple(str(record["id"]) for record in found if record.get("id"))


def _queried(
    session: Session, _field: str, value: str, fields: Sequence[CustomField]
) -> Records:
    quoted = "'" + value.replace("'", "''") + "'"
    criteria = (f"{f.key} = {value if f.type in _UNQUOTED else quoted}" for f in fields)
    # Each pair of criteria needs brackets of its own.
    where, module = reduce("({} or {})".format, criteria), session.settings.module
    return query(session, "id", f"{module} where {where}", 0, BATCH)[0]


def _searched(
    session: Session, field: str, value: str, fields: Sequence[CustomField]
) -> Records:
    escaped = re.sub(r"([\\(),])", r"\\\1", value)
    criteria = {"criteria": f"({fields[0].key}:equals:{escaped})"}
    params = {field: value} if field in {"email", "phone"} else criteria
    answer = session.http.get(f"/crm/v8/{session.settings.module}/search", params=params)
    wanted, names = value.casefold(), [one.key for one in fields]
    return [
        one
        for one in listed(answer)[0]
        if wanted in {str(one.get(name)).casefold() for name in names}
    ]


def _by_ids(session: Session, ids: Sequence[str]) -> Records:
    found: dict[str, dict[str, Any]] = {client_id: {} for client_id in ids}
    target = f"/crm/v8/{session.settings.module}"
    for start in range(0, len(ids), BATCH):
        some = ",".join(ids[start : start + BATCH])
        for part in plan(session).parts:
            answer = session.http.get(target, params={"ids": some, "fields": part})
            for record in listed(answer)[0]:
                found.setdefault(str(record.get("id")), {}).update(record)
    return [record for record in found.values() if record]


def _clients(session: Session, found: Records) -> Iterator[ClientData]:
    tags = session.settings.opted_out_tags
    fields = plan(session).fields if found else {}
    return map(partial(to_client, fields=fields, opted_out_tags=tags), found)
