"""
Time: what the clock says, and waiting.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """
    What crmkit needs of a clock; tests bring one that they turn themselves.
    """

    def now(self) -> datetime:
        """
        Return the current time, aware.
        """

    def monotonic(self) -> float:
        """
        Return seconds that never run backwards.
        """

    def sleep(self, seconds: float) -> None:
        """
        Wait.
        """


class SystemClock:
    """
    The computer's own clock.
    """

    def now(self) -> datetime:
        """
        Return the current time, in UTC.
        """
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """
        Return seconds that never run backwards.
        """
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """
        Wait.
        """
        time.sleep(seconds)
