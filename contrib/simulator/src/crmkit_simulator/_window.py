"""
A rate limit: so many requests in any stretch of so many seconds.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass

_FORM = re.compile(r"(\d+)\s*/\s*(\d+(?:\.\d+)?)?\s*s", re.ASCII)


@dataclass(frozen=True, slots=True)
class Limit:
    """
    How many requests are allowed in how many seconds.
    """

    requests: int
    seconds: float


def parse_limit(text: str) -> Limit | None:
    """
    Read ``190/10s``; ``off`` is None. Raises ValueError.
    """
    if text == "off":
        return None
    found = _FORM.fullmatch(text.strip())
    if not found or not int(found[1]) or not float(found[2] or 1):
        msg = f"the limit {text!r} is neither off nor of the form 190/10s"
        raise ValueError(msg)
    return Limit(int(found[1]), float(found[2] or 1))


class Window:
    """
    Counts the requests of one account within a limit.
    """

    def __init__(self, limit: Limit) -> None:
        self.limit = limit
        self._taken: deque[float] = deque()

    def take(self, now: float) -> bool:
        """
        Count one request, or refuse it; what is refused is not counted.
        """
        taken, start = self._taken, now - self.limit.seconds
        while taken and taken[0] <= start:
            taken.popleft()
        if len(taken) >= self.limit.requests:
            return False
        taken.append(now)
        return True

    @property
    def remaining(self) -> int:
        """
        How many more are allowed, as of the request that was counted last.
        """
        return self.limit.requests - len(self._taken)

    def resets_in(self, now: float) -> float:
        """
        Return in how many seconds the oldest that counts does no more, 0 if none does.
        """
        return max(0.0, self._taken[0] + self.limit.seconds - now) if self._taken else 0.0
