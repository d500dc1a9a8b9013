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
    Return a cell's value as it stands in the file: a formula behind an apostrophe.
    """
    neutral = f"'{value}" if _is_formula(value) else value
    return neutral.encode("utf-8", "backslashreplace").decode()


def ids_in(file: bytes) -> set[str]:
    """
    Return the ids, as written, of the whole rows of a file.

    A row that a crash cut short lacks cells, or the end of its metadata, which then is no
    JSON any more.
    """
    text = (file + joint(file)).decode("utf-8-sig", "replace")
    with _long_cells():
        rows = csv.reader(io.StringIO(text, newline=""))
        return {row[0] for row in rows if len(row) == len(COLUMNS) and _is_json(row[-1])}


def joint(file: bytes) -> bytes:
    """
    Return what a file needs before its next row: a header, or the end of a torn row.
    """
    if _HEADER.startswith(file):
        return _HEADER[len(file) :]
    if file.count(b'"') % 2:
        return b'"\r\n'
    return b"" if file.endswith((b"\n", b"\r")) else b"\r\n"


def is_ours(file: bytes) -> bool:
    """
    Tell whether a file is new or has our header, whatever program saved it since.
    """
    if _HEADER.startswith(file):
        return True
    first = file.split(b"\n", 1)[0].decode("utf-8-sig", "replace")
    return tuple(next(csv.reader([first]), ())) == COLUMNS


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


def _is_json(cell: str) -> bool:
    try:
        return cell == "{}" or isinstance(json.loads(cell), dict)
    except (ValueError, RecursionError):
        return False


@contextmanager
def _long_cells() -> Iterator[None]:
    # The limit is one for the whole process, so it is put back.
    with _LIMIT_LOCK:
        limit = csv.field_size_limit(_LONGEST)
        try:
            yield
        finally:
            csv.field_size_limit(limit)
