"""
The embedded store: one SQLite file.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from crmkit._owners import Owner
from crmkit._sqlite_rows import (
    BY_GROUP,
    BY_KEY,
    by_keys,
    groups_of,
    in_state,
    insert,
    last_number,
    lease,
    select,
)
from crmkit._sqlite_vault import SqliteVault
from crmkit.errors import ConfigurationError
from crmkit.reports import PENDING, SYNCED, UNCERTAIN
from crmkit.stores import SENDING, Forgotten, Group, Key, Row, Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_SETTLED = "state = ?, due_at = ?, remote_id = ?, error_type = ?, error = ?, owner = NULL"
_MINE = f"{BY_KEY} AND state = ? AND owner = ?"
_LEFT = f"UPDATE activity SET {_SETTLED} WHERE {_MINE}"
_SYNCED = f"UPDATE activity SET {_SETTLED}, payload = NULL, client_id = NULL WHERE {_MINE}"


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
    try:
        return SqliteStore(Path(path).expanduser().resolve())
    except (OSError, RuntimeError) as error:
        msg = f"the store {url!r} leads to no file: {error}"
        raise ConfigurationError(msg) from None


class SqliteStore(SqliteVault):
    """
    A store in one file, for the threads and processes of one machine.

    Not for network file systems, whose locks do not hold. The file is only its owner's to
    read (mode 0600); what waits in it is in clear.
    """

    def add(self, rows: Sequence[Row]) -> Mapping[Key, Row]:
        with self._transaction() as database:
            last = last_number(database)
            if insert(database, rows, self._owned()) == len(rows):
                return {}
            keys = [row.key for row in rows]
            return {row.key: row for row in by_keys(database, keys, until=last)}

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

    def recover(self, now: float) -> int:
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
                "UPDATE activity SET state = ?, due_at = ?, owner = NULL "
                "WHERE state = ? AND owner = ?"
            )
            return sum(
                database.execute(change, (UNCERTAIN, now, SENDING, name)).rowcount
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
            "UPDATE activity SET state = ?, due_at = ? "
            f"WHERE {BY_KEY} AND state NOT IN (?, ?)"
        )
        return self._change(change, [(PENDING, now, *key, SYNCED, SENDING) for key in keys])

    def drop(self, keys: Sequence[Key]) -> int:
        change = f"DELETE FROM activity WHERE {BY_KEY} AND state NOT IN (?, ?)"
        return self._change(change, [(*key, SYNCED, SENDING) for key in keys])

    def purge(self, before: float) -> int:
        # Without its name SQLite would take the other index, and read the whole ledger.
        ledger = "activity INDEXED BY ledger WHERE state = 'synced'"
        change = f"DELETE FROM {ledger} AND stored_at < ?"
        return self._change(change, [(before,)])

    def forget(self, client_id: str, *, provider: str, user_id: str | None) -> Forgotten:
        theirs = "client_id = ? AND provider = ? AND (? IS NULL OR user_id = ?)"
        values = (client_id, provider, user_id, user_id, SENDING)
        with self._transaction() as database:
            delete = f"DELETE FROM activity WHERE {theirs} AND state != ?"
            erased = database.execute(delete, values).rowcount
            left = f"SELECT count(*) FROM activity WHERE {theirs} AND state = ?"
            (sending,) = database.execute(left, values).fetchone()
        return Forgotten(erased, sending, overwritten=self._overwrite())

    def _change(self, statement: str, values: Sequence[tuple[Any, ...]]) -> int:
        with self._transaction() as database:
            return sum(database.execute(statement, each).rowcount for each in values)
