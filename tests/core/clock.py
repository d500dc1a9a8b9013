"""
A clock that tests turn themselves: waiting costs no time and is remembered.
"""

from datetime import UTC, datetime, timedelta
from threading import Lock

START = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)


class Clock:
    """
    Time that passes only when somebody sleeps or turns it; *waits* lists every sleep.
    """

    def __init__(self):
        self.waits = []
        self._passed = 0.0
        self._lock = Lock()

    def now(self):
        return START + timedelta(seconds=self._passed)

    def monotonic(self):
        return self._passed

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.turn(seconds)

    def turn(self, seconds):
        with self._lock:
            self._passed += seconds
