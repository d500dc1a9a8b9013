"""
Salesforce's limits: requests in a day, and requests that take long at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._window import Limit, Window, parse_limit
from crmkit_simulator.salesforce._errors import Refused

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator._wire import Answer

POLICIES = ("ConcurrentPerOrgLongTxn", "ConcurrentRequests", "TotalRequests")
_DAY = 86_400
_DAILY = 15_000  # of a Developer Edition


class Limits:
    """
    Counts the requests of the organization, whatever token they have.
    """

    def __init__(self, clock: Clock, limit: str) -> None:
        self._clock = clock
        self.set(limit)

    def set(self, limit: str) -> None:
        """
        Set the limit, and count anew: ``15000`` a day, or ``25/20s``; raises ValueError.
        """
        per_day = limit.strip()
        self._short: Window | None = None
        self._day: Window | None = None
        if per_day.isdecimal() and int(per_day):
            self._day = Window(Limit(int(per_day), _DAY))
            return
        found = parse_limit(limit)
        if found:
            self._short = Window(found)
            self._day = Window(Limit(_DAILY, _DAY))

    def take(self) -> Answer | None:
        """
        Count a request; None if it is allowed, else the answer that refuses it.
        """
        now = self._clock.monotonic()
        if self._short and not self._short.take(now):
            return refusal(POLICIES[0])
        if self._day and not self._day.take(now):
            return refusal("TotalRequests")
        return None

    def headers(self) -> dict[str, str]:
        """
        Return the header that tells how much of the day is used.
        """
        if self._day is None:
            return {}
        used = self._day.limit.requests - self._day.remaining
        return {"Sforce-Limit-Info": f"api-usage={used}/{self._day.limit.requests}"}

    def listed(self) -> dict[str, Any]:
        """
        Return the limits as Salesforce lists them.
        """
        most = self._day.limit.requests if self._day else _DAILY
        left = self._day.remaining if self._day else _DAILY
        return {
            "DailyApiRequests": {"Max": most, "Remaining": left},
            "DailyBulkV2QueryJobs": {"Max": 10_000, "Remaining": 10_000},
            "DataStorageMB": {"Max": 5, "Remaining": 5},
        }


def refusal(policy: str) -> Answer:
    """
    Return the answer of a limit that is used up.
    """
    refused = Refused(403, "REQUEST_LIMIT_EXCEEDED", f"{policy} Limit exceeded.").answer()
    refused.limited = True
    return refused
