"""
Where plugins cache: a mapping that several threads may use.
"""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from threading import RLock
from typing import Any


class Memory(MutableMapping[str, Any]):
    """
    A mapping that several threads may use, kept for one account until the connector closes.
    """

    def __init__(self) -> None:
        self._lock = RLock()
        self._values: dict[str, Any] = {}

    def __getitem__(self, key: str) -> Any:
        with self._lock:
            return self._values[key]

    def __setitem__(self, key: str, value: Any) -> None:
        with self._lock:
            self._values[key] = value

    def __delitem__(self, key: str) -> None:
        with self._lock:
            del self._values[key]

    def __iter__(self) -> Iterator[str]:
        with self._lock:
            return iter(list(self._values))

    def __len__(self) -> int:
        with self._lock:
            return len(self._values)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """
        Return the value of *key*, set to *default* if there was none, in one step.
        """
        with self._lock:
            return self._values.setdefault(key, default)
