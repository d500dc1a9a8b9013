"""
One outcome for each activity, true whatever goes wrong, and nothing sent twice.
"""

import inspect

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.book import FATES, REFUSED, Book, activities, keeping, statuses

from crmkit import (
    AccessDeniedError,
    ActivityConflictError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    CredentialsError,
    InvalidRequestError,
    NotSupportedError,
    PluginContractError,
    PluginNotFoundError,
    ProtocolError,
    ProviderInfo,
    RateLimitedError,
    SyncOutcome,
    SyncReport,
    UnavailableError,
    bearer,
    hookimpl,
    stable_id,
)

ENDS = [
    None,
    KeyError("id"),
    RateLimitedError("slowly"),
    UnavailableError("no way", sent=False),
    UnavailableError("no answer", sent=True),
    ProtocolError("not JSON"),
    InvalidRequestError("no"),
    ClientNotFoundError("gone"),
    NotSupportedError("cannot"),
    AuthenticationError("token"),
    AccessDeniedError("right"),
]


@pytest.fixture
def book():
    """
    Return a book in which everything can be looked up.
    """
    return Book()


@pytest.fixture
def connector(book, clock, tmp_path):
    """
    Return a connector to the book, whose clock the test turns.
    """
    with keeping(book, clock=clock) as connector:
        yield connector


class TestLaws:
    @given(
        fates=st.lists(st.sampled_from(FATES), max_size=12),
        end=st.sampled_from(ENDS),
        batch=st.integers(1, 5),
        users=st.lists(st.sampled_from([None, "bob", "eve"]), min_size=12, max_size=12),
        order=st.randoms(use_true_random=False),
        strangers=st.integers(0, 2),
        looks=st.booleans(),
    )
    def test_whatever_goes_wrong(
        self, *, fates, end, batch, users, order, strangers, looks
    ):
        """
        Each activity has one true outcome in its place; a flush brings the rest, once.
        """
        book = Book(batch=batch, looks=looks)
        book.fates = {str(number): fate for number, fate in enumerate(fates)}
        book.end, book.shuffle, book.strangers = end, order.shuffle, strangers
        given = [
            ActivityRecord(id=activity_id, type="note", user_id=users[int(activity_id)])
            for activity_id in book.fates
        ]
        order.shuffle(given)
        with keeping(book) as connector:
            report = connector.batch_sync_activities(given)

            assert [outcome.activity_id for outcome in report] == [a.id for a in given]
            for activity, outcome in zip(given, report, strict=True):
                times = book.times()[activity.user_id, activity.id]
                if outcome.status == "synced":
                    assert times == 1
                elif outcome.status in {"pending", "dead"}:
                    assert times == 0
                    assert outcome.error is not None
                else:
                    assert outcome.status == "uncertain"
                    assert outcome.user_decides == (not looks)
                    assert times <= 1
                told = connector.outcome_of(activity.id, activity.user_id)
                assert told.status == outcome.status
                assert bool(outcome) == (outcome.status == "synced")
                assert outcome.accepted == (outcome.status != "dead")

            before = book.times()
            again = connector.batch_sync_activities(given)
            for activity, first, second in zip(given, report, again, strict=True):
                if first.status != "pending":  # which alone is sent again
                    key = (activity.user_id, activity.id)
                    assert (second.status, book.times()[key]) == (first.status, before[key])

            before = book.times()
            book.heal()
            connector._clock.turn(60)
            connector.flush_pending()
            for activity, outcome in zip(given, again, strict=True):
                times = book.times()[activity.user_id, activity.id]
                now = connector.outcome_of(activity.id, activity.user_id).status
                if outcome.status == "dead":
                    assert (now, times) == ("dead", 0)
                elif outcome.status == "uncertain" and not looks:
                    assert now == "uncertain"
                    assert times == before[activity.user_id, activity.id]
                else:
                    assert (now, times) == ("synced", 1)

    @given(
        bad=st.sets(st.integers(0, 15)),
        batch=st.integers(1, 20),
        kind=st.sampled_from([InvalidRequestError, ClientNotFoundError]),
    )
    def test_bisection(self, bad, batch, kind):
        """
        Where a CRM refuses a request for one row, only that row is dead, all others in.
        """
        book = Book(batch=batch)
        refused = {str(number) for number in bad}

        def sync(session, activities):
            if refused & {activity.id for activity in activities}:
                message = "one of them"
                raise kind(message)
            book.entries += [(None, activity.id) for activity in activities]
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(sync)
        with keeping(book) as connector:
            report = connector.batch_sync_activities(activities(*range(16)))

        for outcome in report:
            is_bad = outcome.activity_id in refused
            assert outcome.status == ("dead" if is_bad else "synced")
            assert book.times()[None, outcome.activity_id] == (0 if is_bad else 1)
            assert isinstance(outcome.error, kind) == is_bad

    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["1", "2", "3"]),
                st.sampled_from([None, "bob", "eve"]),
                st.sampled_from(["Hello", "Bye"]),
            ),
            max_size=12,
        ),
        st.integers(1, 4),
    )
    def test_ids(self, records, batch):
        """
        An id of a user stands for its first content; whatever repeats it is told so.
        """
        book = Book(batch=batch)
        given = [
            ActivityRecord(id=activity_id, user_id=user_id, description=text, type="note")
            for activity_id, user_id, text in records
        ]
        with keeping(book) as connector:
            report = connector.batch_sync_activities(given)

        first = {}
        for (activity_id, user_id, text), outcome in zip(records, report, strict=True):
            assert outcome.activity_id == activity_id
            if first.setdefault((user_id, activity_id), text) == text:
                assert outcome.status == "synced"
            else:
                assert outcome.status == "dead"
                assert isinstance(outcome.error, ActivityConflictError)
        assert book.times() == dict.fromkeys(first, 1)


class TestVerdicts:
    @pytest.mark.parametrize(
        ("end", "status"),
        [
            (None, "uncertain"),
            (KeyError("secret of Ada"), "uncertain"),
            (ProtocolError("not JSON"), "uncertain"),
            (UnavailableError("no answer", sent=True), "uncertain"),
            (UnavailableError("no way", sent=False), "pending"),
            (RateLimitedError("slowly"), "pending"),
            (AuthenticationError("token"), "pending"),
            (AccessDeniedError("right"), "pending"),
            (CredentialsError("revoked"), "pending"),
            (ConfigurationError("base_url"), "pending"),
            (PluginContractError("two writes"), "uncertain"),
            (InvalidRequestError("no"), "dead"),
            (ClientNotFoundError("gone"), "dead"),
            (NotSupportedError("cannot"), "dead"),
        ],
    )
    def test_raised(self, book, connector, end, status):
        """
        What is raised decides for activities without an outcome, and for them alone.
        """
        book.fates, book.end = {"2": "silent"}, end

        first, second = connector.batch_sync_activities(activities(1, 2))

        assert (first.status, second.status) == ("synced", status)
        assert first.error is None
        foreign = end is None or isinstance(end, KeyError)
        assert isinstance(second.error, ProtocolError if foreign else type(end))
        assert "Ada" not in str(second.error)

    @pytest.mark.parametrize(
        ("fate", "status"),
        [
            ("synced", "synced"),
            ("refused", "dead"),
            ("no client", "dead"),
            ("cannot", "dead"),
            ("limited", "pending"),
            ("unreachable", "pending"),
            ("timeout", "uncertain"),
            ("silent", "uncertain"),
            ("odd", "uncertain"),
        ],
    )
    def test_reported(self, book, connector, fate, status):
        """
        What is reported decides for its activity.
        """
        book.fates = {"1": fate}

        outcome = connector.sync_activity(*activities(1))

        assert outcome.status == status

    def test_reported_in_words(self, book, connector):
        """
        A refusal may be reported in words.
        """
        book.plugin.crmkit_sync = hookimpl(
            lambda activities: [SyncOutcome.failed(a, "no such stage") for a in activities]
        )

        outcome = connector.sync_activity(*activities(1))

        assert outcome.status == "dead"
        assert str(outcome.error) == "no such stage"

    def test_reported_twice(self, book, connector):
        """
        Of two outcomes for one activity the first counts.
        """
        book.plugin.crmkit_sync = hookimpl(
            lambda activities: [
                SyncOutcome.synced(activities[0], 7),
                SyncOutcome.failed(activities[0], "no"),
            ]
        )

        outcome = connector.sync_activity(*activities(1))

        assert (outcome.status, outcome.remote_id) == ("synced", "7")

    def test_limited_until(self, book, connector, clock):
        """
        A limited activity is due when the CRM said, not before.
        """
        book.end, book.fates = RateLimitedError("slowly", retry_after=120), {"1": "silent"}
        connector.sync_activity(*activities(1))
        book.heal()

        clock.turn(119)
        connector.flush_pending()
        assert book.entries == []
        clock.turn(2)
        assert connector.flush_pending()[0]
        assert book.entries == [(None, "1")]

    @pytest.mark.parametrize(("status", "sent"), [(423, 59), (429, 49)])
    def test_locked(self, book, connector, monkeypatch, status, sent):
        """
        A record that is locked holds up its own activity; a limit holds up the account.
        """
        busy = RateLimitedError("busy", status=status)
        monkeypatch.setitem(REFUSED, "locked", busy)
        book.fates = {"3": "locked"}

        report = connector.batch_sync_activities(activities(*range(60)))

        assert statuses(report).count("synced") == sent

    def test_key_error_after_the_write(self, book, connector, clock):
        """
        A plugin that fails after its write leaves it uncertain; a flush finds it there.
        """
        book.end, book.fates = KeyError("id"), {"1": "silent"}

        outcome = connector.sync_activity(*activities(1))
        assert (outcome.status, outcome.user_decides) == ("uncertain", False)
        assert not connector.outcome_of("1").user_decides

        book.heal()
        clock.turn(1)
        (found,) = connector.flush_pending()
        assert (found.status, found.remote_id) == ("synced", "0")
        assert book.entries == [(None, "1")]

    def test_nobody_can_look(self, book, connector, clock):
        """
        Where the plugin finds that nobody can ever look, the user decides.
        """

        def find_activity(activity):
            message = "an activity without a client cannot be looked up"
            raise NotSupportedError(message)

        book.plugin.crmkit_find_activity = hookimpl(find_activity)
        book.end, book.fates = KeyError("id"), {"1": "silent"}
        connector.sync_activity(*activities(1))
        book.heal()
        clock.turn(1)

        report = connector.flush_pending()

        assert (report[0].status, report[0].user_decides) == ("uncertain", True)
        assert connector.outcome_of("1").user_decides
        assert report.exit_code == 3
        assert book.entries == [(None, "1")]

    def test_no_way_to_look(self, clock):
        """
        Where nobody can look, an uncertain activity stays so until the user decides.
        """
        book = Book(looks=False)
        book.end, book.fates = KeyError("id"), {"1": "silent"}
        with keeping(book, clock=clock) as connector:
            report = connector.batch_sync_activities(activities(1))
            assert report[0].user_decides
            assert report.exit_code == 3

            book.heal()
            for _ in range(2):
                clock.turn(1)
                flushed = connector.flush_pending()
                assert statuses(flushed) == ["uncertain"]
                assert flushed[0].user_decides
                assert flushed.exit_code == 3
                assert "KeyError" in str(flushed[0].error)
            assert len(book.entries) == 1

            again = connector.batch_sync_activities(activities(1))
            assert (again[0].user_decides, again.exit_code) == (True, 3)
            assert connector.outcome_of("1").user_decides

            assert connector.outbox.retry("1") == 1
            assert connector.flush_pending()[0]
            assert len(book.entries) == 2


class TestRecords:
    def test_filled(self, book, connector):
        """
        The call's user and provider fill records that have none.
        """
        report = connector.batch_sync_activities(
            [*activities(1), *activities(2, user_id="bob", provider="book")],
            user_id="bob",
            provider="book",
        )

        assert statuses(report) == ["synced", "synced"]
        assert book.times() == {("bob", "1"): 1, ("bob", "2"): 1}

    @pytest.mark.parametrize(
        ("field", "own"), [("user_id", "eve"), ("provider", "hubspot")]
    )
    def test_contradicting(self, book, connector, field, own):
        """
        A record that says another user or provider than the call is refused, alone.
        """
        given = [*activities(1), *activities(2, **{field: own}), *activities(3)]

        report = connector.batch_sync_activities(given, user_id="bob", provider="book")

        assert statuses(report) == ["synced", "dead", "synced"]
        assert isinstance(report[1].error, InvalidRequestError)
        assert repr(own) in str(report[1].error)
        assert connector.outcome_of("2", "eve") is None
        assert connector.outcome_of("2", "bob") is None

    def test_unknown_provider(self, book, connector):
        """
        A record of a provider that is not there is refused alone.
        """
        given = [*activities(1, provider="custom"), *activities(2)]

        report = connector.batch_sync_activities(given)

        assert statuses(report) == ["dead", "synced"]
        assert "Unsupported CRM provider: custom" in str(report[0].error)

    def test_unknown_provider_of_the_call(self, connector):
        """
        A provider of the call that is not there is an error before anything is written.
        """
        with pytest.raises(PluginNotFoundError):
            connector.batch_sync_activities(activities(1), provider="custom")

        assert connector.outcome_of("1") is None

    def test_default_provider_that_nobody_needs(self, book):
        """
        Records that all name their provider need no default one.
        """
        with keeping(book, default_provider="hubspot") as connector:
            report = connector.batch_sync_activities(activities(1, provider="book"))

        assert statuses(report) == ["synced"]

    def test_unknown_type(self):
        """
        A type that the provider's table does not know is refused alone, with the remedy.
        """
        book = Book(kinds={"note": "notes", "call": "calls"})
        with keeping(book) as connector:
            report = connector.batch_sync_activities(
                [*activities(1), ActivityRecord(id="2", type="carrier_pigeon")]
            )

        assert statuses(report) == ["synced", "dead"]
        message = str(report[1].error)
        assert "'carrier_pigeon'" in message
        assert "activity_types of 'book'" in message
        assert "calls, notes" in message

    def test_wrong_kind_alone(self):
        """
        A kind that the settings name wrongly halts that kind, not the account's others.
        """
        book = Book(kinds={"note": "notes"})

        def sync(session, kind, activities):
            if kind == "visits":
                message = "there is no kind 'visits'"
                raise ConfigurationError(message)
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(sync)
        settings = {"book": {"activity_types": {"visit": "visits"}}}
        given = [ActivityRecord(type="visit"), ActivityRecord(type="note")]
        with keeping(book, settings=settings) as connector:
            assert statuses(connector.batch_sync_activities(given)) == ["pending", "synced"]

    def test_activity_types(self):
        """
        The setting activity_types extends the table, and wins over it.
        """
        book = Book(kinds={"note": "notes", "call": "calls"})
        types = {"carrier_pigeon": "notes", "call": "events"}
        with keeping(book, settings={"book": {"activity_types": types}}) as connector:
            connector.batch_sync_activities(
                [
                    ActivityRecord(id="1", type="note"),
                    ActivityRecord(id="2", type="call"),
                    ActivityRecord(id="3", type="carrier_pigeon"),
                ]
            )

        assert book.calls == [(None, "notes", ["1", "3"]), (None, "events", ["2"])]

    def test_star(self):
        """
        A star in the table takes what it does not name.
        """
        book = Book(kinds={"note": "notes", "*": "other"})
        with keeping(book) as connector:
            assert connector.sync_activity(ActivityRecord(id="1", type="carrier_pigeon"))

        assert book.calls == [(None, "other", ["1"])]

    def test_no_record(self, connector):
        """
        What is no ActivityRecord is refused before anything is sent.
        """
        with pytest.raises(ConfigurationError, match="ActivityRecord, not a dict"):
            connector.batch_sync_activities([*activities(1), {"type": "note"}])

        assert connector.outcome_of("1") is None

    def test_nothing(self, connector):
        """
        A batch of nothing is a report of nothing.
        """
        report = connector.batch_sync_activities([])

        assert (len(report), report.exit_code) == (0, 0)

    def test_same_id_other_content(self, book, connector):
        """
        Other content under a known id is refused, alone, and the first stays as it was.
        """
        connector.sync_activity(*activities(1, description="Hello"))

        report = connector.batch_sync_activities(
            [*activities(1, description="Bye"), *activities(2)]
        )

        assert statuses(report) == ["dead", "synced"]
        assert isinstance(report[0].error, ActivityConflictError)
        assert "'1'" in str(report[0].error)
        assert connector.outcome_of("1").status == "synced"

    @pytest.mark.parametrize(
        "change",
        [
            {"description": "Bye"},
            {"client_id": "8"},
            {"type": "call"},
            {"metadata": {"subject": "B"}},
            {"metadata": {}},
        ],
    )
    def test_what_is_content(self, connector, change):
        """
        Description, client, type and metadata are content.
        """
        fields = {
            "type": "note",
            "description": "Hello",
            "client_id": "7",
            "metadata": {"subject": "A"},
        }
        connector.sync_activity(ActivityRecord(id="1", **fields))

        outcome = connector.sync_activity(ActivityRecord(id="1", **{**fields, **change}))

        assert isinstance(outcome.error, ActivityConflictError)

    def test_provider_is_content(self, book):
        """
        The same activity for another provider is another content.
        """
        plugins = {"book": book.plugin, "other": book.plugin}
        with keeping(book, plugins=plugins) as connector:
            connector.sync_activity(*activities(1))
            outcome = connector.sync_activity(*activities(1), provider="other")

        assert isinstance(outcome.error, ActivityConflictError)

    def test_what_is_no_content(self, book, connector):
        """
        The timestamp and the order of metadata are no content.
        """
        connector.sync_activity(*activities(1, metadata={"a": 1, "b": {"c": 2, "d": 3}}))

        outcome = connector.sync_activity(
            *activities(
                1,
                metadata={"b": {"d": 3, "c": 2}, "a": 1},
                timestamp="2020-01-01T00:00:00Z",
            )
        )

        assert outcome
        assert len(book.entries) == 1

    def test_rerun(self, book, connector):
        """
        A re-run with the same ids sends nothing and tells the first outcomes.
        """
        ids = [stable_id("newsletter-7", number) for number in range(5)]
        first = connector.batch_sync_activities(activities(*ids))

        again = connector.batch_sync_activities(activities(*reversed(ids)))

        assert [o.remote_id for o in again] == [o.remote_id for o in reversed(first)]
        assert len(book.entries) == 5
        assert len(book.calls) == 1

    def test_two_users(self, book, connector):
        """
        One id of two users is two activities.
        """
        given = [
            *activities(1, user_id="bob"),
            *activities(1, user_id="eve"),
            *activities(1),
        ]

        assert statuses(connector.batch_sync_activities(given)) == ["synced"] * 3
        assert book.times() == {("bob", "1"): 1, ("eve", "1"): 1, (None, "1"): 1}


class TestSending:
    def test_cuts(self):
        """
        Activities go in cuts of sync_batch, one kind and one user at a time.
        """
        book = Book(batch={"notes": 2, "*": 3}, kinds={"note": "notes", "call": "calls"})
        given = [
            ActivityRecord(
                id=str(number),
                type="note" if number % 2 else "call",
                user_id="bob" if number < 10 else None,
            )
            for number in range(12)
        ]
        with keeping(book) as connector:
            assert all(connector.batch_sync_activities(given))

        assert sorted(book.calls, key=str) == [
            ("bob", "calls", ["0", "2", "4"]),
            ("bob", "calls", ["6", "8"]),
            ("bob", "notes", ["1", "3"]),
            ("bob", "notes", ["5", "7"]),
            ("bob", "notes", ["9"]),
            (None, "calls", ["10"]),
            (None, "notes", ["11"]),
        ]

    def test_parked(self, clock):
        """
        An account that cannot sign in is tried with one cut a run; other users go on.
        """
        book = Book(batch=1, kinds={"note": "notes", "call": "calls"})
        book.end, book.fates = AuthenticationError("token"), {"1": "silent"}
        given = [
            *activities(1, 2, 3, user_id="bob"),
            ActivityRecord(id="4", type="call", user_id="bob"),
            *activities(5, user_id="eve"),
        ]

        def sync(session, activities):
            if session.user_id == "bob":
                message = "token"
                raise AuthenticationError(message)
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(_noting(book, sync))
        with keeping(book, clock=clock) as connector:
            report = connector.batch_sync_activities(given)

            assert statuses(report) == ["pending"] * 4 + ["synced"]
            assert report.exit_code == 5
            assert all(isinstance(o.error, AuthenticationError) for o in report[:4])
            assert [user for user, *_ in book.calls] == ["bob", "eve"]

            book.calls.clear()
            clock.turn(1)
            flushed = connector.flush_pending()
            assert [user for user, *_ in book.calls] == ["bob"]
            assert flushed.exit_code == 5
            assert any("bob" in reason for reason in flushed.unsent)

    def test_limited_account(self, clock):
        """
        A limited account waits as a whole, so that nobody asks in vain; others go on.
        """
        book = Book(batch=1)

        def sync(session, activities):
            if session.user_id == "bob":
                message = "slowly"
                raise RateLimitedError(message, retry_after=50)
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(_noting(book, sync))
        with keeping(book, clock=clock) as connector:
            given = [*activities(1, 2, 3, user_id="bob"), *activities(4, user_id="eve")]
            report = connector.batch_sync_activities(given)

        assert statuses(report) == ["pending"] * 3 + ["synced"]
        assert report.exit_code == 4
        assert len(book.calls) == 2

    def test_deadline(self, clock):
        """
        What is left when the deadline has passed comes back pending.
        """
        book = Book(batch=1)

        def sync(activities):
            clock.turn(4)
            return [SyncOutcome.synced(activity) for activity in activities]

        book.plugin.crmkit_sync = hookimpl(_noting(book, sync))
        with keeping(book, clock=clock) as connector:
            report = connector.batch_sync_activities(activities(*range(5)), deadline=10)

            assert statuses(report) == ["synced"] * 3 + ["pending"] * 2
            assert report.exit_code == 4
            clock.turn(1)
            flushed = connector.flush_pending(deadline=3)
            assert statuses(flushed)[:1] == ["synced"]
            assert flushed.exit_code == 4
            clock.turn(1)
            assert statuses(connector.flush_pending()) == ["synced"]

    def test_deadline_of_nothing(self, book, connector):
        """
        A deadline that is over at once sends nothing.
        """
        report = connector.batch_sync_activities(activities(1, 2), deadline=0)

        assert statuses(report) == ["pending", "pending"]
        assert book.calls == []

    def test_deadline_bounds_waits(self, connect, server, clock):
        """
        A repetition that would end after the deadline is not waited for.
        """
        server.answer = lambda request: 429
        report = connect().batch_sync_activities(activities(1), deadline=4)

        assert statuses(report) == ["pending"]
        assert clock.waits == [1, 2]

    def test_auto_sync_off(self, book, clock):
        """
        With auto_sync=False sync only writes ahead; flush sends.
        """
        with keeping(book, clock=clock, auto_sync=False) as connector:
            report = connector.batch_sync_activities([*activities(1, 2), *activities(1)])
            assert statuses(report) == ["pending"] * 3
            assert report.exit_code == 4
            assert book.calls == []

            clock.turn(1)
            assert statuses(connector.flush_pending()) == ["synced"] * 2
            assert book.times() == {(None, "1"): 1, (None, "2"): 1}

    def test_dry_run(self, tmp_path):
        """
        A dry run writes nothing, calls no hook, and tells what it would send.
        """
        book = Book(batch=2, kinds={"note": "notes"})
        store = tmp_path / "outbox.db"
        with keeping(book, store=f"sqlite:///{store}") as connector:
            report = connector.batch_sync_activities(
                [*activities(1, 2, 3, user_id="bob"), ActivityRecord(id="4", type="fax")],
                dry_run=True,
            )

        assert statuses(report) == ["pending"] * 3 + ["dead"]
        assert report.dry_run
        assert report.exit_code == 0
        assert report.requests == (
            {"provider": "book", "user_id": "bob", "kind": "notes", "count": 2},
            {"provider": "book", "user_id": "bob", "kind": "notes", "count": 1},
        )
        assert book.calls == []
        assert not store.exists()

    def test_outcome_of_another(self, clock, caplog):
        """
        An outcome for an activity that the hook was not given counts for nothing.
        """
        book = Book(kinds={"note": "notes", "call": "calls"})

        def sync(kind):
            if kind == "calls":
                raise KeyError
            return [SyncOutcome(activity_id=str(n), status="synced") for n in (1, 2, 3)]

        book.plugin.crmkit_sync = hookimpl(sync)
        with keeping(book, clock=clock) as connector:
            report = connector.batch_sync_activities(
                [*activities(1), ActivityRecord(id="2", type="call")]
            )

            assert statuses(report) == ["synced", "uncertain"]
            assert connector.outcome_of("2").status == "uncertain"
            assert connector.stats()["synced"] == 1
        assert "book reports an activity that it was not given" in caplog.text

    def test_wrapper_that_fails(self, book, clock):
        """
        A wrapper that fails after the write does not stop the batch, nor lose an outcome.
        """

        class Metrics:
            @hookimpl(wrapper=True)
            def crmkit_sync(self, session):
                results = yield
                if session.user_id == "bob":
                    raise ZeroDivisionError
                return results

        with keeping(book, clock=clock, wrappers=[Metrics()]) as connector:
            report = connector.batch_sync_activities(
                [*activities(1, user_id="bob"), *activities(2, user_id="eve")]
            )

        assert statuses(report) == ["uncertain", "synced"]
        assert "ZeroDivisionError" in str(report[0].error)

    def test_credentials_that_fail(self, clock):
        """
        A function for credentials that fails for one user stops no other user.
        """

        def credentials(name, user_id):
            return {"eve": "token"}[user_id]

        book = Book()
        book.plugin.crmkit_provider = hookimpl(
            lambda: ProviderInfo(label="Book", auth=bearer, sync_batch=5)
        )
        with keeping(book, clock=clock, credentials=credentials) as connector:
            report = connector.batch_sync_activities(
                [*activities(1, 2, user_id="bob"), *activities(3, user_id="eve")]
            )

        assert statuses(report) == ["pending", "pending", "synced"]
        assert report.exit_code == 5
        assert book.times() == {("eve", "3"): 1}

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_interrupted(self, book, connector, clock, error):
        """
        An interruption in the hook leaves uncertain what was under way, the rest pending.
        """

        def sync(session, activities):
            book.entries += [(session.user_id, activity.id) for activity in activities]
            raise error

        hook, book.plugin.crmkit_sync = book.plugin.crmkit_sync, hookimpl(sync)
        given = [*activities(1, 2, user_id="bob"), *activities(3, user_id="eve")]

        with pytest.raises(error):
            connector.batch_sync_activities(given)

        found = {row.activity_id: row.state for row in connector.outbox.list()}
        assert found == {"1": "uncertain", "2": "uncertain", "3": "pending"}
        book.plugin.crmkit_sync = hook
        connector._open.host._loaded.clear()
        clock.turn(1)
        assert all(connector.flush_pending())
        assert book.times() == {("bob", "1"): 1, ("bob", "2"): 1, ("eve", "3"): 1}

    def test_interrupted_while_bisecting(self, book, connector):
        """
        An interruption between the parts of a refused request frees those not sent yet.
        """

        def sync(activities):
            if len(activities) > 1:
                message = "one of them"
                raise InvalidRequestError(message)
            raise KeyboardInterrupt

        book.plugin.crmkit_sync = hookimpl(sync)
        with pytest.raises(KeyboardInterrupt):
            connector.batch_sync_activities(activities(*range(4)))

        states = [row.state for row in connector.outbox.list()]
        assert states == ["uncertain", "pending", "pending", "pending"]

    def test_interrupted_while_looking(self, book, connector, clock):
        """
        An interruption while an activity is looked up leaves it uncertain.
        """
        book.end, book.fates = KeyError("id"), {"1": "silent", "2": "silent"}
        connector.batch_sync_activities(activities(1, 2))
        book.heal()
        clock.turn(1)
        looked = book.looked

        class Interrupting(list):
            def append(self, item):
                raise KeyboardInterrupt

        book.looked = Interrupting()
        with pytest.raises(KeyboardInterrupt):
            connector.flush_pending()
        book.looked = looked

        assert {row.state for row in connector.outbox.list()} == {"uncertain"}
        clock.turn(1)
        assert statuses(connector.flush_pending()) == ["synced", "synced"]
        assert len(book.entries) == 2

    def test_interrupted_while_sending_again(self, clock):
        """
        An interruption leaves pending what was looked for, is not there, and was not sent.
        """
        book = Book(batch=1)
        with keeping(book, clock=clock) as connector:
            for number in range(3):
                book.end, book.fates = ProtocolError("what?"), {str(number): "silent"}
                connector.sync_activity(*activities(number))
            book.heal()
            book.entries.clear()  # as if nothing had arrived
            clock.sleep(60)
            book.end = KeyboardInterrupt()
            with pytest.raises(KeyboardInterrupt):
                connector.flush_pending()
            book.heal()

            states = [row.state for row in connector.outbox.list()]
            assert states == ["uncertain", "pending", "pending"]
            clock.sleep(60)
            assert statuses(connector.flush_pending()) == ["synced"] * 3
            assert set(book.times().values()) == {1}


class TestFlush:
    def test_nothing(self, connector):
        """
        A flush of nothing is a report of nothing.
        """
        report = connector.flush_pending()

        assert (len(report), report.unsent, report.exit_code) == (0, (), 0)

    def test_only_of(self, book, clock):
        """
        A flush may be for one user or one provider.
        """
        plugins = {"book": book.plugin, "other": book.plugin}
        with keeping(book, clock=clock, auto_sync=False, plugins=plugins) as connector:
            connector.batch_sync_activities(
                [
                    *activities(1, user_id="bob"),
                    *activities(2, user_id="eve"),
                    *activities(3, user_id="eve", provider="other"),
                ]
            )
            clock.turn(1)

            assert [o.activity_id for o in connector.flush_pending("bob")] == ["1"]
            flushed = connector.flush_pending(provider="other")
            assert [o.activity_id for o in flushed] == ["3"]
            assert [o.activity_id for o in connector.flush_pending()] == ["2"]

    def test_provider_not_installed(self, book, clock, tmp_path):
        """
        What belongs to a provider that is not there stays pending, and is named.
        """
        store = f"sqlite:///{tmp_path / 'outbox.db'}"
        plugins = {"book": book.plugin, "gone": book.plugin}
        with keeping(book, store=store, auto_sync=False, plugins=plugins) as connector:
            connector.batch_sync_activities(
                [*activities(1), *activities(2, provider="gone")]
            )
        clock.turn(1)
        with keeping(book, store=store, clock=clock) as connector:
            report = connector.flush_pending()

            assert [o.activity_id for o in report] == ["1"]
            assert "Unsupported CRM provider: gone" in report.unsent[0]
            assert report.exit_code == 4
            assert connector.outcome_of("2").status == "pending"

    def test_at_once(self, book, connector):
        """
        What did not go out is sent by a flush of the same instant.
        """
        book.end, book.fates = UnavailableError("down", sent=False), {"1": "silent"}
        assert connector.sync_activity(*activities(1)).status == "pending"
        book.heal()

        assert [o.status for o in connector.flush_pending()] == ["synced"]

    def test_not_yet_due(self, book, connector, clock):
        """
        What waits for its time is not sent, and a flush does not say that all is done.
        """
        book.end, book.fates = RateLimitedError("slowly", retry_after=50), {"1": "silent"}
        connector.sync_activity(*activities(1))
        book.heal()
        clock.turn(10)

        report = connector.flush_pending()

        assert len(report) == 0
        assert any("book" in reason for reason in report.unsent)
        assert report.exit_code == 4

    def test_once_a_run(self, book, connector, clock):
        """
        What fails in a flush is tried again by the next one, not by the same.
        """
        book.end, book.fates = UnavailableError("no", sent=False), {"1": "silent"}
        connector.sync_activity(*activities(1))
        book.calls.clear()
        clock.turn(1)

        report = connector.flush_pending()

        assert statuses(report) == ["pending"]
        assert len(book.calls) == 1
        assert report.exit_code == 4

    def test_sync_sends_its_own_only(self, book, connector, clock):
        """
        A sync sends its own records; older ones wait for a flush.
        """
        book.end, book.fates = UnavailableError("no", sent=False), {"1": "silent"}
        connector.sync_activity(*activities(1))
        book.heal()
        clock.turn(1)

        connector.sync_activity(*activities(2))

        assert book.times() == {(None, "2"): 1}
        assert connector.outcome_of("1").status == "pending"

    def test_activity_as_it_was(self, clock):
        """
        What is sent later is the activity as it was given.
        """
        sent = []

        def sync(activities):
            sent.extend(activities)
            return [SyncOutcome.synced(activity) for activity in activities]

        book = Book()
        book.plugin.crmkit_sync = hookimpl(sync)
        given = ActivityRecord(
            type="email_sent",
            description="Zoë 日本 \u2028 'quoted'",
            client_id="7",
            user_id="bob",
            timestamp="2026-05-01T09:30:00+02:00",
            metadata={"subject": "Hi", "to": ["a@example.com"], "nested": {"n": 1.5}},
            provider="book",
        )
        with keeping(book, clock=clock, auto_sync=False) as connector:
            connector.sync_activity(given)
            clock.turn(1)
            connector.flush_pending()

        assert sent == [given]

    def test_dry_run(self, book, clock):
        """
        A dry flush tells what waits, and sends nothing.
        """
        with keeping(book, clock=clock, auto_sync=False) as connector:
            connector.batch_sync_activities(activities(1, 2, user_id="bob"))
            clock.turn(1)

            report = connector.flush_pending(dry_run=True)

            assert statuses(report) == ["pending", "pending"]
            assert [request["count"] for request in report.requests] == [2]
            assert report.exit_code == 0
            assert book.calls == []
            assert statuses(connector.flush_pending()) == ["synced", "synced"]


class TestExitCode:
    @pytest.mark.parametrize(
        ("outcomes", "code"),
        [
            ([], 0),
            ([("synced", None, False)], 0),
            ([("pending", UnavailableError("x", sent=False), False)], 4),
            ([("pending", None, False)], 4),
            ([("uncertain", ProtocolError("x"), False)], 4),
            ([("uncertain", ProtocolError("x"), True)], 3),
            ([("dead", InvalidRequestError("x"), False)], 3),
            ([("pending", AuthenticationError("x"), False)], 5),
            ([("pending", AccessDeniedError("x"), False)], 5),
            ([("pending", CredentialsError("x"), False)], 5),
            ([("pending", ConfigurationError("x"), False)], 2),
            ([("dead", InvalidRequestError("x"), False), ("pending", None, False)], 3),
            (
                [
                    ("pending", None, False),
                    ("dead", InvalidRequestError("x"), False),
                    ("pending", CredentialsError("x"), False),
                ],
                5,
            ),
            (
                [
                    ("pending", CredentialsError("x"), False),
                    ("pending", ConfigurationError("x"), False),
                ],
                2,
            ),
        ],
    )
    def test_worst_first(self, outcomes, code):
        """
        The exit code is that of the outcome which needs the user most.
        """
        report = SyncReport(
            outcomes=[
                SyncOutcome(
                    activity_id=str(number),
                    status=status,
                    error=error,
                    user_decides=decides,
                )
                for number, (status, error, decides) in enumerate(outcomes)
            ]
        )

        assert report.exit_code == code

    def test_unsent(self):
        """
        What a flush left untouched means that running again makes sense.
        """
        assert SyncReport(unsent=["book: later"]).exit_code == 4

    def test_dry_run(self):
        """
        A dry run is done whatever it would meet.
        """
        outcome = SyncOutcome(activity_id="1", status="pending")

        assert SyncReport(outcomes=[outcome], dry_run=True).exit_code == 0

    def test_as_dict(self, book, connector):
        """
        A report as JSON values holds ids, statuses and errors, and nothing of a person.
        """
        book.fates = {"2": "refused"}
        given = activities(1, 2, description="Dear Ada", client_id="ada@example.com")

        told = connector.batch_sync_activities(given).as_dict()

        assert told["counts"] == {"synced": 1, "pending": 0, "uncertain": 0, "dead": 1}
        assert told["outcomes"][1] == {
            "activity_id": "2",
            "status": "dead",
            "remote_id": None,
            "error": {"type": "InvalidRequestError", "message": "no such field"},
        }
        assert "ada" not in str(told).lower()

    def test_tally(self, book, connector):
        """
        Outcomes are counted by status.
        """
        book.fates = {"2": "refused"}
        connector.batch_sync_activities(activities(1, 2, 3))

        assert connector.stats()["synced"] == 2
        assert connector.stats()["dead"] == 1


def _noting(book, function):
    wanted = inspect.signature(function).parameters

    def crmkit_sync(session, kind, activities):
        book.calls.append((session.user_id, kind, [a.id for a in activities]))
        given = {"session": session, "kind": kind, "activities": activities}
        return function(**{name: given[name] for name in wanted})

    return crmkit_sync
