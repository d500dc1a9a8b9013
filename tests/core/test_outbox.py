"""
The outbox keeps what must not be lost, and tells the truth when it cannot.
"""

import sqlite3

import pytest
from tests.core.book import Book, activities, keeping, statuses

from crmkit import (
    ActivityConflictError,
    InvalidRequestError,
    RateLimitedError,
    StoreError,
    SyncOutcome,
    UnavailableError,
    hookimpl,
)
from crmkit._sqlite import SqliteStore

DAY = 86400


@pytest.fixture
def book():
    """
    Return a book that takes one activity at a time.
    """
    return Book(batch=1)


@pytest.fixture
def connected(book, clock, store):
    """
    Return a function that gives a connector with a store that stays.
    """

    def connected(**arguments):
        return keeping(book, clock=clock, store=f"sqlite:///{store}", **arguments)

    return connected


def forbid_writes(connector, forbidden=True):
    """
    Have the store refuse to be written, as a file system that became read-only does.
    """
    connector.outbox.store._open().execute(f"PRAGMA query_only = {forbidden:d}")


class TestBeforeSending:
    def test_no_store(self, connected, book, store):
        """
        Without a store nothing is sent, and the error names the remedy.
        """
        store.mkdir()

        with connected() as connector, pytest.raises(StoreError, match="store= or CRMKIT"):
            connector.batch_sync_activities(activities(1, 2))

        assert book.calls == []

    def test_read_only(self, connected, book):
        """
        A store that cannot be written sends nothing.
        """
        with connected() as connector:
            connector.outbox.list()
            forbid_writes(connector)
            with pytest.raises(StoreError, match="make it writable"):
                connector.batch_sync_activities(activities(1, 2))

        assert book.calls == []

    def test_full_disk(self, connected, book):
        """
        A full disk sends nothing, and what was in the outbox stays.
        """
        with connected(auto_sync=False) as connector:
            connector.sync_activity(*activities("kept"))
            connector.outbox.store._open().execute("PRAGMA max_page_count = 1")
            with pytest.raises(StoreError, match="full"):
                connector.batch_sync_activities(
                    activities(*range(50), description="x" * 999)
                )

        with connected() as connector:
            assert [row.activity_id for row in connector.outbox.list()] == ["kept"]
        assert book.calls == []

    def test_written_ahead(self, connected, book):
        """
        While a hook runs its activities are on disk as being sent, the rest as pending.

        The next cut may be leased already.
        """
        seen = []

        def sync(activities):
            if not seen:
                seen.append({row.activity_id: row.state for row in outbox.list()})
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(sync)
        with connected() as connector, connected() as other:
            outbox = other.outbox
            connector.batch_sync_activities(activities(1, 2, 3))

        (states,) = seen
        assert states.pop("2") in {"pending", "sending"}
        assert states == {"1": "sending", "3": "pending"}


class TestAfterSending:
    def failing_after(self, book, connectors):
        """
        Have the store fail while the first activity is being sent.
        """

        def sync(session, activities):
            book.entries += [(session.user_id, activity.id) for activity in activities]
            forbid_writes(connectors[0])
            return [SyncOutcome.synced(activity, 7) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(sync)

    def test_truth(self, connected, book, clock):
        """
        What was sent is told as sent although the store could not note it.
        """
        connectors = []
        self.failing_after(book, connectors)

        with connected() as connector:
            connectors.append(connector)
            outcome = connector.sync_activity(*activities(1))
            assert (outcome.status, outcome.remote_id) == ("synced", "7")

        with connected() as connector:
            assert [row.state for row in connector.outbox.list()] == ["uncertain"]
            clock.turn(1)
            assert statuses(connector.flush_pending()) == ["synced"]
        assert book.entries == [(None, "1")]

    def test_noted_later(self, connected, book):
        """
        What the store could not note at first is noted with what comes after.
        """
        with connected() as connector:
            store, failures = connector.outbox.store, [StoreError("full")]
            settle = store.settle

            def settle_at_last(settlements):
                if failures:
                    raise failures.pop()
                return settle(settlements)

            store.settle = settle_at_last
            connector.batch_sync_activities(activities(1, 2, 3))

            assert failures == []
            assert connector.outbox.list() == []
            assert connector.outcome_of("1").remote_id == "1"

    def test_noted_by_the_next_call(self, connected, book, monkeypatch):
        """
        What the store could not note at all is not leased until the process ends.
        """

        def fail(store, settlements):
            msg = "full"
            raise StoreError(msg)

        with connected() as connector:
            with monkeypatch.context() as patch:
                patch.setattr(SqliteStore, "settle", fail)
                book.fates = {"2": "unreachable"}
                connector.batch_sync_activities(activities(1, 2))
            book.heal()
            states = {row.state for row in connector.outbox.list()}
            assert states == {"sending"}
            connector.flush_pending()

            assert connector.outbox.list() == []
            assert sorted(book.entries) == [(None, "1"), (None, "2")]

    def test_half_a_character(self, connected, book):
        """
        A CRM's id that cannot be written as it is stops nothing.
        """

        def sync(activities):
            return [SyncOutcome.synced(activity, "7\ud800") for activity in activities]

        book.plugin.crmkit_sync = hookimpl(sync)
        with connected() as connector:
            report = connector.batch_sync_activities(activities(1, 2, 3))
            assert statuses(report) == ["synced"] * 3
            assert connector.outcome_of("1").remote_id == "7?"

    def test_rest(self, connected, book):
        """
        What the store then cannot lease is not sent, and told as pending with the reason.
        """
        connectors = []
        self.failing_after(book, connectors)

        with connected() as connector:
            connectors.append(connector)
            report = connector.batch_sync_activities(activities(1, 2, 3, 4))

        assert statuses(report)[0] == "synced"
        assert statuses(report)[2:] == ["pending", "pending"]
        assert isinstance(report[2].error, StoreError)
        assert report.exit_code == 4
        assert book.entries == [(None, o.activity_id) for o in report if o]

    def test_flush(self, connected, book, clock):
        """
        A flush whose store fails on the way tells what it sent, and what it left.
        """
        connectors = []
        with connected(auto_sync=False) as connector:
            connector.batch_sync_activities(activities(1, 2, 3, 4))
        clock.turn(1)
        self.failing_after(book, connectors)

        with connected() as connector:
            connectors.append(connector)
            report = connector.flush_pending()

        assert set(statuses(report)) == {"synced"}
        assert "make it writable" in report.unsent[0]
        assert report.exit_code == 4
        assert book.entries == [(None, outcome.activity_id) for outcome in report]
        assert len(report) < 4


class TestAgain:
    def test_pending(self, connected, book):
        """
        What is given again is sent if it waits, as it was first given.
        """
        book.end, book.fates = UnavailableError("no", sent=False), {"1": "silent"}
        first = activities(1, timestamp="2026-05-01T12:00:00Z")
        later = activities(1, timestamp="2026-05-02T12:00:00Z")
        with connected() as connector:
            assert statuses(connector.batch_sync_activities(first)) == ["pending"]
            book.heal()

            assert connector.sync_activity(*later)
            assert connector.sync_activity(*later)

        assert len(book.entries) == 1
        assert {activity.timestamp for activity in book.given} == {first[0].timestamp}

    def test_not_due(self, connected, book, clock):
        """
        What the CRM wants later is not sent before, however often it is given.
        """
        book.end, book.fates = RateLimitedError("later", retry_after=60), {"1": "silent"}
        with connected() as connector:
            connector.sync_activity(*activities(1))
            book.heal()
            assert connector.sync_activity(*activities(1)).status == "pending"
            assert book.entries == []
            clock.turn(60)

            assert connector.sync_activity(*activities(1))

    def test_uncertain(self, connected, book):
        """
        What is uncertain is not sent again, since only a flush looks for it.
        """
        book.fates = {"1": "timeout"}
        with connected() as connector:
            connector.sync_activity(*activities(1))
            book.heal()

            assert connector.sync_activity(*activities(1)).status == "uncertain"

        assert len(book.entries) == 1

    def test_of_another_process(self, connected, book):
        """
        What another connector is sending right now is left to it.
        """
        seen = []
        with connected() as one, connected() as other:
            book.meanwhile = lambda: seen.append(other.sync_activity(*activities(1)).status)
            one.sync_activity(*activities(1))

        assert seen == ["pending"]
        assert len(book.entries) == 1


class TestCheck:
    def test_being_sent(self, connected, book, clock):
        """
        What is being sent for too long is late, too: its process may hang.
        """
        checks = []

        def hang():
            clock.turn(600)
            checks.append(connector.outbox.check(max_age=300))

        book.meanwhile = hang
        with connected() as connector:
            connector.sync_activity(*activities(1))
            assert connector.outbox.check(max_age=300).ok

        (check,) = checks
        assert (check.ok, check.oldest_s) == (False, 600)

    def test_from_the_future(self, connected, book, clock):
        """
        What a wrong clock stored in the future is told, rather than no age at all.
        """
        book.end, book.fates = UnavailableError("no", sent=False), {"1": "silent"}
        with connected() as connector:
            connector.sync_activity(*activities(1))
            clock.turn(-DAY)

            check = connector.outbox.check(max_age=3600)

        assert (check.ok, check.oldest_s) == (False, DAY)


class TestLedger:
    def test_ninety_days(self, connected, book, clock):
        """
        An id is known for 90 days, then it is forgotten.
        """
        with connected() as connector:
            connector.sync_activity(*activities(1))
        for _ in range(12):
            clock.turn(7 * DAY)
            with connected() as connector:
                assert connector.sync_activity(*activities(1)).remote_id == "1"
                assert len(book.entries) == 1
        clock.turn(7 * DAY)
        with connected() as connector:
            assert connector.outcome_of("1") is None
            assert connector.sync_activity(*activities(1)).remote_id == "2"

    @pytest.mark.parametrize("days", [91, 400, -400])
    def test_wrong_clock(self, connected, book, clock, days):
        """
        A clock that is wrong for a while makes nothing forgotten, and nothing sent twice.
        """
        with connected() as connector:
            connector.sync_activity(*activities(1))
        clock.turn(days * DAY)
        for _ in range(3):
            with connected() as connector:
                connector.flush_pending()
        clock.turn(-days * DAY)
        with connected() as connector:
            assert connector.sync_activity(*activities(1)).remote_id == "1"

        assert len(book.entries) == 1

    def test_only_what_is_synced(self, connected, book, clock):
        """
        What is not in the CRM is kept however old it is.
        """
        book.end, book.fates = UnavailableError("no", sent=False), {"1": "silent"}
        with connected() as connector:
            connector.sync_activity(*activities(1))
        clock.turn(400 * DAY)
        book.heal()

        with connected() as connector:
            assert statuses(connector.flush_pending()) == ["synced"]

    def test_no_person(self, connected, book, store):
        """
        Once synced, neither the activity's text nor its client is kept.
        """
        book.fates = {"2": "refused"}
        with connected() as connector:
            connector.batch_sync_activities(
                activities(1, 2, description="Dear Ada", client_id="ada@example.com")
            )
        database = sqlite3.connect(store)
        rows = database.execute("SELECT * FROM activity ORDER BY seq").fetchall()
        database.close()

        assert "Ada" not in str(rows[0])
        assert "ada@example.com" not in str(rows[0])
        assert "Dear Ada" in str(rows[1])

    def test_conflict_after_erasure(self, connected, book):
        """
        Other content is recognised though the first was erased.
        """
        with connected() as connector:
            connector.sync_activity(*activities(1, description="Hello"))
            outcome = connector.sync_activity(*activities(1, description="Bye"))

        assert isinstance(outcome.error, ActivityConflictError)

    def test_outcome_of(self, connected, book):
        """
        outcome_of tells what became of an activity, by user and id.
        """
        book.fates = {"2": "refused", "3": "timeout"}
        with connected() as connector:
            connector.batch_sync_activities(activities(1, 2, 3, user_id="bob"))

        with connected() as connector:
            told = [connector.outcome_of(str(number), "bob") for number in (1, 2, 3)]
            assert connector.outcome_of("1") is None
            assert connector.outcome_of("4", "bob") is None

        assert statuses(told) == ["synced", "dead", "uncertain"]
        assert told[0].remote_id == "1"
        assert isinstance(told[1].error, InvalidRequestError)
        assert str(told[1].error) == "no such field"
        assert told[2].error.sent

    def test_outcome_of_a_missing_plugin(self, connected, book):
        """
        outcome_of tells what became of an activity without the plugin, too.
        """
        book.fates = {"1": "timeout"}
        with connected() as connector:
            connector.sync_activity(*activities(1))

        with connected(plugins={}) as connector:
            told = connector.outcome_of("1")

        assert (told.status, told.user_decides) == ("uncertain", False)


class TestByHand:
    def test_list(self, connected, book):
        """
        The list shows what is not synced, the oldest first, or one state.
        """
        book.fates = {"2": "refused", "3": "timeout", "4": "limited"}
        with connected() as connector:
            connector.batch_sync_activities(
                [*activities(1, 2), *activities(3, user_id="b")]
            )
            connector.sync_activity(*activities(4, user_id="c"))
            rows = connector.outbox.list()
            dead = connector.outbox.list("dead")
            two = connector.outbox.list(limit=2)

        found = [(row.activity_id, row.state) for row in rows]
        assert found == [("2", "dead"), ("3", "uncertain"), ("4", "pending")]
        assert [row.activity_id for row in dead] == ["2"]
        assert [row.activity_id for row in two] == ["2", "3"]

    def test_check(self, connected, book, clock):
        """
        The check counts by state, and tells trouble and what waits for too long.
        """
        with connected(auto_sync=False) as connector:
            assert connector.outbox.check().ok
            connector.sync_activity(*activities(1))
            clock.turn(100)
            check = connector.outbox.check(max_age=100)
            assert (check.ok, check.oldest_s, check.counts) == (True, 100, {"pending": 1})
            assert not connector.outbox.check(max_age=99).ok

    @pytest.mark.parametrize(("fate", "ok"), [("refused", False), ("timeout", False)])
    def test_check_trouble(self, connected, book, fate, ok):
        """
        Something dead or uncertain is trouble.
        """
        book.fates = {"1": fate}
        with connected() as connector:
            connector.sync_activity(*activities(1))
            assert connector.outbox.check().ok == ok

    def test_retry(self, connected, book, clock):
        """
        A dead activity that is retried is sent by the next flush.
        """
        book.fates = {"1": "refused", "2": "refused"}
        with connected() as connector:
            connector.batch_sync_activities(activities(1, 2, user_id="bob"))
            book.heal()

            assert connector.outbox.retry("1") == 0
            assert connector.outbox.retry("1", "absent", user_id="bob") == 1
            assert statuses(connector.flush_pending()) == ["synced"]
            assert connector.outcome_of("2", "bob").status == "dead"

    def test_drop(self, connected, book, clock):
        """
        What is dropped is forgotten, but never what is synced.
        """
        book.fates = {"2": "refused"}
        with connected() as connector:
            connector.batch_sync_activities(activities(1, 2))

            assert connector.outbox.drop("1", "2", "3") == 1
            assert connector.outcome_of("1")
            assert connector.outcome_of("2") is None
            book.heal()
            assert connector.sync_activity(*activities(2))

    def test_due(self, connected, book, clock):
        """
        A row tells when it is due.
        """
        book.end, book.fates = RateLimitedError("slowly", retry_after=50), {"1": "silent"}
        with connected() as connector:
            connector.sync_activity(*activities(1))
            (row,) = connector.outbox.list()

        assert row.due_at == pytest.approx(clock.now().timestamp() + 50)
        assert row.attempts == 1
