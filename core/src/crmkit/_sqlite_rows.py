"""
Rows of the embedded store: written, read by condition or by key, grouped.
"""

from __future__ import annotations

from math import inf
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from attrs import fields

from crmkit.stores import SENDING, Group, Key, Row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence

BY_KEY = "user_id = ? AND activity_id = ?"
BY_GROUP = "provider = ? AND user_id = ? AND kind = ?"
_NAMES = tuple(attribute.name for attribute in fields(Row))
_VALUES = attrgetter(*_NAMES)
_COLUMNS = ", ".join(_NAMES)
_MANY = 500  # SQLite may be built to take no more than 999 values at once


def insert(database: sqlite3.Connection, rows: Iterable[Row], owner: str) -> int:
    """
    Write those rows that are new, leased to the owner when being sent; return how many.
    """
    statement = f"INSERT INTO activity ({_COLUMNS}, owner) VALUES ({'?, ' * len(_NAMES)}?)"
    values = [(*_VALUES(row), owner if row.state == SENDING else None) for row in rows]
    rest = "ON CONFLICT (user_id, activity_id) DO NOTHING"
    return database.executemany(f"{statement} {rest}", values).rowcount


def select(database: sqlite3.Connection, rest: str, values: Sequence[Any]) -> list[Row]:
    """
    Return rows; *rest* is what follows FROM.
    """
    query = f"SELECT {_COLUMNS} FROM activity {rest}"
    return [
        Row(**dict(zip(_NAMES, found, strict=True)))
        for found in database.execute(query, values).fetchall()
    ]


def by_keys(
    database: sqlite3.Connection, keys: Iterable[Key], *, until: int
) -> Iterator[Row]:
    """
    Yield those of these rows that there were when *until* was the last one's number.
    """
    for condition, values in _conditions(keys):
        yield from select(database, f"WHERE {condition} AND seq <= ?", (*values, until))


def last_number(database: sqlite3.Connection) -> int:
    """
    Return the number of the row that was added last, 0 for none.
    """
    (found,) = database.execute("SELECT max(seq) FROM activity").fetchone()
    return found or 0


def in_state(
    database: sqlite3.Connection, state: str, keys: Iterable[Key]
) -> Iterator[Key]:
    """
    Yield the keys of those rows that are in this state.
    """
    for condition, values in _conditions(keys):
        # With the plus these rows are looked at, not all that are in the state.
        found = f"SELECT user_id, activity_id FROM activity WHERE {condition}"
        query = f"{found} AND +state = ?"
        yield from map(Key._make, database.execute(query, (*values, state)).fetchall())


def lease(database: sqlite3.Connection, keys: Iterable[Key], owner: str) -> None:
    """
    Mark these rows as being sent by the owner.
    """
    for condition, values in _conditions(keys):
        change = "UPDATE activity SET state = ?, owner = ?, attempts = attempts + 1 WHERE "
        database.execute(change + condition, (SENDING, owner, *values))


def _conditions(keys: Iterable[Key]) -> Iterator[tuple[str, Sequence[str]]]:
    by_user: dict[str, list[str]] = {}
    for key in keys:
        by_user.setdefault(key.user_id, []).append(key.activity_id)
    for user_id, ids in by_user.items():
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            marks = ", ".join("?" * len(some))
            yield f"user_id = ? AND activity_id IN ({marks})", (user_id, *some)


def groups_of(database: sqlite3.Connection, state: str, now: float) -> Iterator[Group]:
    """
    Yield the groups that have a row of this state due by *now*.
    """
    # Leaps from group to group along the index, however many rows each one has: without
    # due_at in the comparison SQLite would read all rows of the group that it leaps over.
    following = (
        "SELECT provider, user_id, kind FROM activity WHERE state = ? AND "
        "(provider, user_id, kind, due_at) > (?, ?, ?, ?) "
        "ORDER BY provider, user_id, kind LIMIT 1"
    )
    due = f"SELECT 1 FROM activity WHERE state = ? AND {BY_GROUP} AND due_at <= ? LIMIT 1"
    last = Group("", "", "")
    while found := database.execute(following, (state, *last, inf)).fetchone():
        last = Group(*found)
        if database.execute(due, (state, *last, now)).fetchone():
            yield last
