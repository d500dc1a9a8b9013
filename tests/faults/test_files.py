"""
Disks that are full and files that may not be written lose nothing, and say so.
"""

import csv
import os
import resource
import shutil
import subprocess
from collections import Counter
from contextlib import contextmanager, suppress

import pytest
from attrs import evolve
from tests.core.children import Child
from tests.core.waiting import in_threads, until
from tests.faults.crms import TEXT, Case, Clock, Tripwire
from tests.faults.victims import LOCAL, synced

from crmkit.errors import StoreError

LOCKED = """
import fcntl
file = open(path, "r+")
fcntl.flock(file, fcntl.LOCK_EX)
print("locked")
input()
"""


@contextmanager
def full(size):
    """
    Let no file grow beyond this size, as on a disk that is full.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextmanager
def read_only(path):
    """
    Let nobody write to a file or folder, not even the superuser.
    """
    mode = path.stat().st_mode
    if os.geteuid():
        path.chmod(mode & 0o555)
    elif subprocess.run(
        ["chattr", "+i", path], capture_output=True, check=False
    ).returncode:
        pytest.skip("the superuser may write here whatever the file says")
    try:
        yield
    finally:
        if os.geteuid():
            path.chmod(mode)
        else:
            subprocess.run(["chattr", "-i", path], check=True)


@contextmanager
def small_disk(folder):
    """
    Let a folder be a disk of its own, of 300 KiB.
    """
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=300k", "tmpfs", folder]
    if os.geteuid() or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only the superuser can make a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)  # even if a test failed


@contextmanager
def filled(folder):
    """
    Let a disk have no room at all.
    """
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    assert shutil.disk_usage(folder).free == 0
    yield
    filler.unlink()


def test_full(world):
    """
    A batch for which the disk has no room is refused as a whole, and nothing of it is sent.
    """
    connector, activities = world.connect(), world.case.activities()
    connector.batch_sync_activities(activities[:1])
    size = max(file.stat().st_size for file in world.folder.iterdir())

    with full(size), pytest.raises(StoreError, match="free disk space"):
        connector.batch_sync_activities(activities[1:])

    assert world.there().total() == 1
    assert [connector.outcome_of(activity.id) for activity in activities[1:]] == [None] * 11
    assert all(connector.batch_sync_activities(activities))
    assert world.settled(connector, activities) == {"synced": len(activities)}


def test_fills(world, caplog):
    """
    When the disk is full after the outbox was written, what was sent is true all the same.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill():
        size = max(file.stat().st_size for file in world.folder.iterdir())
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))

    activities = world.case.activities()
    try:
        with world.case.connect(world.clock, wrappers=[Tripwire(fill)]) as connector:
            report = connector.batch_sync_activities(activities)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)

    assert "cannot be noted" in caplog.text
    assert world.there() == {outcome.activity_id: 1 for outcome in report if outcome}
    assert all(outcome.accepted for outcome in report)
    assert world.settled(world.connect(), activities) == {"synced": len(activities)}


def test_small_disk(world):
    """
    On a disk that is full, and then has room again, all is there once in the end.
    """
    activities = world.case.activities()
    with small_disk(world.folder / "disk") as folder:
        case = evolve(world.case, store=f"{folder}/outbox.db")
        connector = world.connect(case)
        connector.batch_sync_activities(activities[:4])
        with filled(folder), pytest.raises(StoreError, match="full"):
            connector.batch_sync_activities(activities[4:])

        assert world.there().keys() == {activity.id for activity in activities[:4]}
        connector.batch_sync_activities(activities)
        assert world.settled(connector, activities) == {"synced": len(activities)}
        connector.close()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_read_only(world, what):
    """
    With an outbox that may not be written a batch is refused, and nothing of it is sent.
    """
    activities = world.case.activities()
    with world.case.connect(world.clock) as connector:
        assert all(connector.batch_sync_activities(activities[:1]))
    place = world.folder / "outbox.db" if what == "file" else world.folder

    with (
        read_only(place),
        world.case.connect(world.clock) as connector,
        pytest.raises(StoreError, match="make it writable"),
    ):
        connector.batch_sync_activities(activities[1:])

    assert world.there().total() == 1
    connector = world.connect()
    assert all(connector.batch_sync_activities(activities))
    assert world.settled(connector, activities) == {"synced": len(activities)}


class Book:
    """
    An address book, whose file of activities is the judge.
    """

    def __init__(self, folder):
        clients = folder / "book" / "clients.csv"
        clients.parent.mkdir()
        clients.write_text("id,email\n501,ana@example.com\n")
        self.journal, self._folder = clients.with_suffix(".activities.csv"), folder
        self._settings = {"path": str(clients)}

    def case(self, run, size=12):
        """
        Return what it takes to write there, with a store of its own.
        """
        store = f"{self._folder}/{run}.db"
        settings = self._settings
        return Case(crm="addressbook", store=store, settings=settings, run=run, size=size)

    def there(self):
        """
        Return how often each activity is in the file, by id.
        """
        if not self.journal.is_file():
            return Counter()
        with self.journal.open(encoding="utf-8-sig", newline="") as file:
            texts = [row["description"] for row in csv.DictReader(file)]
        return Counter(TEXT.search(text)[1] for text in texts)


@pytest.fixture
def book(tmp_path):
    """
    Return an address book that has one activity already.
    """
    book = Book(tmp_path)
    first = book.case("first", size=1)
    with first.connect(Clock()) as connector:
        assert all(connector.batch_sync_activities(first.activities()))
    return book


@contextmanager
def gone(folder):
    """
    Let a folder be away.
    """
    away = folder.rename(folder.with_name("away"))
    yield
    away.rename(folder)


@contextmanager
def another(journal):
    """
    Let a file of another program be in its place.
    """
    away = journal.rename(journal.with_name("away"))
    journal.write_text("total,month\n100,May\n")
    yield
    away.replace(journal)


FILE_FAULTS = {
    "file read-only": lambda book: read_only(book.journal),
    "folder gone": lambda book: gone(book.journal.parent),
    "another file in its place": lambda book: another(book.journal),
    "disk full": lambda book: full(book.journal.stat().st_size + 100),
}


@pytest.mark.parametrize("fault", FILE_FAULTS)
def test_book(book, fault):
    """
    What an address book cannot write waits in the outbox, and is there once afterwards.
    """
    case = book.case("a")
    connector, activities = case.connect(Clock()), case.activities()
    assert len(connector.outbox.list()) == 0
    if fault == "disk full":  # no file but the book's own is to be too large
        long = evolve(book.case("long", size=1500), cut=1500)
        with long.connect(Clock()) as other:
            other.batch_sync_activities(long.activities())

    with FILE_FAULTS[fault](book):
        report = connector.batch_sync_activities(activities)

        assert {outcome.status for outcome in report} == {"pending"}
        assert all("clients.activities.csv" in str(outcome.error) for outcome in report)
    assert all(connector.flush_pending())
    assert {activity.id: 1 for activity in activities}.items() <= book.there().items()
    assert set(book.there().values()) == {1}
    connector.close()


def test_locked(book):
    """
    While another program holds the address book's file sync waits, and is done then.
    """
    case = book.case("a")
    with (
        Child(LOCKED, path=str(book.journal)) as other,
        case.connect(Clock()) as connector,
    ):
        assert other.hear() == "locked"
        join = in_threads(1, lambda _: connector.batch_sync_activities(case.activities()))
        until(lambda: connector.outbox.list(state="sending"))

        other.tell()

        (report,) = join()
        assert all(report)
    assert set(book.there().values()) == {1}
    assert book.there().total() == 13


@LOCAL
def test_one_book(book, victims):
    """
    What eight processes write to one address book is there once, and whole.
    """
    cases = [book.case(str(n), size=100) for n in range(8)]

    told = victims.results(*((synced, case) for case in cases))

    assert {status for one in told for status in one} == {"synced"}
    assert set(book.there().values()) == {1}
    assert book.there().total() == 801
