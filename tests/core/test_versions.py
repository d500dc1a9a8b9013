"""
A file that an older version left is opened, and loses nothing; a newer one is left alone.
"""

import shutil
import sqlite3
from pathlib import Path

import pytest
from tests.core.kept.make import BEGUN, activity

from crmkit import StoreError
from crmkit._outbox import activity_of, row_of
from crmkit._sqlite import open_store
from crmkit._sqlite_file import _VERSION
from crmkit.stores import Key

KEPT = Path(__file__).parent / "kept"
VERSIONS = range(1, _VERSION + 1)
NOW = 1_790_000_600.0


@pytest.fixture(params=VERSIONS)
def version(request):
    """
    Return each version of the file that there ever was.
    """
    return request.param


@pytest.fixture
def path(version, tmp_path):
    """
    Return the path of a copy of that version's file.
    """
    return Path(shutil.copy(KEPT / f"version-{version}.db", tmp_path / "outbox.db"))


@pytest.fixture
def store(path):
    """
    Return the store in that file.
    """
    store = open_store(f"sqlite:///{path}")
    yield store
    store.close()


def test_states(store):
    """
    Each activity is in the state that it was left in, what was being sent uncertain.
    """
    assert store.recover(NOW) == 1

    found = {name: store.get(Key("ada", name)) for name in BEGUN}
    states = {name: row.state for name, row in found.items()}
    waiting = {"waits": "pending", "lost": "uncertain", "killed": "uncertain"}
    assert states == {**waiting, "known": "synced", "refused": "dead"}
    assert found["known"].remote_id == "r-1"
    assert found["killed"].due_at == NOW


def test_content(store):
    """
    What waits is sent as it was given, and what is synced keeps no trace of it.
    """
    rows = {row.activity_id: row for row in store.rows(state=None, limit=9)}

    assert {name: activity_of(row) for name, row in rows.items()} == {
        name: activity(name) for name in BEGUN if name != "known"
    }
    assert store.get(Key("ada", "known")).payload is None


def test_ledger(store):
    """
    An activity that an older version sent is known by its id and content, and no other.
    """
    again = row_of(activity("known"), "notes", state="pending", now=NOW)

    (known,) = store.add([again]).values()

    assert (known.state, known.digest) == ("synced", again.digest)


def test_goes_on(store, path):
    """
    The file is used as if it were new: for rows, clients to forget, and checkpoints.
    """
    store.add([row_of(activity("new"), "notes", state="pending", now=NOW)])
    store.set_checkpoint("hourly", "1")
    store.recover(NOW)

    assert store.forget("7", provider="acme", user_id=None)[:2] == (5, 0)
    assert store.checkpoint("hourly") == "1"
    assert b"Called about the house" not in path.read_bytes()


def test_beside_the_outbox(store, version):
    """
    Credentials and checkpoints are kept since version 2.
    """
    kept = store.credentials("ada", "acme")

    assert (kept and kept.access_token) == ("sealed" if version > 1 else None)
    assert bool(store.checkpoint("nightly")) == (version > 1)


def test_newer(path):
    """
    A file of a version to come is refused with the remedy, and not one byte is changed.
    """
    database = sqlite3.connect(path)
    database.execute(f"PRAGMA user_version = {_VERSION + 1}")
    database.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match=r"newer crmkit .+ upgrade crmkit"):
        open_store(f"sqlite:///{path}").counts()

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
