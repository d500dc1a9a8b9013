"""
One embedded file, its connection and its owner, for what is kept in it.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING

from crmkit._owners import Owner
from crmkit._sqlite_file import connect, explained, rest_while_forking

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

_IN_FORKED_PARENT: list[object] = []


class SqlitePlace:
    """
    A file that is opened when it is first needed, again after a fork, by many threads.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = RLock()
        self._process = 0
        self._database: sqlite3.Connection | None = None
        self._owner: Owner | None = None
        rest_while_forking(self)

    def close(self) -> None:
        """
        Close the file, and give up what this owner leases.
        """
        with self._lock:
            self._disconnect()
            if self._owner is not None:
                self._owner.leave()
            self._owner = None

    def rest(self) -> None:
        """
        Close the connection until ``wake``, and let nobody open it meanwhile.
        """
        self._lock.acquire()
        self._disconnect()

    def wake(self) -> None:
        """
        End the rest.
        """
        self._lock.release()

    def _disconnect(self) -> None:
        if self._database is not None:
            self._database.close()
        self._database = None

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

    def _overwrite(self) -> bool:
        """
        Leave no copy of what was erased in the log that SQLite writes ahead, if it can be.
        """
        with self._reading() as database:
            busy, *_ = database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _open(self) -> sqlite3.Connection:
        if self._process != os.getpid():  # a lease does not cross a fork
            _IN_FORKED_PARENT.append(self._owner)
            self._process, self._owner = os.getpid(), None
        if self._database is None:
            self._database = connect(self._path)
        return self._database
