"""
Counters that several threads may raise.
"""

from __future__ import annotations

from collections import Counter
from threading import Lock


class Tally:
    """
    How often each named thing happened.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[str] = Counter()

    def add(self, name: str, number: int = 1) -> None:
        """
        Count *number* more of *name*.
        """
        with self._lock:
            self._counts[name] += number

    def as_dict(self) -> dict[str, int]:
        """
        Return all counts by name.
        """
        with self._lock:
            return dict(self._counts)
