"""
The rows of a CSV text: its delimiter, its header, where each row begins.
"""

from __future__ import annotations

import csv
import io
import re
from array import array
from collections import deque
from itertools import islice
from typing import TYPE_CHECKING

from attrs import field, frozen

from crmkit import ConfigurationError
from crmkit_addressbook._errors import RowError
from crmkit_addressbook._file import DAMAGE

if TYPE_CHECKING:
    from collections.abc import Iterator

_SEP_LINE = re.compile(rb'"?sep=([^\r\n])"?\r?\n', re.IGNORECASE)  # a hint for Excel
_DELIMITERS = (",", ";", "\t")
_SAMPLE_BYTES, _SAMPLE_ROWS = 1 << 16, 30


@frozen(kw_only=True)
class Table:
    """
    A CSV file as it was when it was read: its *text* in UTF-8, and where its rows are.
    """

    name: str
    text: bytes = field(repr=False)
    delimiter: str
    header: tuple[str, ...] = field(repr=False)
    starts: array[int] = field(factory=lambda: array("Q"), repr=False)
    lines: array[int] = field(factory=lambda: array("I"), repr=False)

    def __len__(self) -> int:
        return len(self.starts)

    def scan(self) -> Iterator[list[str] | None]:
        """
        Yield the cells of each row, None for a broken one, and note where it is. Once.
        """
        for start, line, cells in islice(_records(self.text, self.delimiter), 1, None):
            self.starts.append(start)
            self.lines.append(line)
            yield cells

    def cells(self, position: int) -> list[str]:
        """
        Return the cells of a row however many there are; RowError if it is broken.
        """
        try:
            return next(_reader(self._lines(position), self.delimiter))
        except csv.Error:
            problem = (
                "a quote is not closed, or text follows a closing quote; a quote inside a "
                'cell is written twice ("")'
            )
            raise self.error(position, problem) from None

    def remnant(self, position: int) -> list[str]:
        """
        Return the cells of a broken row's first line, as far as they can be told.
        """
        line = self._lines(position).readline()
        try:
            return next(csv.reader([line], delimiter=self.delimiter, skipinitialspace=True))
        except csv.Error:
            return []

    def row(self, position: int) -> list[str]:
        """
        Return a row's cells, one for each header; RowError names the line if malformed.
        """
        cells, width = self.cells(position), len(self.header)
        if any(cell.strip() for cell in cells[width:]):
            problem = (
                f"{len(cells)} cells where the header has {width}; a cell that holds the "
                "delimiter is put in quotes"
            )
            raise self.error(position, problem)
        if DAMAGE.search("".join(cells)):
            problem = "it holds bytes that are not UTF-8; save the file as CSV UTF-8 again"
            raise self.error(position, problem)
        return cells[:width] + [""] * (width - len(cells))

    def error(self, position: int, problem: str) -> RowError:
        """
        Return an error that names a row by its line, never by its content.
        """
        return RowError(f"{self.name}, line {self.lines[position]}: {problem}")

    def _lines(self, position: int) -> io.StringIO:
        end = self.starts[position + 1] if position + 1 < len(self) else None
        text = self.text[self.starts[position] : end].decode("utf-8", "surrogateescape")
        return io.StringIO(text, newline="")


def open_table(text: bytes, delimiter: str | None, name: str) -> Table:
    """
    Return a table with its header; its rows are found by ``scan``.

    Without *delimiter* it is comma, semicolon or tab, or what a line ``sep=`` says.
    Raises ConfigurationError when there is no header, or a damaged one.
    """
    hint = _SEP_LINE.match(text)
    if delimiter is None:
        delimiter = hint[1].decode("latin-1") if hint else _guess_delimiter(text)
    _, line, header = next(_records(text, delimiter), (0, 1, []))
    if not header:
        problem = (
            f"line {line} has a quote that is not closed" if text.strip() else "is empty"
        )
        msg = f"{name} {problem}; it needs a line of headers, then a line for each client"
        raise ConfigurationError(msg)
    if DAMAGE.search("".join(header)):
        msg = (
            f"{name}, line {line}: a header holds bytes that are not UTF-8; save the file "
            "as CSV UTF-8 again, or set `encoding` to what it is, such as cp1250"
        )
        raise ConfigurationError(msg)
    return Table(name=name, text=text, delimiter=delimiter, header=tuple(header))


def _guess_delimiter(text: bytes) -> str:
    # The header alone would do for most files, but a header may hold the other delimiters:
    # the right one cuts the rows below as it cuts the header.
    sample = text[:_SAMPLE_BYTES]

    def fitness(delimiter: str) -> tuple[float, int]:
        rows = islice(_records(sample, delimiter), _SAMPLE_ROWS)
        widths = [len(cells) for _, _, cells in rows if cells]
        if not widths or widths[0] == 1:
            return 0.0, 0
        return widths.count(widths[0]) / len(widths), widths[0]

    return max(_DELIMITERS, key=fitness)


def _reader(lines: Iterator[str] | io.StringIO, delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)


def _records(text: bytes, delimiter: str) -> Iterator[tuple[int, int, list[str] | None]]:
    """
    Yield where each record starts (byte, line) and its cells, None for a broken one.

    Blank ones are left out. After a broken record, reading goes on at the line after its
    first, so that a quote left open costs one record and not all those up to the next
    quote; of the lines that it had taken only those as wide as the header are believed.
    """
    hint = _SEP_LINE.match(text)
    start, line = (hint.end(), 2) if hint else (0, 1)
    source = io.BytesIO(text)
    source.seek(start)
    lines = io.TextIOWrapper(source, "utf-8", "surrogateescape", newline="")
    again: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while next_line := again.popleft() if again else lines.readline():
            taken.append(next_line)
            yield next_line

    reader, width, doubtful_until = _reader(feed(), delimiter), 0, 0
    while True:
        taken.clear()
        try:
            cells = next(reader, None)
        except csv.Error:
            doubtful_until = max(doubtful_until, line + len(taken) - 1)
            again.extendleft(reversed(taken[1:]))
            del taken[1:]
            reader = _reader(feed(), delimiter)
            yield start, line, None
        else:
            if cells is None:
                return
            believed = line > doubtful_until or len(cells) == width
            if believed and any(cell.strip() for cell in cells):
                width = width or len(cells)
                yield start, line, cells
        start += sum(len(text.encode("utf-8", "surrogateescape")) for text in taken)
        line += len(taken)
