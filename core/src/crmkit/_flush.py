"""
Sending what waits: group by group, first what is uncertain, then what is due.
"""

from __future__ import annotations

import math
from collections import Counter
from contextlib import closing
from functools import partial
from itertools import takewhile
from typing import TYPE_CHECKING

from attrs import define, field, frozen

from crmkit._ahead import ahead
from crmkit._looking import look_up
from crmkit._outbox import activity_of, outcome_of
from crmkit.errors import ConfigurationError, OutboxError, PluginError
from crmkit.reports import DEAD, PENDING, SYNCED, UNCERTAIN, SyncReport

if TYPE_CHECKING:
    from collections.abc import (
        Callable,
        Collection,
        Generator,
        Iterable,
        Iterator,
        Sequence,
    )

    from crmkit._dispatch import Dispatch
    from crmkit.models import ActivityRecord
    from crmkit.reports import SyncOutcome
    from crmkit.stores import Group, Row

_PAGE, _ALL = 1000, 1_000_000


@frozen(kw_only=True)
class Wanted:
    """
    What to flush: of one provider or user, or of all; how much, and how long.
    """

    user_id: str | None = None
    provider: str | None = None
    deadline: float | None = None
    dry_run: bool = False
    limit: int | None = field(default=None)
    daily_share: float | None = field(default=None)
    progress: Callable[[SyncOutcome], object] | None = None

    @limit.validator
    def _check_limit(self, _attribute: object, value: object) -> None:
        if value is not None and not (isinstance(value, int) and value >= 1):
            msg = "limit must be a number of activities, 1 or more"
            raise ConfigurationError(msg)

    @daily_share.validator
    def _check_share(self, _attribute: object, value: object) -> None:
        if value is not None and not (isinstance(value, int | float) and 0 < value <= 1):
            msg = "daily_share must be a share of a day's requests, such as 0.8"
            raise ConfigurationError(msg)

    def takes(self, group: Group) -> bool:
        """
        Tell whether a group is among what is wanted.
        """
        provider, user = {None, group.provider}, {None, group.user_id}
        return self.provider in provider and self.user_id in user


def flush(run: Dispatch, wanted: Wanted, size: Callable[[Group], int]) -> SyncReport:
    """
    Send what waits and is wanted; *size* tells how many of a group go at once.
    """
    start = run.outbox.now()
    if not wanted.dry_run:
        run.settle()  # what an earlier run could not
        run.outbox.store.recover(start)
    groups = [group for group in run.outbox.store.groups(start) if wanted.takes(group)]
    if wanted.dry_run:
        return _planned(run, groups, start, wanted.limit)
    outcomes: list[SyncOutcome] = []
    unsent: list[str] = []
    share = Share(wanted.limit)
    for group in groups:
        before = len(outcomes)
        try:
            run.host.provider(group.provider)
            with closing(flush_group(run, group, start, size(group), share)) as flushed:
                for outcome in flushed:
                    outcomes.append(outcome)
                    if wanted.progress is not None:
                        wanted.progress(outcome)
        except (PluginError, OutboxError) as error:
            unsent.append(str(error))
        finally:
            run.settle()
        share.give_back(outcomes[before:], PENDING)
        if reason := run.reason(group):
            unsent.append(reason)
    if not unsent and all(outcome.status in {SYNCED, DEAD} for outcome in outcomes):
        why = "the limit of this flush" if share.spent else "some is not due yet"
        left = filter(wanted.takes, run.outbox.store.groups(math.inf))
        unsent += [f"{group.whose()}: {why}" for group in left]
    return SyncReport(outcomes=outcomes, unsent=dict.fromkeys(unsent))


def _planned(
    run: Dispatch, groups: Collection[Group], start: float, limit: int | None
) -> SyncReport:
    rows = run.outbox.list(PENDING, limit=_ALL)
    due = [row for row in rows if row.group in groups and row.due_at <= start][:limit]
    counts = Counter(row.group for row in due)
    return SyncReport(
        outcomes=map(outcome_of, due),
        dry_run=True,
        requests=[{**group._asdict(), "count": n} for group, n in counts.items()],
    )


@define
class Share:
    """
    How many activities a flush may take on; None: any number.

    What cannot be sent now, and would be tried again each time, uses up nothing.
    """

    limit: int | None
    _taken: int = field(default=0, init=False)  # by one thread, while another gives back
    _given_back: int = field(default=0, init=False)

    @property
    def spent(self) -> bool:
        """
        Whether it may take on no more.
        """
        return self._left() == 0

    def take(self, claim: Callable[[int], Sequence[Row]], at_most: int) -> Sequence[Row]:
        """
        Return what can be claimed, within the limit.
        """
        number = min(at_most, self._left())
        rows = claim(int(number)) if number else []
        self._taken += len(rows)
        return rows

    def give_back(self, outcomes: Iterable[SyncOutcome], status: str) -> None:
        """
        Take on others in place of those that are of this status.
        """
        self._given_back += sum(outcome.status == status for outcome in outcomes)

    def _left(self) -> float:
        limit = math.inf if self.limit is None else self.limit
        return limit - self._taken + self._given_back


def flush_group(
    run: Dispatch, group: Group, start: float, size: int, share: Share
) -> Generator[SyncOutcome, None, None]:
    """
    Send what is due at *start*, *size* at once; yield the outcomes until nothing is left.

    What is uncertain is looked for in the CRM first.
    """

    def claim(state: str, at_most: int) -> Sequence[Row]:
        run.settle()
        store = run.outbox.store
        return share.take(
            lambda n: store.claim(group, state=state, now=start, limit=n), at_most
        )

    with closing(look_up(run, group, partial(claim, UNCERTAIN, _PAGE))) as looked:
        for outcomes, again in looked:  # what is to be sent is leased, so it comes first
            yield from _sent(run, group, again, size)
            yield from outcomes.values()
            share.give_back(outcomes.values(), UNCERTAIN)

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
    waiting = activities
    try:
        while waiting:
            cut, waiting = waiting[:size], waiting[size:]
            yield from run.send(group, cut).values()
    finally:
        run.release(group, waiting)
