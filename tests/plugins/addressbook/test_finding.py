"""
Clients are found by id, by value, and page by page.
"""

import os
import random
from datetime import UTC, datetime

import pytest

from crmkit import ConfigurationError, NotSupportedError, UnavailableError
from crmkit_addressbook import _api, crmkit_fetch, crmkit_list_clients
from crmkit_addressbook._errors import RowError

MAY = datetime(2026, 5, 1, tzinfo=UTC)


def ids(clients):
    """
    Return the ids of clients.
    """
    return [client.id for client in clients]


def test_by_id(book):
    """
    An id finds its row, an unknown one nothing, however many are asked for.
    """
    session = book("ID,Name\n007,Ana\n7,Bob\n8,Zoë\n")

    assert [client.name for client in session.fetch("8", "007", "9")] == ["Zoë", "Ana"]


def test_id_from_email(book):
    """
    Without an id column the id is made of the address, in whatever case it is written.
    """
    one = book("Email,City\n Ana@Example.es ,Málaga\n").one()
    session = book("City,Email\nLeeds,bob@example.com\nRoma,ana@example.ES\n")

    assert len(one.id) == 12
    assert ids(session.fetch(one.id)) == [one.id]
    assert session.fetch(one.id)[0].custom_fields == {"City": "Roma"}


def test_id_cell_blank(book):
    """
    A row whose id is blank has one made of its address.
    """
    ana, bob = book("ID,Email\n,ana@example.es\n7,bob@example.com\n").list()

    assert bob.id == "7"
    assert ana.id == book("Email\nana@example.es\n").one().id


def test_id_from_row(book):
    """
    Without an address the id is made of the row, wherever the row and its columns stand.
    """
    rows = [f"Client {number},+1 555 {number:04}" for number in range(20)]
    before = book("\n".join(["Name,Phone", *rows])).list()
    random.Random(1).shuffle(rows)
    swapped = [";".join(reversed(row.split(","))) for row in rows]
    after = book("\n".join(["Phone;Name", *swapped])).list()

    assert {client.name: client.id for client in before} == {
        client.name: client.id for client in after
    }
    assert len(set(ids(before))) == len(rows)


def test_shared_email(book):
    """
    Of two rows with one address each has an id of its own; both are found by it.
    """
    content = "Name,Email\nAna,us@example.es\nBob,US@example.es\nZoë,zoe@example.com\n"
    session = book(content)
    ana, bob, _ = session.list()

    assert ids(session.find("email", "us@example.es")) == [ana.id, bob.id]
    assert ana.id != bob.id
    assert [client.name for client in session.fetch(bob.id, ana.id)] == ["Bob", "Ana"]


def test_shared_email_sorted(book):
    """
    An id never comes to mean another client when the file is sorted anew.
    """
    rows = ["Ana,us@example.es", "Bob,us@example.es"]
    before = {
        client.name: client.id for client in book("\n".join(["Name,Email", *rows])).list()
    }
    after = book("\n".join(["Name,Email", *reversed(rows)])).list()

    assert {client.name: client.id for client in after} == before


def test_shared_email_id(book):
    """
    The id of an address that became shared is not unknown: the rows are named.
    """
    alone = book("Name,Email\nAna,us@example.es\n").one().id
    session = book("Name,Email\nAna,us@example.es\nZoë,z@example.es\nBob,us@example.es\n")
    bob = session.list()[2]

    with pytest.raises(RowError, match=r"lines 2, 4") as caught:
        session.fetch(alone)
    assert bob.id in str(caught.value)
    assert "us@" not in str(caught.value)


def test_equal_rows(book):
    """
    A row that comes twice is one client.
    """
    session = book(
        "Name,Email\nAna,ana@example.es\nBob,b@example.com\nAna,ana@example.es\n"
    )
    ana, bob = session.list()

    assert (ana.name, bob.name) == ("Ana", "Bob")
    assert ids(session.find("email", "ana@example.es")) == ids(session.fetch(ana.id))
    assert ana.id == book("Name,Email\nAna,ana@example.es\n").one().id


def test_duplicate_ids(book):
    """
    Two clients of one id are reported by their lines, and the others are still there.
    """
    session = book("ID,Email\n1,ana@example.es\n2,bob@example.com\n1,zoe@example.com\n")

    assert ids(session.fetch("2")) == ["2"]
    for ask in (
        lambda: session.fetch("1"),
        session.list,
        lambda: session.find("email", "zoe@example.com"),
    ):
        with pytest.raises(RowError, match=r"different clients have one id \(lines 2, 4\)"):
            ask()


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("email", "ANA@example.es ", ["1"]),
        ("email", "ana@home.example", ["1"]),
        ("email", "nobody@example.com", []),
        ("email", " ", []),
        ("phone", "+34612345678", ["1"]),
        ("phone", "0034 (612) 345-678", ["1"]),
        ("phone", "\u0663\u0664612345678", ["1"]),
        ("phone", "612345678", []),
        ("phone", "n/a", []),
        ("Company", "tom & jerry", ["1", "2"]),
        ("company", "Tom & Jerry ", ["1", "2"]),
        ("last_name", "groß", ["2"]),
        ("Last Name", "GROSS", ["2"]),
    ],
)
def test_by_value(book, field, value, found):
    """
    Addresses are found in any case, numbers by their digits, and any column by its cells.
    """
    session = book(
        "ID,Last Name,Email,Email 2,Phone,Company\n"
        "1,López,Ana@Example.es,ana@home.example,+34 612 345 678,Tom & Jerry\n"
        "2,Groß,,,n/a,TOM & JERRY\n"
    )

    assert ids(session.find(field, value)) == found


def test_by_renamed(book):
    """
    A column that the user renamed is found by its new name and by its header.
    """
    session = book("ID,Budget (EUR)\n1,9\n2,8\n", fields={"Budget (EUR)": "budget"})

    assert (
        ids(session.find("budget", "8")) == ids(session.find("Budget (EUR)", "8")) == ["2"]
    )


def test_by_unknown_column(book):
    """
    A field that the file does not have cannot be searched, which is said.
    """
    with pytest.raises(NotSupportedError, match=r"no column for 'budget'; it has 'ID'"):
        book("ID\n1\n").find("budget", "8")


def test_pages(book):
    """
    A long file is listed in pages, each client once, in the file's order.
    """
    total = 2 * _api.PAGE + 1
    session = book("ID\n" + "".join(f"{number}\n" for number in range(total)))
    first = crmkit_list_clients(session, None, None)

    assert len(list(first.clients)) == _api.PAGE
    assert ids(session.list()) == [str(number) for number in range(total)]


def test_page_of_changed_file(book):
    """
    A cursor into a file that changed meanwhile is refused: no row twice, none left out.
    """
    rows = [f"{number}\n" for number in range(_api.PAGE + 1)]
    cursor = crmkit_list_clients(book("".join(["ID\n", *rows])), None, None).next_cursor
    changed = book("".join(["ID\n", *rows[1:]]))

    with pytest.raises(UnavailableError, match="changed while it was listed"):
        crmkit_list_clients(changed, None, cursor)


def test_changed_since(book):
    """
    Those that changed then or later are listed; a client without a date is not.
    """
    dates = ["2026-04-30 23:59", "2026-05-01", "", "2026-05-01T01:00+02:00", "2027-01-01"]
    rows = [f"{number},{date}" for number, date in enumerate(dates, 1)]
    session = book("\n".join(["ID,Updated", *rows]))

    assert ids(session.list(MAY)) == ["2", "5"]


def test_changed_since_unreadable(book):
    """
    A date that is not ISO 8601 is named by line and column, and costs its client.
    """
    session = book("ID,Updated\n1,2026-05-02\n2,5/3/2026\n3,2026-05-04\n")
    clients = iter(crmkit_list_clients(session, MAY, None).clients)

    assert next(clients).id == "1"
    with pytest.raises(RowError, match=r"line 3: the date in column 'Updated'") as caught:
        next(clients)
    assert next(clients).id == "3"
    assert "5/3" not in str(caught.value)


def test_changed_since_malformed(book):
    """
    Whether a malformed row changed nobody can tell, so it is reported.
    """
    session = book("ID,Updated\n1,2026-05-02\n2,,surplus\n")

    with pytest.raises(RowError, match=r"line 3: 3 cells"):
        session.list(MAY)


def test_changed_since_without_column(book):
    """
    Without a date column nobody can tell; the setting that names one is named.
    """
    with pytest.raises(NotSupportedError, match=r'`fields`.*"updated_at"'):
        book("ID,Stand\n1,2026-05-01\n").list(MAY)


@pytest.mark.parametrize("tick", [0, _api._TICK_NS], ids=["old file", "new file"])
def test_changed_file(book, folder, monkeypatch, tick):
    """
    A file that is written anew is read anew, though its size and its time be the same.
    """
    monkeypatch.setattr(_api, "_TICK_NS", tick)
    path = folder / "clients.csv"
    session = book("ID,Name\n1,Ana\n2,Bob\n")
    assert session.fetch("2")[0].name == "Bob"
    before = path.stat()

    path.write_text("ID,Name\n2,Zoë\n1,An\n", encoding="utf-8")
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert path.stat().st_size == before.st_size
    assert session.fetch("2")[0].name == "Zoë"


def test_same_tick(book, folder, monkeypatch):
    """
    A file written twice within one tick of the file system's clock is seen to differ.
    """
    path = folder / "clients.csv"
    session = book("ID,Name\n1,Ana\n")
    session.fetch("1")
    stamp = _api.stamp_of(path.stat())
    path.write_text("ID,Name\n1,Bob\n", encoding="utf-8")
    monkeypatch.setattr(_api, "stamp_of", lambda _status: stamp)

    assert session.fetch("1")[0].name == "Bob"


def test_replaced_file(book, folder):
    """
    A file that another takes the place of is read anew.
    """
    session = book("ID,Name\n1,Ana\n")
    session.fetch("1")
    other = folder / "other.csv"
    other.write_text("ID,Name\n1,Bob\n", encoding="utf-8")
    other.replace(folder / "clients.csv")

    assert session.fetch("1")[0].name == "Bob"


def test_lazy_over_change(book, folder):
    """
    Clients that are read late come from the file as it was when they were asked for.
    """
    session = book("ID,Name\n1,Ana\n2,Bob\n")
    asked = crmkit_fetch(session, ["2"])
    (folder / "clients.csv").write_text("ID,Name\n9,Zoë\n2,Eve\n", encoding="utf-8")

    assert [client.name for client in asked] == ["Bob"]


def test_gone_file(book, folder):
    """
    A file that is gone is not served from memory.
    """
    session = book("ID,Name\n1,Ana\n")
    session.fetch("1")
    (folder / "clients.csv").unlink()

    with pytest.raises(ConfigurationError, match="there is no such file"):
        session.fetch("1")


def test_read_once(book, monkeypatch):
    """
    A file that did not change is indexed once.
    """
    session = book("ID,Name\n1,Ana\n2,Bob\n")
    calls = []
    index = _api.index
    monkeypatch.setattr(_api, "index", lambda *args: calls.append(1) or index(*args))
    for _ in range(3):
        session.fetch("1")
        session.find("name", "Bob")
        session.list()

    assert len(calls) == 1
