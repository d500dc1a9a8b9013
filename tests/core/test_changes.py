"""
A list of changes begins where the last one was read to its end.
"""

from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from tests.core.plugins import provider

from crmkit import (
    ClientData,
    ClientPage,
    ConfigurationError,
    CRMConnector,
    StoreError,
    UnavailableError,
)

OVERLAP = timedelta(seconds=600)
KEPT = '["acme",null,"nightly"]'


class Listed:
    """
    A provider of two pages, which remembers since when it was asked.
    """

    def __init__(self):
        self.since = []
        self.broken = False

    def plugin(self):
        """
        Return the plugin.
        """

        def crmkit_list_clients(session, updated_since, cursor):
            if cursor is None:
                self.since.append(updated_since)
                clients = [ClientData(id="1"), ClientData(id="2")]
                return ClientPage(clients=clients, next_cursor="next", deleted=["8"])
            if self.broken:
                msg = "down"
                raise UnavailableError(msg, sent=False)
            return ClientPage(clients=[ClientData(id="3")], deleted=["9"])

        return provider(list_clients=crmkit_list_clients)


@pytest.fixture
def listed():
    """
    Return the provider.
    """
    return Listed()


@pytest.fixture
def connect(listed, clock, store):
    """
    Return a function that connects to it with a store that stays.
    """
    made = []

    def connect():
        given = {"plugins": {"acme": listed.plugin()}, "store": f"sqlite:///{store}"}
        made.append(CRMConnector(default_provider="acme", clock=clock, **given))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


def read(connector, name="nightly", **arguments):
    """
    Read a list of changes to its end; return the ids and the deleted ones.
    """
    with connector.changes(name, **arguments) as changes:
        ids = [client.id for client in changes]
    return ids, changes.deleted


def test_first(connect, listed):
    """
    The first time all clients come, with the ids of those that are gone.
    """
    assert read(connect()) == (["1", "2", "3"], ["8", "9"])
    assert listed.since == [None]


def test_next(connect, listed, clock):
    """
    The next run begins some time before the last one began, in any process.
    """
    first = clock.now()
    read(connect())
    clock.turn(3600)
    second = clock.now()
    read(connect())
    read(connect(), overlap=0)

    assert listed.since == [None, first - OVERLAP, second]


def test_while_reading(connect, listed, clock):
    """
    What changes while a list is read comes with the next one.
    """
    begun = clock.now()
    with connect().changes("nightly") as changes:
        for _ in changes:
            clock.turn(3600)
    read(connect(), overlap=0)

    assert listed.since == [None, begun]


@pytest.mark.parametrize("how", ["error", "break", "not read"])
def test_unfinished(connect, listed, how):
    """
    What was not read to its end, or ended with an error, comes again.
    """
    with suppress(ZeroDivisionError), connect().changes("nightly") as changes:
        for client in changes if how != "not read" else ():
            if how == "break" and client.id == "3":
                break
        if how == "error":
            raise ZeroDivisionError
    read(connect())

    assert set(listed.since) == {None}


def test_read_twice(connect):
    """
    A list that is read once more within a block tells of each deleted id once.
    """
    with connect().changes("nightly") as changes:
        assert [client.id for client in changes] == [client.id for client in changes]

    assert changes.deleted == ["8", "9"]


def test_crm_fails(connect, listed):
    """
    A list that the CRM breaks off raises, and comes again as a whole.
    """
    listed.broken = True
    with pytest.raises(UnavailableError):
        read(connect())
    listed.broken = False

    assert read(connect()) == (["1", "2", "3"], ["8", "9"])
    assert listed.since == [None, None]


def test_names(connect, listed):
    """
    Each name and user has a checkpoint of its own.
    """
    connector = connect()
    read(connector)
    read(connector, "hourly")
    read(connector, user_id="ada")
    read(connector)

    assert [since is None for since in listed.since] == [True, True, True, False]


def test_outside(connect):
    """
    Changes are read within a block; the error says how.
    """
    with pytest.raises(ConfigurationError, match="read within a block"):
        next(iter(connect().changes("nightly")))


def test_no_name(connect):
    """
    A list without a name is refused.
    """
    with pytest.raises(ConfigurationError, match="needs a name"):
        connect().changes("")


@pytest.mark.parametrize("ahead", [timedelta(seconds=599), timedelta(days=365)])
def test_clock_was_ahead(connect, listed, clock, ahead, caplog):
    """
    A clock that was wrong for a while makes clients come again, and misses none.
    """
    now = clock.now()
    clock.turn(ahead.total_seconds())
    read(connect())
    clock.turn(-ahead.total_seconds())
    read(connect())

    late = ahead > OVERLAP
    assert listed.since == [None, None if late else now + ahead - OVERLAP]
    assert ("ahead of the clock" in caplog.text) == late
    read(connect())
    assert listed.since[-1] == now - OVERLAP


@pytest.mark.parametrize("kept", ["yesterday", "2026-01-01T00:00:00"])
def test_foreign_checkpoint(connect, kept):
    """
    A checkpoint that is no moment in time is an error of the store.
    """
    connector = connect()
    connector.outbox.store.set_checkpoint(KEPT, kept)

    with pytest.raises(StoreError, match="no moment"):
        read(connector)


def test_kept(connect, clock):
    """
    What the store keeps is the moment, and nothing of any client.
    """
    connector = connect()
    read(connector)

    kept = connector.outbox.store.checkpoint(KEPT)
    assert datetime.fromisoformat(kept) == clock.now()
