"""
A clock that tests turn themselves.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Clock:
    """
    Time that passes only when somebody sleeps or turns it; *waits* lists every sleep.

    For ``CRMConnector(clock=…)``: waits cost no time. Safe for threads.
    """

    def __init__(self) -> None:
        self.waits: list[float] = []
        self._passed = 0.0
        self._lock = Lock()

    def now(self) -> datetime:
        """
        Return the time, which starts at noon of 1 May 2026, UTC.
        """
        return START + timedelta(seconds=self._passed)

    def monotonic(self) -> float:
        """
        Return the seconds that have passed.
        """
        return self._passed

    def sleep(self, seconds: float) -> None:
        """
        Let time pass, and remember that somebody waited for it.
        """
        self.waits.append(seconds)
        self.turn(seconds)

    def turn(self, seconds: float) -> None:
        """
        Let time pass.
        """
        with self._lock:
            self._passed += seconds
