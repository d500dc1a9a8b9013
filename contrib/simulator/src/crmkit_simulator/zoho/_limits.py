"""
Zoho's limits: credits in a day, requests at once, and one that is set on demand.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from crmkit_simulator._window import Window, parse_limit
from crmkit_simulator.zoho._errors import Code, Refused, problem

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator.zoho._asked import Asked

LEFT = "X-API-CREDITS-REMAINING"
_DAY = 86_400
_HEAVY_AT_ONCE, _HEAVY_ROWS = 10, 10
_SEARCHES = {"search", "coql"}


class Limits:
    """
    Counts what an account's requests cost, and how many are at work.

    *daily* are the credits of any 24 hours, *concurrency* the requests at once, each of
    which is at work for *takes* seconds. *limit* of None is none.
    """

    def __init__(
        self, clock: Clock, limit: str | None, daily: int, concurrency: int, takes: float
    ) -> None:
        self._clock = clock
        self._daily = daily
        self._concurrency = concurrency
        self.takes = takes
        self._off = False
        self._window: Window | None = None
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0
        self._at_work: list[tuple[float, bool]] = []
        if limit is not None:
            self.set(limit)

    def set(self, limit: str) -> None:
        """
        Set a rate, and count anew; ``off`` lifts all limits. Raises ValueError.
        """
        rate = parse_limit(limit)
        self._off = rate is None
        self._window = Window(rate) if rate else None
        self._spent.clear()
        self._sum = 0

    def enter(self, asked: Asked) -> None:
        """
        Let a request begin; raises Refused, and all limits are told in the same way.
        """
        if self._off:
            return
        now = self._clock.monotonic()
        while self._spent and self._spent[0][0] <= now - _DAY:
            self._sum -= self._spent.popleft()[1]
        if self._sum >= self._daily:
            raise too_many()
        heavy = is_heavy(asked)
        self._at_work = [one for one in self._at_work if one[0] > now]
        too_heavy = sum(one for _, one in self._at_work) >= _HEAVY_AT_ONCE
        if len(self._at_work) >= self._concurrency or (heavy and too_heavy):
            raise too_many()
        if self._window and not self._window.take(now):
            raise too_many()
        if self.takes:
            self._at_work.append((now + self.takes, heavy))

    def charge(self, credits_: int) -> None:
        """
        Count what a request has cost.
        """
        self._spent.append((self._clock.monotonic(), credits_))
        self._sum += credits_

    def headers(self) -> dict[str, str]:
        """
        Return the header that tells what is left, once half of it is spent.
        """
        if self._off or self._sum * 2 < self._daily:
            return {}
        return {LEFT: str(max(0, self._daily - self._sum))}


def is_heavy(asked: Asked) -> bool:
    """
    Tell whether fewer of these may be at work at once: searches, and long batches.
    """
    if _SEARCHES.intersection(asked.parts):
        return True
    try:
        return asked.method in {"POST", "PUT"} and len(asked.rows) > _HEAVY_ROWS
    except Refused:
        return False


def too_many() -> Refused:
    """
    Return the refusal of a limit that is used up: nobody is told which, or until when.
    """
    message = "You have made too many requests. Please try again after some time."
    return Refused(429, problem(Code.TOO_MANY_REQUESTS, message))
