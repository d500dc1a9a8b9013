"""
Activities are appended whole, safe for spreadsheets, and found again by their ids.
"""

import csv
import errno
import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime

import pytest

from crmkit import ActivityRecord, UnavailableError
from crmkit_addressbook import _journal, crmkit_find_activity, crmkit_sync
from crmkit_addressbook._rows import COLUMNS, ids_in

CLIENTS = "ID,Name\n1,Ana\n"
WHEN = datetime(2026, 5, 1, 10, tzinfo=UTC)
posix = pytest.mark.skipif(sys.platform == "win32", reason="limits are of POSIX")


def record(activity_id, **fields):
    """
    Return an activity of this id.
    """
    return ActivityRecord(id=activity_id, timestamp=WHEN, **({"type": "note"} | fields))


def rows(session):
    """
    Return the rows that a spreadsheet would show.
    """
    with session.settings.journal.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def session(book):
    """
    Return a session of a small book.
    """
    return book(CLIENTS)


def fresh(session):
    """
    Return a session of the same files in which nothing is cached.
    """
    return type(session)(session.settings, {})


def found(session, *ids):
    """
    Return which of these ids are found.
    """
    return [i for i in ids if crmkit_find_activity(session, record(i)) == i]


def test_row(session):
    """
    An activity is a row of all its fields in a file beside the clients'.
    """
    activity = record(
        "a1",
        type="email_sent",
        client_id="1",
        user_id="laura",
        description='Dear "Ana",\r\nsee you',
        metadata={"subject": "Grüße", "to": ["a", "b"]},
    )
    (outcome,) = crmkit_sync(session, [activity])

    assert outcome.status == "synced"
    assert outcome.remote_id == "a1"
    assert session.settings.journal.name == "clients.activities.csv"
    head, (*cells, metadata) = rows(session)
    assert tuple(head) == COLUMNS
    assert cells == [
        "a1",
        "2026-05-01T10:00:00+00:00",
        "email_sent",
        "1",
        "laura",
        'Dear "Ana",\r\nsee you',
    ]
    assert json.loads(metadata) == {"subject": "Grüße", "to": ["a", "b"]}


def test_without_client(session):
    """
    An activity without client and user is recorded all the same.
    """
    crmkit_sync(session, [record("a1")])

    assert rows(session)[1][3:] == ["", "", "", "{}"]


def test_format(session):
    """
    A spreadsheet sees UTF-8 by the mark at the start, once, and rows that end in CRLF.
    """
    crmkit_sync(session, [record("a1")])
    crmkit_sync(session, [record("a2")])
    raw = session.settings.journal.read_bytes()

    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\xef\xbb\xbf") == 1
    assert raw.count(b"\r\n") == raw.count(b"\n") == 3


def test_find(session):
    """
    What was appended is found, by whom it was and by others; nothing else is.
    """
    assert found(session, "a1") == []
    crmkit_sync(session, [record("a1"), record("a2")])
    assert found(session, "a1", "a2", "a3", "a") == ["a1", "a2"]
    crmkit_sync(session, [record("a3")])
    assert found(session, "a1", "a2", "a3") == ["a1", "a2", "a3"]

    assert found(fresh(session), "a1", "a2", "a3", "id") == ["a1", "a2", "a3"]


def test_find_of_other_process(session):
    """
    What another process appends meanwhile is found.
    """
    crmkit_sync(session, [record("a1")])
    assert found(session, "a2") == []
    crmkit_sync(fresh(session), [record("a2")])

    assert found(session, "a1", "a2") == ["a1", "a2"]


def test_find_read_once(session, monkeypatch):
    """
    Looking for many ids between many appends parses the file once.
    """
    calls = []
    monkeypatch.setattr(_journal, "ids_in", lambda raw: calls.append(1) or ids_in(raw))
    crmkit_sync(session, [record("first")])
    for number in range(50):
        assert found(session, f"a{number}") == []
        crmkit_sync(session, [record(f"a{number}")])
        assert found(session, f"a{number}") == [f"a{number}"]

    assert len(calls) == 1


def test_torn_row(session):
    """
    A row that a crash cut short anywhere, even in quotes, is no activity and soon gone.
    """
    journal = session.settings.journal
    crmkit_sync(session, [record("a1")])
    start = journal.stat().st_size
    crmkit_sync(session, [record("a2", description='a "\r\nb', metadata={"to": "ä"})])
    raw = journal.read_bytes()
    whole = len(raw.rstrip()) - 1  # the content is all there, but for the last quote

    for size in range(start, len(raw) + 1):
        journal.write_bytes(raw[:size])
        after = fresh(session)
        expected = ["a1", "a2"] if size >= whole else ["a1"]
        assert found(after, "a1", "a2") == expected
        crmkit_sync(after, [record("a3")])
        assert found(after, "a1", "a2", "a3") == [*expected, "a3"]
        assert found(fresh(session), "a1", "a2", "a3") == [*expected, "a3"]
        assert [row[0] for row in rows(session)] == ["id", *expected, "a3"]
        assert {len(row) for row in rows(session)} == {len(COLUMNS)}


@pytest.mark.parametrize("typed", ["x", 'x,"call', "x,{}", "x,,,,,,5", "x,,,,,,"])
def test_typed_row(session, typed):
    """
    What somebody typed at the end of the file is no activity and no torn row: it stays.
    """
    crmkit_sync(session, [record("a1")])
    with session.settings.journal.open("a", encoding="utf-8") as file:
        file.write(typed)
    crmkit_sync(session, [record("a2")])

    assert typed in session.settings.journal.read_text(encoding="utf-8")
    assert found(fresh(session), "a1", "a2", "x") == ["a1", "a2"]


def test_torn_row_after_look(session):
    """
    That somebody looked for an id does not make a torn row whole.
    """
    crmkit_sync(session, [record("a1"), record("a2")])
    os.truncate(session.settings.journal, session.settings.journal.stat().st_size - 9)
    after = fresh(session)

    assert found(after, "a2") == []
    crmkit_sync(after, [record("a3")])
    assert found(fresh(session), "a1", "a2", "a3") == ["a1", "a3"]


@pytest.mark.parametrize("size", [0, 2, 5, 40])
def test_torn_header(session, size):
    """
    A header that a crash cut short is completed.
    """
    crmkit_sync(session, [record("a1")])
    whole = session.settings.journal.read_bytes()
    os.truncate(session.settings.journal, size)

    assert found(fresh(session), "a1") == []
    crmkit_sync(fresh(session), [record("a1")])
    assert session.settings.journal.read_bytes() == whole


@pytest.mark.parametrize(
    "value",
    [
        "=1+1",
        "+34 612",
        "-1",
        "@SUM(A1)",
        "\t=1",
        "\rx",
        "  =1",
        "\u00a0=1",
        "\u200b=1",
        "\uff1d1",
        "'=1",
    ],
)
def test_formula(session, value):
    """
    A cell that a spreadsheet would run gets an apostrophe; its id is found all the same.
    """
    fields = {"type": f"x{value}", "client_id": value, "description": value}
    crmkit_sync(session, [record(value, **fields)])
    _, cells = rows(session)

    assert (cells[0], cells[3], cells[5]) == (f"'{value}",) * 3
    assert cells[2] == f"x{value}"
    assert found(session, value) == found(fresh(session), value) == [value]
    assert found(session, f"'{value}") == []


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("a\0b", "a␀b"),
        ("\x01\x1b[2J\x7f", "␁␛[2J␡"),
        ("\0=1", "'␀=1"),
        ("a\tb\r\nc", "a\tb\r\nc"),
    ],
)
def test_control_characters(session, value, cell):
    """
    Control characters become their pictures, so that a spreadsheet shows the whole row.
    """
    activity = record(value, description=value, metadata={"value": value})
    crmkit_sync(session, [activity, record("after")])
    raw = session.settings.journal.read_bytes()
    _, cells, _ = rows(session)

    assert not set(raw) & ({*range(0x20), 0x7F} - {*b"\t\r\n"})
    assert (cells[0], cells[5]) == (cell, cell)
    assert json.loads(cells[6]) == {"value": value.replace("\x7f", "␡")}
    assert found(session, value, "after") == found(fresh(session), value, "after")
    assert found(fresh(session), value, "after") == [value, "after"]


def test_long_cell(session):
    """
    A description longer than csv's own limit hides no activity, and the limit stays.
    """
    limit = csv.field_size_limit()
    crmkit_sync(session, [record("a1", description="x" * (limit + 1)), record("a2")])

    assert found(fresh(session), "a1", "a2") == ["a1", "a2"]
    assert csv.field_size_limit() == limit


@pytest.mark.parametrize(
    "resaved",
    [
        pytest.param(lambda raw: raw.replace(b'"', b""), id="without quotes"),
        pytest.param(lambda raw: raw.replace(b"\r\n", b"\n"), id="line feeds"),
        pytest.param(lambda raw: raw.removeprefix(b"\xef\xbb\xbf"), id="without mark"),
        pytest.param(lambda raw: raw.rstrip(), id="without last newline"),
        pytest.param(lambda raw: raw.removesuffix(b"\n"), id="half a newline"),
    ],
)
def test_resaved(session, resaved):
    """
    A spreadsheet may have saved the file in its own way; no row is lost.
    """
    crmkit_sync(session, [record("a1"), record("a2")])
    raw = session.settings.journal.read_bytes()
    session.settings.journal.write_bytes(resaved(raw))

    assert found(session, "a1", "a2") == ["a1", "a2"]
    crmkit_sync(session, [record("a3")])
    assert found(fresh(session), "a1", "a2", "a3") == ["a1", "a2", "a3"]


@pytest.mark.parametrize("size", [None, -2])
def test_header_alone(session, size):
    """
    A header without mark or newline stays, and stands above the rows.
    """
    crmkit_sync(session, [record("a1")])
    head, *_ = session.settings.journal.read_bytes().splitlines(keepends=True)
    session.settings.journal.write_bytes(head.removeprefix(b"\xef\xbb\xbf")[:size])
    crmkit_sync(session, [record("a2")])

    assert [row[0] for row in rows(session)] == ["id", "a2"]


@pytest.mark.parametrize(
    "content", ["ID,Name\n1,Ana\n", "id;timestamp;type\n", "x", "\n", "x" * 200_000]
)
def test_foreign_file(session, content):
    """
    A file that is no activities file is not written, and nobody can tell what is in it.
    """
    session.settings.journal.write_text(content, encoding="utf-8")

    for ask in (lambda: crmkit_sync(session, [record("a")]), lambda: found(session, "a")):
        with pytest.raises(
            UnavailableError, match=r"no activities file.*`activities`"
        ) as e:
            ask()
        assert e.value.sent is False
    assert session.settings.journal.read_text(encoding="utf-8") == content


def test_folder_in_its_place(session):
    """
    A folder in the file's place leaves activities to be sent later, which then works.
    """
    session.settings.journal.mkdir()
    with pytest.raises(UnavailableError, match=r"activities\.csv is a folder; move") as e:
        crmkit_sync(session, [record("a1")])
    assert e.value.sent is False
    with pytest.raises(UnavailableError):
        found(session, "a1")

    session.settings.journal.rmdir()
    crmkit_sync(session, [record("a1")])
    assert found(session, "a1") == ["a1"]


def test_folder_missing(book, folder):
    """
    A missing folder is named, and whether an activity is there nobody can tell.
    """
    session = book(CLIENTS, activities=str(folder / "gone" / "a.csv"))

    with pytest.raises(UnavailableError, match=r"no folder .*gone; make it") as caught:
        crmkit_sync(session, [record("a1")])
    assert caught.value.sent is False
    with pytest.raises(UnavailableError):
        found(session, "a1")


@posix
def test_pipe_in_its_place(session):
    """
    A named pipe is refused at once, not waited for.
    """
    os.mkfifo(session.settings.journal)

    for ask in (lambda: crmkit_sync(session, [record("a")]), lambda: found(session, "a")):
        with pytest.raises(UnavailableError, match="is no ordinary file"):
            ask()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="nothing is forbidden to root"
)
def test_not_permitted(session):
    """
    A file that may not be written leaves activities to be sent later.
    """
    crmkit_sync(session, [record("a1")])
    session.settings.journal.chmod(0o400)

    with pytest.raises(UnavailableError, match=r"may not be used.*`activities`") as e:
        crmkit_sync(session, [record("a2")])
    assert e.value.sent is False


def test_hidden(session, monkeypatch):
    """
    Where a folder cannot be looked into, nobody can tell whether an activity is there.
    """

    def forbid(path, **_options):
        raise PermissionError(errno.EACCES, "Permission denied", str(path))

    crmkit_sync(session, [record("a1")])
    monkeypatch.setattr(type(session.settings.journal), "stat", forbid)
    monkeypatch.setattr(type(session.settings.journal), "lstat", forbid)

    with pytest.raises(UnavailableError, match="may not be used"):
        found(session, "a1")


def test_unreadable(session, monkeypatch):
    """
    A drive that fails while the file is read has recorded nothing, and tells nothing.
    """

    def fail(*_args):
        raise OSError(errno.EIO, "Input/output error")

    crmkit_sync(session, [record("a1")])
    before = session.settings.journal.read_bytes()
    monkeypatch.setattr(_journal.os, "read", fail)

    other = fresh(session)
    for ask in (lambda: crmkit_sync(other, [record("a2")]), lambda: found(other, "a1")):
        with pytest.raises(UnavailableError, match="cannot be used: Input/output") as e:
            ask()
        assert e.value.sent is False
    assert session.settings.journal.read_bytes() == before


def test_link_to_clients(session):
    """
    The clients' file is not written by another name either.
    """
    session.settings.journal.hardlink_to(session.settings.file)

    with pytest.raises(UnavailableError, match="file of the clients itself"):
        crmkit_sync(session, [record("a1")])
    assert session.settings.file.read_text(encoding="utf-8") == CLIENTS


FULL = """
import resource, signal, sys
from crmkit import ActivityRecord, UnavailableError
from crmkit_addressbook import crmkit_find_activity, crmkit_sync
from crmkit_addressbook._settings import Settings

class Session:
    settings, memory = Settings(path=sys.argv[1]), {}

first = ActivityRecord(id="a1", type="note")
crmkit_sync(Session, [first])
before = Session.settings.journal.read_bytes()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (len(before) + 50,) * 2)
for description in ("short", "x" * 5000):
    try:
        second = ActivityRecord(id="a2", type="note", description=description)
        crmkit_sync(Session, [second])
    except UnavailableError as error:
        assert error.sent is False, error
        assert "nothing was added" in str(error), error
    else:
        raise AssertionError("written beyond the limit")
    assert Session.settings.journal.read_bytes() == before
    assert crmkit_find_activity(Session, first) == "a1"
"""


@posix
def test_full_disk(session):
    """
    Of a write that the disk has no room for nothing stays, and it can be sent again.
    """
    subprocess.run([sys.executable, "-c", FULL, session.settings.path], check=True)


def test_full_disk_torn(session, monkeypatch):
    """
    When what was half written cannot be taken back, the activity may be there.
    """

    def refuse(*_args):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(_journal.os, "fsync", refuse)
    monkeypatch.setattr(_journal.os, "ftruncate", refuse)

    with pytest.raises(UnavailableError) as caught:
        crmkit_sync(session, [record("a1")])
    assert caught.value.sent is True


APPEND = """
import sys
from crmkit import ActivityRecord
from crmkit_addressbook import crmkit_sync
from crmkit_addressbook._settings import Settings

class Session:
    settings, memory = Settings(path=sys.argv[1]), {}

for number in range(40):
    rows = [f"{sys.argv[2]}-{number}-{i}" for i in range(5)]
    crmkit_sync(Session, [ActivityRecord(id=i, type="note", description=i) for i in rows])
"""


def test_two_processes(session):
    """
    Two processes that append at once lose nothing and mix nothing.
    """
    command = [sys.executable, "-c", APPEND, session.settings.path]
    processes = [subprocess.Popen([*command, name]) for name in ("x", "y")]
    assert [process.wait() for process in processes] == [0, 0]

    _, *written = rows(session)
    expected = {f"{p}-{n}-{i}" for p in "xy" for n in range(40) for i in range(5)}
    assert {row[0] for row in written} == expected
    assert len(written) == len(expected)
    assert all(row[5] == row[0] for row in written)


@posix
@pytest.mark.parametrize("flags", [_journal._APPEND, _journal._READ])
def test_lock(session, monkeypatch, flags):
    """
    Nobody else can append to the file, or look for an id, while it is being written.
    """
    import fcntl

    seen = []
    write = _journal._write

    def busy(fd, size, rows, path):
        kind = fcntl.LOCK_EX if flags == _journal._APPEND else fcntl.LOCK_SH
        with path.open("rb") as other, pytest.raises(BlockingIOError):
            fcntl.flock(other, kind | fcntl.LOCK_NB)
        seen.append(path)
        return write(fd, size, rows, path)

    monkeypatch.setattr(_journal, "_write", busy)
    crmkit_sync(session, [record("a1")])

    assert seen == [session.settings.journal]


def test_replaced_while_waiting(session, monkeypatch):
    """
    A file that takes the place of the one that was waited for is the one appended to.
    """
    crmkit_sync(session, [record("a1")])
    journal = session.settings.journal
    other = journal.with_name("other.csv")
    other.write_bytes(journal.read_bytes())
    lock = _journal._lock

    def late(fd, flags):
        lock(fd, flags)
        if other.exists():
            other.replace(journal)

    monkeypatch.setattr(_journal, "_lock", late)
    crmkit_sync(session, [record("a2")])

    assert found(fresh(session), "a1", "a2") == ["a1", "a2"]


@posix
def test_lock_of_others(session, monkeypatch):
    """
    Who keeps the file locked holds nobody for ever; nothing is written then.
    """
    import fcntl

    monkeypatch.setattr(_journal, "_PATIENCE", 0.05)
    crmkit_sync(session, [record("a1")])
    before = session.settings.journal.read_bytes()
    with session.settings.journal.open("rb") as other:
        fcntl.flock(other, fcntl.LOCK_EX)
        with pytest.raises(UnavailableError, match="locked by another program") as caught:
            crmkit_sync(session, [record("a2")])

    assert not caught.value.sent
    assert session.settings.journal.read_bytes() == before


@pytest.mark.parametrize("lock", [_journal._lock, lambda fd, flags: None])
def test_threads(session, monkeypatch, lock):
    """
    Threads that append and look at once lose nothing, even if locks are a process's.
    """
    monkeypatch.setattr(_journal, "_lock", lock)
    problems = []

    def work(name):
        for number in range(20):
            activity = f"{name}-{number}"
            crmkit_sync(session, [record(activity)])
            if found(session, activity) != [activity]:
                problems.append(activity)

    threads = [threading.Thread(target=work, args=(name,)) for name in "abcd"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert len(rows(session)) == 1 + 4 * 20


def test_clients_untouched(session):
    """
    The clients' file is never written.
    """
    before = session.settings.file.stat()
    crmkit_sync(session, [record("a1", client_id="1")])
    found(session, "a1")
    session.list()
    after = session.settings.file.stat()

    assert (after.st_mtime_ns, after.st_ctime_ns) == (
        before.st_mtime_ns,
        before.st_ctime_ns,
    )
