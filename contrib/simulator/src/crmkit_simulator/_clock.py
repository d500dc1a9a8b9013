"""
The simulator's own clock: the computer's, moved ahead on demand.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Clock:
    """
    Tells the time that the simulated CRM believes in.
    """

    def __init__(self) -> None:
        self._ahead = 0.0

    def advance(self, seconds: float) -> None:
        """
        Move the clock ahead: tokens expire, limits free up, the search index catches up.

        Raises ValueError for a negative number: no CRM's time runs backwards.
        """
        if seconds < 0:
            msg = f"the clock only moves ahead, not by {seconds} seconds"
            raise ValueError(msg)
        self._ahead += seconds

    def now(self) -> float:
        """
        Return the time in seconds since 1970.
        """
        return time.time() + self._ahead

    def monotonic(self) -> float:
        """
        Return seconds that never run backwards, whatever is done to the computer's clock.
        """
        return time.monotonic() + self._ahead

    def moment(self) -> datetime:
        """
        Return the time, in UTC.
        """
        return datetime.fromtimestamp(self.now(), UTC)


def iso(seconds: float) -> str:
    """
    Write a time since 1970 as CRMs do: UTC, to the millisecond, with a Z.
    """
    return iso_ms(round(seconds * 1000))


@lru_cache(maxsize=64)  # what one batch writes has much the same times
def iso_ms(milliseconds: int) -> str:
    """
    Write a time in milliseconds since 1970 so.
    """
    moment = _EPOCH + timedelta(milliseconds=milliseconds)
    return f"{moment.isoformat(timespec='milliseconds')[:23]}Z"
