"""
Sending one group's activities in one run: call, judge each outcome, settle.
"""

from __future__ import annotations

import logging
from collections import Counter
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from crmkit import _verdicts
from crmkit.errors import (
    ConfigurationError,
    CredentialsError,
    CrmkitError,
    NotSupportedError,
    PluginContractError,
    RetryableError,
)
from crmkit.reports import SYNCED, UNCERTAIN, SyncOutcome
from crmkit.stores import Key, Settlement

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit._outbox import Outbox
    from crmkit._session import Session
    from crmkit._sessions import Sessions
    from crmkit._tally import Tally
    from crmkit.models import ActivityRecord
    from crmkit.stores import Group

_LOG = logging.getLogger("crmkit.sync")
LOOK = "crmkit_find_activity"


@define(kw_only=True)
class Dispatch:
    """
    One run of sync or flush; it leaves an account alone once that account failed.

    *deadline* is on the clock's monotonic scale; *daily_share* is what it may use of the
    requests that an account has in a day.
    """

    host: Host
    sessions: Sessions
    outbox: Outbox
    clock: Clock
    tally: Tally
    deadline: float | None = None
    daily_share: float | None = None
    _halted: dict[tuple[str, ...], Exception | None] = field(factory=dict, init=False)
    _unsettled: list[Settlement] = field(factory=list, init=False)

    def halted(self, group: Group) -> bool:
        """
        Tell whether this run sends nothing more of the group, or to its account.
        """
        account = (group.provider, group.user_id)
        if self.deadline is not None and self.clock.monotonic() >= self.deadline:
            self._halted.setdefault(account, None)
        return account in self._halted or group in self._halted

    def reason(self, group: Group) -> str | None:
        """
        Say why the group's account is left alone, None if it is not.
        """
        if not self.halted(group):
            return None
        return f"{group.whose()}: {self._error(group) or 'the deadline has passed'}"

    def left(self, group: Group, activity_ids: Iterable[str]) -> dict[str, SyncOutcome]:
        """
        Return pending outcomes for what a halted account leaves unsent.
        """
        return _verdicts.pending(activity_ids, self._error(group))

    def release(self, group: Group, activities: Sequence[ActivityRecord]) -> None:
        """
        Give up the lease of activities that were not sent.
        """
        self.note(group, self.left(group, (activity.id for activity in activities)))

    def send(
        self, group: Group, activities: Sequence[ActivityRecord]
    ) -> dict[str, SyncOutcome]:
        """
        Send activities that this store leases; return their settled outcomes by id.
        """
        if self.halted(group):
            return self.note(group, self.left(group, (a.id for a in activities)))
        try:
            reported, error = self._call(group, activities)
        except BaseException:
            self.note(group, {a.id: _verdicts.of_raised(a.id, None) for a in activities})
            raise
        outcomes = self.note(group, reported)
        rest = [activity for activity in activities if activity.id not in outcomes]
        if len(rest) > 1 and _verdicts.concerns_one_row(error):
            return {**outcomes, **self._send_halves(group, rest)}
        judged = {a.id: _verdicts.of_raised(a.id, error) for a in rest}
        return {**outcomes, **self.note(group, judged)}

    def _send_halves(
        self, group: Group, refused: Sequence[ActivityRecord]
    ) -> dict[str, SyncOutcome]:
        middle = len(refused) // 2
        try:
            outcomes = self.send(group, refused[:middle])
        except BaseException:
            self.release(group, refused[middle:])
            raise
        return {**outcomes, **self.send(group, refused[middle:])}

    def session(self, group: Group, *, writes: int) -> Session:
        """
        Return a session of the group's account that writes no more often than that.
        """
        return self.sessions.open(
            group.provider,
            self.host.provider(group.provider),
            group.user_id or None,
            deadline=self.deadline,
            daily_share=self.daily_share,
            writes=writes,
        )

    def note(
        self,
        group: Group,
        outcomes: Mapping[str, SyncOutcome],
        looked: Mapping[str, float] | None = None,
    ) -> dict[str, SyncOutcome]:
        """
        Take over outcomes, to be settled later; return them as users are told.

        *looked* are those that were only looked for, with the time from which they are due.
        """
        noted = {
            key: told(self.host, group.provider, outcome)
            for key, outcome in outcomes.items()
        }
        if looked is None:
            self.heed(group, noted.values())
        now, due = self.outbox.now(), looked or {}
        for key, outcome in noted.items():
            self._unsettled.append(_settlement(group, outcome, due.get(key, now)))
        for status, count in Counter(outcome.status for outcome in noted.values()).items():
            self.tally.add(status, count)
        return noted

    def heed(self, group: Group, outcomes: Iterable[SyncOutcome]) -> None:
        """
        Leave an account alone from now on that one of these outcomes speaks against.
        """
        for outcome in outcomes:
            if _verdicts.concerns_account(outcome):
                # A wrong setting may be about one kind of activity.
                wrong = isinstance(outcome.error, ConfigurationError)
                key = group if wrong else (group.provider, group.user_id)
                self._halted.setdefault(key, outcome.error)

    def settle(self) -> None:
        """
        Note what became of what was sent: before the next claim, and at the end.
        """
        noted = self._unsettled[:]
        self.outbox.settle(noted)
        del self._unsettled[: len(noted)]

    def _call(
        self, group: Group, activities: Sequence[ActivityRecord]
    ) -> tuple[dict[str, SyncOutcome], Exception | None]:
        sent = {activity.id for activity in activities}
        try:
            session = self.session(group, writes=1)
        except PluginContractError as error:
            return _verdicts.pending(sent, error), None
        except CrmkitError as error:
            return {}, error
        except Exception as error:
            return {}, _no_session(group, error)
        try:
            results = self.host.sync(session, group.kind, activities)
        except Exception as error:  # of a wrapper; what the plugin raises is in the results
            return {}, error
        reported: dict[str, SyncOutcome] = {}
        for outcome in results.items:
            if outcome.activity_id not in sent:
                _LOG.warning("%s reports an activity that it was not given", group.provider)
            elif outcome.activity_id not in reported:
                reported[outcome.activity_id] = _verdicts.of_reported(outcome)
        return reported, results.errors[0] if results.errors else None

    def _error(self, group: Group) -> Exception | None:
        account = (group.provider, group.user_id)
        return self._halted.get(account) or self._halted.get(group)


def told(host: Host, provider: str, outcome: SyncOutcome) -> SyncOutcome:
    """
    Return the outcome as the user is told: only they can decide what nobody can look up.
    """
    if outcome.status != UNCERTAIN:
        return outcome
    nobody_can = isinstance(outcome.error, NotSupportedError)
    decides = nobody_can or not host.offers(provider, LOOK)
    return evolve(outcome, user_decides=True) if decides else outcome


def _no_session(group: Group, error: Exception) -> CredentialsError:
    msg = f"no credentials for {group.provider!r}: {type(error).__name__} in the way there"
    named = CredentialsError(msg)
    named.__cause__ = error
    return named


def _settlement(group: Group, outcome: SyncOutcome, due_at: float) -> Settlement:
    error = outcome.error
    wait = error.retry_after if isinstance(error, RetryableError) else None
    return Settlement(
        key=Key(group.user_id, outcome.activity_id),
        state=outcome.status,
        due_at=due_at + (wait or 0.0),
        remote_id=outcome.remote_id if outcome.status == SYNCED else None,
        error_type=None if error is None else type(error).__name__,
        error=None if error is None else str(error),
    )
