"""
Opening the embedded store's file: its schema, its version, and clear errors.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from contextlib import contextmanager
from itertools import chain
from threading import Lock, RLock
from typing import TYPE_CHECKING, Protocol
from weakref import WeakSet

from crmkit._folder import make_private
from crmkit.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_APPLICATION = 0x43524D4B  # "CRMK"
_ATTEMPTS = 100
_FOR_OTHERS = 0o077
_LOG = logging.getLogger("crmkit.store")
_MAKING = Lock()
_SCHEMA = [  # what leads from each version to the next; what was released stays as it is
    (
        """
CREATE TABLE activity (
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  user_id TEXT NOT NULL, activity_id TEXT NOT NULL,
  provider TEXT NOT NULL, kind TEXT NOT NULL,
  digest TEXT NOT NULL, stored_at REAL NOT NULL, state TEXT NOT NULL,
  payload TEXT, client_id TEXT, due_at REAL NOT NULL, attempts INTEGER NOT NULL,
  remote_id TEXT, error_type TEXT, error TEXT, owner TEXT,
  UNIQUE (user_id, activity_id)
)
""",
        "CREATE INDEX due ON activity (state, provider, user_id, kind, due_at, seq)",
    ),
    (
        "CREATE INDEX ledger ON activity (stored_at) WHERE state = 'synced'",
        "CREATE TABLE checkpoint (name TEXT PRIMARY KEY, value TEXT NOT NULL)",
        """
CREATE TABLE credential (
  user_id TEXT NOT NULL, provider TEXT NOT NULL, version TEXT NOT NULL,
  access_token TEXT, refresh_token TEXT, metadata TEXT, expires_at REAL,
  PRIMARY KEY (user_id, provider)
)
""",
        """
CREATE TABLE renewing (
  user_id TEXT NOT NULL, provider TEXT NOT NULL, owner TEXT NOT NULL, until REAL NOT NULL,
  PRIMARY KEY (user_id, provider)
)
""",
    ),
]
_VERSION = len(_SCHEMA)


class Resting(Protocol):
    """
    What holds a connection, and can close it until it is woken.
    """

    def rest(self) -> None: ...
    def wake(self) -> None: ...


_OPEN: WeakSet[Resting] = WeakSet()
_RESTING: list[Resting] = []
_FORKING = RLock()


def rest_while_forking(store: Resting) -> None:
    """
    Have a store close its connection before each fork of this process.

    SQLite's knowledge of its locks would be copied into the child, which has none of them:
    the file that the child writes would be deleted under its hands.
    """
    _OPEN.add(store)


def _rest() -> None:
    _FORKING.acquire()
    _RESTING[:] = _OPEN
    for store in _RESTING:
        store.rest()


def _wake() -> None:
    while _RESTING:
        _RESTING.pop().wake()
    _FORKING.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_rest, after_in_parent=_wake, after_in_child=_wake)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    try:
        yield
    except UnicodeEncodeError as error:
        msg = f"the store {path} takes no text with half a surrogate pair in it"
        raise StoreError(msg) from error
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = (
            f"the store {path} cannot be used: {reason}; make it writable, free disk "
            "space, or choose another place with store= or CRMKIT_STORE"
        )
        raise StoreError(msg) from error


def connect(path: Path) -> sqlite3.Connection:
    make_private(path.parent)
    _make_file(path)
    database = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False
    )
    try:
        _check(database, path)
        _make(database)
        # What is erased is overwritten, not only taken out of the tables.
        database.execute("PRAGMA secure_delete = ON")
    except BaseException:
        database.close()
        raise
    return database


def _make_file(path: Path) -> None:
    # To close any handle of a file drops all locks that the process has on it, those of
    # its other connections too; so a file that exists is left to SQLite.
    with _MAKING:
        if not path.exists():
            path.touch(mode=0o600)
        elif os.name == "posix" and path.stat().st_mode & _FOR_OTHERS:
            _LOG.warning("the store %s is open to others; chmod 600 makes it yours", path)


def _check(database: sqlite3.Connection, path: Path) -> None:
    # Tables first: where another process makes them meanwhile, it marks them in one step.
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if tables and application != _APPLICATION:
        msg = f"{path} is a database of another program; choose another place with store="
        raise StoreError(msg)
    if version > _VERSION:
        msg = (
            f"the store {path} was written by a newer crmkit (version {version} of the "
            f"file, this one knows {_VERSION}); upgrade crmkit"
        )
        raise StoreError(msg)


def _use_wal(database: sqlite3.Connection) -> None:
    # For this statement alone SQLite does not wait while another process makes the file.
    for _ in range(_ATTEMPTS):
        try:
            database.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            database.execute("BEGIN IMMEDIATE")
            database.execute("ROLLBACK")
        else:
            return


def _make(database: sqlite3.Connection) -> None:
    _use_wal(database)
    database.execute("BEGIN IMMEDIATE")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version < _VERSION:  # another process may have made it meanwhile
        for statement in chain.from_iterable(_SCHEMA[version:]):
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_VERSION}")
    database.execute("COMMIT")
