"""
An activity as a row of the activities file, safe to open in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
import json
import unicodedata
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit import ActivityRecord

COLUMNS = ("id", "timestamp", "type", "client_id", "user_id", "description", "metadata")

# A spreadsheet cuts a cell short at NUL, or takes the file for no text.
_PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\r\n"}
_PICTURES[0x7F] = 0x2421

_LONGEST = 2**31 - 1  # cells; csv's own limit is less than an HTML mail may have
_LIMIT_LOCK = Lock()


def encoded(activities: Iterable[ActivityRecord]) -> bytes:
    """
    Return the rows of these activities, ready to be appended.
    """
    return _csv(
        (
            activity.id,
            activity.timestamp.isoformat(),
            activity.type,
            activity.client_id or "",
            activity.user_id or "",
            activity.description,
            json.dumps(activity.metadata, ensure_ascii=False),
        )
        for activity in activities
    )


def written(value: str) -> str:
    """
    Return a cell's value as it stands in the file.

    A formula is behind an apostrophe; a control character is its picture, such as ␀
    for NUL.
    """
    neutral = f"'{value}" if _is_formula(value) else value
    return neutral.translate(_PICTURES).encode("utf-8", "backslashreplace").decode()


def ids_in(file: bytes) -> set[str]:
    """
    Return the ids, as written, of the whole rows of a file.
    """
    with _long_cells():
        return {row[0] for row in _parsed(file) if _is_whole(row)}


def mend(file: bytes) -> tuple[int, bytes]:
    """
    Return how much of a file to keep, and what it needs before its next row.

    A row of ours that a crash cut short goes: its activity is still to be sent. What
    somebody wrote there by hand stays.
    """
    if _HEADER.startswith(file):
        return len(file), _HEADER[len(file) :]
    start = _last_row(file)
    row = file[start:]
    if not row:
        return len(file), b""
    with _long_cells():
        whole = any(map(_is_whole, _parsed(row)))
    if start and row.startswith(b'"') and not whole:
        return start, b""
    if row.count(b'"') % 2:
        return len(file), b'"\r\n'
    return len(file), b"\n" if row.endswith(b"\r") else b"\r\n"


def is_ours(file: bytes) -> bool:
    """
    Tell whether a file is new or has our header, whatever program saved it since.
    """
    if _HEADER.startswith(file):
        return True
    first = file[: 2 * len(_HEADER)].split(b"\n", 1)[0].rstrip()
    return [tuple(row) for row in _parsed(first)] == [COLUMNS]


def _parsed(file: bytes) -> Iterator[list[str]]:
    text = file.decode("utf-8-sig", "replace")
    return csv.reader(io.StringIO(text, newline=""))


def _is_whole(row: Sequence[str]) -> bool:
    # What is cut short lacks cells, or the end of its metadata, which is no JSON then.
    if len(row) != len(COLUMNS):
        return False
    try:
        return row[-1] == "{}" or isinstance(json.loads(row[-1]), dict)
    except (ValueError, RecursionError):
        return False


def _last_row(file: bytes) -> int:
    # After the last newline with an even number of quotes before it.
    quotes, end = file.count(b'"'), len(file)
    while True:
        end = file.rfind(b"\n", 0, end)
        if (quotes - file.count(b'"', end + 1)) % 2 == 0:
            return end + 1


def _is_formula(value: str) -> bool:
    # Behind apostrophes as well, so that cells that differ still differ when neutralised;
    # behind blanks and invisible marks, which a spreadsheet may drop; full-width too.
    rest = value.lstrip("'")
    if rest[:1] in {"\t", "\r", "\n"}:
        return True
    visible = (char for char in rest if unicodedata.category(char)[0] not in "CZ")
    return unicodedata.normalize("NFKC", next(visible, "")) in {"=", "+", "-", "@"}


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([written(cell) for cell in row] for row in rows)
    return text.getvalue().encode()


_HEADER = b"\xef\xbb\xbf" + _csv([COLUMNS])


@contextmanager
def _long_cells() -> Iterator[None]:
    # The limit is one for the whole process, so it is put back.
    with _LIMIT_LOCK:
        limit = csv.field_size_limit(_LONGEST)
        try:
            yield
        finally:
            csv.field_size_limit(limit)
