"""
Staying within a CRM's rate limits, one limiter for each account.
"""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from crmkit.errors import RateLimitedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._clock import Clock
    from crmkit._retry import Patience
    from crmkit.infos import Limit, Rate


class Limiter:
    """
    The buckets of one account: never more than each rate allows in any window.
    """

    def __init__(self, rates: Mapping[str, Rate], clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._lock = Lock()
        self._taken: dict[str, deque[float]] = {}
        self._closed_until: dict[str, float] = {}

    def wait(self, bucket: str, patience: Patience) -> float:
        """
        Wait until a request to *bucket* is allowed; return the seconds waited.

        Raises RateLimitedError when that takes longer than the caller's patience.
        """
        with self._lock:
            now = self._clock.monotonic()
            start = max(now, self._free_at(bucket), self._closed_until.get(bucket, now))
            if not patience.allows(start - now, self._clock):
                msg = f"the rate limit is used up for another {start - now:.0f} s"
                raise RateLimitedError(msg, retry_after=start - now)
            self._take(bucket, start)
        if start > now:
            self._clock.sleep(start - now)
        return start - now

    def learn(self, limit: Limit) -> None:
        """
        Heed what an answer says: with nothing remaining, close the bucket until it resets.
        """
        if limit.remaining <= 0:
            self.close(limit.bucket, limit.resets_in)

    def close(self, bucket: str, seconds: float) -> None:
        """
        Send nothing to *bucket* for so many seconds.
        """
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._closed_until[bucket] = max(until, self._closed_until.get(bucket, 0.0))

    def _free_at(self, bucket: str) -> float:
        rate, taken = self._rates.get(bucket), self._taken.get(bucket)
        if rate is None or not taken or len(taken) < rate.requests:
            return 0.0
        return taken[0] + rate.per

    def _take(self, bucket: str, start: float) -> None:
        rate = self._rates.get(bucket)
        if rate is not None:
            self._taken.setdefault(bucket, deque(maxlen=rate.requests)).append(start)
