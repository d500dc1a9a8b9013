"""
Who leases: an item that its owner renews while it holds anything.

An owner is gone when its item is, or when nobody renewed it in time. Clocks of machines
may differ by less than half a lease: it is renewed whenever a third of it has passed.
"""

from __future__ import annotations

import logging
from threading import Event, Lock, Thread
from time import time
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit_dynamodb._table import Item, Table

_LOG = logging.getLogger("crmkit.dynamodb")
_KEPT = 86_400  # seconds until what nobody renews is deleted by itself


class Owner:
    """
    One store object of a live process, by its *name*.
    """

    def __init__(self, table: Table, seconds: float) -> None:
        self.name = uuid4().hex
        self._table, self._seconds = table, seconds
        self._until = 0.0
        self._lock = Lock()
        self._left = Event()

    def hold(self) -> str:
        """
        Return the name once its lease is durable, and keep it from now on.
        """
        with self._lock:
            if self._until == 0.0:
                self.renew()
                Thread(target=self._keep, name="crmkit lease", daemon=True).start()
            elif time() > self._until - self._seconds / 2:
                self.renew()
        return self.name

    def renew(self) -> None:
        """
        Begin the lease anew.
        """
        until = time() + self._seconds
        item = {**_key(self.name), "EntityType": "Owner", "until": until}
        self._table.put({**item, "ttl": int(until) + _KEPT, "change": self.name})
        self._until = until

    def leave(self) -> None:
        """
        Give up all leases.
        """
        self._left.set()
        if self._until:
            self._table.delete(_key(self.name), "attribute_exists(#PK)", {})

    def stop(self) -> None:
        """
        Renew no longer.
        """
        self._left.set()

    def _keep(self) -> None:
        while not self._left.wait(self._seconds / 3):
            try:
                self.renew()
            except StoreError as error:  # it may be renewed before it is over
                _LOG.warning("a lease cannot be renewed: %s", error)


def gone(table: Table, names: Iterable[str]) -> set[str]:
    """
    Return those of these owners that are gone.
    """
    wanted = set(names)
    found = table.get_many(_key(name) for name in wanted)
    now = time()
    return wanted - {item["name"] for item in map(_named, found) if item["until"] >= now}


def _key(name: str) -> Item:
    return {"PK": f"OWNER#{name}", "SK": "OWNER"}


def _named(item: Item) -> Item:
    return {**item, "name": item["PK"].removeprefix("OWNER#")}
