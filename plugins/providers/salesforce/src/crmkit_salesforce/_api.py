"""
Clients: by id, by a field, page by page; those that moved by merge or conversion.
"""

from __future__ import annotations

from functools import partial
from itertools import chain
from typing import TYPE_CHECKING, Any

from crmkit import ClientPage, NotSupportedError, ProtocolError
from crmkit.reading import dicts
from crmkit.writing import wire_time
from crmkit_salesforce._errors import LABEL
from crmkit_salesforce._fields import objects, plan, plans
from crmkit_salesforce._mapping import to_client
from crmkit_salesforce._settings import path
from crmkit_salesforce._soql import AN_ID, PAGE, any_of, equal, last_id, query, quoted, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session
    from crmkit_salesforce._fields import Plan

    Asked = Mapping[str, Sequence[str]]

BATCH = 2000
_PREFIXES = {"Contact": "003", "Lead": "00Q", "Account": "001"}
_MANY = 300  # ids in a URL
_MERGES = 5  # one after the other
_ALIKE = 20


def fetch(session: Session, ids: Sequence[str]) -> Iterator[ClientData]:
    """
    Return the clients with these ids; what is no id can be none of Salesforce's.
    """
    groups = []
    for name in objects(session):
        prefix = _PREFIXES.get(name) or plan(session, name).prefix
        asked: dict[str, list[str]] = {}
        for client_id in filter(AN_ID.fullmatch, ids):
            if client_id.startswith(prefix):
                asked.setdefault(_key(client_id), []).append(client_id)
        groups += [_found(session, name, asked, _MERGES)] if asked else []
    return chain.from_iterable(chain.from_iterable(groups))


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients with this e-mail address, phone number or value of a field.

    Leads that were converted are their contacts.
    """
    value = value.strip()
    if not value:  # which SOQL takes for null
        return []
    conditions = [(one, _conditions(one, field, value)) for one in plans(session)]
    if all(found is None for _, found in conditions):
        msg = (
            f"{LABEL} cannot look for clients by {field!r}; use the name of a field that "
            "`crmkit fields` shows, and no long text"
        )
        raise NotSupportedError(msg)
    return chain.from_iterable(
        _clients(session, one, rows(_selected(session, one, where, _ALIKE)))
        for one, found in conditions
        if found
        for where in [[f"({' OR '.join(found)})", *_unmoved(session, one)]]
    )


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all clients, or of those changed *since* then, deleted ones too.
    """
    readable = {one.object: one for one in plans(session)}
    names = [*readable]
    name, _, last = (cursor or names[0]).partition(" ")
    one, following = readable[name], names[names.index(name) + 1 :]
    where = [f"SystemModstamp >= {wire_time(since)}"] if since else _unmoved(session, one)
    where += [f"Id > {quoted(last)}"] if last else []
    answer = _selected(session, one, where, PAGE, deleted=bool(since))
    last = last_id(answer) or ""
    there = [row for row in rows(answer) if not _is_gone(session, row)]
    gone = [str(row.get("Id")) for row in rows(answer) if _is_gone(session, row)]
    return ClientPage(
        clients=_clients(session, one, there),
        next_cursor=f"{name} {last}" if last else next(iter(following), None),
        deleted=[one for one in gone if AN_ID.fullmatch(one)],
    )


def moved(session: Session, ids: Sequence[str]) -> dict[str, str]:
    """
    Return where those of one object's clients are now that were merged, by key.
    """
    name = next((n for n, prefix in _PREFIXES.items() if ids[0].startswith(prefix)), None)
    found: dict[str, str] = {}
    for start in range(0, len(ids) if name else 0, _MANY):
        soql = (
            f"SELECT Id, MasterRecordId FROM {name} "  # noqa: S608
            f"WHERE Id IN {any_of(ids[start : start + _MANY])} "
            "AND IsDeleted = true AND MasterRecordId != null"
        )
        for row in rows(query(session, soql, deleted=True)):
            found[_key(row.get("Id"))] = str(row.get("MasterRecordId"))
    return found


def _key(record_id: object) -> str:
    """
    Return what is alike of an id's two forms: the last of 18 letters only tell its case.
    """
    return str(record_id)[:15]


def _found(
    session: Session, name: str, asked: Asked, merges: int
) -> Iterator[Iterable[ClientData]]:
    """
    Yield the clients of one object, then those that others of these ids became.
    """
    one = plan(session, name)
    found = _read(session, one, [ids[0] for ids in asked.values()])
    moves = {
        _key(row.get("Id")): str(row["ConvertedContactId"])
        for row in found
        if _is_gone(session, row) and row.get("ConvertedContactId")
    }
    there = [row for row in found if _key(row.get("Id")) not in moves]
    aliases = [asked.get(_key(row.get("Id")), ()) for row in there]
    yield map(partial(to_client, one), there, aliases)
    absent = [
        ids[0]
        for key, ids in asked.items()
        if key not in {_key(r.get("Id")) for r in found}
    ]
    for target, now in (
        ("Contact", moves),
        (name, moved(session, absent) if absent else {}),
    ):
        renamed = {_key(new): [new, *asked[old]] for old, new in now.items()}
        if renamed and merges:
            yield from _found(session, target, renamed, merges - 1)


def _read(session: Session, one: Plan, ids: Sequence[str]) -> list[dict[str, Any]]:
    """
    Return the records with these ids, at most 2,000; null stands for those that are none.
    """
    body = {"ids": ids, "fields": one.names}
    target = path(session, f"composite/sobjects/{one.object}")
    answer = session.http.post(target, json=body, repeatable=True).json()
    if not isinstance(answer, list):
        msg = f"{LABEL}'s answer is no list of records but {type(answer).__name__}"
        raise ProtocolError(msg)
    return dicts(answer)


def _selected(
    session: Session, one: Plan, where: Sequence[str], most: int, *, deleted: bool = False
) -> dict[str, Any]:
    columns = one.columns or "Id, IsDeleted"
    condition = f"WHERE {' AND '.join(where)} " if where else ""
    soql = f"SELECT {columns} FROM {one.object} {condition}ORDER BY Id LIMIT {most}"  # noqa: S608
    return query(session, soql, deleted=deleted)


def _clients(
    session: Session, one: Plan, found: Sequence[dict[str, Any]]
) -> Iterator[ClientData]:
    if one.columns is None and found:
        found = _read(session, one, [str(row.get("Id")) for row in found])
    return map(partial(to_client, one), found)


def _conditions(one: Plan, field: str, value: str) -> list[str] | None:
    """
    Return conditions of which one must hold, None where the object has no such field.
    """
    if field in {"email", "phone"}:
        names = one.phones if field == "phone" else filter(None, [one.email])
        return [f"{name} = {quoted(value)}" for name in names] or None
    named = [
        f
        for key, f in one.fields.items()
        if field in {key, f.name} and key in one.filterable
    ]
    return [found for f in named if (found := equal(f, value))] if named else None


def _unmoved(session: Session, one: Plan) -> list[str]:
    hidden = session.settings.object or "IsConverted" not in one.names
    return [] if hidden else ["IsConverted = false"]


def _is_gone(session: Session, row: Mapping[str, Any]) -> bool:
    converted = row.get("IsConverted") is True and not session.settings.object
    return row.get("IsDeleted") is True or converted
