"""
The rows of a CSV text as it is read, none of which spoils another.
"""

from __future__ import annotations

import csv
import re
from collections import deque
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DELIMITERS = (",", ";", "\t")
_SEP_LINE = re.compile(r'"?sep=([^\r\n"])"?\r?\n', re.IGNORECASE)  # a hint for Excel


class Row(NamedTuple):
    """
    A row: the line that it begins on, and its cells, None if it is broken.
    """

    line: int
    cells: list[str] | None


def rows(lines: Iterable[str]) -> Iterator[Row]:
    """
    Yield the rows that these lines hold, the header too; blank ones are left out.

    After a broken row reading goes on at the line after its first, so that a quote left
    open costs one row; of the lines that it had taken only those as wide as the header
    are believed.
    """
    source = iter(lines)
    first = next(source, "")
    hint = _SEP_LINE.fullmatch(first)
    delimiter = hint[1] if hint else max(_DELIMITERS, key=lambda each: _width(first, each))
    source, line = (source, 2) if hint else (chain([first], source), 1)
    again: deque[str] = deque()
    taken: list[str] = []

    def feed() -> Iterator[str]:
        while (text := again.popleft() if again else next(source, None)) is not None:
            taken.append(text)
            yield text

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
            yield Row(line, None)
        else:
            if cells is None:
                return
            believed = line > doubtful_until or len(cells) == width
            if believed and any(cell.strip() for cell in cells):
                width = width or len(cells)
                yield Row(line, cells)
        line += len(taken)


def _width(line: str, delimiter: str) -> int:
    return len(next(csv.reader([line], delimiter=delimiter, skipinitialspace=True), ()))


def _reader(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
