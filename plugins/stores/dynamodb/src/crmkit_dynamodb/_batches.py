"""
All rows of one add or none: they are there once the mark of their batch is gone.

The mark is written first, and bears the owner's name. Each row bears the batch's. While
the mark stands nobody sees these rows; to delete it, in one conditional write, is to add
them all. What fails before is never seen: the mark is turned into one that says so, and
stays, since a row may still be on its way. Rows of such a batch, or of one whose owner is
gone, are deleted by whoever meets them.

A transaction would take a hundred rows, at twice the price for each; this takes any number.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from crmkit import StoreError
from crmkit_dynamodb._owners import gone
from crmkit_dynamodb._table import NEW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from crmkit_dynamodb._table import Item, Table

T = TypeVar("T")
_LOG = logging.getLogger("crmkit.dynamodb")
_OPEN, _FAILED = "open", "failed"
_KNOWN = 10_000
_OF_BATCH = "#batch = :batch"


class Batches:
    """
    The batches of a table, as one owner knows them.
    """

    def __init__(self, table: Table) -> None:
        self._table = table
        self._added: dict[str, None] = {}

    def add(self, items: Sequence[Item], owner: str, read: Callable[[Item], T]) -> list[T]:
        """
        Write all items that are new, or none; return what is read of those already there.
        """
        batch = uuid4().hex
        mark = {**_key(batch), "EntityType": "Batch", "owner": owner, "state": _OPEN}
        self._table.put({**mark, "change": batch})
        mine = [{**item, "batch": batch, "change": batch} for item in items]
        try:
            there = self._table.each(self._write, mine)
            known = [read(item) for item in there if item]
            self._commit(batch)
        except BaseException:
            self._undo(batch, mine)
            raise
        self._remember([batch])
        return known

    def add_one(self, item: Item) -> Item | None:
        """
        Write an item if it is new, else return the one that is there already.
        """
        return self._write({**item, "change": uuid4().hex})

    def seen(self, items: Sequence[Item]) -> list[Item]:
        """
        Return those of these items that were added, and sweep up what never was.
        """
        unsure = {item["batch"] for item in items if "batch" in item} - self._added.keys()
        if not unsure:
            return list(items)
        standing = self._table.get_many(map(_key, unsure))
        marks = {_batch(mark): mark for mark in standing}
        self._remember(unsure - marks.keys())
        failed = {batch for batch, mark in marks.items() if self._failed(mark)}
        self._table.each(self._sweep, [it for it in items if it.get("batch") in failed])
        return [item for item in items if item.get("batch") not in marks]

    def _write(self, item: Item) -> Item | None:
        there = self._table.put(item, NEW)
        if not there or self.seen([there]):
            return there
        # It is none that was ever added: swept up by now, or still being written.
        if there := self._table.put(item, NEW):
            msg = (
                f"the activity {_id(there)!r} is being added by another process at this "
                "moment; add it again later"
            )
            raise StoreError(msg)
        return None

    def _commit(self, batch: str) -> None:
        key = _key(batch)
        done = self._table.delete(key, "#state = :open", {"open": _OPEN})
        # No mark: it was deleted, and the answer was lost.
        if not done and self._table.get(key):
            msg = "this process was taken for dead while it added; add them again"
            raise StoreError(msg)

    def _undo(self, batch: str, items: Sequence[Item]) -> None:
        # Nobody sees the rows, whether this succeeds or not.
        with suppress(StoreError):
            if self._fail(batch):
                self._table.each(self._sweep, items)

    def _failed(self, mark: Item) -> bool:
        if mark["state"] == _OPEN and gone(self._table, [mark["owner"]]):
            return self._fail(_batch(mark))
        return bool(mark["state"] == _FAILED)

    def _fail(self, batch: str) -> bool:
        change = {"state": _FAILED, "change": uuid4().hex}
        standing = "attribute_exists(#PK)"
        return self._table.update(_key(batch), change, standing, {}) is not None

    def _sweep(self, item: Item) -> None:
        _LOG.info("a row that was never added is deleted: %s", _id(item))
        self._table.delete(item, _OF_BATCH, {"batch": item["batch"]})

    def _remember(self, batches: Iterable[str]) -> None:
        if len(self._added) > _KNOWN:
            self._added = {}
        self._added = {**self._added, **dict.fromkeys(batches)}


def _key(batch: str) -> Item:
    return {"PK": f"BATCH#{batch}", "SK": "BATCH"}


def _batch(mark: Item) -> str:
    return str(mark["PK"].partition("#")[2])


def _id(item: Item) -> str:
    return str(item["SK"].partition("#")[2])
