"""
Pipedrive's limits: two seconds for each token, searches apart, a budget for the day.
"""

from __future__ import annotations

from collections import deque
from math import ceil
from typing import TYPE_CHECKING

from crmkit_simulator._window import Limit, Window, parse_limit
from crmkit_simulator._wire import Answer, answer

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator.pipedrive._auth import Token

POLICIES = ("burst", "search", "daily", "blocked")
_SEARCHES = Limit(10, 2.0)
_APPS = 4  # times what a user's own token may do
_DAY, _MIDNIGHT = 86_400, 5 * 3600  # the server's midnight is not that of UTC
_ANGER = 10.0  # seconds in which refusals are counted
_BLOCKED = 60.0
_PAGE = b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title><h1>Blocked</h1>\n"


class Limits:
    """
    Counts requests, and what they cost.

    *daily* is the budget of the company. After *patience* refusals in ten seconds an API
    token is blocked for a minute. With *daily_headers* answers tell of the budget.
    """

    def __init__(
        self, clock: Clock, limit: str, daily: int, patience: int, *, daily_headers: bool
    ) -> None:
        self._clock = clock
        self._daily = daily
        self._patience = patience
        self._daily_headers = daily_headers
        self.set(limit)

    def set(self, limit: str) -> None:
        """
        Set what an API token may do in two seconds, and count anew; raises ValueError.
        """
        self._limit = parse_limit(limit)
        self._windows: dict[tuple[str, bool], Window] = {}
        self._refused: dict[str, deque[float]] = {}
        self._blocked: dict[str, float] = {}
        self._today = 0, 0

    def take(self, token: Token, cost: int, *, search: bool) -> Answer | None:
        """
        Count a request; None if it is allowed, else the answer that refuses it.
        """
        if self._limit is None:
            return None
        now = self._clock.monotonic()
        if self._blocked.get(token.value, now) > now:
            return self.refusal("blocked", {})
        fits = self._window(token, search=search).take(now)
        if not fits or self._spent() + cost > self._daily:
            self._anger(token)
            policy = "daily" if fits else "burst"
            return self.refusal(policy, self.headers(token, search=search))
        self._today = self._day(), self._spent() + cost
        return None

    def _day(self) -> int:
        return int((self._clock.now() - _MIDNIGHT) // _DAY)

    def _spent(self) -> int:
        return self._today[1] if self._today[0] == self._day() else 0

    def _anger(self, token: Token) -> None:
        if token.oauth:
            return  # only the traffic of API tokens is blocked
        now = self._clock.monotonic()
        times = self._refused.setdefault(token.value, deque())
        while times and times[0] <= now - _ANGER:
            times.popleft()
        times.append(now)
        if len(times) > self._patience:
            self._blocked[token.value] = now + _BLOCKED
            times.clear()

    def headers(self, token: Token | None, *, search: bool = False) -> dict[str, str]:
        """
        Return the headers that tell how much is left; the reset is in seconds.
        """
        if self._limit is None or token is None:
            return {}
        window = self._window(token, search=search)
        reset = ceil(window.resets_in(self._clock.monotonic()))
        found = {
            "x-ratelimit-limit": str(window.limit.requests),
            "x-ratelimit-remaining": str(window.remaining),
            "x-ratelimit-reset": str(reset),
        }
        if self._daily_headers:
            found["x-daily-ratelimit-token-limit"] = str(self._daily)
            found["x-daily-ratelimit-token-remaining"] = str(self._daily - self._spent())
        return found

    def on_demand(self, policy: str, token: Token | None) -> Answer:
        """
        Return the answer of a limit that is not used up, as if it were.
        """
        headers = self.headers(token)
        if policy in ("burst", "search"):
            headers |= {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2"}
        elif self._daily_headers:
            headers["x-daily-ratelimit-token-remaining"] = "0"
        return self.refusal(policy, headers)

    def refusal(self, policy: str, headers: dict[str, str]) -> Answer:
        """
        Return the answer of a limit that is used up.

        That of the day has a Retry-After that does not help, as was seen live.
        """
        if policy == "blocked":
            html = {"Content-Type": "text/html; charset=UTF-8"}
            return Answer(403, _PAGE, html, limited=True)
        if policy == "daily":
            spent = {"success": False, "error": "Daily rate limit exceeded"}
            return answer(429, spent, {**headers, "Retry-After": "2"})
        body = {"success": False, "error": "request over limit", "code": 429}
        return answer(429, body, headers)

    def _window(self, token: Token, *, search: bool) -> Window:
        key = token.value, search
        if key not in self._windows and self._limit is not None:
            own = self._limit
            if token.oauth:
                own = Limit(own.requests * _APPS, own.seconds)
            self._windows[key] = Window(_SEARCHES if search else own)
        return self._windows[key]
