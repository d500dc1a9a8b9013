"""
The embedded store: a file of its own, kept whole by several connectors and processes.
"""

import os
import sqlite3
import stat

import pytest
from tests.core.children import Child

from crmkit import ConfigurationError, StoreError
from crmkit._sqlite import open_store
from crmkit.stores import SENDING, Group, Key, Row

NOW = 1_777_636_800.0
GROUP = Group("acme", "", "notes")


def row(activity_id, state="pending", **more):
    """
    Return a row due now.
    """
    values = {
        "user_id": "",
        "provider": "acme",
        "kind": "notes",
        "digest": "d",
        "stored_at": NOW,
        "due_at": NOW,
        "payload": "{}",
        "client_id": "7",
    }
    return Row(activity_id=activity_id, state=state, **{**values, **more})


@pytest.fixture
def open_one(store):
    """
    Return a function that opens the store once more.
    """
    opened = []

    def open_one():
        opened.append(open_store(f"sqlite:///{store}"))
        return opened[-1]

    yield open_one
    for one in opened:
        one.close()


def states(one):
    """
    Return the state of each row by its id.
    """
    everything = [*one.rows(state=None, limit=1000), *one.rows(state="synced", limit=1000)]
    return {found.activity_id: found.state for found in everything}


class TestFile:
    def test_made_on_first_use(self, open_one, store):
        """
        Opening a store makes no file, using it does, with the folders above it.
        """
        one = open_one()
        assert not store.exists()

        one.counts()
        assert store.exists()

    def test_folders(self, tmp_path):
        """
        Missing folders are made, for their owner alone.
        """
        path = tmp_path / "a" / "b" / "outbox.db"
        one = open_store(f"sqlite:///{path}")
        one.counts()
        one.close()

        assert path.exists()
        assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0

    def test_folders_whatever_the_umask(self, tmp_path):
        """
        None of the folders that are made can be changed by others.
        """
        old = os.umask(0)
        try:
            one = open_store(f"sqlite:///{tmp_path}/a/b/outbox.db")
            one.counts()
            one.close()
        finally:
            os.umask(old)

        made = [tmp_path / "a", tmp_path / "a" / "b"]
        assert [stat.S_IMODE(folder.stat().st_mode) for folder in made] == [0o700] * 2

    def test_open_to_others(self, open_one, store, caplog):
        """
        A file that others can read is used, with a warning that names the remedy.
        """
        store.touch(mode=0o644)
        store.chmod(0o644)
        open_one().counts()

        assert "chmod 600" in caplog.text

    def test_loop(self, tmp_path):
        """
        A link that leads to itself is refused.
        """
        (tmp_path / "loop").symlink_to(tmp_path / "loop")

        with pytest.raises((ConfigurationError, StoreError), match="loop"):
            open_store(f"sqlite:///{tmp_path}/loop/outbox.db").counts()

    def test_mode(self, open_one, store):
        """
        The file, and what SQLite puts beside it, is its owner's alone to read.
        """
        old = os.umask(0)
        try:
            one = open_one()
            one.add([row("1", SENDING)])
            files = list(store.parent.iterdir())
            modes = {stat.S_IMODE(file.stat().st_mode) for file in files}
        finally:
            os.umask(old)

        assert {".db", ".db-wal"} <= {file.name[6:] for file in files}
        assert modes == {0o600}

    def test_nothing_left_beside_it(self, open_one, store):
        """
        After closing nothing is left but the file itself.
        """
        one = open_one()
        one.add([row("1", SENDING)])
        one.close()

        assert [file.name for file in store.parent.iterdir()] == [store.name]

    def test_relative(self, tmp_path, monkeypatch):
        """
        A relative store stays where it was opened when the process goes elsewhere.
        """
        monkeypatch.chdir(tmp_path)
        one = open_store("sqlite:///outbox.db")
        (tmp_path / "elsewhere").mkdir()
        monkeypatch.chdir(tmp_path / "elsewhere")
        one.add([row("1")])
        one.close()

        assert (tmp_path / "outbox.db").exists()

    @pytest.mark.parametrize(
        "url", ["sqlite://", "sqlite:///", "sqlite:///x/", "sqlite:x", "sqlite:///:memory:"]
    )
    def test_no_file(self, url):
        """
        A URL without a file is refused, with examples of both forms.
        """
        with pytest.raises(ConfigurationError, match=r"sqlite:////absolute\.db"):
            open_store(url)


class TestRefused:
    def refused(self, open_one, store):
        """
        Return the error for a file, having checked that it stays as it was.
        """
        before = store.read_bytes()
        with pytest.raises(StoreError) as caught:
            open_one().add([row("1")])
        assert store.read_bytes() == before
        assert [file.name for file in store.parent.iterdir()] == [store.name]
        assert str(store) in str(caught.value)
        return str(caught.value)

    def test_newer_version(self, open_one, store):
        """
        A store of a newer version is refused untouched.
        """
        one = open_one()
        one.add([row("1")])
        one.close()
        with sqlite3.connect(store) as database:
            database.execute("PRAGMA journal_mode = DELETE")
            database.execute("PRAGMA user_version = 99")
        database.close()

        assert "newer crmkit (version 99" in self.refused(open_one, store)

    def test_database_of_another_program(self, open_one, store):
        """
        A database of another program is refused untouched.
        """
        with sqlite3.connect(store) as database:
            database.execute("CREATE TABLE people (name)")
        database.close()

        message = self.refused(open_one, store)
        assert "database of another program" in message
        assert "store=" in message

    @pytest.mark.parametrize(
        "content", [b"id,name\n1,Ada\n" * 100, b"SQLite format 3\0 no"]
    )
    def test_no_database(self, open_one, store, content):
        """
        A file that is no database is refused untouched.
        """
        store.write_bytes(content)

        assert "choose another place" in self.refused(open_one, store)

    def test_directory(self, open_one, store):
        """
        A directory in the place of the file is refused with the remedy.
        """
        store.mkdir()

        with pytest.raises(StoreError, match="store= or CRMKIT_STORE"):
            open_one().counts()

    def test_file_in_place_of_a_folder(self, tmp_path):
        """
        A place below a file is refused with the remedy.
        """
        (tmp_path / "file").write_text("x")

        with pytest.raises(StoreError, match="store= or CRMKIT_STORE"):
            open_store(f"sqlite:///{tmp_path}/file/outbox.db").counts()

    def test_full_disk(self, open_one):
        """
        A disk that is full is a StoreError, and what was there stays.
        """
        one = open_one()
        one.add([row("1")])
        one._open().execute("PRAGMA max_page_count = 1")

        with pytest.raises(StoreError, match="full; make it writable, free disk space"):
            one.add([row(str(number), payload="x" * 5000) for number in range(2, 20)])

        assert states(one) == {"1": "pending"}


class TestRows:
    def test_claim_among_many(self, open_one):
        """
        What a claim by key costs does not grow with what else waits.
        """
        one = open_one()

        def cost(keys):
            steps = []
            database = one._open()
            database.set_progress_handler(lambda: steps.append(1), 100)
            assert set(one.claim_keys(keys)) == set(keys)
            database.set_progress_handler(None, 0)
            return len(steps)

        one.add([row(f"early {number}") for number in range(200)])
        among_few = cost([Key("", f"early {number}") for number in range(100)])
        one.add([row(f"late {number}") for number in range(5000)])
        among_many = cost([Key("", f"late {number}") for number in range(100)])

        assert among_many < 2 * among_few


RECOVER = """
from crmkit._sqlite import open_store
store = open_store(url)
print(store.recover(0.0))
store.close()
"""


class TestOwners:
    def test_alive_elsewhere(self, open_one, store):
        """
        What a store of a live process has leased stays its own for other processes.
        """
        one = open_one()
        one.add([row("1", SENDING)])

        with Child(RECOVER, url=f"sqlite:///{store}") as child:
            assert child.end() == ["0"]

    def test_two_stores_in_one_process(self, open_one, store):
        """
        A second store of the process takes from the first neither its lease nor its file.
        """
        one, other = open_one(), open_one()
        one.add([row("1", SENDING)])
        other.recover(NOW)

        with Child(RECOVER, url=f"sqlite:///{store}") as child:
            assert child.end() == ["0"]
        one.add([row("2")])

        with Child(RECOVER, url=f"sqlite:///{store}") as child:
            child.end()
        assert states(open_one()) == {"1": SENDING, "2": "pending"}

    def test_through_a_link(self, open_one, store, tmp_path):
        """
        A store opened through a symbolic link is the same store, with the same owners.
        """
        one = open_one()
        one.add([row("1", SENDING)])
        (tmp_path / "elsewhere").mkdir()
        link = tmp_path / "elsewhere" / "link.db"
        link.symlink_to(store)

        with Child(RECOVER, url=f"sqlite:///{link}") as child:
            assert child.end() == ["0"]

    def test_swept_up(self, open_one, store):
        """
        What killed processes left beside the store is swept up after a while.
        """
        code = """
        from crmkit._sqlite import open_store
        open_store(url).recover(NOW)
        print("ready")
        input()
        """
        with Child(code, url=f"sqlite:///{store}") as child:
            child.hear()
            child.kill()
        for left in store.parent.glob("*.owner"):
            os.utime(left, (NOW - 1e9, NOW - 1e9))

        one = open_one()
        one.recover(NOW)
        one.close()

        assert [file.name for file in store.parent.iterdir()] == [store.name]

    def test_many_begin_at_once(self, store):
        """
        Processes that make the store at one moment all find it whole.
        """
        code = """
        from crmkit._sqlite import open_store
        from tests.core.test_sqlite import row
        print("ready")
        input()
        store = open_store(url)
        store.recover(0.0)
        store.add([row(name)])
        store.close()
        """
        url = f"sqlite:///{store}"
        children = [Child(code, url=url, name=str(number)) for number in range(4)]
        for child in children:
            assert child.hear() == "ready"
        for child in children:
            child.tell()
        for child in children:
            child.end()

        one = open_store(url)
        assert states(one) == dict.fromkeys("0123", "pending")
        one.close()


FORK = """
import os
from crmkit._sqlite import open_store
from tests.core.test_sqlite import SENDING, row

store = open_store(url)
store.add([row("before", SENDING)])
to_child, from_parent = os.pipe()
to_parent, from_child = os.pipe()
child = os.fork()
if child == 0:
    assert store.recover(0.0) == 0
    store.add([row("child 1", SENDING)])
    os.write(from_child, b"x")
    os.read(to_child, 1)
    store.add([row("child 2")])
    os._exit(0)
os.read(to_parent, 1)
store.add([row("parent")])
assert store.recover(0.0) == 0
store.close()
os.write(from_parent, b"x")
os.waitpid(child, 0)
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
class TestFork:
    def test_both_go_on(self, open_one, store):
        """
        After a fork parent and child both go on writing, and nothing is lost.
        """
        with Child(FORK, url=f"sqlite:///{store}") as process:
            process.end()

        one = open_one()
        assert set(states(one)) == {"before", "child 1", "parent", "child 2"}

    def test_leases_do_not_cross(self, open_one, store):
        """
        The child is an owner of its own, so what both had leased is uncertain afterwards.
        """
        with Child(FORK, url=f"sqlite:///{store}") as process:
            process.end()

        one = open_one()
        one.recover(NOW)
        assert states(one)["before"] == states(one)["child 1"] == "uncertain"
