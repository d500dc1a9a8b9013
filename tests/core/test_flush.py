"""
A flush does as much as it may: so many activities, so much of a day, so long.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.book import Book, activities, keeping

from crmkit import ConfigurationError, Limit, RateLimitedError, UnavailableError, _flush
from crmkit._limits import Limiter
from crmkit._outbox import row_of
from crmkit._retry import Patience
from crmkit._sqlite import open_store
from crmkit.testing import Clock

HOUR, MINUTE = 3600, 60
FATES = st.lists(st.sampled_from(["written", "lost", "put off"]), min_size=1, max_size=12)


def leave(book, connector, fates):
    """
    Leave one activity of each fate in the outbox, uncertain or pending.
    """
    for number, fate in enumerate(fates):
        book.fates = {str(number): "silent"}
        book.end = UnavailableError("?", sent=fate != "put off")
        connector.sync_activity(*activities(number))
        if fate == "lost":
            book.entries.pop()
    book.heal()


@pytest.fixture
def book():
    """
    Return a book that takes two activities at a time.
    """
    return Book(batch=2)


@pytest.fixture
def connector(book, clock):
    """
    Return a connector to it.
    """
    with keeping(book, clock=clock) as connector:
        yield connector


@given(FATES, st.integers(1, 5), st.integers(1, 3))
def test_limit(fates, limit, page):
    """
    Flushes of a few bring the same as one of all, and each keeps to its limit.
    """
    book, clock = Book(batch=2), Clock()
    with keeping(book, clock=clock) as connector, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_flush, "_PAGE", page)
        leave(book, connector, fates)
        clock.turn(MINUTE)
        reports = [connector.flush_pending(limit=limit) for _ in fates]

        assert max(map(len, reports)) <= limit
        assert sum(map(len, reports)) == len(fates)
        assert all(outcome for report in reports for outcome in report)
        assert set(book.times().values()) == {1}
        assert sum(book.times().values()) == len(fates)


def test_limit_beside_what_only_users_decide(clock):
    """
    What stays uncertain in each flush does not use up the limit of what can be sent.
    """
    book = Book(batch=2, looks=False)
    with keeping(book, clock=clock) as connector:
        leave(book, connector, ["lost"] * 3)
        book.fates = {"later": "unreachable"}
        connector.sync_activity(*activities("later"))
        book.heal()
        connector.flush_pending(limit=2)

        assert connector.outcome_of("later")


def test_limit_beside_an_account_out_of_reach(clock):
    """
    What an account leaves pending in each flush does not use up the limit of others.
    """
    book = Book(batch=2)
    with keeping(book, clock=clock) as connector:
        book.fates = {"a": "unreachable", "b": "unreachable"}
        for user in "ab":
            connector.sync_activity(*activities(user), user)
        del book.fates["b"]
        report = connector.flush_pending(limit=1)

        assert connector.outcome_of("b", "b")
        assert report.counts == {"synced": 1, "pending": 1, "uncertain": 0, "dead": 0}


def test_limit_is_told(book, connector):
    """
    A flush that ends at its limit says so, and that it is to be run again.
    """
    leave(book, connector, ["put off"] * 3)

    first, second = (connector.flush_pending(limit=2) for _ in range(2))

    assert (len(first), first.exit_code) == (2, 4)
    assert first.unsent == ("book: the limit of this flush",)
    assert (len(second), second.exit_code, second.unsent) == (1, 0, ())


@given(FATES, st.integers(1, 3))
def test_each_looked_for_once(fates, page):
    """
    However many are uncertain, a flush looks for each once, and reports each once.
    """
    book = Book(batch=2)
    with keeping(book) as connector, pytest.MonkeyPatch.context() as patch:
        patch.setattr(_flush, "_PAGE", page)
        leave(book, connector, fates)
        report = connector.flush_pending()

        uncertain = [str(n) for n, fate in enumerate(fates) if fate != "put off"]
        assert sorted(book.looked) == sorted(uncertain)
        assert sorted(o.activity_id for o in report) == sorted(map(str, range(len(fates))))
        wanted = {"lost": "uncertain"}
        assert {fates[int(o.activity_id)]: o.status for o in report} == {
            fate: wanted.get(fate, "synced") for fate in fates
        }


def test_dry_run(book, connector, clock):
    """
    A dry run tells what a flush within its limit would send now, and changes nothing.
    """
    leave(book, connector, ["put off"] * 3)
    book.end, book.fates = RateLimitedError("slowly", retry_after=MINUTE), {"9": "silent"}
    connector.sync_activity(*activities(9))
    before = connector.outbox.list()

    report = connector.flush_pending(dry_run=True, limit=2)

    assert [outcome.activity_id for outcome in report] == ["0", "1"]
    assert [request["count"] for request in report.requests] == [2]
    assert len(connector.flush_pending(dry_run=True)) == 3
    assert connector.outbox.list() == before


def test_dry_run_recovers_nothing(book, clock, tmp_path):
    """
    A dry run leaves even what a process that is gone was sending as it is.
    """
    store = f"sqlite:///{tmp_path}/outbox.db"
    with keeping(book, clock=clock, store=store) as connector:
        connector.outbox.list()
        gone = open_store(store)
        (activity,) = activities(1, provider="book")
        gone.add([row_of(activity, "", state="sending", now=0.0)])
        gone.close()

        connector.flush_pending(dry_run=True)
        assert [row.state for row in connector.outbox.list()] == ["sending"]
        connector.flush_pending()
        assert [row.state for row in connector.outbox.list()] == ["uncertain"]


def test_progress(book, connector):
    """
    Each outcome is told at once, as the report tells it in the end.
    """
    leave(book, connector, ["put off"] * 4)
    told = []

    def note(outcome):
        told.append((outcome, len(book.calls)))

    report = connector.flush_pending(progress=note)

    assert [outcome for outcome, _ in told] == list(report)
    assert told[0][1] < told[-1][1]


def test_progress_that_fails(book, connector, clock):
    """
    An error of the caller's own ends the flush, and loses and doubles nothing.
    """
    leave(book, connector, ["put off", "lost", "written"] * 5)
    clock.turn(MINUTE)

    def fail(outcome):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        connector.flush_pending(progress=fail)
    clock.turn(MINUTE)
    connector.flush_pending()

    assert sorted(book.times().values()) == [1] * 15
    assert not connector.outbox.list()


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"limit": 0}, "limit must be a number of activities, 1 or more"),
        ({"limit": -1}, "limit must be a number of activities, 1 or more"),
        ({"limit": 2.5}, "limit must be a number of activities, 1 or more"),
        ({"limit": "3"}, "limit must be a number of activities, 1 or more"),
        ({"daily_share": "3"}, "daily_share must be a share of a day's requests"),
        ({"daily_share": 0}, "daily_share must be a share of a day's requests"),
        ({"daily_share": 80}, "daily_share must be a share of a day's requests"),
    ],
)
def test_wrong(connector, given, message):
    """
    A limit or share that means nothing is refused.
    """
    with pytest.raises(ConfigurationError, match=message):
        connector.flush_pending(**given)


class TestDailyShare:
    def test_used_up(self, clock):
        """
        Once the share is used up nothing is sent, for an hour; others go on.
        """
        limiter, careful = Limiter({}, clock), Patience(daily_share=0.8)
        limiter.learn(Limit(remaining=9, daily_used=0.79))
        limiter.wait("", careful)
        limiter.learn(Limit(remaining=9, daily_used=0.8))

        with pytest.raises(RateLimitedError, match="80% of the day's requests") as caught:
            limiter.wait("", careful)
        assert caught.value.retry_after == HOUR
        limiter.wait("", Patience())
        clock.turn(HOUR)
        limiter.wait("", careful)

    def test_unknown(self, clock):
        """
        Where the CRM tells nothing of a day, nothing is held back.
        """
        limiter = Limiter({}, clock)
        limiter.learn(Limit(remaining=9))

        assert limiter.wait("", Patience(daily_share=0.01))[0] == 0
