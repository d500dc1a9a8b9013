"""
Opening the embedded store's file: its schema, its version, and clear errors.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_APPLICATION = 0x43524D4B  # "CRMK"
_VERSION = 1
_SCHEMA = (
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
)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        msg = (
            f"the store {path} cannot be used: {reason}; make it writable, free disk "
            "space, or choose another place with store= or CRMKIT_STORE"
        )
        raise StoreError(msg) from error


def connect(path: Path) -> sqlite3.Connection:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    database = sqlite3.connect(
        path, timeout=30, isolation_level=None, check_same_thread=False
    )
    try:
        _check(database, path)
        _make(database)
    except BaseException:
        database.close()
        raise
    return database


def _check(database: sqlite3.Connection, path: Path) -> None:
    (application,) = database.execute("PRAGMA application_id").fetchone()
    (version,) = database.execute("PRAGMA user_version").fetchone()
    (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
    if tables and application != _APPLICATION:
        msg = f"{path} is a database of another program; choose another place with store="
        raise StoreError(msg)
    if version > _VERSION:
        msg = (
            f"the store {path} was written by a newer crmkit (version {version} of the "
            f"file, this one knows {_VERSION}); upgrade crmkit"
        )
        raise StoreError(msg)


def _make(database: sqlite3.Connection) -> None:
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("BEGIN IMMEDIATE")
    (version,) = database.execute("PRAGMA user_version").fetchone()
    if version == 0:  # another process may have made it meanwhile
        for statement in _SCHEMA:
            database.execute(statement)
        database.execute(f"PRAGMA application_id = {_APPLICATION}")
        database.execute(f"PRAGMA user_version = {_VERSION}")
    database.execute("COMMIT")
