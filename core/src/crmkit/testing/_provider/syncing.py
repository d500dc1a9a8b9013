"""
Rules of crmkit_sync: all is written once, and told as what it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st

from crmkit.testing._laws import law
from crmkit.testing._provider.changes import shows, texts
from crmkit.testing._provider.loading import TYPES
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit import ActivityRecord, SyncOutcome, SyncReport
    from crmkit.testing._provider.subject import Subject


class Syncing:
    """
    What a provider that writes activities holds to.
    """

    @rule
    def test_s01_written(self, subject: Subject) -> None:
        """
        An activity is written once, for its client, and told as synced.
        """
        subject.about("crmkit_sync")
        client = subject.add()
        outcome = subject.connect().sync_activity(subject.activity(client, "a visit"))
        subject.answered()
        if not outcome:
            what = f"says {outcome.status} of an activity"
            subject.broken(what, cause=outcome.error)
        records = subject.records("a visit")
        if len(records) != 1:
            subject.broken(f"writes it {len(records)} times")
        if not shows(records[0], client.id):
            subject.broken("writes it without its client")

    @rule
    def test_s02_types(self, subject: Subject) -> None:
        """
        Each type of activity is written with its text, for its client and no other.

        Or it is refused, and not written.
        """
        subject.about("crmkit_sync")
        clients, connector = [subject.add(), subject.add()], subject.connect()
        for number, name in enumerate(TYPES):
            client, text = clients[number % 2], f"text of type {name}, whole"
            outcome = connector.sync_activity(subject.activity(client, text, type=name))
            records = subject.records(text)
            if (outcome.status, len(records)) not in {("synced", 1), ("dead", 0)}:
                times = f"{len(records)} times with its text"
                what = f"says {outcome.status} of {name}, which is there {times}"
                subject.broken(what, cause=outcome.error)
            if shows(records, clients[1 - number % 2].id):
                subject.broken(f"writes {name} for another client")
            # Of its own type S01 tells.
            if records and name != subject.type() and not shows(records, client.id):
                subject.broken(f"writes {name} without its client")

    @rule
    def test_s03_many(self, subject: Subject) -> None:
        """
        Of a batch each activity is written once, however it is cut into calls.
        """
        subject.about("crmkit_sync")
        client = subject.add()
        for cut in range(1, min(4, subject.sync_batch()) + 1):
            batch = _batch(subject, client, 7, f"cut {cut}")
            report = subject.connect(cut=cut).batch_sync_activities(batch)
            assert_true(subject, batch, report)
            _assert_all(subject, report)

    @rule
    def test_s04_failures(self, subject: Subject) -> None:
        """
        Whichever activities the CRM refuses: these are dead, all others are synced.

        Each with the id that it has in the CRM, in whatever order the CRM answers.
        """
        subject.about("crmkit_sync")
        client, fake, connector = subject.add(), subject.fake, subject.connect()
        run = iter(range(1000))

        @law
        @given(mask=st.lists(st.booleans(), min_size=1, max_size=3))
        def told(mask: list[bool]) -> None:
            batch = _batch(subject, client, len(mask), f"run {next(run)}")
            bad = [a.description for a, fails in zip(batch, mask, strict=True) if fails]
            fake.refused = set(bad)
            report = connector.batch_sync_activities(batch)
            if bad and not fake.consulted:
                subject.not_proven("the fake refuses nothing: ask self.refuses(row)")
            assert_true(subject, batch, report)
            wanted = ["dead" if fails else "synced" for fails in mask]
            _assert_statuses(subject, report, wanted)

        told()

    @rule
    def test_s05_clients(self, subject: Subject) -> None:
        """
        A call with activities of several clients makes one request that writes.
        """
        subject.about("crmkit_sync")
        if subject.sync_batch() == 1:
            subject.not_offered("it writes one activity a call")
        batch = [subject.activity(subject.add(), f"to client {n}") for n in range(3)]
        report = subject.connect().batch_sync_activities(batch)
        assert_true(subject, batch, report)
        if not all(report):
            subject.broken("makes more than one request that writes, or loses some")

    @rule
    def test_s09_absent(self, subject: Subject) -> None:
        """
        An activity for a client that is not there is dead.
        """
        subject.about("crmkit_sync")
        client = subject.add()
        nobody = evolve(client, id=subject.absent(client))
        activity = subject.activity(nobody, "no visit")
        outcome = subject.connect().sync_activity(activity)
        if outcome and subject.records("no visit"):
            subject.not_proven("the fake takes activities of clients that are not there")
        if outcome.status != "dead":
            what = f"says {outcome.status} of an activity for nobody"
            subject.broken(what, cause=outcome.error)


def assert_true(
    subject: Subject, batch: list[ActivityRecord], report: Iterable[SyncOutcome]
) -> None:
    """
    Hold that what is synced is in the CRM once, and what is pending or dead is not there.
    """
    outcomes = list(report)
    for activity, outcome in zip(batch, outcomes, strict=True):
        times = len(subject.records(activity.description))
        if times > 1:
            subject.broken(f"writes an activity {times} times", cause=outcome.error)
        if outcome.status == "synced" and times == 0:
            subject.broken("says synced of what is not in the CRM")
        if outcome.status == "dead" and times == 1:
            subject.broken("gives up what is in the CRM", cause=outcome.error)
        if outcome.status == "pending" and times == 1:
            what = "leaves pending what is in the CRM, so that it is written twice"
            subject.broken(what, cause=outcome.error)
    _assert_ids(subject, batch, outcomes)


def _assert_ids(
    subject: Subject, batch: list[ActivityRecord], outcomes: list[SyncOutcome]
) -> None:
    for activity, outcome in zip(batch, outcomes, strict=True):
        own = subject.records(activity.description)
        others = [record for record in subject.fake.written if record not in own]
        told = outcome.remote_id
        if told and told not in set(texts(own)) and told in set(texts(others)):
            subject.broken("tells the id of another activity's record")


def _assert_all(subject: Subject, report: SyncReport) -> None:
    _assert_statuses(subject, report, ["synced"] * len(report))


def _assert_statuses(subject: Subject, report: SyncReport, wanted: list[str]) -> None:
    for outcome, status in zip(report, wanted, strict=True):
        if outcome.status != status:
            what = f"leaves {outcome.status} what should be {status}"
            subject.broken(what, cause=outcome.error)


def _batch(subject: Subject, client: Any, size: int, run: str) -> list[ActivityRecord]:
    return [subject.activity(client, f"{run}, visit {n} of {size}") for n in range(size)]
