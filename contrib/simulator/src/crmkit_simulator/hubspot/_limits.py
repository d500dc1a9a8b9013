"""
HubSpot's rate limits: ten seconds, a day, searches in a second.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator._window import Limit, Window, parse_limit
from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.hubspot._errors import PORTAL

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator.hubspot._auth import Token

POLICIES = ("TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY")
_SEARCHES, _ASSOCIATIONS = Limit(5, 1.0), Limit(100, 10.0)
_LEFT = "X-HubSpot-RateLimit-Remaining"
_LEFT_TODAY = "X-HubSpot-RateLimit-Daily-Remaining"
_DAY = 86_400


class Kind(Enum):
    """
    The sorts of requests that are counted apart.
    """

    ANY = "any"
    ASSOCIATIONS = "associations"
    SEARCH = "search"


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
        self._windows: dict[tuple[str, Kind], Window] = {}
        self._searches = Window(_SEARCHES)
        self._today = 0, 0

    def take(self, token: Token, kind: Kind) -> Answer | None:
        """
        Count a request; None if it is allowed, else the answer that refuses it.
        """
        if self._limit is None:
            return None
        if kind is Kind.SEARCH:
            allowed = self._searches.take(self._clock.monotonic())
            return None if allowed else self.refusal("SECONDLY", {})
        return self._count(token, kind)

    def headers(self, token: Token | None, kind: Kind = Kind.ANY) -> dict[str, str]:
        """
        Return the headers that tell how much is left; a search has none.
        """
        if self._limit is None or token is None or kind is Kind.SEARCH:
            return {}
        window = self._window(token, kind)
        found = {
            "X-HubSpot-RateLimit-Max": str(window.limit.requests),
            _LEFT: str(window.remaining),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(
                int(window.limit.seconds * 1000)
            ),
        }
        if not token.oauth:
            found["X-HubSpot-RateLimit-Daily"] = str(self._daily)
            found[_LEFT_TODAY] = str(self._daily - self._today[1])
        return found

    def on_demand(self, policy: str, token: Token | None) -> Answer:
        """
        Return the answer of a limit that is not used up, as if it were.
        """
        if policy == "SECONDLY":
            return self.refusal(policy, {})
        spent = {_LEFT_TODAY if policy == "DAILY" else _LEFT: "0"}
        return self.refusal(policy, self.headers(token) | spent)

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

    def _count(self, token: Token, kind: Kind) -> Answer | None:
        day = int(self._clock.now() // _DAY)
        count = self._today[1] if self._today[0] == day else 0
        self._today = day, count
        if count >= self._daily and not token.oauth:
            return self.refusal("DAILY", self.headers(token, kind))
        if not self._window(token, kind).take(self._clock.monotonic()):
            return self.refusal("TEN_SECONDLY_ROLLING", self.headers(token, kind))
        self._today = day, count + (not token.oauth)
        return None

    def _window(self, token: Token, kind: Kind) -> Window:
        key = token.value, kind
        if key not in self._windows and self._limit is not None:
            own = kind is Kind.ASSOCIATIONS
            limit = min(self._limit, _ASSOCIATIONS, key=_rate) if own else self._limit
            self._windows[key] = Window(limit)
        return self._windows[key]


def _rate(limit: Limit) -> float:
    return limit.requests / limit.seconds
