"""
Rate limits are kept in every window, and what the CRM says of them is heeded.
"""

from threading import Barrier, Thread

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.core.plugins import provider
from tests.core.server import Answer

from crmkit import CRMCredentials, Limit, Rate, RateLimitedError
from crmkit._limits import Limiter
from crmkit._retry import Patience
from crmkit.testing import Clock

FOREVER = Patience(max_wait=float("inf"))
SECONDS = st.integers(0, 50)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ask"), st.just(0)),
        st.tuples(st.just("turn"), SECONDS),
        st.tuples(st.just("close"), SECONDS),
    ),
    max_size=60,
)


def most_in_a_window(starts, per):
    """
    Return how many of these moments are in the fullest window of *per* seconds.
    """
    windows = (sum(start <= other < start + per for other in starts) for start in starts)
    return max(windows, default=0)


@given(st.integers(1, 5), st.integers(1, 20), STEPS)
def test_never_more_than_the_rate(requests, per, steps):
    """
    No window holds more requests than the rate allows, and none starts while closed.
    """
    clock = Clock()
    limiter = Limiter({"notes": Rate(requests, per=per)}, clock)
    starts, closed_until = [], 0

    for step, seconds in steps:
        if step == "turn":
            clock.turn(seconds)
        elif step == "close":
            limiter.close("notes", seconds)
            closed_until = max(closed_until, clock.monotonic() + seconds)
        else:
            limiter.wait("notes", FOREVER)
            starts.append(clock.monotonic())
            assert starts[-1] >= closed_until

    assert most_in_a_window(starts, per) <= requests
    assert starts == sorted(starts)


@given(st.integers(1, 5), st.integers(1, 20), st.integers(1, 30))
def test_no_longer_than_needed(requests, per, number):
    """
    Requests wait no longer than the rate demands: every window is full.
    """
    clock = Clock()
    limiter = Limiter({"notes": Rate(requests, per=per)}, clock)

    for _ in range(number):
        limiter.wait("notes", FOREVER)

    assert clock.monotonic() == (number - 1) // requests * per


def test_threads():
    """
    Threads that ask at one moment keep the rate together, and each gets its turn.
    """
    clock = Clock()
    limiter = Limiter({"": Rate(3, per=10)}, clock)
    together, starts = Barrier(8), []

    def ask():
        together.wait()
        starts.append(limiter.wait("", FOREVER)[1])

    threads = [Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(starts) == 8
    assert most_in_a_window(starts, 10) <= 3


class Busy(Clock):
    """
    A clock on which something happens two seconds into the first wait.
    """

    def __init__(self, event):
        super().__init__()
        self._events = [event]

    def sleep(self, seconds):
        if self._events:
            self.turn(2)
            self._events.pop()()
            seconds -= 2
        super().sleep(seconds)


def test_answered_meanwhile():
    """
    A place is not taken too early because its request was still under way when asked.
    """
    clock = Busy(lambda: limiter.answered("", first))
    limiter = Limiter({"": Rate(1, per=10)}, clock)
    _, first = limiter.wait("", FOREVER)

    assert limiter.wait("", FOREVER) == (12, first + 12)


def test_closed_meanwhile():
    """
    Who waits for a place while the bucket is closed waits until it is open.
    """
    clock = Busy(lambda: limiter.close("", 30))
    limiter = Limiter({"": Rate(1, per=10)}, clock)
    _, first = limiter.wait("", FOREVER)

    assert limiter.wait("", FOREVER) == (32, first + 32)


def test_buckets_are_apart():
    """
    Each bucket has its own rate; one without a rate is free.
    """
    clock = Clock()
    limiter = Limiter({"notes": Rate(1, per=10), "people": Rate(1, per=10)}, clock)

    for bucket in ("notes", "people", "other", "other", "other"):
        limiter.wait(bucket, FOREVER)

    assert clock.waits == []


def test_impatience():
    """
    A place that is further away than the caller's patience is refused, and not taken.
    """
    clock = Clock()
    limiter = Limiter({"": Rate(1, per=100)}, clock)
    limiter.wait("", FOREVER)

    for _ in range(3):
        with pytest.raises(RateLimitedError, match="another 100 s") as caught:
            limiter.wait("", Patience(max_wait=60))
        assert caught.value.retry_after == 100

    assert limiter.wait("", FOREVER)[0] == 100


def test_learn():
    """
    A limit with nothing remaining closes its bucket until the reset, others stay open.
    """
    clock = Clock()
    limiter = Limiter({}, clock)
    limiter.learn(Limit(bucket="notes", remaining=0, resets_in=30))
    limiter.learn(Limit(bucket="people", remaining=1, resets_in=30))

    limiter.wait("people", FOREVER)
    assert clock.waits == []
    limiter.wait("notes", FOREVER)
    assert clock.waits == [30]


def test_a_later_reset_stands():
    """
    An answer that came late does not open a bucket which another one closed for longer.
    """
    clock = Clock()
    limiter = Limiter({}, clock)
    limiter.close("", 30)
    limiter.close("", 5)

    assert limiter.wait("", FOREVER)[0] == 30


@given(st.integers(1, 5), st.lists(st.tuples(SECONDS, SECONDS), min_size=1, max_size=40))
def test_counted_from_the_answer(requests, delays):
    """
    However long an answer takes, a CRM that counts at any moment until then counts no more.
    """
    clock = Clock()
    limiter = Limiter({"": Rate(requests, per=20)}, clock)
    counted = []

    for before, after in delays:
        _, start = limiter.wait("", FOREVER)
        clock.turn(before)
        counted.append(clock.monotonic())
        clock.turn(after)
        limiter.answered("", start)

    assert most_in_a_window(counted, 20) <= requests


class TestRollingLimit:
    def test_rate(self):
        """
        The rate that an answer tells stands in for the one that the plugin started with.
        """
        clock = Clock()
        limiter = Limiter({"": Rate(2, per=10)}, clock)

        limiter.wait("", FOREVER)
        limiter.learn(Limit(remaining=4, allows=Rate(5, per=10)))
        for _ in range(5):
            limiter.wait("", FOREVER)

        assert clock.waits == [10]

    def test_under_way(self):
        """
        What is under way when the first answer tells the rate counts too.
        """
        clock = Clock()
        limiter = Limiter({}, clock)

        starts = [limiter.wait("", FOREVER)[1] for _ in range(3)]
        for used, start in enumerate(starts, 1):
            limiter.learn(Limit(remaining=5 - used, allows=Rate(5, per=10)))
            limiter.answered("", start)
            if used < 3:
                limiter.wait("", FOREVER)

        assert clock.waits == []
        limiter.wait("", FOREVER)
        assert clock.waits == [10]

    def test_without_a_rate(self):
        """
        Where nothing is known of a limit, nothing is kept of what was answered.
        """
        limiter = Limiter({}, Clock())

        for _ in range(3):
            limiter.answered("", limiter.wait("", FOREVER)[1])

        assert limiter._taken == {"": []}

    def test_others(self):
        """
        What others used of it counts as used now.
        """
        clock = Clock()
        limiter = Limiter({}, clock)

        limiter.learn(Limit(remaining=2, allows=Rate(5, per=10)))
        clock.turn(1)
        for _ in range(3):
            limiter.wait("", FOREVER)

        assert clock.waits == [9]

    def test_ours(self):
        """
        What we used ourselves is not counted twice.
        """
        clock = Clock()
        limiter = Limiter({"": Rate(3, per=10)}, clock)

        for left in (2, 1, 0):
            limiter.wait("", FOREVER)
            limiter.learn(Limit(remaining=left, allows=Rate(3, per=10)))
        clock.turn(10)
        for _ in range(3):
            limiter.wait("", FOREVER)

        assert clock.waits == []

    @given(
        st.integers(1, 6),
        st.lists(st.sampled_from(["ours", "theirs", "turn"]), max_size=80),
    )
    def test_shared(self, allowed, steps):
        """
        With others at work the CRM refuses us only for what its last answer had not told.
        """
        clock = Clock()
        limiter = Limiter({"": Rate(allowed, per=10)}, clock)
        counted, untold = [], False

        for step in steps:
            if step == "turn":
                clock.turn(3)
                continue
            if step == "ours":
                _, start = limiter.wait("", FOREVER)
            now = clock.monotonic()
            free = allowed - sum(moment > now - 10 for moment in counted)
            if free:
                counted.append(now)
            if step == "theirs":
                untold = True
                continue
            assert free or untold
            untold = False
            limiter.answered("", start)
            limiter.learn(Limit(remaining=max(0, free - 1), allows=Rate(allowed, per=10)))
            if not free:  # the refusal asks for the wait that it takes
                limiter.close("", 10)


class TestThroughHttp:
    def connector(self, connect, server, **info):
        """
        Return a connector to a server that says yes to everything.
        """
        server.answer = server.answer or (lambda request: {})
        return connect(provider(info={"base_url": "https://x", **info}))

    def test_rate(self, connect, server, clock):
        """
        Requests wait for their place in the bucket that they name; waits are counted.
        """
        limits = {"notes": Rate(2, per=10)}
        connector = self.connector(connect, server, limits=limits)

        for _ in range(5):
            connector.session().http.post("/notes", limit="notes")
            connector.session().http.get("/people")

        assert clock.waits == [10, 10]
        assert connector.stats()["waits"] == 2

    def test_limit_from(self, connect, server, clock):
        """
        What limit_from reads from an answer holds back the next request.
        """

        def limit_from(response):
            remaining = int(response.headers["X-Left"])
            return Limit(remaining=remaining, resets_in=12)

        connector = self.connector(connect, server, limit_from=limit_from)
        server.script(*[Answer(headers={"X-Left": left}) for left in "1001"])
        http = connector.session().http

        for _ in range(4):
            http.get("/people")

        assert clock.waits == [12, 12]

    def test_a_limit_closes_the_bucket_for_all(self, connect, server, clock):
        """
        After a 429 with a long wait the account's other requests do not go out either.
        """
        server.script(Answer(429, headers={"Retry-After": "300"}))
        connector = self.connector(connect, server)

        for _ in range(2):
            with pytest.raises(RateLimitedError) as caught:
                connector.session().http.get("/people")
            assert caught.value.retry_after == 300
            assert caught.value.provider == "acme"

        assert len(server.requests) == 1
        clock.turn(300)
        assert connector.session().http.get("/people").json() == {}

    @pytest.mark.parametrize(("ours", "theirs"), [(300, 5), (5, 300)])
    def test_the_longer_wait(self, connect, server, clock, ours, theirs):
        """
        Of the plugin's own wait and the answer's Retry-After the longer one holds.
        """

        def error_from(response):
            return RateLimitedError("busy", retry_after=ours)

        server.script(Answer(429, headers={"Retry-After": str(theirs)}))
        connector = self.connector(connect, server, error_from=error_from)

        with pytest.raises(RateLimitedError) as caught:
            connector.session().http.get("/people")

        assert caught.value.retry_after == 300
        assert clock.waits == []

    def test_a_lock_closes_nothing(self, connect, server, clock):
        """
        After a 423, which is about one record, the account's other requests go on.
        """
        server.script(Answer(423, headers={"Retry-After": "300"}))
        connector = self.connector(connect, server)

        with pytest.raises(RateLimitedError):
            connector.session().http.get("/people/1")

        assert connector.session().http.get("/people/2").json() == {}
        assert clock.waits == []

    def test_accounts_are_apart(self, connect, server, clock):
        """
        The limit of one account holds back no other; users of one account share it.
        """
        accounts = {"bob": "A", "eve": "A", "mallory": "B"}

        def credentials(name, user_id):
            metadata = {"account": accounts[user_id]}
            return CRMCredentials(provider=name, metadata=metadata)

        server.answer = lambda request: {}
        plugin = provider(info={"base_url": "https://x", "limits": {"": Rate(1, per=10)}})
        connector = connect(plugin, credentials=credentials)

        connector.session("bob").http.get("/people")
        connector.session("mallory").http.get("/people")
        assert clock.waits == []

        connector.session("eve").http.get("/people")
        assert clock.waits == [10]
