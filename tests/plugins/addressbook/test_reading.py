"""
The file is read as people really export it.
"""

import codecs
import os
from collections.abc import Iterable

import pytest

from crmkit import ConfigurationError
from crmkit_addressbook import crmkit_fetch, crmkit_list_clients
from crmkit_addressbook._errors import RowError

TEXT = "ID,Name,City\r\n1,Jürgen Groß,München\r\n2,Zoë,“Straße”\r\n"


def mapped(iterable: Iterable):
    """
    Return what the core makes of a lazy iterable: the items, and the errors on the way.
    """
    items, errors, iterator = [], [], iter(iterable)
    while True:
        try:
            items.append(next(iterator))
        except StopIteration:
            return items, errors
        except RowError as error:
            errors.append(str(error).partition("clients.csv, ")[2].partition(":")[0])


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(TEXT.encode(), id="utf-8"),
        pytest.param(TEXT.encode("utf-8-sig"), id="utf-8 with mark"),
        pytest.param(codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), id="utf-16-le"),
        pytest.param(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), id="utf-16-be"),
        pytest.param(codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), id="utf-32-le"),
        pytest.param(TEXT.encode("cp1252"), id="windows-1252"),
    ],
)
def test_encodings(book, raw):
    """
    UTF-8, with or without a mark, UTF-16 and Windows-1252 are told apart.
    """
    clients = book(raw).list()

    assert [client.name for client in clients] == ["Jürgen Groß", "Zoë"]
    assert clients[1].custom_fields == {"City": "“Straße”"}


def test_encoding_given(book):
    """
    The setting names an encoding that cannot be guessed.
    """
    raw = "ID,Name\n1,Łukasz\n".encode("cp1250")

    assert book(raw, encoding="cp1250").one().name == "Łukasz"


def test_encoding_wrong(book):
    """
    A file that is not in the given encoding is refused with the line where it fails.
    """
    session = book(b"ID,Name\n1,Ana\n2,\xff\xfe\n", encoding="utf-8")

    with pytest.raises(ConfigurationError, match=r"clients.csv, line 3: this is no utf-8"):
        session.list()


def test_neither(book):
    """
    Bytes that neither UTF-8 nor Windows-1252 has are refused, the remedy is named.
    """
    with pytest.raises(ConfigurationError, match=r"line 2: this is neither.*`encoding`"):
        book(b"ID,Name\n1,\x81\x82\x83\x84\x85\n").list()


def test_damaged(book):
    """
    A damaged character in a UTF-8 file costs its row; the other names stay what they are.
    """
    raw = "ID,Name\n1,Zoë\n2,José Peña\n3,Ana\n".encode().replace(b"\xc3\xb1", b"\xc3")
    page = crmkit_list_clients(book(raw), None, None)

    clients, errors = mapped(page.clients)

    assert [client.name for client in clients] == ["Zoë", "Ana"]
    assert errors == ["line 3"]


@pytest.mark.parametrize("byte", [b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"])
@pytest.mark.parametrize("before", [b"", b"\xff", b"\xe9"])
@pytest.mark.parametrize("name", ["Ana", "Zoë"])
def test_damaged_and_little_else(book, byte, before, name):
    """
    A damaged character that Windows-1252 lacks costs its row, even if few others are good.
    """
    raw = f"ID,Name\n1,{name}\n2,B".encode() + before + byte + b"\n3,Bo\n"
    clients, errors = mapped(crmkit_list_clients(book(raw), None, None).clients)

    assert [client.name for client in clients] == [name, "Bo"]
    assert errors == ["line 3"]


def test_damaged_header(book):
    """
    A damaged header is refused, with the line and the remedy.
    """
    session = book(b"sep=,\nID,Gr\xf6\x81e\n1,Ana\n")

    with pytest.raises(ConfigurationError, match=r"line 2: a header.*`encoding`"):
        session.list()


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_delimiters(book, delimiter, newline):
    """
    Comma, semicolon and tab are told apart, with the newlines of any system.
    """
    rows = [["ID", "Name", "City"], ["1", "Ana", "Málaga"], ["2", "Bob", "Leeds"]]
    content = newline.join(delimiter.join(row) for row in rows) + newline

    assert [c.custom_fields["City"] for c in book(content).list()] == ["Málaga", "Leeds"]


def test_delimiter_in_header(book):
    """
    The rows decide when the header holds other delimiters too.
    """
    content = "Notes, remarks, other;ID;Name\nx;1;Ana\ny, z;2;Bob\n"

    assert [client.id for client in book(content).list()] == ["1", "2"]


def test_delimiter_given(book):
    """
    The setting names a delimiter that is none of the three.
    """
    assert book("ID|Name\n1|Ana, Bob; Zoë\n", delimiter="|").one().name == "Ana, Bob; Zoë"


def test_sep_line(book):
    """
    The line sep=; that Excel understands is no header.
    """
    clients, errors = mapped(
        crmkit_list_clients(book('sep=;\nID;Name\n1;Ana\n2;"x\n'), None, None).clients
    )

    assert [client.name for client in clients] == ["Ana"]
    assert errors == ["line 4"]


def test_quoted(book):
    """
    A quoted cell may hold newlines, delimiters and doubled quotes.
    """
    content = 'ID,Name,Notes\r\n1,Ana,"two\r\nlines, ""quoted"""\r\n2,Bob,\r\n'
    ana, bob = book(content).list()

    assert ana.custom_fields["Notes"] == 'two\r\nlines, "quoted"'
    assert bob.name == "Bob"


def test_blank_before_quote(book):
    """
    A blank between delimiter and quote does not make the quote a character.
    """
    client = book('ID, Name, City\n1, "López, Ana", "Málaga"\n').one()

    assert (client.name, client.custom_fields) == ("López, Ana", {"City": "Málaga"})


def test_unicode_separators(book):
    """
    Only line feeds and carriage returns end a row.
    """
    name = "a\u2028b\x0bc\x0cd\x85e\x1cf"

    assert book(f"ID,Name,City\n1,{name},x\n").one().name == name


def test_blank_lines(book):
    """
    Blank lines and rows of blank cells are no clients.
    """
    content = "\n\nID,Name\n\n1,Ana\n,\n  ,  \n\n2,Bob\n\n"

    assert [client.id for client in book(content).list()] == ["1", "2"]


def test_header_only(book):
    """
    A file with headers alone is a book without clients, as a nightly export may be.
    """
    assert book("ID,Name\n").list() == []


def test_short_row(book):
    """
    What a row leaves out at its end is missing.
    """
    client = book("ID,Name,Email,City\n1,Ana\n").one()

    assert client.email is None
    assert client.custom_fields == {"City": None}


def test_blank_cells_too_many(book):
    """
    Blank cells beyond the header, as spreadsheets leave them, do no harm.
    """
    assert book("ID,Name\n1,Ana,,  ,\n").one().name == "Ana"


def test_row_too_long(book):
    """
    A row with more cells than headers costs itself, and is named by its line alone.
    """
    session = book('ID,Name\n1,"An\na"\n2,Bob,secret\n3,Zoë\n')
    clients, errors = mapped(crmkit_fetch(session, ["1", "2", "3"]))

    assert [client.id for client in clients] == ["1", "3"]
    assert errors == ["line 4"]
    with pytest.raises(RowError) as caught:
        session.fetch("2")
    assert "secret" not in str(caught.value)
    assert "3 cells where the header has 2" in str(caught.value)


def test_open_quote(book):
    """
    A quote left open costs its row, not all the rows up to the next quote.
    """
    rows = [f"{number},Client {number}" for number in range(1, 100)]
    rows[9] = '10,"Client 10'
    rows[89] = '90,"Client 90"'
    page = crmkit_list_clients(book("\n".join(["ID,Name", *rows, ""])), None, None)

    clients, errors = mapped(page.clients)

    assert [client.id for client in clients] == [str(n) for n in range(1, 100) if n != 10]
    assert errors == ["line 11"]


def test_open_quote_last(book):
    """
    A quote that nothing closes costs its row alone.
    """
    content = 'ID,Name\n1,Ana\n2,"Bob\n3,Zoë\n'
    clients, errors = mapped(crmkit_list_clients(book(content), None, None).clients)

    assert [client.id for client in clients] == ["1", "3"]
    assert errors == ["line 3"]


@pytest.mark.parametrize("row", ['2,"Bob', '2,"Bob" by,x', '"2","Bob'])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_broken_by_id(book, row, newline):
    """
    Who asks for the client of a broken row by its id hears the line, not that it is absent.
    """
    session = book(newline.join(["ID,Name", "1,Ana", row, "3,Zoë", ""]))
    clients, errors = mapped(crmkit_fetch(session, ["1", "2", "3", "4"]))

    assert [client.id for client in clients] == ["1", "3"]
    assert errors == ["line 3"]


def test_broken_and_whole(book):
    """
    A whole row is read even if a broken one seems to have its id.
    """
    session = book('ID,Name\n2,"Bob\n2,Bea\n')

    assert [client.name for client in session.fetch("2")] == ["Bea"]


def test_broken_lines(book):
    """
    The lines of a broken cell do not become clients.
    """
    content = 'ID,Name,Notes\n1,Ana,"one\ntwo\nthree" four\n2,Bob,\n'
    clients, errors = mapped(crmkit_list_clients(book(content), None, None).clients)

    assert [client.id for client in clients] == ["2"]
    assert errors == ["line 2"]


def test_duplicate_headers(book):
    """
    Of two columns of one name the second is told apart by a number, as is a nameless one.
    """
    client = book("ID,Name,Notes,Notes,\n1,Ana,a,b,c\n").one()

    assert client.custom_fields == {"Notes": "a", "Notes 2": "b", "Column 5": "c"}


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        pytest.param("", "is empty", id="empty"),
        pytest.param("\ufeff\n  \n", "is empty", id="blank"),
        pytest.param(
            "ana@example.com,Ana\nbob@example.com,Bob\n", "headers", id="headless"
        ),
        pytest.param('"ID,Name\n1,Ana\n', "line 1 has a quote", id="open header"),
        pytest.param(b"PK\x03\x04\x14\x00", "Excel workbook", id="xlsx"),
        pytest.param(b"\xd0\xcf\x11\xe0\xa1\xb1", "Excel workbook", id="xls"),
        pytest.param(b"%PDF-1.7\n", "PDF", id="pdf"),
        pytest.param("ID,Name\n1,Ana\n".encode("utf-16-le"), "NUL", id="unmarked utf-16"),
        pytest.param(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "NUL", id="image"),
    ],
)
def test_no_book(book, content, problem):
    """
    What is no table of clients is refused by name, with what to do instead.
    """
    with pytest.raises(ConfigurationError, match=rf"clients\.csv.*{problem}") as caught:
        book(content).list()
    assert "ana@" not in str(caught.value)


def test_missing_file(book, folder):
    """
    A missing file is named, and so is the setting.
    """
    session = book("ID,Name\n1,Ana\n")
    (folder / "clients.csv").unlink()

    with pytest.raises(ConfigurationError, match=r"clients\.csv: there is no such.*`path`"):
        session.list()


def test_folder_for_file(book, folder):
    """
    A folder is no file.
    """
    session = book("ID,Name\n1,Ana\n")
    (folder / "clients.csv").unlink()
    (folder / "clients.csv").mkdir()

    with pytest.raises(ConfigurationError, match=r"clients\.csv is a folder"):
        session.list()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="named pipes are of POSIX")
def test_pipe_for_file(book, folder):
    """
    A named pipe is refused at once, not waited for.
    """
    session = book("ID,Name\n1,Ana\n")
    (folder / "clients.csv").unlink()
    os.mkfifo(folder / "clients.csv")

    with pytest.raises(ConfigurationError, match=r"clients\.csv is no ordinary file"):
        session.list()
