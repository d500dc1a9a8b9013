"""
Repeating a call that failed for a while: after exactly 1, 2, 4 … seconds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from attrs import evolve, frozen

from crmkit.errors import RateLimitedError, RetryableError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit._clock import Clock

T = TypeVar("T")


@frozen(kw_only=True)
class Patience:
    """
    How long a caller waits.

    *retries* more attempts, no single wait above *max_wait* seconds, none that ends after
    *deadline*, which is on the clock's monotonic scale, and no request at all once this
    *daily_share* of the account's day is used up.
    """

    retries: int = 3
    max_wait: float = 60.0
    deadline: float | None = None
    daily_share: float | None = None

    def left(self, clock: Clock) -> float | None:
        """
        Return the seconds until the deadline, None without one.

        Raises UnavailableError, with nothing sent, when it has passed.
        """
        if self.deadline is None:
            return None
        seconds = self.deadline - clock.monotonic()
        if seconds <= 0:
            msg = "the deadline has passed"
            raise UnavailableError(msg, sent=False)
        return seconds

    def within(self, seconds: float, clock: Clock) -> Patience:
        """
        Return a patience that ends after so many seconds, if not before.
        """
        end = clock.monotonic() + seconds
        if self.deadline is not None and self.deadline <= end:
            return self
        return evolve(self, deadline=end)

    def allows(self, wait: float, clock: Clock) -> bool:
        """
        Tell whether a wait of so many seconds is acceptable now.
        """
        in_time = self.deadline is None or clock.monotonic() + wait <= self.deadline
        return wait <= self.max_wait and in_time


def persist(
    attempt: Callable[[], T], *, repeatable: bool, patience: Patience, clock: Clock
) -> T:
    """
    Return what *attempt* returns, calling it again while it fails for a while.

    A rate limit is repeated always, since nothing was done; a request that may have
    reached the CRM only when it is *repeatable*. The last error is raised.
    """
    waits: Iterator[float] | None = None
    for left in range(patience.retries, -1, -1):
        try:
            return attempt()
        except RetryableError as error:
            if left == 0 or not _may_repeat(error, repeatable=repeatable):
                raise
            waits = waits or _waits()
            wait = max(next(waits), error.retry_after or 0.0)
            if not patience.allows(wait, clock):
                raise
            clock.sleep(wait)
    raise AssertionError


def _may_repeat(error: RetryableError, *, repeatable: bool) -> bool:
    if isinstance(error, RateLimitedError):
        return True
    return repeatable or (isinstance(error, UnavailableError) and not error.sent)


def _waits() -> Iterator[float]:
    import backoff

    waits = backoff.expo()
    next(waits)  # its generators yield nothing at first, so as to take a value
    return waits
