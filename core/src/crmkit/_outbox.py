"""
The outbox: activities written ahead of sending, and the ledger of what became of them.
"""

from __future__ import annotations

import hashlib
import logging
from collections import deque
from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit import errors
from crmkit.codec import activity_from_json, activity_to_json, from_json, quoted, to_json
from crmkit.errors import ActivityConflictError, ConfigurationError, CRMError, PluginError
from crmkit.reports import PENDING, SYNCED, SyncOutcome
from crmkit.stores import LEDGER_DAYS, SENDING, Key, Row, Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit.models import ActivityRecord
    from crmkit.stores import Settlement

_LOG = logging.getLogger("crmkit.sync")
_DAY = 86400.0
_PURGED, _STEP = "crmkit.purged", 7 * _DAY
NEVER_PUT_OFF = 0.0  # so that a clock that was wrong for a while makes nothing wait


@frozen(kw_only=True)
class OutboxCheck:
    """
    How the outbox is: rows by state, and the age in seconds of the oldest that is not sent.

    *ok* is false when something is dead or uncertain, or waits longer than allowed.
    """

    counts: Mapping[str, int]
    oldest_s: float
    ok: bool


class Outbox:
    """
    What waits to be sent, is uncertain, or is dead, in the connector's store.
    """

    def __init__(
        self,
        open_store: Callable[[], Store],
        clock: Clock,
        told: Callable[[str, SyncOutcome], SyncOutcome],
    ) -> None:
        self._open_store = open_store
        self._clock = clock
        self._told = told  # which knows whether a provider can look
        self._lock = Lock()
        self._store: Store | None = None
        self._unsettled: deque[Settlement] = deque()

    @property
    def store(self) -> Store:
        """
        The store, opened on first use.
        """
        with self._lock:
            if self._store is None:
                self._store = self._open_store()
                self._store.recover(self.now())
                self._purge(self._store)
            return self._store

    def _purge(self, store: Store) -> None:
        # Time is believed to go on by a week at most from one purge to the next: a clock
        # that was wrong for a while must not make the ledger forget what was sent.
        now, last = self.now(), store.checkpoint(_PURGED)
        day = now if last is None else min(now, float(last) + _STEP)
        if last is None or now - float(last) >= _DAY:
            store.purge(day - LEDGER_DAYS * _DAY)
            store.set_checkpoint(_PURGED, repr(day))

    def now(self) -> float:
        """
        Return the time as stores count it, in seconds since 1970.
        """
        return self._clock.now().timestamp()

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """
        Note what became of leased activities, and of those of which it failed before.

        What happened in the CRM is true even if it cannot be noted: nothing is raised then.
        It is noted with the next ones; what is left when the process ends is uncertain.
        """
        due = [*self._left_unsettled(), *settlements]
        try:
            if due:
                self.store.settle(due)
        except errors.OutboxError as error:
            self._unsettled.extend(due)
            _LOG.warning("%d outcomes cannot be noted: %s", len(due), error)

    def list(self, state: str | None = None, limit: int = 1000) -> Sequence[Row]:
        """
        Return the oldest rows that are not synced, or those of one *state*.
        """
        return self.store.rows(state=state, limit=limit)

    def check(self, max_age: float | None = None) -> OutboxCheck:
        """
        Return how the outbox is; waiting longer than *max_age* seconds is not ok.
        """
        counts = self.store.counts()
        # What is being sent counts, since a process may hang. What was stored in the future
        # has the wrong time, and somebody should know.
        now, states = self.now(), (PENDING, SENDING)
        oldest = [row for it in states for row in self.store.rows(state=it, limit=1)]
        age = max((abs(now - row.stored_at) for row in oldest), default=0.0)
        troubled = counts.get("dead", 0) + counts.get("uncertain", 0)
        late = max_age is not None and age > max_age
        return OutboxCheck(counts=counts, oldest_s=age, ok=not troubled and not late)

    def retry(self, *activity_ids: str, user_id: str | None = None) -> int:
        """
        Make what is dead, uncertain or put off pending, due now; return how many.
        """
        return self.store.retry(_keys(activity_ids, user_id), self.now())

    def drop(self, *activity_ids: str, user_id: str | None = None) -> int:
        """
        Delete activities that are neither synced nor being sent; return how many.
        """
        return self.store.drop(_keys(activity_ids, user_id))

    def outcome(self, activity_id: str, user_id: str | None = None) -> SyncOutcome | None:
        """
        Return what became of an activity, None if it is not known.
        """
        row = self.store.get(Key(user_id or "", activity_id))
        if row is None:
            return None
        outcome = outcome_of(row)
        try:
            return self._told(row.provider, outcome)
        except PluginError:  # what cannot be loaded now may be able to look
            return outcome

    def _left_unsettled(self) -> Iterator[Settlement]:
        with suppress(IndexError):  # several threads take, each its own
            while True:
                yield self._unsettled.popleft()


def row_of(activity: ActivityRecord, kind: str, *, state: str, now: float) -> Row:
    """
    Return the row that keeps this activity, which must know its provider.
    """
    if activity.provider is None:
        msg = "an activity in the outbox needs a provider"
        raise ConfigurationError(msg)
    return Row(
        user_id=activity.user_id or "",
        activity_id=activity.id,
        provider=activity.provider,
        kind=kind,
        digest=_digest(activity),
        stored_at=now,
        due_at=NEVER_PUT_OFF,
        attempts=1 if state == SENDING else 0,
        state=state,
        payload=activity_to_json(activity),
        client_id=activity.client_id,
    )


def activity_of(row: Row) -> ActivityRecord:
    """
    Return the activity that a row keeps.
    """
    return activity_from_json(from_json(row.payload or "{}"))


def outcome_of(row: Row) -> SyncOutcome:
    """
    Return the outcome that a row stands for; what is being sent is still pending.
    """
    return SyncOutcome(
        activity_id=row.activity_id,
        status=PENDING if row.state == SENDING else row.state,
        remote_id=row.remote_id,
        error=_error(row) if row.state != SYNCED else None,
    )


def admitted(wanted: Row, known: Row) -> SyncOutcome:
    """
    Return the outcome for an activity whose id is known: the first one, or a refusal.
    """
    if wanted.digest == known.digest:
        return outcome_of(known)
    msg = (
        f"the activity id {wanted.activity_id!r} is known with other content; give the "
        "changed activity another id"
    )
    return SyncOutcome(
        activity_id=wanted.activity_id, status="dead", error=ActivityConflictError(msg)
    )


def _keys(activity_ids: Sequence[str], user_id: str | None) -> list[Key]:
    return [Key(user_id or "", activity_id) for activity_id in activity_ids]


def _digest(activity: ActivityRecord) -> str:
    content = [
        activity.provider,
        activity.user_id,
        activity.client_id,
        activity.type,
        activity.description,
    ]
    if activity.metadata:
        text = to_json([*content, _sorted(activity.metadata)])
    else:  # the same text, without the time that most activities would take
        text = f"[{','.join(map(quoted, content))},{{}}]"
    return hashlib.sha256(text.encode()).hexdigest()


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, tuple | list):
        return [_sorted(item) for item in value]
    return value


def _error(row: Row) -> Exception | None:
    if row.error is None:
        return None
    kind = getattr(errors, row.error_type or "", CRMError)
    if kind is errors.UnavailableError:
        return errors.UnavailableError(row.error, sent=row.state != PENDING)
    error: Exception = kind(row.error)
    return error
