"""
A client that is forgotten is in nothing that crmkit keeps.
"""

import sqlite3

import pytest
from tests.core.book import Book, activities, keeping, statuses

from crmkit import ConfigurationError, UnavailableError

TEXT = "Called about the house in Elm Street"


@pytest.fixture
def book():
    """
    Return a book that takes one activity at a time.
    """
    return Book(batch=1)


@pytest.fixture
def connector(book, clock, store):
    """
    Return a connector with a store that stays.
    """
    with keeping(book, clock=clock, store=f"sqlite:///{store}") as connector:
        yield connector


def in_files(store):
    """
    Tell whether the text is in any of the store's files.
    """
    files = [file for file in store.parent.iterdir() if file.is_file()]
    assert store in files
    return any(TEXT.encode() in file.read_bytes() for file in files)


def test_waiting(book, connector):
    """
    What waits, is uncertain or dead is deleted, of this client alone, and never sent.
    """
    book.fates = {"1": "unreachable", "2": "timeout", "3": "refused", "4": "unreachable"}
    for number in (1, 2, 3):
        connector.sync_activity(*activities(number, client_id="7"))
    connector.sync_activity(*activities(4, client_id="8"))

    erasure = connector.forget("7")

    assert (bool(erasure), erasure.erased, erasure.sending) == (True, 3, 0)
    assert [row.activity_id for row in connector.outbox.list()] == ["4"]
    book.heal()
    assert statuses(connector.flush_pending()) == ["synced"]


def test_of_users(connector):
    """
    Without a user the client is forgotten for all users, with one for that user alone.
    """
    for user in ("ada", "bob", "eve"):
        given = activities(user, client_id="7", user_id=user)
        connector.batch_sync_activities(given, deadline=0)

    assert connector.forget("7", "bob").erased == 1
    assert connector.forget("7").erased == 2


def test_file(book, connector, store):
    """
    No copy of a forgotten client's text is left in the store's files.
    """
    book.fates = {"1": "unreachable"}
    connector.sync_activity(*activities(1, client_id="7", description=TEXT))
    assert in_files(store)

    connector.forget("7")

    assert not in_files(store)


def test_synced(book, connector, store, clock):
    """
    No copy of a synced activity's text is left once the store is closed.
    """
    given = activities(*range(50), client_id="7", description=TEXT * 200)
    book.fates = dict.fromkeys((activity.id for activity in given), "unreachable")
    connector.batch_sync_activities(given)
    assert in_files(store)
    book.heal()
    assert connector.flush_pending().counts["synced"] == 50
    connector.close()

    assert not in_files(store)


def test_being_sent(book, connector):
    """
    What is on its way to the CRM is counted, and is gone once it is there.
    """
    erasures = []
    book.meanwhile = lambda: erasures.append(connector.forget("7"))
    book.end, book.fates = UnavailableError("?", sent=True), {"1": "silent"}
    connector.sync_activity(*activities(1, client_id="7"))

    (erasure,) = erasures
    assert (bool(erasure), erasure.erased, erasure.sending) == (False, 0, 1)
    assert connector.forget("7").erased == 1


def test_cache(connect, crm):
    """
    A forgotten client is fetched anew.
    """
    crm.add("7")
    connector = connect()
    connector.get_client_data("7")
    assert connector.get_cache_stats().size == 1

    connector.forget("7")

    assert connector.get_cache_stats().size == 0


@pytest.mark.parametrize("nobody", [None, ""])
def test_nobody(connector, nobody):
    """
    An id that is missing is refused, rather than told as erased.
    """
    with pytest.raises(ConfigurationError, match="needs a client's id"):
        connector.forget(nobody)


def test_says_what_is_left(connector):
    """
    What crmkit cannot erase is said, and the result is JSON.
    """
    erasure = connector.forget("7")

    assert "what the CRM itself keeps" in erasure.left
    assert erasure.as_dict() == {
        "client_id": "7",
        "provider": "book",
        "erased": 0,
        "sending": 0,
        "overwritten": True,
        "left": list(erasure.left),
    }


def test_others_read(book, connector, store):
    """
    While somebody reads the store a copy is left in its files, and that is said.
    """
    book.fates = {"1": "unreachable"}
    connector.sync_activity(*activities(1, client_id="7", description=TEXT))
    connector.outbox.store._open().execute("PRAGMA busy_timeout = 10")
    reader = sqlite3.connect(store)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM activity").fetchone()

    erasure = connector.forget("7")

    assert (bool(erasure), erasure.erased, erasure.overwritten) == (False, 1, False)
    assert in_files(store)
    reader.close()
    assert connector.forget("7")
    assert not in_files(store)
