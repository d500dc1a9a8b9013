"""
Staying within a CRM's rate limits, one limiter for each account.
"""

from __future__ import annotations

from bisect import bisect_right, insort
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
        self._rates = dict(rates)
        self._clock = clock
        self._lock = Lock()
        self._taken: dict[str, list[float]] = {}
        self._closed_until: dict[str, float] = {}

    def wait(self, bucket: str, patience: Patience) -> tuple[float, float]:
        """
        Wait until a request to *bucket* is allowed; return the seconds and its start.

        Raises RateLimitedError when that takes longer than the caller's patience.
        """
        with self._lock:
            now = self._clock.monotonic()
            start = max(now, self._free_at(bucket), self._closed_until.get(bucket, now))
            if not patience.allows(start - now, self._clock):
                msg = f"the rate limit is used up for another {start - now:.0f} s"
                raise RateLimitedError(msg, retry_after=start - now)
            self._take(bucket, start, now)
        if start > now:
            self._clock.sleep(start - now)
        return start - now, start

    def answered(self, bucket: str, start: float) -> None:
        """
        Count the request that began at *start* from now on.

        Between start and answer nobody can tell when the CRM counted it, and its window
        must not be taken for over too early.
        """
        with self._lock:
            taken = self._taken.get(bucket, [])
            place = bisect_right(taken, start) - 1
            if place >= 0 and taken[place] == start:
                del taken[place]
                insort(taken, self._clock.monotonic())

    def learn(self, limit: Limit) -> None:
        """
        Heed what an answer says of its bucket.

        Where it tells the rate, that rate holds from now on, and what others used of it
        counts as used now. Else, with nothing remaining, the bucket is closed until it
        resets.
        """
        if limit.allows is None:
            if limit.remaining <= 0:
                self.close(limit.bucket, limit.resets_in)
            return
        with self._lock:
            now = self._clock.monotonic()
            self._rates[limit.bucket] = limit.allows
            ours = len(self._in_window(limit.bucket, now))
            used = limit.allows.requests - max(0, limit.remaining)
            for _ in range(used - ours):
                self._take(limit.bucket, now, now)

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
        return taken[-rate.requests] + rate.per

    def _take(self, bucket: str, start: float, now: float) -> None:
        if bucket in self._rates:
            insort(self._in_window(bucket, now), start)

    def _in_window(self, bucket: str, now: float) -> list[float]:
        taken = self._taken.setdefault(bucket, [])
        del taken[: bisect_right(taken, now - self._rates[bucket].per)]
        return taken
