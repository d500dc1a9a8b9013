"""
The search index, which lags behind.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock


class Index:
    """
    What search knows of persons: how they were some seconds ago.
    """

    def __init__(self, clock: Clock, lag: float) -> None:
        self._clock = clock
        self._lag = lag
        self._known: dict[int, dict[str, Any]] = {}
        self._changes: deque[tuple[float, int, dict[str, Any] | None]] = deque()

    def learn(
        self, id_: int, document: dict[str, Any] | None, *, now: bool = False
    ) -> None:
        """
        Let it know, after its lag, how a person is; None is one that is gone.
        """
        due = self._clock.monotonic() + (0 if now else self._lag)
        if now:
            self._take(id_, document)
        else:
            self._changes.append((due, id_, document))

    def known(self) -> dict[int, dict[str, Any]]:
        """
        Return what it knows by now.
        """
        while self._changes and self._changes[0][0] <= self._clock.monotonic():
            _, id_, document = self._changes.popleft()
            self._take(id_, document)
        return self._known

    def _take(self, id_: int, document: dict[str, Any] | None) -> None:
        if document is None:
            self._known.pop(id_, None)
        else:
            self._known[id_] = document
