"""
Wrong stores in files, which another process can open: for the rules about processes.
"""

import sys
from pathlib import Path
from unittest.mock import patch

from crmkit._owners import _HERE, Owner, _file
from crmkit._sqlite import SqliteStore


class KeepsForTheDead(SqliteStore):
    def recover(self, now):  # O32
        with patch.object(
            Owner, "is_gone", lambda path, name: not _file(path, name).exists()
        ):
            return super().recover(now)


class TakesFromProcesses(SqliteStore):
    def recover(self, now):  # O33
        with patch.object(Owner, "is_gone", lambda _, name: name not in _HERE):
            return super().recover(now)


class WritesLater(SqliteStore):
    def add(self, rows):  # O34
        here = sys.argv[0] != "-c"
        return super().add([row for row in rows if here or row.state == "sending"])


class LeasesToTheDead(SqliteStore):
    def lease_credentials(self, user_id, provider, seconds):  # O49
        with patch.object(
            Owner, "is_gone", lambda path, name: not _file(path, name).exists()
        ):
            return super().lease_credentials(user_id, provider, seconds)


def open_keeping(url):
    """
    Open a store that takes a killed owner for a living one.
    """
    return KeepsForTheDead(Path(url))


def open_taking(url):
    """
    Open a store that takes the owners of other processes for gone.
    """
    return TakesFromProcesses(Path(url))


def open_late(url):
    """
    Open a store that in other processes writes what waits when there is time.
    """
    return WritesLater(Path(url))


def open_leasing(url):
    """
    Open a store that lets a killed owner renew credentials.
    """
    return LeasesToTheDead(Path(url))
