"""
Clients: by id, by a field, page by page. 204 with an empty body is nobody.
"""

from __future__ import annotations

import re
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

from crmkit import AccessDeniedError, ClientPage
from crmkit.reading import content, records
from crmkit_zoho._errors import LABEL, Unchanged
from crmkit_zoho._fields import plan, searchable
from crmkit_zoho._mapping import to_client
from crmkit_zoho._settings import path

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import ClientData, CustomField, Response, Session

BATCH, PAGE = 100, 200
AN_ID = re.compile(r"[1-9][0-9]{0,18}")
_PLAIN = {"number": re.compile(r"-?\d+(\.\d+)?"), "boolean": re.compile("true|false")}
_UNQUOTABLE = re.compile(r"[\\\x00-\x1f]")  # how a query escapes these is not documented
_GONE, _PAGE = "deleted:", "page:"  # cursors; all others are tokens of Zoho's
_FEW = 10  # matches: two are enough to be ambiguous


def fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids; what is no number can be none of Zoho's.
    """
    numbers = [client_id for client_id in ids if AN_ID.fullmatch(client_id)]
    return _clients(session, _by_ids(session, numbers) if numbers else [])


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients with this e-mail address, phone number or value of a field.

    A query is exact and fresh. The search, whose index lags behind, stands in for it where
    the token may not query, and for values that a query cannot hold.
    """
    value, fields = value.strip(), searchable(session, field)
    told = [one for one in fields if _PLAIN.get(one.type, _ANYTHING).fullmatch(value)]
    if not value or not told:
        return []
    try:
        found = None if _UNQUOTABLE.search(value) else _queried(session, told, value)
    except AccessDeniedError:
        found = None
    if found is None:
        found = _searched(session, field, value, [one.key for one in told])
    return _clients(session, _by_ids(session, found) if found else [])


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all clients; *since* then, of those changed, at last of those gone.
    """
    cursor = cursor or ""
    if since is not None and cursor.startswith(_GONE):
        return _deleted(session, since, cursor.removeprefix(_GONE))
    params: dict[str, Any] = {"fields": plan(session).parts[0], "per_page": PAGE}
    # What is changed meanwhile moves to the end of such a list, so it is not missed.
    params["sort_by"] = "id" if since is None else "Modified_Time"
    params["sort_order"] = "asc"
    if cursor.startswith(_PAGE):
        params["page"] = cursor.removeprefix(_PAGE)
    else:
        params["page_token"] = cursor or None
    answer = _listed(session, session.settings.module, params, since)
    following = _following(answer)
    if following is None and since is not None:
        following = f"{_GONE}1"
    found = _whole(session, rows(answer))
    return ClientPage(clients=_clients(session, found), next_cursor=following)


def query(session: Session, text: str) -> dict[str, Any]:
    """
    Return what a query finds: ``data`` and ``info``.
    """
    body = {"select_query": text}
    return said(session.http.post(path("coql"), json=body, repeatable=True))


def said(response: Response) -> dict[str, Any]:
    """
    Return the object that an answer is, an empty one for an empty body.
    """
    return content(response, LABEL) if response.content else {}


def rows(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return an answer's records; ProtocolError for an answer without, unless it is empty.
    """
    return records(answer, "data", LABEL) if answer else []


def more(answer: dict[str, Any]) -> bool:
    """
    Tell whether a list goes on.
    """
    info = answer.get("info")
    return isinstance(info, dict) and info.get("more_records") is True


def _queried(session: Session, fields: Sequence[CustomField], value: str) -> list[str]:
    criteria = [f"{one.key} = {_literal(one, value)}" for one in fields]
    # Of more than two criteria each pair needs brackets of its own.
    where = reduce("({} or {})".format, criteria)
    module = session.settings.module
    text = f"select id from {module} where {where} limit 0, {_FEW}"
    return [str(row["id"]) for row in rows(query(session, text))]


def _literal(field: CustomField, value: str) -> str:
    return value if field.type in _PLAIN else "'" + value.replace("'", "''") + "'"


def _searched(session: Session, field: str, value: str, names: Sequence[str]) -> list[str]:
    if field in {"email", "phone"}:
        params = {field: value}
    else:
        escaped = re.sub(r"([\\(),])", r"\\\1", value)
        params = {"criteria": f"({names[0]}:equals:{escaped})"}
    target = path(f"{session.settings.module}/search")
    found = rows(said(session.http.get(target, params={**params, "per_page": PAGE})))
    wanted = value.casefold()
    return [
        str(row["id"])
        for row in found
        if wanted in {str(row.get(name)).casefold() for name in names}
    ][:_FEW]


def _by_ids(session: Session, ids: Sequence[str]) -> list[dict[str, Any]]:
    first, *others = plan(session).parts
    found = _part(session, ids, first)
    return _completed(session, found, others)


def _whole(session: Session, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return _completed(session, found, plan(session).parts[1:])


def _completed(
    session: Session, found: list[dict[str, Any]], parts: Sequence[str]
) -> list[dict[str, Any]]:
    """
    Return the records with the fields that did not fit into their first request.
    """
    known = {str(record.get("id")): record for record in found}
    ids = list(known)
    for part in parts:
        for start in range(0, len(ids), BATCH):
            for record in _part(session, ids[start : start + BATCH], part):
                known[str(record.get("id"))].update(record)
    return found


def _part(session: Session, ids: Sequence[str], names: str) -> list[dict[str, Any]]:
    params = {"ids": ",".join(ids), "fields": names, "per_page": PAGE}
    return rows(said(session.http.get(path(session.settings.module), params=params)))


def _listed(
    session: Session, rest: str, params: dict[str, Any], since: datetime | None
) -> dict[str, Any]:
    moment = {"If-Modified-Since": since.isoformat(timespec="seconds")} if since else {}
    try:
        return said(session.http.get(path(rest), params=params, headers=moment))
    except Unchanged:
        return {}


def _following(answer: dict[str, Any]) -> str | None:
    if not more(answer):
        return None
    info = answer["info"]
    token = info.get("next_page_token")
    return str(token) if token else f"{_PAGE}{int(info.get('page') or 1) + 1}"


def _deleted(session: Session, since: datetime, number: str) -> ClientPage:
    params = {"type": "all", "page": number, "per_page": PAGE}
    answer = _listed(session, f"{session.settings.module}/deleted", params, since)
    following = f"{_GONE}{int(number) + 1}" if more(answer) else None
    gone = tuple(str(row["id"]) for row in rows(answer) if row.get("id"))
    return ClientPage(clients=[], next_cursor=following, deleted=gone)


def _clients(session: Session, found: Iterable[dict[str, Any]]) -> Iterator[ClientData]:
    settings = session.settings
    convert = partial(
        to_client,
        fields=plan(session).fields,
        values=frozenset(settings.values),
        opted_out_tags=settings.opted_out_tags,
    )
    return map(convert, found)


_ANYTHING = re.compile(r".*", re.DOTALL)
