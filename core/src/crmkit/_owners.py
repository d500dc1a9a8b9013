"""
Who holds a lease: a locked file beside the store, which frees itself when its owner dies.
"""

from __future__ import annotations

import math
import os
import sqlite3
from time import time
from typing import TYPE_CHECKING
from weakref import WeakValueDictionary

from crmkit._values import new_id

if TYPE_CHECKING:
    from pathlib import Path

_SETTLED = 60.0
_HERE: WeakValueDictionary[str, Owner] = WeakValueDictionary()


class Owner:
    """
    One store object of a live process.

    Its name is in the rows that it leases. The lock is the operating system's, taken
    through SQLite, which knows each system's way: it goes with the process, so a kill
    leaves no lease behind, and process ids, which lie across containers, play no part.
    """

    def __init__(self, store: Path) -> None:
        self.name = new_id()
        self._process = os.getpid()
        self._file = _file(store, self.name)
        self._lock = _lock(self._file)
        _HERE[self.name] = self

    def leave(self) -> None:
        """
        Give up all leases.
        """
        if self._process == os.getpid():
            self._lock.close()
            self._file.unlink(missing_ok=True)
            _HERE.pop(self.name, None)

    @staticmethod
    def left_behind(store: Path) -> set[str]:
        """
        Return the names of owners whose files stand there for a while.

        A new owner needs a moment between making its file and locking it.
        """
        files = store.parent.glob(f"{store.name}.*.owner")
        settled = time() - _SETTLED
        return {file.suffixes[-2][1:] for file in files if _made(file) < settled}

    @staticmethod
    def is_gone(store: Path, name: str) -> bool:
        """
        Tell whether the owner of this name is dead, and sweep up after it.
        """
        file = _file(store, name)
        if name in _HERE:  # to open the file of one's own lock would lose the lock
            return False
        if not file.exists():
            return True
        try:
            lock = _lock(file)
        except sqlite3.OperationalError:
            return False
        file.unlink(missing_ok=True)
        lock.close()
        return True


def _made(file: Path) -> float:
    try:
        return file.stat().st_mtime
    except FileNotFoundError:  # another process swept it up meanwhile
        return math.inf


def _file(store: Path, name: str) -> Path:
    return store.with_name(f"{store.name}.{name}.owner")


def _lock(file: Path) -> sqlite3.Connection:
    os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    lock = sqlite3.connect(file, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("BEGIN EXCLUSIVE")
    except BaseException:
        lock.close()
        raise
    return lock
