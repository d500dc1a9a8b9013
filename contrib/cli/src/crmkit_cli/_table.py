"""
Text in columns, for scripts of any width.
"""

from __future__ import annotations

import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NO_COLUMN = frozenset({"Mn", "Me", "Cf"})
_GAP = "  "
_LEAST = 20  # columns that a broken cell needs, or it is not broken


def width(text: str) -> int:
    """
    Return how many columns of a terminal a text takes.
    """
    return sum(map(_columns, text))


def pad(text: str, columns: int) -> str:
    """
    Return the text with blanks up to this many columns; what is wider is cut short.
    """
    if width(text) > columns:
        text = cut(text, columns)
    return text + " " * (columns - width(text))


def cut(text: str, columns: int) -> str:
    """
    Return as much of the text as fits into so many columns, marked if that is not all.
    """
    if width(text) <= columns:
        return text
    kept = ""
    for char in text:
        if width(kept) + _columns(char) > columns - 2:
            break
        kept += char
    return f"{kept.rstrip()}.."


def wrap(text: str, columns: int) -> Iterator[str]:
    """
    Yield the lines of a text, broken between words so that each fits.
    """
    for paragraph in text.splitlines():
        line = ""
        for word in paragraph.split():
            longer = f"{line} {word}" if line else word
            if line and width(longer) > columns:
                yield line
                longer = word
            line = longer
        yield line


def table(rows: Sequence[Sequence[str]], limits: Sequence[int] = ()) -> Iterator[str]:
    """
    Yield rows as lines with aligned columns; *limits* are the most columns of each cell.
    """
    broadest = [max(map(width, column)) for column in zip(*rows, strict=True)]
    allowed = [*limits, *broadest[len(limits) :]]
    sizes = [min(pair) for pair in zip(broadest, allowed, strict=True)]
    for row in rows:
        cells = [pad(cell, size) for cell, size in zip(row, sizes, strict=True)]
        yield _GAP.join(cells).rstrip()


def folded(rows: Sequence[Sequence[str]], columns: int | None) -> Iterator[str]:
    """
    Yield rows as lines; a last cell that goes beyond *columns* is broken, below itself.
    """
    leading = zip(*(row[:-1] for row in rows), strict=True)
    before = sum(max(map(width, column)) + len(_GAP) for column in leading)
    room = (columns or 0) - before
    if room < _LEAST:
        yield from table(rows)
        return
    lines = []
    for *cells, last in rows:
        for number, line in enumerate(wrap(last, room) if last else [""]):
            lines.append([*(cells if number == 0 else [""] * len(cells)), line])
    yield from table(lines)


def screen() -> int | None:
    """
    Return how many columns the terminal has, None if what is printed goes elsewhere.
    """
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None


def _columns(char: str) -> int:
    if unicodedata.category(char) in _NO_COLUMN:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
