"""
Which groups have something due: leaps through the index.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from crmkit_dynamodb._items import group_of
from crmkit_dynamodb._queues import due, name_of, past

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit.stores import Group
    from crmkit_dynamodb._opened import Opened

_PAGE = 100
_FIRST, _LAST = " ", "~"


def due_groups(opened: Opened, name: str, now: float) -> list[Group]:
    """
    Return the groups of a queue that have a row due by *now*.
    """
    return [group for group, first in _firsts(opened, name) if first <= _due(group, now)]


def _firsts(opened: Opened, name: str) -> Iterator[tuple[Group, str]]:
    """
    Yield each group of a queue with the position of its first row.

    A page may show many groups with few rows each, or the first rows of one with many:
    the next page begins behind the last group that it shows.
    """
    after = _FIRST
    while True:
        rest = opened.table.query(name, between=(after, _LAST), page=_PAGE)
        page = list(islice(rest, _PAGE))
        firsts: dict[Group, str] = {}
        for item in opened.batches.seen(page):
            firsts.setdefault(group_of(item), item["position"])
        yield from firsts.items()
        if len(page) < _PAGE:
            return
        last = page[-1]
        hidden = group_of(last) not in firsts
        after = f"{last['position']}!" if hidden else past(name_of(group_of(last)))


def _due(group: Group, now: float) -> str:
    return due(name_of(group), now)[1]
