"""
One store object in its process: its table, keys, owner, and the rows that it leases.
"""

from __future__ import annotations

import os
from threading import RLock
from typing import TYPE_CHECKING
from weakref import finalize

from crmkit import ConfigurationError, StoreError
from crmkit_dynamodb._batches import Batches
from crmkit_dynamodb._keys import keys_of
from crmkit_dynamodb._owners import Owner
from crmkit_dynamodb._table import NEW, Table

if TYPE_CHECKING:
    from crmkit.sealing import Keys
    from crmkit.stores import Key
    from crmkit_dynamodb._queues import Spot
    from crmkit_dynamodb._table import Item
    from crmkit_dynamodb._url import Place

VERSION = 1
SHARDS = 8
_META = {"PK": "CRMKIT", "SK": "TABLE"}


class Opened:
    """
    What a process has of a table; a fork leaves it behind.
    """

    def __init__(self, place: Place) -> None:
        self.table = Table(place)
        self.shards = describe(self.table, place.shards)
        self.owner = Owner(self.table, place.lease)
        self.batches = Batches(self.table)
        self.process = os.getpid()
        self.leased: dict[Key, Spot] = {}


class DynamoPlace:
    """
    A table that is looked at when it is first needed, again after a fork.
    """

    def __init__(self, place: Place, *, keys: Keys | None = None) -> None:
        self._place, self._keys = place, keys
        self._lock = RLock()
        self._opened: Opened | None = None

    @property
    def keys(self) -> Keys:
        """
        What seals here: data keys of KMS if the URL names a key, else crmkit's own.
        """
        with self._lock:
            if self._keys is None:
                self._keys = keys_of(self._place)
            return self._keys

    def close(self) -> None:
        """
        Give up what this owner leases.
        """
        with self._lock:
            opened, self._opened = self._opened, None
            if opened and opened.process == os.getpid():
                opened.owner.leave()

    def _open(self) -> Opened:
        with self._lock:
            if self._opened is None or self._opened.process != os.getpid():
                self._opened = Opened(self._place)
                finalize(self, self._opened.owner.stop)
            return self._opened


def describe(table: Table, shards: int | None) -> int:
    """
    Return how many shards the table has, by the first who used it.

    Raises StoreError when a newer crmkit wrote it, ConfigurationError for other *shards*.
    """
    found = table.get(_META)
    if found is None:
        made: Item = {**_META, "EntityType": "Table", "version": VERSION, "change": "made"}
        found = table.put({**made, "shards": shards or SHARDS}, NEW)
        found = found or table.get(_META) or {}
    if found["version"] > VERSION:
        msg = (
            f"the store {table.place.table!r} was written by a newer crmkit-dynamodb "
            f"(version {found['version']:.0f} of the table, this one knows {VERSION}); "
            "upgrade crmkit-dynamodb"
        )
        raise StoreError(msg)
    if shards not in {None, found["shards"]}:
        msg = (
            f"the table {table.place.table!r} was made with shards={found['shards']:.0f}, "
            "which stays; leave shards out of the store's URL"
        )
        raise ConfigurationError(msg)
    return int(found["shards"])
