"""
Which ids were there before, of any number of clients.
"""

from __future__ import annotations

import sqlite3


class Ids:
    """
    A set of texts that only grows, on the disk once it is large, and gone with its owner.
    """

    def __init__(self) -> None:
        # The empty name is a file that SQLite alone knows, written when its cache is full.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE ids (id TEXT PRIMARY KEY) WITHOUT ROWID")
        self._database.execute("BEGIN")

    def new(self, text: str) -> bool:
        """
        Add a text; tell whether it was not there.
        """
        added = self._database.execute("INSERT OR IGNORE INTO ids VALUES (?)", (text,))
        return added.rowcount == 1

    def close(self) -> None:
        """
        Forget them all.
        """
        self._database.close()
