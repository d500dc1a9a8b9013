"""
The embedded store: one SQLite file.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from attrs import fields

from crmkit._owners import Owner
from crmkit._sqlite_file import connect, explained, rest_while_forking
from crmkit.errors import ConfigurationError
from crmkit.reports import DEAD, PENDING, SYNCED, UNCERTAIN
from crmkit.stores import SENDING, Group, Key, Row, Settlement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_NAMES = tuple(attribute.name for attribute in fields(Row))
_COLUMNS = ", ".join(_NAMES)
_INSERT = f"INSERT INTO activity ({_COLUMNS}, owner) VALUES ({'?, ' * len(_NAMES)}?)"
_SELECT = f"SELECT {_COLUMNS} FROM activity"
_MANY = 500  # SQLite may be built to take no more than 999 values at once
_BY_KEY = "user_id = ? AND activity_id = ?"
_BY_GROUP = "provider = ? AND user_id = ? AND kind = ?"
_SETTLE = (
    "UPDATE activity SET state = ?, due_at = ?, remote_id = ?, error_type = ?, error = ?, "
    f"owner = NULL{{erased}} WHERE {_BY_KEY} AND state = ? AND owner = ?"
)
_ERASED = ", payload = NULL, client_id = NULL"
_IN_FORKED_PARENT: list[object] = []


def open_store(url: str) -> SqliteStore:
    """
    Open ``sqlite:///relative.db`` or ``sqlite:////absolute.db``; made on first use.

    Raises ConfigurationError for a URL of another form.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or not path or path.endswith("/"):
        msg = (
            f"the store {url!r} names no file; write sqlite:///relative.db or "
            "sqlite:////absolute.db"
        )
        raise ConfigurationError(msg)
    return SqliteStore(Path(path).expanduser().resolve())


class SqliteStore:
    """
    A store in one file, for the threads and processes of one machine.

    Not for network file systems, whose locks do not hold. The file is only its owner's to
    read (mode 0600); what waits in it is in clear.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._process = 0
        self._database: sqlite3.Connection | None = None
        self._owner: Owner | None = None
        rest_while_forking(self)

    def add(self, rows: Sequence[Row]) -> Mapping[Key, Row]:
        with self._transaction() as database:
            owner = self._owned()
            known = {row.key: row for row in _by_keys(database, [row.key for row in rows])}
            database.executemany(
                _INSERT,
                (
                    (*_values(row), owner if row.state == SENDING else None)
                    for row in rows
                    if row.key not in known
                ),
            )
        return known

    def groups(self, now: float) -> Sequence[Group]:
        with self._reading() as database:
            found = {
                group
                for state in (PENDING, UNCERTAIN)
                for group in _groups(database, state, now)
            }
        return sorted(found)

    def claim(self, group: Group, *, state: str, now: float, limit: int) -> Sequence[Row]:
        due = f"state = ? AND {_BY_GROUP} AND due_at <= ? ORDER BY due_at, seq LIMIT ?"
        with self._transaction() as database:
            found = database.execute(
                f"{_SELECT} WHERE {due}", (state, *group, now, limit)
            )
            return self._lease(database, list(map(_row, found)))

    def claim_keys(self, keys: Sequence[Key]) -> Sequence[Row]:
        with self._transaction() as database:
            known = _by_keys(database, keys)
            return self._lease(database, [row for row in known if row.state == PENDING])

    def settle(self, settlements: Iterable[Settlement]) -> int:
        by_erasure: dict[bool, list[Settlement]] = {True: [], False: []}
        for settlement in settlements:
            by_erasure[settlement.state == SYNCED].append(settlement)
        with self._transaction(durable=False) as database:
            owner = self._owned()
            return sum(
                database.executemany(
                    _SETTLE.format(erased=_ERASED if erase else ""),
                    (
                        (it.state, it.due_at, it.remote_id, it.error_type, it.error)
                        + (*it.key, SENDING, owner)
                        for it in several
                    ),
                ).rowcount
                for erase, several in by_erasure.items()
                if several
            )

    def recover(self) -> int:
        with self._reading() as database:
            me = self._owned()
            query = "SELECT DISTINCT owner FROM activity WHERE state = ?"
            owners = {name for (name,) in database.execute(query, (SENDING,))}
        others = (owners | Owner.left_behind(self._path)) - {me}
        gone = [name for name in others if Owner.is_gone(self._path, name)]
        if not gone:
            return 0
        with self._transaction() as database:
            change = (
                "UPDATE activity SET state = ?, owner = NULL WHERE state = ? AND owner = ?"
            )
            return sum(
                database.execute(change, (UNCERTAIN, SENDING, name)).rowcount
                for name in gone
            )

    def get(self, key: Key) -> Row | None:
        with self._reading() as database:
            found = database.execute(f"{_SELECT} WHERE {_BY_KEY}", key).fetchone()
        return found and _row(found)

    def rows(self, *, state: str | None, limit: int) -> Sequence[Row]:
        where = "state != 'synced'" if state is None else "state = ?"
        values = (limit,) if state is None else (state, limit)
        with self._reading() as database:
            query = f"{_SELECT} WHERE {where} ORDER BY seq LIMIT ?"
            return [_row(found) for found in database.execute(query, values)]

    def counts(self) -> Mapping[str, int]:
        with self._reading() as database:
            query = "SELECT state, count(*) FROM activity GROUP BY state"
            return dict(database.execute(query).fetchall())

    def retry(self, keys: Sequence[Key], now: float) -> int:
        change = (
            f"UPDATE activity SET state = ?, due_at = ? WHERE {_BY_KEY} AND state IN (?, ?)"
        )
        return self._change(change, [(PENDING, now, *key, DEAD, UNCERTAIN) for key in keys])

    def drop(self, keys: Sequence[Key]) -> int:
        change = f"DELETE FROM activity WHERE {_BY_KEY} AND state NOT IN (?, ?)"
        return self._change(change, [(*key, SYNCED, SENDING) for key in keys])

    def purge(self, before: float) -> int:
        change = "DELETE FROM activity WHERE state = ? AND stored_at < ?"
        return self._change(change, [(SYNCED, before)])

    def close(self) -> None:
        with self._lock:
            self._disconnect()
            if self._owner is not None:
                self._owner.leave()
            self._owner = None

    def rest(self) -> None:
        self._lock.acquire()
        self._disconnect()

    def wake(self) -> None:
        self._lock.release()

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

    def _change(self, statement: str, values: Sequence[tuple[Any, ...]]) -> int:
        with self._transaction() as database:
            return sum(database.execute(statement, each).rowcount for each in values)

    def _lease(self, database: sqlite3.Connection, rows: Sequence[Row]) -> Sequence[Row]:
        owner = self._owned()
        lease = (
            "UPDATE activity SET state = ?, owner = ?, attempts = attempts + 1 "
            f"WHERE {_BY_KEY}"
        )
        database.executemany(lease, [(SENDING, owner, *row.key) for row in rows])
        return rows

    def _owned(self) -> str:
        if self._owner is None:
            self._owner = Owner(self._path)
        return self._owner.name

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self._path):
            yield self._open()

    @contextmanager
    def _transaction(self, *, durable: bool = True) -> Iterator[sqlite3.Connection]:
        with self._lock, explained(self._path):
            database = self._open()
            database.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            database.execute("BEGIN IMMEDIATE")
            try:
                yield database
                database.execute("COMMIT")
            except BaseException:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise

    def _open(self) -> sqlite3.Connection:
        if self._process != os.getpid():  # a lease does not cross a fork
            _IN_FORKED_PARENT.append(self._owner)
            self._process, self._owner = os.getpid(), None
        if self._database is None:
            self._database = connect(self._path)
        return self._database


def _by_keys(database: sqlite3.Connection, keys: Sequence[Key]) -> Iterator[Row]:
    by_user: dict[str, list[str]] = {}
    for key in keys:
        by_user.setdefault(key.user_id, []).append(key.activity_id)
    for user_id, ids in by_user.items():
        for start in range(0, len(ids), _MANY):
            some = ids[start : start + _MANY]
            marks = ", ".join("?" * len(some))
            query = f"{_SELECT} WHERE user_id = ? AND activity_id IN ({marks})"
            yield from map(_row, database.execute(query, (user_id, *some)).fetchall())


def _groups(database: sqlite3.Connection, state: str, now: float) -> Iterator[Group]:
    # Leaps from group to group along the index, however many rows each one has.
    following = (
        "SELECT provider, user_id, kind FROM activity WHERE state = ? AND "
        "(provider, user_id, kind) > (?, ?, ?) ORDER BY provider, user_id, kind LIMIT 1"
    )
    due = f"SELECT 1 FROM activity WHERE state = ? AND {_BY_GROUP} AND due_at <= ? LIMIT 1"
    last = Group("", "", "")
    while found := database.execute(following, (state, *last)).fetchone():
        last = Group(*found)
        if database.execute(due, (state, *last, now)).fetchone():
            yield last


def _values(row: Row) -> tuple[Any, ...]:
    return tuple(getattr(row, name) for name in _NAMES)


def _row(found: tuple[Any, ...]) -> Row:
    return Row(**dict(zip(_NAMES, found, strict=True)))
