"""
A batch that is synced while writing fails, and what becomes of it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from attrs import evolve

from crmkit import UnavailableError, hookimpl
from crmkit.testing._messages import Answer
from crmkit.testing._provider.syncing import assert_true
from crmkit.testing._verdicts import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from crmkit import ActivityRecord, CRMConnector, SyncOutcome
    from crmkit.testing._messages import Request
    from crmkit.testing._provider.subject import Subject

    Instead = Callable[[Request], Answer | None]
    Change = Callable[[Answer], Answer]

HOURS = 7200.0
SIZE = 3
POISON = "refused-by-this-crm"
_LOST = "the connection broke"


class Attempt:
    """
    A batch that is synced while writing fails, and what became of it so far.
    """

    def __init__(
        self,
        subject: Subject,
        *,
        kind: str | None = None,
        bad: int | None = None,
        connector: CRMConnector | None = None,
    ) -> None:
        if subject.hook == "crmkit_provider":
            subject.about("crmkit_sync")
        self.subject = subject
        self.changed = False
        self.asked = False
        client = subject.add()
        # What is the same in any body; not in the id, by which a plugin may look.
        mark = re.sub(r"\W", "-", client.id, flags=re.ASCII)
        words = [POISON if n == bad else "visit" for n in range(SIZE)]
        kind = kind or subject.type()
        self.batch: list[ActivityRecord] = [
            subject.activity(client, f"{word}-{mark}-{n}", type=kind, id=f"id-{mark}-{n}")
            for n, word in enumerate(words)
        ]
        self._losing = _Losing()
        self.connector = connector or subject.connect(wrappers=[self._losing])
        self.connector.get_clients_data([client.id])  # what is cached is there before
        self.outcomes: list[SyncOutcome] = []

    def sync(
        self, *, before: Instead | None = None, after: Change | None = None
    ) -> Attempt:
        """
        Sync it; requests that write are answered so, all others by the fake.
        """
        seen: list[bool] = []

        def instead(request: Request) -> Answer | None:
            seen.append(self._writes(request))
            return before(request) if before and seen[-1] else None

        def change(_request: Request, answer: Answer, wrote: bool) -> Answer:  # noqa: FBT001
            new = after(answer) if after and wrote else answer
            self.changed = self.changed or new is not answer
            return new

        with self.subject.gate.between(before=instead, after=change):
            report = self.connector.batch_sync_activities(self.batch)
        if before and seen and not any(seen):
            self.subject.not_proven("no request shows the text of an activity")
        return self._told(report)

    def is_uncertain(self, *, written: bool) -> Attempt:
        """
        Sync it while the connection breaks, after it was *written* or before.

        At least one is uncertain then; if not, other rules say why.
        """
        try:
            self._lose(written=written)
        except Broken as reason:
            self.subject.not_proven(f"what is lost {reason}, see S11")
        if not any(outcome.status == "uncertain" for outcome in self.outcomes):
            self.subject.not_proven("what is lost is not uncertain, see S11")
        return self

    def _lose(self, *, written: bool) -> None:
        if not self.subject.speaks_http:
            self._losing.when = "after" if written else "before"
            self._told(self.connector.batch_sync_activities(self.batch))
            self._losing.when = ""
        elif written:
            self.sync(after=lambda _answer: Answer(lost=True))
        else:
            self.sync(before=lambda _request: Answer(lost=True))

    def flush(self, *, reading: Answer | None = None) -> Attempt:
        """
        Send what is due after some hours, twice: what was looked for may be sent then.

        *reading* answers requests that write nothing.
        """

        def instead(request: Request) -> Answer | None:
            if self._writes(request):
                return None
            self.asked = True
            return reading

        for _ in range(2):
            self.subject.clock.turn(HOURS)
            with self.subject.between(before=instead if reading else None):
                self.connector.flush_pending()
        return self._told(self._known())

    def _writes(self, request: Request) -> bool:
        sent = request.body + request.query_string.encode()
        reads = request.method == "GET"
        return not reads and any(a.description.encode() in sent for a in self.batch)

    def _known(self) -> Iterable[SyncOutcome]:
        for activity in self.batch:
            known = self.connector.outcome_of(activity.id)
            if known is None:
                self.subject.broken("loses an activity from the outbox")
            yield known

    def _told(self, outcomes: Iterable[SyncOutcome]) -> Attempt:
        self.outcomes = list(outcomes)
        assert_true(self.subject, self.batch, self.outcomes)
        return self

    def among_others(self) -> Attempt:
        """
        Write others that are alike: of the same client, type and moment, with longer ids.
        """
        others = [
            evolve(activity, id=f"{activity.id}7", description=f"another {activity.type}")
            for activity in self.batch
        ]
        self.connector.batch_sync_activities(others)
        return self

    def is_found(self) -> Attempt:
        """
        Hold that all are synced, unless nobody can look for this kind of activity.
        """
        if any(outcome.user_decides for outcome in self.outcomes):
            self.subject.not_offered("it cannot look for activities of this kind")
        return self.has(*["synced"] * SIZE)

    def has(self, *statuses: str) -> Attempt:
        """
        Hold that the activities have these outcomes.
        """
        for outcome, status in zip(self.outcomes, statuses, strict=True):
            if outcome.status != status:
                what = f"leaves {outcome.status} what should be {status}"
                self.subject.broken(what, cause=outcome.error)
        return self

    def was_written(self) -> Attempt:
        """
        Hold that at least one was written, so that something was tried at all.
        """
        if not any(self.subject.records(a.description) for a in self.batch):
            self.subject.not_proven("the fake keeps no texts of activities")
        return self


class _Losing:
    """
    Loses what crmkit_sync brings, or its call, where no connection can be broken.
    """

    def __init__(self) -> None:
        self.when = ""

    @hookimpl(wrapper=True)
    def crmkit_sync(self) -> Generator[None, Any, Any]:
        if self.when == "before":
            raise UnavailableError(_LOST, sent=True)
        results = yield
        if self.when == "after":
            raise UnavailableError(_LOST, sent=True)
        return results
