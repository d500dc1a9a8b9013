"""
Rules of crmkit_sync: all is written once, and told as what it is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from crmkit.testing._laws import law
from crmkit.testing._provider.changes import texts
from crmkit.testing._provider.loading import TYPES
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit import ActivityRecord, SyncOutcome, SyncReport
    from crmkit.testing._provider.subject import Subject

TEXT = "Grüße, 王小明 and محمد: it’s “fine” 👩‍💻"
MOMENT = datetime(2026, 4, 30, 23, 30, 15, tzinfo=timezone(timedelta(hours=-5)))
METADATA: tuple[dict[str, Any], ...] = (
    {},
    {"subject": "Hello", "direction": "out", "outcome": "left a message"},
    {"duration_s": 90, "from": "ana@example.com", "to": ["bo@example.com"]},
    {"duration_s": None, "due_at": None, "html": None, "subject": None},
    # The text marked up: a CRM may have room for one of the two.
    {
        "html": "<p>metadata 4</p>",
        "url": "https://example.com/?a=b&c",
        "message_id": "<1@x>",
    },
    {"due_at": "2026-05-02T09:00:00Z", "attachments": ["https://example.com/a.pdf"]},
    {"anything": {"deep": [1, 2.5, True, None, "ü"]}, "": "", "a b": "c\nd"},
)


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
        client, _other = subject.add(), subject.add()
        outcome = subject.connect().sync_activity(subject.activity(client, "a visit"))
        if not outcome:
            what = f"says {outcome.status} of what the CRM took"
            subject.broken(what, cause=outcome.error)
        records = subject.records("a visit")
        if len(records) != 1:
            subject.broken(f"writes it {len(records)} times")
        # It may be part of a reference, such as a URL.
        whole = re.compile(rf"(?<!\w){re.escape(client.id)}(?!\w)")
        if not any(map(whole.search, texts(records[0]))):
            subject.broken("writes it without its client")

    @rule
    def test_s02_types(self, subject: Subject) -> None:
        """
        Each type of activity that crmkit names is written, or refused and not written.
        """
        subject.about("crmkit_sync")
        client, connector = subject.add(), subject.connect()
        for name in TYPES:
            text = f"of the type {name}"  # a name alone may be that of a record's field
            outcome = connector.sync_activity(subject.activity(client, text, type=name))
            times = len(subject.records(text))
            if (outcome.status, times) not in {("synced", 1), ("dead", 0)}:
                what = f"says {outcome.status} of {name}, which is there {times} times"
                subject.broken(what, cause=outcome.error)

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
    def test_s06_unicode(self, subject: Subject) -> None:
        """
        A text is written letter by letter, in any script.
        """
        subject.about("crmkit_sync")
        activity = subject.activity(subject.add(), TEXT, id="unicode")
        subject.connect().sync_activity(activity)
        if not subject.records(TEXT):
            subject.broken(f"does not write the text {TEXT!r} as it is")

    @rule
    def test_s07_moments(self, subject: Subject) -> None:
        """
        The moment that is written is the activity's instant, whatever its time zone.
        """
        subject.about("crmkit_sync")
        activity = subject.activity(subject.add(), "a visit", timestamp=MOMENT)
        subject.connect().sync_activity(activity)
        moments = set(_moments(texts(subject.records("a visit"))))
        if MOMENT not in moments:
            wrong = {MOMENT.replace(tzinfo=UTC)} & moments
            if wrong:
                subject.broken("drops the time zone of the activity's timestamp")
            subject.not_proven("no timestamp is kept of an activity")

    @rule
    def test_s08_metadata(self, subject: Subject) -> None:
        """
        Whatever the metadata holds, the activity is written; so is one without a text.
        """
        subject.about("crmkit_sync")
        client, connector = subject.add(), subject.connect()
        for number, metadata in enumerate(METADATA):
            text = f"metadata {number}"
            activity = subject.activity(client, text, metadata=metadata)
            outcome = connector.sync_activity(activity)
            if not outcome or len(subject.records(text)) != 1:
                what = f"says {outcome.status} of metadata with {', '.join(metadata)}"
                subject.broken(what, cause=outcome.error)
        empty = subject.activity(client, "", id="empty")
        if outcome := connector.sync_activity(empty):
            return
        subject.broken(f"says {outcome.status} without a text", cause=outcome.error)


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
    told = [outcome.remote_id for outcome in outcomes]
    shown = [set(texts(subject.records(activity.description))) for activity in batch]
    if set().union(*shown).isdisjoint(told):
        return  # the fake's records do not show their ids
    for remote_id, texts_of_it in zip(told, shown, strict=True):
        if remote_id and remote_id not in texts_of_it:
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


def _moments(values: Iterable[str]) -> Iterable[datetime]:
    for value in values:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            if value.isdecimal() and len(value) in {10, 13}:
                seconds = int(value[:10])
                yield datetime.fromtimestamp(seconds, UTC)
        else:
            yield moment if moment.tzinfo else moment.replace(tzinfo=UTC)
