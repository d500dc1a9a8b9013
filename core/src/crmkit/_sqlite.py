"""
The embedded store: one SQLite file.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import TYPE_CHECKING, Any

from crmkit._owners import Owner
from crmkit._sqlite_file import connect, explained, rest_while_forking
from crmkit._sqlite_rows import (
    BY_GROUP,
    BY_KEY,
    by_keys,
    groups_of,
    in_state,
    insert,
    lease,
    select,
)
from crmkit.errors import ConfigurationError
from crmkit.reports import DEAD, PENDING, SYNCED, UNCERTAIN
from crmkit.stores import SENDING, Group, Key, Row, Settlement

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_SETTLED = "state = ?, due_at = ?, remote_id = ?, error_type = ?, error = ?, owner = NULL"
_MINE = f"{BY_KEY} AND state = ? AND owner = ?"
_LEFT = f"UPDATE activity SET {_SETTLED} WHERE {_MINE}"
_SYNCED = f"UPDATE activity SET {_SETTLED}, payload = NULL, client_id = NULL WHERE {_MINE}"
_IN_FORKED_PARENT: list[object] = []


def open_store(url: str) -> SqliteStore:
    """
    Open ``sqlite:///relative.db`` or ``sqlite:////absolute.db``; made on first use.

    Raises ConfigurationError for a URL of another form.
    """
    path = url.removeprefix("sqlite:///")
    if path == url or path in {"", ":memory:"} or path.endswith("/"):
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
            known = {row.key: row for row in by_keys(database, (row.key for row in rows))}
            insert(database, (row for row in rows if row.key not in known), owner)
        return known

    def groups(self, now: float) -> Sequence[Group]:
        with self._reading() as database:
            found = {
                group
                for state in (PENDING, UNCERTAIN)
                for group in groups_of(database, state, now)
            }
        return sorted(found)

    def claim(self, group: Group, *, state: str, now: float, limit: int) -> Sequence[Row]:
        due = f"WHERE state = ? AND {BY_GROUP} AND due_at <= ? ORDER BY due_at, seq LIMIT ?"
        with self._transaction() as database:
            rows = select(database, due, (state, *group, now, limit))
            lease(database, (row.key for row in rows), self._owned())
        return rows

    def claim_keys(self, keys: Sequence[Key]) -> Sequence[Key]:
        with self._transaction() as database:
            pending = list(in_state(database, PENDING, keys))
            lease(database, pending, self._owned())
        return pending

    def settle(self, settlements: Iterable[Settlement]) -> int:
        changes: dict[str, list[tuple[Any, ...]]] = {_SYNCED: [], _LEFT: []}
        with self._transaction(durable=False) as database:
            owner = self._owned()
            for it in settlements:
                told = (it.state, it.due_at, it.remote_id, it.error_type, it.error)
                change = _SYNCED if it.state == SYNCED else _LEFT
                changes[change].append((*told, *it.key, SENDING, owner))
            return sum(
                database.executemany(change, values).rowcount
                for change, values in changes.items()
                if values
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
            found = select(database, f"WHERE {BY_KEY}", key)
        return found[0] if found else None

    def rows(self, *, state: str | None, limit: int) -> Sequence[Row]:
        where = "WHERE state != 'synced'" if state is None else "WHERE state = ?"
        values = (limit,) if state is None else (state, limit)
        with self._reading() as database:
            return select(database, f"{where} ORDER BY seq LIMIT ?", values)

    def counts(self) -> Mapping[str, int]:
        with self._reading() as database:
            query = "SELECT state, count(*) FROM activity GROUP BY state"
            return dict(database.execute(query).fetchall())

    def retry(self, keys: Sequence[Key], now: float) -> int:
        change = (
            f"UPDATE activity SET state = ?, due_at = ? WHERE {BY_KEY} AND state IN (?, ?)"
        )
        return self._change(change, [(PENDING, now, *key, DEAD, UNCERTAIN) for key in keys])

    def drop(self, keys: Sequence[Key]) -> int:
        change = f"DELETE FROM activity WHERE {BY_KEY} AND state NOT IN (?, ?)"
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
