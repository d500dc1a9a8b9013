"""
Clients are kept for a while, for those who fetched them, and fetched by one at a time.
"""

from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.plugins import provider
from tests.core.waiting import in_threads, until

from crmkit import (
    AmbiguousClientError,
    ClientData,
    ClientInteraction,
    ClientNotFoundError,
    ClientPage,
    ConfigurationError,
    CRMConnector,
    UnavailableError,
    hookimpl,
)
from crmkit.testing import Clock


class Counting:
    """
    A fetch hook that counts its calls, and can be held up.
    """

    def __init__(self):
        self.calls = []
        self.started = Event()
        self.go = Event()
        self.go.set()
        self.error = None

    def hook(self):
        def crmkit_fetch(session, ids):
            return self.fetch(session, ids)

        return crmkit_fetch

    def fetch(self, session, ids):
        self.calls.append((session.user_id, *ids))
        self.started.set()
        assert self.go.wait(30)
        if self.error:
            raise self.error
        number = len(self.calls)
        return [ClientData(id=client_id, name=f"call {number}") for client_id in ids]


@pytest.fixture
def fetch():
    """
    Return the hook.
    """
    return Counting()


@pytest.fixture
def connector(connect, fetch):
    """
    Return a connector whose clients are kept for 300 s, 1000 at most.
    """
    return connect(provider(fetch=fetch.hook(), info={"fetch_batch": 10}))


class TestKeeping:
    def test_hit(self, connector, fetch):
        """
        A client is fetched once and then is the same object.
        """
        first = connector.get_client_data("1")

        assert connector.get_client_data("1") is first
        assert len(fetch.calls) == 1

    def test_ttl(self, connector, fetch, clock):
        """
        A client is fetched again when its time is over, not before.
        """
        connector.get_client_data("1")
        clock.turn(299)
        assert connector.get_client_data("1").name == "call 1"
        clock.turn(1)
        assert connector.get_client_data("1").name == "call 2"

    def test_hits_do_not_prolong(self, connector, clock):
        """
        To be asked for does not make a client stay longer.
        """
        for _ in range(4):
            connector.get_client_data("1")
            clock.turn(100)

        assert connector.get_client_data("1").name == "call 2"

    def test_expired_entries_leave(self, connector, clock):
        """
        What expired is neither counted nor listed.
        """
        connector.get_client_data("1")
        clock.turn(200)
        connector.get_client_data("2")
        clock.turn(100)

        stats = connector.get_cache_stats()
        assert (stats.size, stats.entries) == (1, ("2",))

    def test_size(self, connect, fetch):
        """
        No more clients are kept than cache_size says.
        """
        connector = connect(provider(fetch=fetch.hook()), cache_size=3)

        for number in range(10):
            connector.get_client_data(str(number))
            assert connector.get_cache_stats().size <= 3

        assert len(connector.get_cache_stats().entries) == 3
        connector.get_client_data("9")
        assert len(fetch.calls) == 10

    @pytest.mark.parametrize("off", [{"cache_ttl": 0}, {"cache_size": 0}])
    def test_off(self, connect, fetch, off):
        """
        A cache without time or room keeps nothing.
        """
        connector = connect(provider(fetch=fetch.hook()), **off)

        connector.get_client_data("1")
        connector.get_client_data("1")

        assert len(fetch.calls) == 2
        assert connector.get_cache_stats().size == 0

    def test_stats(self, connector):
        """
        Hits and misses are counted by client.
        """
        connector.get_clients_data(["1", "2", "3"])
        connector.get_clients_data(["2", "3", "4", "4"])

        stats = connector.get_cache_stats()
        assert (stats.size, stats.hits, stats.misses) == (4, 2, 4)
        assert set(stats.entries) == {"1", "2", "3", "4"}
        counted = connector.stats()
        assert (counted["cache_hits"], counted["cache_misses"]) == (2, 4)

    def test_only_what_is_missing_is_fetched(self, connector, fetch):
        """
        Of several clients only those not known are fetched.
        """
        connector.get_client_data("2")
        found = connector.get_clients_data(["1", "2", "3"])

        assert fetch.calls == [(None, "2"), (None, "1", "3")]
        assert list(found) == ["1", "2", "3"]

    def test_errors_are_not_kept(self, connector, fetch):
        """
        A failed fetch is tried anew by the next caller.
        """
        fetch.error = UnavailableError("down", sent=False)
        with pytest.raises(UnavailableError):
            connector.get_client_data("1")
        fetch.error = None

        assert connector.get_client_data("1").name == "call 2"

    def test_absence_is_not_kept(self, connect):
        """
        A client who was not there is looked for again.
        """
        there = []
        connector = connect(provider(fetch=lambda ids: list(there)))
        with pytest.raises(ClientNotFoundError):
            connector.get_client_data("1")
        there.append(ClientData(id="1"))

        assert connector.get_client_data("1").id == "1"

    def test_include_is_apart(self, connect):
        """
        A client with history or raw is another entry than the one without.
        """
        plugin = provider(
            fetch=lambda ids: [ClientData(id=i, raw={"id": i}) for i in ids],
            history=lambda client_id: [ClientInteraction(id="9", type="call")],
        )
        connector = connect(plugin)

        assert connector.get_client_data("1").raw is None
        assert connector.get_client_data("1", include=["raw"]).raw == {"id": "1"}
        full = connector.get_client_data("1", include=["history", "raw"])
        assert connector.get_client_data("1", include=["raw", "history"]) is full
        assert connector.get_cache_stats().size == 3


class TestForgetting:
    def test_clear(self, connector, fetch):
        """
        clear_cache forgets every client.
        """
        connector.get_client_data("1")
        connector.clear_cache()

        assert connector.get_cache_stats().size == 0
        assert connector.get_client_data("1").name == "call 2"

    def test_clear_while_fetching(self, connector, fetch):
        """
        An answer that is under way when the cache is cleared reaches its caller only.
        """
        fetch.go.clear()
        join = in_threads(1, lambda _: connector.get_client_data("1"))
        fetch.started.wait(30)
        connector.clear_cache()
        fetch.go.set()

        assert join()[0].name == "call 1"
        assert connector.get_cache_stats().size == 0
        assert connector.get_client_data("1").name == "call 2"

    def test_who_asks_after_a_clear_gets_a_new_answer(self, connector, fetch):
        """
        Who asks after the cache was cleared does not get an answer asked for before.
        """
        fetch.go.clear()
        join = in_threads(1, lambda _: connector.get_client_data("1"))
        fetch.started.wait(30)
        fetch.started.clear()
        connector.clear_cache()
        join_second = in_threads(1, lambda _: connector.get_client_data("1"))
        fetch.started.wait(30)
        fetch.go.set()

        join()
        join_second()
        assert len(fetch.calls) == 2
        connector.get_client_data("1")
        assert len(fetch.calls) == 2

    def test_close(self, connector):
        """
        Closing forgets every client, and the connector serves no more.
        """
        connector.get_client_data("1")
        cache = connector._open.cache

        connector.close()

        assert cache.stats().size == 0
        with pytest.raises(ConfigurationError, match="the connector is closed"):
            connector.get_client_data("1")

    def test_close_while_fetching(self, connector, fetch):
        """
        An answer that arrives after closing is not kept.
        """
        cache = connector._open.cache
        fetch.go.clear()
        join = in_threads(1, lambda _: connector.get_client_data("1"))
        fetch.started.wait(30)
        connector.close()
        fetch.go.set()

        assert join()[0].id == "1"
        assert cache.stats().size == 0

    def test_deleted(self, connect):
        """
        What a list says is deleted leaves the cache, for all users, also by a former id.
        """
        merged = ClientData(id="new", aliases=["old"])
        plugin = provider(
            fetch=lambda ids: [merged if i == "old" else ClientData(id=i) for i in ids],
            list_clients=lambda: ClientPage(clients=[], deleted=["2", "new"]),
            info={"fetch_batch": 3},
        )
        connector = connect(plugin)
        for user in ("bob", "eve"):
            connector.get_clients_data(["1", "2", "old"], user_id=user)

        assert list(connector.iter_clients()) == []

        assert connector.get_cache_stats().entries == ("1", "1")


class TestOneAtATime:
    def test_result(self, connector, fetch):
        """
        Eight threads that ask for one client share one fetch and its result.
        """
        fetch.go.clear()
        join = in_threads(8, lambda _: connector.get_client_data("1"))
        until(lambda: connector.get_cache_stats().misses == 8)
        fetch.go.set()

        assert len({id(client) for client in join()}) == 1
        assert len(fetch.calls) == 1

    def test_error(self, connector, fetch):
        """
        Eight threads that ask for one client share the error too.
        """
        fetch.error = UnavailableError("down", sent=False)
        fetch.go.clear()
        join = in_threads(8, lambda _: connector.get_client_data("1"))
        until(lambda: connector.get_cache_stats().misses == 8)
        fetch.go.set()

        assert join() == [fetch.error] * 8
        assert len(fetch.calls) == 1

    def test_crash(self, connect):
        """
        What is no CRMError in a wrapper reaches all who wait, and nobody waits for ever.
        """
        go = Event()

        class Broken:
            @hookimpl(wrapper=True)
            def crmkit_fetch(self):
                yield
                assert go.wait(30)
                raise ZeroDivisionError

        connector = connect(provider(), wrappers=[Broken()])
        join = in_threads(4, lambda _: connector.get_client_data("1"))
        until(lambda: connector.get_cache_stats().misses == 4)
        go.set()

        assert [type(error) for error in join()] == [ZeroDivisionError] * 4

    @pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
    def test_interruption(self, connect, fetch, error):
        """
        What interrupts the thread that fetches is not for those who wait.
        """

        def crmkit_fetch(session, ids):
            clients = fetch.fetch(session, ids)
            if len(fetch.calls) == 1:
                raise error
            return clients

        connector = connect(provider(fetch=crmkit_fetch))
        fetch.go.clear()
        told = []

        def ask(index):
            try:
                return connector.get_client_data("1").name
            except error:
                told.append(index)

        first = in_threads(1, ask)
        assert fetch.started.wait(30)
        others = in_threads(7, lambda index: ask(index + 1))
        until(lambda: connector.get_cache_stats().misses == 8)
        fetch.go.set()

        assert first() == [None]
        assert others() == ["call 2"] * 7
        assert told == [0]

    def test_overlapping(self, connector, fetch):
        """
        Who asks for some that are under way and some that are not fetches the latter.
        """
        fetch.go.clear()
        join = in_threads(1, lambda _: connector.get_clients_data(["1", "2"]))
        fetch.started.wait(30)
        join_second = in_threads(1, lambda _: connector.get_clients_data(["2", "3"]))
        until(lambda: len(fetch.calls) == 2)
        fetch.go.set()

        assert set(join()[0]) == {"1", "2"}
        assert set(join_second()[0]) == {"2", "3"}
        assert fetch.calls == [(None, "1", "2"), (None, "3")]

    def test_users_do_not_wait_for_each_other(self, connector, fetch):
        """
        Two users who ask for one id make two fetches.
        """
        fetch.go.clear()
        users = ["bob", "eve"]
        join = in_threads(2, lambda n: connector.get_client_data("1", user_id=users[n]))
        until(lambda: len(fetch.calls) == 2)
        fetch.go.set()

        join()
        assert sorted(fetch.calls) == [("bob", "1"), ("eve", "1")]


USERS = st.sampled_from([None, "None", "", "bob", "eve", "bob:eve"])
CALLS = st.lists(
    st.tuples(
        USERS,
        st.sampled_from(["one", "two"]),
        st.lists(st.sampled_from(["1", "2", "3"]), min_size=1),
        st.sets(st.sampled_from(["raw", "history"])),
        st.sampled_from([0, 0, 0, 100, "clear"]),
    ),
    max_size=20,
)


@given(CALLS)
def test_nobody_sees_what_is_not_theirs(calls):
    """
    Whoever asks, in whatever order: the answer is of that user, provider and include.
    """

    def fetch(session, ids):
        whose = f"{session.provider} {session.user_id!r}"
        return [ClientData(id=i, name=f"{whose} {i}", raw={"id": i}) for i in ids]

    plugin = provider(
        fetch=fetch,
        history=lambda client_id: [ClientInteraction(id=client_id, type="call")],
        info={"fetch_batch": 2},
    )
    clock = Clock()
    plugins = {"one": plugin, "two": plugin}

    with CRMConnector(plugins=plugins, clock=clock, cache_size=5) as connector:
        for user, name, ids, include, then in calls:
            found = connector.get_clients_data(
                ids, user_id=user, provider=name, include=tuple(include)
            )
            for client_id, client in found.items():
                assert client.name == f"{name} {user!r} {client_id}"
                assert client.provider == name
                assert (client.raw is not None) == ("raw" in include)
                assert (client.history is not None) == ("history" in include)
            connector.clear_cache() if then == "clear" else clock.turn(then)


def test_ambiguity_is_no_hit(connect):
    """
    Searching leaves the cache alone, and its errors name several ids at most.
    """
    plugin = provider(find_clients=lambda: [ClientData(id=str(n)) for n in range(40)])
    connector = connect(plugin)

    with pytest.raises(AmbiguousClientError, match="40 clients of 'acme' match") as caught:
        connector.find_client(phone="1")

    assert len(caught.value.client_ids) == 40
    assert "0, 1, 2, 3, 4, …" in str(caught.value)
    assert connector.get_cache_stats().size == 0
