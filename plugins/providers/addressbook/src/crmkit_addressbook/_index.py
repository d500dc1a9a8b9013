"""
Where values are: sorted numbers, 8 bytes each where a dict would take 150.

A number is a value's hash and a position; what is found must be compared with the value.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BITS = 32
_LOW = (1 << _BITS) - 1


def entry(value: str, position: int) -> int:
    """
    Return the number that stands for a value at a position.
    """
    return (hash(value) & _LOW) << _BITS | position


def index_of(entries: Iterable[int]) -> array[int]:
    """
    Return an index of these entries.
    """
    return array("Q", sorted(set(entries)))


def positions(index: array[int], value: str) -> Iterator[int]:
    """
    Yield where the value may be, from the first position to the last.
    """
    first = entry(value, 0)
    for place in range(bisect_left(index, first), len(index)):
        if index[place] > first | _LOW:
            return
        yield index[place] & _LOW


def collisions(index: array[int]) -> Iterator[list[int]]:
    """
    Yield the positions that have a hash in common.
    """
    for _, group in groupby(index, key=lambda number: number >> _BITS):
        found = [number & _LOW for number in group]
        if len(found) > 1:
            yield found
