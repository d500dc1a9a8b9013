"""
The clients of a file, read one after the other: CSV, JSON lines, or one JSON array.
"""

from __future__ import annotations

import codecs
import io
import re
import sys
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from crmkit import ClientData, ConfigurationError
from crmkit_cli._client_fields import client_of, places
from crmkit_cli._client_ids import Ids
from crmkit_cli._client_objects import Item, in_array, on_lines
from crmkit_cli._client_rows import Row, rows
from crmkit_cli._input import STDIN

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import TextIO

_ENCODINGS = (
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NO_TEXT = ((b"PK\x03\x04", "an Excel workbook or another ZIP file"), (b"%PDF", "a PDF"))
_DAMAGE = re.compile("[\udc80-\udcff]")  # bytes that were no UTF-8
_LOOKED_AT = 1024
_WHO = {"id", "name", "first_name", "last_name", "email", "phone"}


class RowError(ConfigurationError):
    """
    A row that cannot be read as one client; it costs that client alone.
    """

    def __init__(self, message: str, *, client_id: str | None = None) -> None:
        super().__init__(message)
        self.client_id = client_id


class _Entry(NamedTuple):
    where: str
    names: tuple[str, ...]
    values: Sequence[Any]
    problem: str | None = None


def clients_in(file: str) -> Iterator[ClientData | RowError]:
    """
    Yield the client of each row, or what is wrong with the row, which stops no other.

    ``-`` is standard input. Raises ConfigurationError for what holds no clients at all.
    """
    name = "standard input" if file == STDIN else file
    try:
        with _opened(file, name) as source, closing(Ids()) as ids:
            for entry in _entries(source, name):
                made = _made(entry, name)
                if isinstance(made, ClientData) and not ids.new(made.id):
                    problem = "an earlier client has the same id; each needs its own"
                    made = _wrong(name, entry.where, problem, made.id)
                yield made
    except OSError as error:
        msg = f"{name} cannot be read: {error.strerror}"
        raise ConfigurationError(msg) from None


def _made(entry: _Entry, name: str) -> ClientData | RowError:
    problem = entry.problem
    if problem is None:
        try:
            return client_of(entry.names, entry.values)
        except (TypeError, ValueError) as error:
            # The models' own sentences name the field; others may hold the value.
            problem = str(error) if type(error) is ValueError else "it is no client"
    return _wrong(name, entry.where, problem)


def _wrong(name: str, where: str, problem: str, client_id: str | None = None) -> RowError:
    return RowError(f"{name}, {where}: {problem}", client_id=client_id)


@contextmanager
def _opened(file: str, name: str) -> Iterator[tuple[TextIO, str]]:
    """
    Open a file as text; give also what it begins with.
    """
    with _bytes(file) as source:
        start = source.peek(_LOOKED_AT)
        what = next((told for magic, told in _NO_TEXT if start.startswith(magic)), None)
        if what is not None:
            msg = f"{name} is {what}; save it as CSV UTF-8, or as JSON"
            raise ConfigurationError(msg)
        known = (encoding for bom, encoding in _ENCODINGS if start.startswith(bom))
        encoding = next(known, "utf-8-sig")
        text = start.decode(encoding, "ignore").lstrip()
        yield io.TextIOWrapper(source, encoding, "surrogateescape", newline=""), text[:1]


def _bytes(file: str) -> io.BufferedReader:
    if file == STDIN:  # which, in a test, may be no reader that looks ahead
        return io.BufferedReader(cast("io.RawIOBase", sys.stdin.buffer))
    return Path(file).open("rb")


def _entries(opened: tuple[TextIO, str], name: str) -> Iterator[_Entry]:
    source, start = opened
    if start == "[":
        return _of_objects(in_array(source), "client")
    if start == "{":
        return _of_objects(on_lines(source), "line")
    return _of_rows(rows(source), name)


def _of_objects(items: Iterator[Item], counted: str) -> Iterator[_Entry]:
    for number, value, problem in items:
        where = f"{counted} {number}"
        if isinstance(value, dict):
            yield _Entry(where, tuple(value), tuple(value.values()))
        else:
            yield _Entry(where, (), (), problem or "a client is a JSON object")


def _of_rows(found: Iterator[Row], name: str) -> Iterator[_Entry]:
    header = next(found, Row(1, None))
    names = _header(header, name)
    for line, cells in found:
        where, given = f"line {line}", [cell.strip() or None for cell in cells or ()]
        if cells is None:
            problem = "a quote is not closed, or text follows a closing quote"
        elif any(given[len(names) :]):
            problem = f"{len(given)} cells where the header has {len(names)}"
        elif _DAMAGE.search("".join(cells)):
            problem = "it holds bytes that are not UTF-8; save the file as CSV UTF-8"
        else:
            given = [*given, *[None] * (len(names) - len(given))][: len(names)]
            yield _Entry(where, names, given)
            continue
        yield _Entry(where, (), (), problem)


def _header(header: Row, name: str) -> tuple[str, ...]:
    names = tuple(" ".join(cell.split()) for cell in header.cells or ())
    if _DAMAGE.search("".join(names)):
        problem = "is not UTF-8; save it as CSV UTF-8"
    elif not names:
        problem = "is empty; it needs a line of headers, then a line for each client"
    elif not places(names).fields.keys() & _WHO:
        problem = (
            "has no column that tells who a client is; its first line must name columns "
            "such as id, first_name, email"
        )
    else:
        return names
    msg = f"{name} {problem}"
    raise ConfigurationError(msg)
