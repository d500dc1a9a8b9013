"""
Credentials and checkpoints in the embedded store.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING

from attrs import astuple, fields

from crmkit._owners import Owner
from crmkit._sqlite_place import SqlitePlace
from crmkit.vaults import SealedCredentials

if TYPE_CHECKING:
    from collections.abc import Sequence

_NAMES = tuple(attribute.name for attribute in fields(SealedCredentials))
_SELECT = f"SELECT {', '.join(_NAMES)} FROM credential"
_MARKS = ", ".join("?" * len(_NAMES))
_KEY = "user_id = ? AND provider = ?"


class SqliteVault(SqlitePlace):
    """
    What is kept in the file beside the outbox; see vaults.Vault and stores.Store.
    """

    def credentials(self, user_id: str, provider: str) -> SealedCredentials | None:
        found = self._found(f"WHERE {_KEY}", user_id, provider)
        return found[0] if found else None

    def all_credentials(self) -> Sequence[SealedCredentials]:
        return self._found("ORDER BY user_id, provider")

    def save_credentials(self, new: SealedCredentials, *, replacing: str | None) -> bool:
        query = f"SELECT version FROM credential WHERE {_KEY}"
        with self._transaction() as database:
            found = database.execute(query, (new.user_id, new.provider)).fetchone()
            if replacing != (found and found[0]):
                return False
            write = f"INSERT OR REPLACE INTO credential ({', '.join(_NAMES)})"
            database.execute(f"{write} VALUES ({_MARKS})", astuple(new))
        self._overwrite()
        return True

    def remove_credentials(self, user_id: str, provider: str) -> bool:
        delete = f"DELETE FROM credential WHERE {_KEY}"
        with self._transaction() as database:
            removed = database.execute(delete, (user_id, provider)).rowcount == 1
        self._overwrite()
        return removed

    def lease_credentials(self, user_id: str, provider: str, seconds: float) -> bool:
        query = f"SELECT owner, until FROM renewing WHERE {_KEY}"
        write = "INSERT OR REPLACE INTO renewing (user_id, provider, owner, until)"
        with self._transaction(durable=False) as database:
            me = self._owned()
            found = database.execute(query, (user_id, provider)).fetchone()
            owner, until = found or (me, 0.0)
            if owner != me and self._renews(owner, until, seconds):
                return False
            values = (user_id, provider, me, time() + seconds)
            database.execute(f"{write} VALUES (?, ?, ?, ?)", values)
        return True

    def release_credentials(self, user_id: str, provider: str) -> None:
        delete = f"DELETE FROM renewing WHERE {_KEY} AND owner = ?"
        with self._transaction(durable=False) as database:
            database.execute(delete, (user_id, provider, self._owned()))

    def checkpoint(self, name: str) -> str | None:
        query = "SELECT value FROM checkpoint WHERE name = ?"
        with self._reading() as database:
            found = database.execute(query, (name,)).fetchone()
        return str(found[0]) if found else None

    def set_checkpoint(self, name: str, value: str) -> None:
        write = "INSERT OR REPLACE INTO checkpoint (name, value) VALUES (?, ?)"
        with self._transaction() as database:
            database.execute(write, (name, value))

    def _found(self, rest: str, *values: str) -> list[SealedCredentials]:
        with self._reading() as database:
            found = database.execute(f"{_SELECT} {rest}", values).fetchall()
        return [SealedCredentials(**dict(zip(_NAMES, each, strict=True))) for each in found]

    def _renews(self, owner: str, until: float, seconds: float) -> bool:
        # A lease that ends later than one taken now was taken before a clock was set back.
        left = until - time()
        return 0 < left <= seconds and not Owner.is_gone(self._path, owner)
