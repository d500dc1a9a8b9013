"""
The store: an outbox in a table of DynamoDB.
"""

from __future__ import annotations

from functools import partial
from heapq import nsmallest
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import CrmkitError
from crmkit.reports import DEAD, PENDING, SYNCED, UNCERTAIN
from crmkit.stores import SENDING, Forgotten
from crmkit_dynamodb import _rows
from crmkit_dynamodb._groups import due_groups
from crmkit_dynamodb._items import item_of, key_item, key_of, row_of, spot_of, user_key
from crmkit_dynamodb._owners import gone
from crmkit_dynamodb._queues import moment
from crmkit_dynamodb._rows import MINE
from crmkit_dynamodb._vault import DynamoVault

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit.stores import Group, Key, Row, Settlement
    from crmkit_dynamodb._opened import Opened
    from crmkit_dynamodb._table import Item

_LEFT = (PENDING, UNCERTAIN, DEAD)
_PAGE = 1000
_AT_ONCE = 100
_AT_REST = "#state IN (:pending, :uncertain, :dead)"
_THEIRS = "#clientId = :client AND #provider = :provider"


class DynamoStore(DynamoVault):
    """
    A store in one table, for many machines; see stores.Store and vaults.Vault.

    What the index finds may lie a moment behind what was written; whether a row may be
    leased or changed is always decided by the row itself.
    """

    def add(self, rows: Sequence[Row]) -> Mapping[Key, Row]:
        opened = self._open()
        items = [item_of(row, self.keys, opened.shards) for row in rows]
        leased = [item for item in items if item["state"] == SENDING]
        owner = opened.owner.hold() if leased or len(items) > 1 else opened.owner.name
        for item in leased:
            item["owner"] = owner
        known = {row.key: row for row in self._written(opened, items, owner)}
        for item in leased:
            if key_of(item) not in known:
                opened.leased[key_of(item)] = spot_of(item, opened.shards)
        return known

    def groups(self, now: float) -> Sequence[Group]:
        opened = self._open()
        names = _rows.queues(opened, PENDING, UNCERTAIN)
        found = opened.table.each(partial(due_groups, opened, now=now), names)
        return sorted(set(chain.from_iterable(found)))

    def claim(self, group: Group, *, state: str, now: float, limit: int) -> Sequence[Row]:
        opened = self._open()
        waiting = _rows.waiting(opened, group, state, now, min(limit, _PAGE))
        leased: list[Item] = []
        while some := list(islice(waiting, min(limit - len(leased), _AT_ONCE))):
            leased += _rows.lease(opened, opened.batches.seen(some), state, now)
        try:
            rows = [row_of(item, self.keys) for item in leased]
        except CrmkitError:
            _rows.given_back(opened, leased, state)
            raise
        return [evolve(row, state=state, attempts=row.attempts - 1) for row in rows]

    def claim_keys(self, keys: Sequence[Key]) -> Sequence[Key]:
        opened = self._open()
        found = [it for it in _rows.found(opened, keys) if it["state"] == PENDING]
        leased = {key_of(item) for item in _rows.lease(opened, found, PENDING, None)}
        return [key for key in keys if key in leased]

    def settle(self, settlements: Iterable[Settlement]) -> int:
        opened = self._open()
        mine = [it for it in settlements if it.key in opened.leased]
        return sum(opened.table.each(partial(_rows.settled, opened), mine))

    def recover(self, now: float) -> int:
        opened = self._open()
        names = _rows.queues(opened, SENDING)
        shown = chain.from_iterable(_rows.listed(opened, name) for name in names)
        theirs = [item for item in shown if item["owner"] != opened.owner.name]
        left = gone(opened.table, {item["owner"] for item in theirs})
        change = {"state": UNCERTAIN, "dueAt": now, "owner": None}

        def free(item: Item) -> bool:
            values = {"sending": SENDING, "owner": item["owner"]}
            return _rows.moved(opened, item, change, MINE, values)

        return sum(opened.table.each(free, [it for it in theirs if it["owner"] in left]))

    def get(self, key: Key) -> Row | None:
        opened = self._open()
        item = opened.table.get(key_item(key))
        found = opened.batches.seen([item]) if item else []
        return row_of(found[0], self.keys) if found else None

    def rows(self, *, state: str | None, limit: int) -> Sequence[Row]:
        opened = self._open()
        states = [state] if state else [SENDING, *_LEFT]
        names = _rows.queues(opened, *states)
        shown = chain.from_iterable(_rows.listed(opened, name) for name in names)
        first = nsmallest(limit, shown, key=itemgetter("sequence"))
        found = _rows.found(opened, dict.fromkeys(map(key_of, first)))
        found.sort(key=itemgetter("sequence"))
        return [row_of(item, self.keys) for item in found if item["state"] in states]

    def counts(self) -> Mapping[str, int]:
        opened = self._open()

        def count(name: str) -> int:
            return sum(1 for _ in _rows.listed(opened, name))

        states = (SENDING, *_LEFT, SYNCED)
        numbers = iter(opened.table.each(count, _rows.queues(opened, *states)))
        return {state: sum(islice(numbers, opened.shards)) for state in states}

    def retry(self, keys: Sequence[Key], now: float) -> int:
        opened = self._open()
        values = {state: state for state in _LEFT}
        change = {"state": PENDING, "dueAt": now}

        def again(item: Item) -> bool:
            return _rows.moved(opened, item, change, _AT_REST, values)

        return sum(opened.table.each(again, _rows.found(opened, keys)))

    def drop(self, keys: Sequence[Key]) -> int:
        opened = self._open()
        values = {state: state for state in _LEFT}
        delete = partial(opened.table.delete, where=_AT_REST, values=values)
        return sum(opened.table.each(delete, _rows.found(opened, keys)))

    def purge(self, before: float) -> int:
        # Most are gone by themselves: the table's time to live is as long as the ledger's.
        opened = self._open()
        old = (" ", moment(before))
        names = _rows.queues(opened, SYNCED)
        found = [item for it in names for item in _rows.listed(opened, it, between=old)]
        where, values = "#state = :synced", {"synced": SYNCED}
        delete = partial(opened.table.delete, where=where, values=values)
        return sum(opened.table.each(delete, found))

    def forget(self, client_id: str, *, provider: str, user_id: str | None) -> Forgotten:
        opened = self._open()
        theirs, values = _THEIRS, {"client": client_id, "provider": provider}
        if user_id is not None:
            theirs, values = f"{theirs} AND #PK = :PK", {**values, "PK": user_key(user_id)}
        names = _rows.queues(opened, SENDING, *_LEFT)
        shown = {
            key_of(item): item
            for name in names
            for item in _rows.listed(opened, name, where=theirs, values=values)
        }
        states = {state: state for state in _LEFT}
        delete = partial(
            opened.table.delete, where=f"{_AT_REST} AND {theirs}", values=values | states
        )
        erased = sum(opened.table.each(delete, shown.values()))
        left = _rows.found(opened, shown)
        return Forgotten(erased, sum(item["state"] == SENDING for item in left))

    def _written(self, opened: Opened, items: Sequence[Item], owner: str) -> list[Row]:
        read = partial(row_of, keys=self.keys)
        if len(items) > 1:
            return opened.batches.add(items, owner, read)
        there = [opened.batches.add_one(item) for item in items]
        return [read(item) for item in there if item]
