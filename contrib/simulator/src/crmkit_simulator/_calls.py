"""
A record of the requests that were made, and of what they got.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Sequence
from typing import NamedTuple, overload

_KEPT = 100_000  # the newest; counts go on


class Call(NamedTuple):
    """
    One request; a status of None means that it got no answer.

    *limited* are those that a limit refused.
    """

    method: str
    path: str
    status: int | None
    at: float
    fault: str | None
    limited: bool = False


class Calls(Sequence[Call]):
    """
    The requests so far, the oldest first.
    """

    def __init__(self) -> None:
        self._calls: deque[Call] = deque(maxlen=_KEPT)
        self._statuses: Counter[int | None] = Counter()
        self._limited = 0

    def add(self, call: Call) -> None:
        """
        Record one.
        """
        self._calls.append(call)
        self._statuses[call.status] += 1
        self._limited += call.limited

    def clear(self) -> None:
        """
        Forget all.
        """
        self._calls.clear()
        self._statuses.clear()
        self._limited = 0

    @property
    def total(self) -> int:
        """
        How many there were.
        """
        return self._statuses.total()

    @property
    def limited(self) -> int:
        """
        How many were refused because of a limit.
        """
        return self._limited

    @property
    def statuses(self) -> dict[int | None, int]:
        """
        How many there were with each status; None is for those without an answer.
        """
        return dict(self._statuses)

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[Call]:
        return iter(list(self._calls))

    @overload
    def __getitem__(self, index: int) -> Call: ...
    @overload
    def __getitem__(self, index: slice) -> list[Call]: ...
    def __getitem__(self, index: int | slice) -> Call | list[Call]:
        return list(self._calls)[index]
