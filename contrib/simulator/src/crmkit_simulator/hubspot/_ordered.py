"""
Values by id, in the order of the ids.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

T = TypeVar("T")


class Ordered(Generic[T]):
    """
    Values by id, quick to add to and to page through however many there are.
    """

    __slots__ = ("_order", "_values")

    def __init__(self) -> None:
        self._values: dict[str, T] = {}
        self._order: list[int] = []

    def put(self, id_: str, value: T) -> None:
        """
        Set the value of an id.
        """
        if id_ not in self._values:
            insort(self._order, int(id_))
        self._values[id_] = value

    def get(self, id_: str) -> T | None:
        """
        Return the value of an id, None if it has none.
        """
        return self._values.get(id_)

    def remove(self, id_: str) -> T | None:
        """
        Return the value of an id, None if it had none; it has none any more.
        """
        value = self._values.pop(id_, None)
        if value is not None:
            del self._order[bisect_left(self._order, int(id_))]
        return value

    def after(self, id_: int = 0) -> Iterator[tuple[str, T]]:
        """
        Return the greater ids and their values, in order.
        """
        for place in range(bisect_right(self._order, id_), len(self._order)):
            key = str(self._order[place])
            yield key, self._values[key]
