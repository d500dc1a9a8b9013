"""
HubSpot's rate limits: ten seconds, a day, and searches in a second.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator._window import Limit, Window, parse_limit
from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.hubspot._errors import PORTAL

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator.hubspot._auth import Token

POLICIES = ("TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY")
_SEARCHES = Limit(5, 1.0)
_DAY = 86_400


class Limits:
    """
    Counts requests; an app is a token here, and the day is the account's.
    """

    def __init__(self, clock: Clock, limit: str, daily: int) -> None:
        self._clock = clock
        self._daily = daily
        self.set(limit)

    def set(self, limit: str) -> None:
        """
        Set the limit, and count anew; raises ValueError.
        """
        self._limit = parse_limit(limit)
        self._windows: dict[str, Window] = {}
        self._searches = Window(_SEARCHES)
        self._today = 0, 0

    def take(self, token: Token, *, search: bool) -> Answer | None:
        """
        Count a request; None if it is allowed, else the answer that refuses it.
        """
        if self._limit is None:
            return None
        if search:
            now = self._clock.monotonic()
            return None if self._searches.take(now) else self.refusal("SECONDLY", {})
        return self._count(token)

    def headers(self, token: Token | None) -> dict[str, str]:
        """
        Return the headers that tell how much is left.
        """
        if self._limit is None or token is None:
            return {}
        found = {
            "X-HubSpot-RateLimit-Max": str(self._limit.requests),
            "X-HubSpot-RateLimit-Remaining": str(self._window(token).remaining),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(
                int(self._limit.seconds * 1000)
            ),
        }
        if not token.oauth:
            found["X-HubSpot-RateLimit-Daily"] = str(self._daily)
            found["X-HubSpot-RateLimit-Daily-Remaining"] = str(self._daily - self._today[1])
        return found

    def refusal(self, policy: str, headers: dict[str, str]) -> Answer:
        """
        Return the answer of a limit that is used up.
        """
        body: dict[str, Any] = {
            "status": "error",
            "message": f"You have reached your {policy.lower()} limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": str(uuid4()),
            "policyName": policy,
        }
        if policy != POLICIES[0]:
            body["requestId"] = str(uuid4())
        if policy != "DAILY":
            body["groupName"] = f"publicapi:private-app-api-calls-{policy.lower()}:{PORTAL}"
        return answer(429, body, headers)

    def _count(self, token: Token) -> Answer | None:
        day = int(self._clock.now() // _DAY)
        count = self._today[1] if self._today[0] == day else 0
        self._today = day, count
        if count >= self._daily and not token.oauth:
            return self.refusal("DAILY", self.headers(token))
        if not self._window(token).take(self._clock.monotonic()):
            return self.refusal("TEN_SECONDLY_ROLLING", self.headers(token))
        self._today = day, count + (not token.oauth)
        return None

    def _window(self, token: Token) -> Window:
        if token.value not in self._windows and self._limit is not None:
            self._windows[token.value] = Window(self._limit)
        return self._windows[token.value]
