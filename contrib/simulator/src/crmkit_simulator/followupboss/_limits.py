"""
Follow Up Boss's rate limits: sliding windows of ten seconds, one for each context.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from crmkit_simulator._window import Limit, Window, parse_limit
from crmkit_simulator.followupboss._errors import Refused

if TYPE_CHECKING:
    from crmkit_simulator._clock import Clock
    from crmkit_simulator._wire import Request
    from crmkit_simulator.followupboss._auth import Asker

GLOBAL = "global"
_EVENTS, _NOTES, _PEOPLE = "events", "notes", "people"
_OF_NOTES, _OF_PEOPLE, _OF_EVENTS = 10, 25, 20
_SECONDS = 10.0


def context_of(request: Request, asker: Asker) -> str | None:
    """
    Return what a request is counted as; None for one without a fixed limit.
    """
    match request.method, request.parts[1:]:
        case _, ("notes", *_):
            return _NOTES
        case "PUT", ("people", *_):
            return _PEOPLE
        case "POST", ("events",):
            return None if asker.system else _EVENTS
        case _, ("events", *_):
            return _EVENTS
    return GLOBAL


class Limits:
    """
    Counts the requests of an account. Who names no system has half of what others have.
    """

    def __init__(self, clock: Clock, limit: str) -> None:
        self._clock = clock
        self.set(limit)

    def set(self, limit: str) -> None:
        """
        Set the limit of the context ``global``, and count anew; raises ValueError.
        """
        self._limit = parse_limit(limit)
        self._windows: dict[tuple[str, bool], Window] = {}

    def take(self, context: str | None, asker: Asker) -> None:
        """
        Count a request; raises Refused when its context's limit is used up.
        """
        window = self._window(context, asker)
        if window and not window.take(self._clock.monotonic()):
            raise self.refusal(context, asker)

    def refusal(
        self, context: str | None, asker: Asker | None, seconds: float | None = None
    ) -> Refused:
        """
        Return the answer of a limit that is used up, or as if it were.
        """
        headers = self.headers(context, asker) if asker else {}
        window = self._window(context, asker) if asker else None
        full = window is not None and not window.remaining
        left = window.resets_in(self._clock.monotonic()) if window and full else 1.0
        wait = ceil(left if seconds is None else seconds)
        headers["Retry-After"] = str(max(1, wait) if seconds is None else wait)
        return Refused(429, "Too many requests. Please slow down.", headers)

    def headers(self, context: str | None, asker: Asker) -> dict[str, str]:
        """
        Return the headers that tell how much is left.
        """
        window = self._window(context, asker)
        if window is None or context is None:
            return {}
        return {
            "X-RateLimit-Limit": str(window.limit.requests),
            "X-RateLimit-Remaining": str(window.remaining),
            "X-RateLimit-Window": f"{window.limit.seconds:g}",
            "X-RateLimit-Context": context,
        }

    def _window(self, context: str | None, asker: Asker) -> Window | None:
        if self._limit is None or context is None:
            return None
        key = context, asker.system is not None
        if key not in self._windows:
            self._windows[key] = Window(self._allowed(*key))
        return self._windows[key]

    def _allowed(self, context: str, registered: bool) -> Limit:  # noqa: FBT001
        share = 1 if registered else 2
        match context, self._limit:
            case "notes", _:
                return Limit(_OF_NOTES, _SECONDS)
            case "people", _:
                return Limit(_OF_PEOPLE, _SECONDS)
            case "events", _:
                return Limit(_OF_EVENTS // share, _SECONDS)
            case _, Limit(requests, seconds):
                return Limit(max(1, requests // share), seconds)
        raise AssertionError
