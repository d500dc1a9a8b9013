"""
Sync: activities written ahead, sent by provider, user and kind, and reported in order.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from attrs import define

from crmkit._ahead import ahead
from crmkit._batch import Batch, Filling, kind_of
from crmkit._dispatch import Dispatch, told
from crmkit._flush import Wanted, flush
from crmkit._outbox import activity_of, admitted, row_of
from crmkit._verdicts import pending
from crmkit.errors import ConfigurationError, InvalidRequestError, OutboxError, PluginError
from crmkit.models import ActivityRecord
from crmkit.reports import DEAD, PENDING, SyncOutcome, SyncReport
from crmkit.stores import SENDING, Group, Key

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit._outbox import Outbox
    from crmkit._sessions import Sessions
    from crmkit._tally import Tally
    from crmkit.stores import Row


@define(kw_only=True)
class Sync:
    """
    The verb *sync* of one connector.
    """

    host: Host
    sessions: Sessions
    outbox: Outbox
    clock: Clock
    tally: Tally
    auto_sync: bool

    def batch(
        self,
        activities: Iterable[ActivityRecord],
        fill: Filling,
        *,
        deadline: float | None,
        dry_run: bool,
    ) -> SyncReport:
        """
        Send activities; one outcome each, in order.

        Raises PluginError when the call's provider cannot be used at all, and StoreError
        when nothing could be written ahead; nothing was sent then.
        """
        records = list(activities)
        for record in records:
            if not isinstance(record, ActivityRecord):
                msg = f"an activity is an ActivityRecord, not a {type(record).__name__}"
                raise ConfigurationError(msg)
        if fill.provider or any(record.provider is None for record in records):
            self.host.provider(fill.provider or fill.default_provider)
        batch = Batch()
        for position, activity in enumerate(records):
            self._sort(batch, position, activity, fill)
        if dry_run:
            return batch.planned(self._cuts)
        self._write_ahead(batch)
        if self.auto_sync:
            self._send(batch, self._run(deadline))
        for position, first in batch.doubles.items():
            batch.outcomes[position] = self._double(batch, position, first)
        return SyncReport(outcomes=batch.in_order())

    def flush(self, wanted: Wanted) -> SyncReport:
        """
        Send what waits in the outbox, as much of it as is wanted.
        """
        return flush(self._run(wanted.deadline, wanted.daily_share), wanted, self._size)

    def _sort(
        self, batch: Batch, position: int, activity: ActivityRecord, fill: Filling
    ) -> None:
        try:
            filled = fill.fill(activity)
            alike = (filled.provider, filled.user_id, filled.type)
            if alike not in batch.places:
                group = Group(
                    str(filled.provider), filled.user_id or "", self._kind(filled)
                )
                batch.places[alike] = batch.groups.setdefault(group, [])
        except (InvalidRequestError, PluginError) as error:
            batch.outcomes[position] = SyncOutcome(
                activity_id=activity.id, status=DEAD, error=error
            )
            return
        batch.activities[position] = filled
        batch.places[alike].append(position)

    def _kind(self, activity: ActivityRecord) -> str:
        name = str(activity.provider)
        own = self.sessions.core(name).activity_types
        return kind_of(activity, self.host.provider(name).kinds, own)

    def _write_ahead(self, batch: Batch) -> None:
        now = self.outbox.now()
        rows: dict[Key, Row] = {}
        first_of: dict[Key, int] = {}
        for group, positions in batch.groups.items():
            first_cut = set(next(self._cuts(group, positions), ()))
            for position in positions:
                state = SENDING if self.auto_sync and position in first_cut else PENDING
                row = row_of(batch.activities[position], group.kind, state=state, now=now)
                key = row.key
                first = first_of.setdefault(key, position)
                if first == position:
                    rows[key] = row
                else:
                    batch.doubles[position] = first
        known = dict(self.outbox.store.add(list(rows.values())))
        for key, row in rows.items():
            position = first_of[key]
            if key in known:
                outcome = told(self.host, row.provider, admitted(row, known[key]))
                if _is_due(known[key], row):  # as it was first given, not as it is now
                    batch.activities[position] = activity_of(known.pop(key))
            else:
                outcome = SyncOutcome(activity_id=row.activity_id, status=PENDING)
                if row.state == SENDING:
                    batch.leased.add(position)
            batch.outcomes[position] = outcome
        done = {first_of[key] for key in known} | set(batch.doubles)
        for positions in batch.groups.values():
            positions[:] = [position for position in positions if position not in done]

    def _double(self, batch: Batch, position: int, first: int) -> SyncOutcome:
        again, before = (
            row_of(activity, "", state=PENDING, now=0.0)
            for activity in batch.of([position, first])
        )
        outcome = admitted(again, before)
        return outcome if outcome.error else batch.outcomes[first]

    def _send(self, batch: Batch, run: Dispatch) -> None:
        try:
            self._send_groups(batch, run)
        except BaseException:
            # What was being sent is settled as uncertain; what was not yet is free again.
            for group, positions in batch.groups.items():
                left = batch.of(batch.leased.intersection(positions))
                run.release(group, left)
            raise
        finally:
            run.settle()

    def _send_groups(self, batch: Batch, run: Dispatch) -> None:
        for group, positions in batch.groups.items():

            def release(leased: Sequence[int], group: Group = group) -> None:
                run.release(group, batch.of(leased))

            # A claim takes a disk as long as a request takes a CRM, so they overlap.
            with ahead(self._leases(batch, run, group, positions), release) as cuts:
                for leased in cuts:
                    batch.note(leased, run.send(group, batch.of(leased)))

    def _leases(
        self, batch: Batch, run: Dispatch, group: Group, positions: Sequence[int]
    ) -> Iterator[Callable[[], Sequence[int]]]:
        """
        Yield what leases one cut after the other, and returns what it could get of it.
        """
        first = [position for position in positions if position in batch.leased]
        rest = [position for position in positions if position not in batch.leased]
        batch.leased.difference_update(first)
        if first:
            yield lambda: first
        for cut in self._cuts(group, rest):
            if run.halted(group):
                left = run.left(group, (activity.id for activity in batch.of(cut)))
                batch.note(cut, left)
            else:
                yield partial(self._claim, batch, run, group, cut)

    def _claim(
        self, batch: Batch, run: Dispatch, group: Group, cut: Sequence[int]
    ) -> Sequence[int]:
        run.settle()
        keys = [Key(group.user_id, activity.id) for activity in batch.of(cut)]
        try:
            mine = set(self.outbox.store.claim_keys(keys))
        except OutboxError as error:  # others were sent, so this must not be raised
            batch.note(cut, pending((key.activity_id for key in keys), error))
            return []
        return [at for at, key in zip(cut, keys, strict=True) if key in mine]

    def _run(self, deadline: float | None, daily_share: float | None = None) -> Dispatch:
        return Dispatch(
            host=self.host,
            sessions=self.sessions,
            outbox=self.outbox,
            clock=self.clock,
            tally=self.tally,
            deadline=None if deadline is None else self.clock.monotonic() + deadline,
            daily_share=daily_share,
        )

    def _cuts(self, group: Group, positions: Sequence[int]) -> Iterator[Sequence[int]]:
        size = self._size(group)
        for start in range(0, len(positions), size):
            yield positions[start : start + size]

    def _size(self, group: Group) -> int:
        size = self.host.provider(group.provider).sync_batch
        number = size if isinstance(size, int) else size.get(group.kind, size.get("*", 1))
        return max(1, number)


def _is_due(known: Row, wanted: Row) -> bool:
    """
    Tell whether a known row waits to be sent just like the one that is given again.
    """
    alike = (known.digest, known.group) == (wanted.digest, wanted.group)
    return alike and known.state == PENDING and known.due_at <= wanted.stored_at
