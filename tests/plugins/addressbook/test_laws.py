"""
What holds for any file, any cell and any crash.
"""

import csv
import io
import os
import string
import tempfile
from pathlib import Path
from types import SimpleNamespace

from hypothesis import assume, given
from hypothesis import strategies as st

from crmkit import ActivityRecord, ConfigurationError
from crmkit_addressbook import (
    crmkit_fetch,
    crmkit_find_activity,
    crmkit_find_clients,
    crmkit_list_clients,
    crmkit_sync,
)
from crmkit_addressbook._errors import RowError
from crmkit_addressbook._rows import written
from crmkit_addressbook._settings import Settings

CELLS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
WINDOWS = st.text(st.characters(codec="cp1252", exclude_characters="\0"))
FORMULAS = st.text("'=+-@＝ \t\r\0\xa0\xad\u200ba1", max_size=8)
ODD = st.text("\",;\t\r\n ab='", max_size=40)
MARKS = {"utf-8": "", "utf-8-sig": "", "utf-16-le": "\ufeff", "utf-16-be": "\ufeff"}


def session_of(folder, content, **settings):
    """
    Return a session of a file with this content.
    """
    path = Path(folder) / "clients.csv"
    path.write_bytes(content)
    return SimpleNamespace(settings=Settings(path=str(path), **settings), memory={})


def listed(session):
    """
    Return the clients that can be read, and how many cannot.
    """
    clients, broken = [], 0
    page = iter(crmkit_list_clients(session, None, None).clients)
    while True:
        try:
            clients.append(next(page))
        except StopIteration:
            return clients, broken
        except RowError:
            broken += 1


def text_of(rows, **dialect):
    """
    Return rows as CSV text.
    """
    text = io.StringIO(newline="")
    csv.writer(text, **dialect).writerows(rows)
    return text.getvalue()


@given(
    notes=st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(sorted(MARKS)),
)
def test_round_trip(notes, delimiter, quoting, encoding):
    """
    What a CSV writer wrote, in any dialect and encoding, is what the clients say.
    """
    rows = [(f"c{number}", *pair) for number, pair in enumerate(notes)]
    text = text_of([("ID", "One", "Two"), *rows], delimiter=delimiter, quoting=quoting)
    with tempfile.TemporaryDirectory() as folder:
        session = session_of(folder, (MARKS[encoding] + text).encode(encoding))
        clients, broken = listed(session)
        fetched = list(crmkit_fetch(session, [row[0] for row in rows]))

    assert broken == 0
    assert clients == fetched
    assert [(client.id, *client.custom_fields.values()) for client in clients] == [
        (name, one.strip() or None, two.strip() or None) for name, one, two in rows
    ]


@given(notes=st.lists(WINDOWS, min_size=1, max_size=8))
def test_round_trip_windows(notes):
    """
    So it is with an encoding that is named.
    """
    rows = [(f"c{number}", note) for number, note in enumerate(notes)]
    text = text_of([("ID", "Note"), *rows], quoting=csv.QUOTE_ALL)
    with tempfile.TemporaryDirectory() as folder:
        clients, _ = listed(session_of(folder, text.encode("cp1252"), encoding="cp1252"))

    assert [(client.id, client.raw["Note"]) for client in clients] == rows


@given(
    rows=st.lists(
        st.tuples(st.sampled_from(["Ana", "Bob", ""]), st.sampled_from(["a@x", "B@x", ""])),
        max_size=8,
    ).filter(lambda rows: any(map(any, rows))),
    random=st.randoms(use_true_random=False),
)
def test_ids(rows, random):
    """
    However rows are sorted, each keeps its id, by which it is fetched, and no two share it.
    """
    shuffled = random.sample(rows, len(rows))
    seen = []
    for order in (rows, shuffled):
        content = text_of([("Name", "Email"), *order]).encode()
        with tempfile.TemporaryDirectory() as folder:
            session = session_of(folder, content)
            clients, broken = listed(session)
            by_id = {client.id: client for client in clients}
            assert broken == 0
            assert len(by_id) == len(clients) == len({row for row in rows if any(row)})
            assert list(crmkit_fetch(session, list(by_id))) == clients
            for _, email in order:
                found = {
                    client.id for client in crmkit_find_clients(session, "email", email)
                }
                assert not email or found == {
                    client.id
                    for client in clients
                    if (client.email or "").lower() == email.lower()
                }
        seen.append({(client.name, client.email): client.id for client in clients})

    assert seen[0] == seen[1]


@given(content=st.binary(max_size=200) | ODD.map(lambda text: f"ID,Name\n{text}".encode()))
def test_any_file(content):
    """
    No file whatever breaks the reading in any way that is not said.
    """
    with tempfile.TemporaryDirectory() as folder:
        session = session_of(folder, content)
        try:
            clients, _ = listed(session)
        except ConfigurationError as error:
            assert "clients.csv" in str(error)  # noqa: PT017 - any other error fails the test
        else:
            assert len({client.id for client in clients}) == len(clients)


@given(
    before=st.integers(1, 5),
    broken=ODD.filter(lambda text: '"' in text).map(lambda text: " ".join(text.split())),
    after=st.integers(0, 5),
    quoted=st.booleans(),
)
def test_broken_row(before, broken, after, quoted):
    """
    A row broken in whatever way costs no row before or after it.
    """
    name = '"Client"' if quoted else "Client"
    rows = [f"c{number},{name},x" for number in range(before + after)]
    text = "\n".join(["ID,Name,Note", *rows[:before], broken, *rows[before:], ""])
    with tempfile.TemporaryDirectory() as folder:
        clients, _ = listed(session_of(folder, text.encode()))

    assert {row.split(",")[0] for row in rows} <= {client.id for client in clients}


def runs(cell):
    """
    Tell whether a spreadsheet might run a cell: a formula's sign after what it may drop.
    """
    rest = cell.strip("\0\x01\x7f\xad\u200b\ufeff" + string.whitespace + "\xa0\u3000")
    return cell[:1] in {"\t", "\r", "\n"} or rest[:1] in {*"=+-@＝＋－＠"}


def pictured(cell):
    """
    Return a cell with the picture that Unicode has for each control character.
    """
    names = {chr(code): chr(0x2400 + code) for code in range(32)} | {"\x7f": "␡"}
    return "".join(char if char in "\t\r\n" else names.get(char, char) for char in cell)


@given(one=CELLS | FORMULAS, two=CELLS | FORMULAS)
def test_neutral(one, two):
    """
    No cell runs as a formula, cells that differ still differ, and harmless ones stay.
    """
    assume(not any("\u2400" <= char <= "\u2421" for char in one + two))

    assert not runs(written(one)) or written(one).startswith("'")
    assert written(one) in {pictured(one), f"'{pictured(one)}"}
    assert (written(one) == written(two)) == (one == two)


@given(cell=st.from_regex(r"['\w\s]*[\w.,]", fullmatch=True))
def test_harmless(cell):
    """
    A cell that begins like a word stays as it is.
    """
    assume(cell[0] not in "\t\r\n")

    assert written(cell) == pictured(cell)


STEPS = st.lists(
    st.tuples(
        st.lists(st.tuples(st.integers(0, 9), ODD), min_size=1, max_size=3),  # appended
        st.none() | st.integers(0, 120),  # bytes that a crash takes
        st.booleans(),  # whether a new process goes on
    ),
    min_size=1,
    max_size=6,
)


@given(steps=STEPS)
def test_journal(steps):
    """
    After any appends and crashes an activity is found if and only if its row is whole.
    """
    with tempfile.TemporaryDirectory() as folder:
        session = session_of(folder, b"ID\n1\n")
        journal = session.settings.journal
        ends = []
        for batch, crash, restart in steps:
            for number, text in batch:
                record = ActivityRecord(id=f"a{number}", type="note", description=text)
                crmkit_sync(session, [record])
                ends.append((record, journal.stat().st_size - len('"\r\n')))
            if crash is not None:
                size = max(0, journal.stat().st_size - crash)
                os.truncate(journal, size)
                ends = [(record, end) for record, end in ends if end <= size]
            if restart:
                session.memory.clear()
            whole = {record.id for record, _ in ends}
            asked = [ActivityRecord(id=f"a{number}", type="note") for number in range(10)]
            found = {crmkit_find_activity(session, activity) for activity in asked}
            assert found - {None} == whole
