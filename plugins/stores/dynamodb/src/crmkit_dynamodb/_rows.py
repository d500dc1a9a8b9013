"""
Rows as the index shows them, as they are, and their conditional changes.
"""

from __future__ import annotations

from heapq import merge
from itertools import chain, islice
from operator import itemgetter
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit.reports import SYNCED
from crmkit.stores import SENDING
from crmkit_dynamodb._items import ERASED, ends, key_item, key_of, spot_of
from crmkit_dynamodb._queues import due, name_of, queue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit.stores import Group, Key, Settlement
    from crmkit_dynamodb._opened import Opened
    from crmkit_dynamodb._table import Item

MINE = "#state = :sending AND #owner = :owner"
_AS_SEEN = "(attribute_not_exists(#batch) OR #batch = :batch)"
_PAGE = 1000


def queues(opened: Opened, *states: str) -> list[str]:
    """
    Return the names of all queues of these states.
    """
    return [queue(state, shard) for state in states for shard in range(opened.shards)]


def listed(opened: Opened, name: str, **query: Any) -> Iterator[Item]:
    """
    Yield what the index shows of a queue, without what was never added.
    """
    found = opened.table.query(name, **query)
    while some := list(islice(found, _PAGE)):
        yield from opened.batches.seen(some)


def found(opened: Opened, keys: Iterable[Key]) -> list[Item]:
    """
    Return those of these rows that there are, as they are now, in any order.
    """
    return opened.batches.seen(opened.table.get_many(map(key_item, keys)))


def waiting(
    opened: Opened, group: Group, state: str, now: float, page: int
) -> Iterator[Item]:
    """
    Yield what the index shows of a group's due rows, those due the longest first.
    """

    def begun(name: str) -> Iterator[Item]:
        rest = opened.table.query(name, between=due(name_of(group), now), page=page)
        return chain(list(islice(rest, 1)), rest)

    each_shard = opened.table.each(begun, queues(opened, state))
    return merge(*each_shard, key=itemgetter("position"))


def lease(
    opened: Opened, items: Sequence[Item], state: str, now: float | None
) -> list[Item]:
    """
    Lease those of these rows that are in this state, and due by *now*; return them then.
    """
    owner = opened.owner.hold()
    where = f"#state = :state AND {_AS_SEEN}" + (
        "" if now is None else " AND #dueAt <= :now"
    )

    def take(item: Item) -> Item | None:
        spot = spot_of(item, opened.shards)
        index = {"queue": queue(SENDING, spot.shard)}
        change = {"state": SENDING, "owner": owner, "batch": None, "change": uuid4().hex}
        values = {"state": state, "batch": item.get("batch", ""), "now": now}
        taken = opened.table.update(
            item, {**change, **index}, where, _given(values), counted="attempts"
        )
        if taken:
            opened.leased[key_of(taken)] = spot_of(taken, opened.shards)
        return taken

    return [taken for taken in opened.table.each(take, items) if taken]


def moved(
    opened: Opened, item: Item, changes: Item, where: str, values: Mapping[str, Any]
) -> bool:
    """
    Change a row, its state and the time at which it is due among it; tell whether.
    """
    spot = spot_of(item, opened.shards)
    index = spot.at(changes["state"], changes["dueAt"])
    change = {**changes, **index, "batch": None, "change": uuid4().hex}
    return opened.table.update(item, change, where, values) is not None


def settled(opened: Opened, it: Settlement) -> bool:
    """
    End this owner's lease of a row; tell whether it was its own still.
    """
    spot = opened.leased[it.key]
    changes: Item = {
        "state": it.state,
        "dueAt": it.due_at,
        "remoteId": it.remote_id,
        "errorType": it.error_type,
        "error": it.error,
        "owner": None,
        "batch": None,
        "change": uuid4().hex,
        **spot.at(it.state, it.due_at),
    }
    if it.state == SYNCED:
        changes |= {**dict.fromkeys(ERASED), "ttl": ends(spot.stored_at)}
    values = {"sending": SENDING, "owner": opened.owner.name}
    done = opened.table.update(key_item(it.key), changes, MINE, values)
    opened.leased.pop(it.key, None)
    return done is not None


def given_back(opened: Opened, items: Iterable[Item], state: str) -> None:
    """
    Undo leases of rows that cannot be read.
    """
    values = {"sending": SENDING, "owner": opened.owner.name}
    for item in items:
        changes = {"state": state, "dueAt": item["dueAt"], "owner": None}
        moved(opened, item, changes, MINE, values)
        opened.leased.pop(key_of(item), None)


def _given(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
