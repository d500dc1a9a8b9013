"""
Sending what waits of one group: first what is uncertain, then what is due.
"""

from __future__ import annotations

from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from crmkit._ahead import ahead
from crmkit._looking import look_up
from crmkit._outbox import activity_of
from crmkit.reports import PENDING, UNCERTAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from crmkit._dispatch import Dispatch
    from crmkit.models import ActivityRecord
    from crmkit.reports import SyncOutcome
    from crmkit.stores import Group, Row

_ALL = 1_000_000


def flush_group(
    run: Dispatch, group: Group, start: float, size: int
) -> Iterator[SyncOutcome]:
    """
    Send what is due at *start*, *size* at once; yield the outcomes until nothing is left.

    What is uncertain is looked for in the CRM first.
    """

    def claim(state: str, limit: int) -> Sequence[Row]:
        run.settle()
        return run.outbox.store.claim(group, state=state, now=start, limit=limit)

    if not run.halted(group):
        # All at once: what stays uncertain would be claimed over and over.
        outcomes, again = look_up(run, group, claim(UNCERTAIN, _ALL))
        yield from outcomes.values()
        yield from _sent(run, group, again, size)

    def due() -> list[ActivityRecord]:
        return [activity_of(row) for row in claim(PENDING, size)]

    def claims() -> Iterator[Callable[[], Sequence[ActivityRecord]]]:
        while not run.halted(group):  # what stays pending halts the account
            yield due

    with ahead(claims(), partial(run.release, group)) as cuts:
        for activities in takewhile(len, cuts):
            yield from run.send(group, activities).values()


def _sent(
    run: Dispatch, group: Group, activities: Sequence[ActivityRecord], size: int
) -> Iterator[SyncOutcome]:
    for at in range(0, len(activities), size):
        try:
            sent = run.send(group, activities[at : at + size])
        except BaseException:
            run.release(group, activities[at + size :])
            raise
        yield from sent.values()
