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
from crmkit_salesforce._fields import plans
from crmkit_salesforce._mapping import to_client
from crmkit_salesforce._settings import LABEL, path
from crmkit_salesforce._soql import AN_ID, PAGE, any_of, equal, last_id, query, quoted, rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from crmkit import ClientData, Session
    from crmkit_salesforce._fields import Plan

    Rows = Sequence[dict[str, Any]]

BATCH = 2000
_STATES = ("Id", "IsDeleted", "IsConverted")
_MERGED = {"Contact", "Lead", "Account"}
_MANY = 300  # ids in a URL
_MERGES = 5  # one after the other
_ALIKE = 20


def fetch(session: Session, ids: Sequence[str]) -> Iterator[ClientData]:
    """
    Return the clients with these ids; what is no id can be none of Salesforce's.
    """
    groups = []
    for one in plans(session).values():
        asked: dict[str, list[str]] = {}
        for client_id in filter(AN_ID.fullmatch, ids):
            if client_id.startswith(one.prefix):
                asked.setdefault(_key(client_id), []).append(client_id)
        groups += [_found(session, one, asked, _MERGES)] if asked else []
    return chain.from_iterable(chain.from_iterable(groups))


def find(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients with this e-mail address, phone number or value of a field.

    Leads that were converted are their contacts.
    """
    value = value.strip()
    if not value:  # which SOQL takes for null
        return []
    known, pages = False, []
    for one in plans(session).values():
        found = _conditions(one, field, value)
        known = known or found is not None
        if found:
            where = [f"({' OR '.join(found)})", *_unmoved(session, one)]
            pages.append(
                _clients(session, one, rows(_selected(session, one, where, _ALIKE)))
            )
    if not known:
        msg = (
            f"{LABEL} cannot look for clients by {field!r}; use the name of a field that "
            "`crmkit fields` shows, and no long text"
        )
        raise NotSupportedError(msg)
    return chain.from_iterable(pages)


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return one page of all clients, or of those changed *since* then, deleted ones too.
    """
    names = [*plans(session)]
    name, _, last = (cursor or names[0]).partition(" ")
    one, following = plans(session)[name], names[names.index(name) + 1 :]
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


def moved(session: Session, name: str, ids: Sequence[str]) -> dict[str, str]:
    """
    Return where those of an object's records are now that were merged, by key.
    """
    found: dict[str, str] = {}
    for start in range(0, len(ids) if name in _MERGED else 0, _MANY):
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
    session: Session, one: Plan, asked: Mapping[str, Sequence[str]], merges: int
) -> Iterator[Iterable[ClientData]]:
    """
    Yield the clients of one object, then those that others of these ids became.
    """
    by_key = {
        _key(row.get("Id")): row
        for row in _read(session, one, [ids[0] for ids in asked.values()])
    }
    moves = {
        key: str(row["ConvertedContactId"])
        for key, row in by_key.items()
        if _is_gone(session, row) and row.get("ConvertedContactId")
    }
    there = [key for key in by_key if key not in moves]
    aliases = [asked.get(key, ()) for key in there]
    yield map(partial(to_client, one), map(by_key.get, there), aliases)
    absent = [ids[0] for key, ids in asked.items() if key not in by_key]
    merged = moved(session, one.object, absent) if absent else {}
    for target, now in ((plans(session).get("Contact"), moves), (one, merged)):
        renamed = {
            _key(new): [new, *asked[old]] for old, new in now.items() if old in asked
        }
        if target and renamed and merges:
            yield from _found(session, target, renamed, merges - 1)


def _read(session: Session, one: Plan, ids: Sequence[str]) -> Rows:
    """
    Return the records with these ids, at most 2,000; null stands for those that are none.
    """
    target = path(session, f"composite/sobjects/{one.object}")
    body = {"ids": ids, "fields": one.names}
    answer = session.http.post(target, json=body, repeatable=True).json()
    if not isinstance(answer, list):
        msg = f"{LABEL}'s answer is no list of records but {type(answer).__name__}"
        raise ProtocolError(msg)
    return dicts(answer)


def _selected(
    session: Session, one: Plan, where: Sequence[str], most: int, *, deleted: bool = False
) -> dict[str, Any]:
    few = ", ".join(name for name in _STATES if name in one.names)
    condition = f"WHERE {' AND '.join(where)} " if where else ""
    soql = (
        f"SELECT {one.columns or few} FROM {one.object} "  # noqa: S608
        f"{condition}ORDER BY Id LIMIT {most}"
    )
    return query(session, soql, deleted=deleted)


def _clients(session: Session, one: Plan, found: Rows) -> Iterator[ClientData]:
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
        one.fields[key] for key in one.filterable if field in {key, one.fields[key].name}
    ]
    return [found for f in named if (found := equal(f, value))] if named else None


def _unmoved(session: Session, one: Plan) -> list[str]:
    hidden = session.settings.object or "IsConverted" not in one.names
    return [] if hidden else ["IsConverted = false"]


def _is_gone(session: Session, row: Mapping[str, Any]) -> bool:
    converted = row.get("IsConverted") is True and not session.settings.object
    return row.get("IsDeleted") is True or converted
