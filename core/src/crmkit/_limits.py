"""
Staying within a CRM's rate limits, one limiter for each account.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from threading import Lock
from typing import TYPE_CHECKING

from crmkit.errors import RateLimitedError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._clock import Clock
    from crmkit._retry import Patience
    from crmkit.infos import Limit, Rate


_HOUR = 3600.0


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
        self._daily_used = 0.0
        self._told_daily = 0.0

    def wait(self, bucket: str, patience: Patience) -> tuple[float, float]:
        """
        Wait until a request to *bucket* is allowed; return the seconds and its start.

        Raises RateLimitedError when that takes longer than the caller's patience, or when
        what the caller may use of a day is used up.
        """
        self._check_day(patience)
        waited = 0.0
        while True:
            with self._lock:
                now = self._clock.monotonic()
                closed_until = self._closed_until.get(bucket, now)
                start = max(now, closed_until, self._free_at(bucket, now))
                if start == now:
                    self._taken.setdefault(bucket, []).append(now)
                    return waited, now
            if not patience.allows(start - now, self._clock):
                msg = f"the rate limit is used up for another {start - now:.0f} s"
                raise RateLimitedError(msg, retry_after=start - now)
            # No place is kept meanwhile: what is answered now may take it.
            self._clock.sleep(start - now)
            waited += start - now

    def answered(self, bucket: str, start: float) -> None:
        """
        Count the request that began at *start* from now on.

        Between start and answer nobody can tell when the CRM counted it, and its window
        must not be taken for over too early. Where no rate is known it is forgotten.
        """
        with self._lock:
            taken = self._taken.get(bucket, [])
            place = bisect_left(taken, start)
            if place < len(taken) and taken[place] == start:
                del taken[place]
                if bucket in self._rates:
                    taken.append(self._clock.monotonic())

    def learn(self, limit: Limit) -> None:
        """
        Heed what an answer says of its bucket.

        Where it tells the rate, that rate holds from now on, and what others used of it
        counts as used now. Else, with nothing remaining, the bucket is closed until it
        resets.
        """
        if limit.daily_used is not None:
            self._daily_used, self._told_daily = limit.daily_used, self._clock.monotonic()
        if limit.allows is None:
            if limit.remaining <= 0:
                self.close(limit.bucket, limit.resets_in)
            return
        with self._lock:
            now = self._clock.monotonic()
            self._rates[limit.bucket] = limit.allows
            ours = len(self._in_window(limit.bucket, now))
            used = limit.allows.requests - max(0, limit.remaining)
            self._taken[limit.bucket] += [now] * (used - ours)

    def close(self, bucket: str, seconds: float) -> None:
        """
        Send nothing to *bucket* for so many seconds.
        """
        with self._lock:
            until = self._clock.monotonic() + seconds
            self._closed_until[bucket] = max(until, self._closed_until.get(bucket, 0.0))

    def _check_day(self, patience: Patience) -> None:
        share, used = patience.daily_share, self._daily_used
        left = self._told_daily + _HOUR - self._clock.monotonic()
        # What was told an hour ago may be of another day: one request asks anew.
        if share is not None and used >= share and left > 0:
            msg = f"{used:.0%} of the day's requests are used; this run leaves the rest"
            raise RateLimitedError(msg, retry_after=left)

    def _free_at(self, bucket: str, now: float) -> float:
        rate = self._rates.get(bucket)
        if rate is None:
            return 0.0
        taken = self._in_window(bucket, now)
        return 0.0 if len(taken) < rate.requests else taken[-rate.requests] + rate.per

    def _in_window(self, bucket: str, now: float) -> list[float]:
        taken = self._taken.setdefault(bucket, [])
        del taken[: bisect_right(taken, now - self._rates[bucket].per)]
        return taken
