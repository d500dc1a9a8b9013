"""
The book of a session: opened once, opened anew when the file changes; its pages.
"""

from __future__ import annotations

import time
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crmkit import (
    ClientData,
    ClientPage,
    CustomField,
    NotSupportedError,
    UnavailableError,
)
from crmkit_addressbook._book import Book, index
from crmkit_addressbook._columns import columns_of
from crmkit_addressbook._errors import RowError
from crmkit_addressbook._file import Stamp, as_utf8, contents, digest, stamp_of
from crmkit_addressbook._mapping import updated_at
from crmkit_addressbook._table import open_table

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from pathlib import Path

    from crmkit_addressbook._settings import Session, Settings

PAGE = 1000
_OPEN, _LOCK = "addressbook.open", "addressbook.lock"

# A file written twice within one tick of the clock looks unchanged; two seconds is the
# coarsest tick of a file system (FAT). Until then the content itself is compared.
_TICK_NS = 2_000_000_000


@frozen(kw_only=True)
class _Open:
    book: Book
    stamp: Stamp
    version: str
    settled: bool


def fetch(session: Session, ids: Iterable[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids, as far as there are any.
    """
    book = _open(session).book
    return map(book.client, [client_id for client_id in ids if book.knows(client_id)])


def find(session: Session, name: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients whose field or column has this value.
    """
    book = _open(session).book
    return map(book.client_at, book.search(name, value))


def fields(session: Session) -> Iterable[CustomField]:
    """
    Return a field for each column that is not mapped.
    """
    columns = _open(session).book.columns
    return [
        CustomField(key=columns.names[place], name=name)
        for name, place in columns.custom.items()
    ]


def page(session: Session, since: datetime | None, cursor: str | None) -> ClientPage:
    """
    Return up to 1000 clients, those that changed *since* then; without a date they did not.

    The cursor names the next row and the version of the file, because in another version
    that row may be another. Raises NotSupportedError without a date column.
    """
    opened = _open(session)
    book = opened.book
    if since and "updated_at" not in book.columns.fields:
        msg = (
            f"{book.table.name} has no known column that tells when a client changed; name "
            'it with the setting `fields`, such as {"Stand": "updated_at"}'
        )
        raise NotSupportedError(msg)
    position = _start(cursor, opened)
    found: list[int] = []
    while position < len(book.table) and len(found) < PAGE:
        if position not in book.repeats and (
            since is None or _changed(book, position, since)
        ):
            found.append(position)
        position += 1
    more = position < len(book.table)
    return ClientPage(
        clients=map(partial(_dated, book) if since else book.client_at, found),
        next_cursor=f"{position}.{opened.version}" if more else None,
    )


def _start(cursor: str | None, opened: _Open) -> int:
    position, _, version = (cursor or f"0.{opened.version}").partition(".")
    if version != opened.version:
        msg = f"{opened.book.table.name} changed while it was listed; list it again"
        raise UnavailableError(msg, sent=False)
    return int(position)


def _changed(book: Book, position: int, since: datetime) -> bool:
    try:
        moment = updated_at(book.columns, book.table.row(position))
    except (RowError, ValueError):
        return True  # nobody can tell, which whoever reads it will hear
    return moment is not None and moment >= since


def _dated(book: Book, position: int) -> ClientData:
    row = book.table.row(position)
    try:
        updated_at(book.columns, row)
    except ValueError:
        name = book.columns.names[book.columns.fields["updated_at"][0]]
        problem = (
            f"the date in column {name!r} is not ISO 8601, such as 2026-05-01 or "
            "2026-05-01T10:00Z; format the column so and save the file again"
        )
        raise book.table.error(position, problem) from None
    return book.client_at(position)


def _open(session: Session) -> _Open:
    lock: RLock = session.memory.setdefault(_LOCK, RLock())
    with lock:
        known: _Open | None = session.memory.get(_OPEN)
        now = time.time_ns()  # before the file is looked at
        if known is None or not _is_current(known, session.settings.file):
            known = _read(session.settings, now)
        elif not known.settled:
            known = evolve(known, settled=_is_settled(known.stamp, now))
        session.memory[_OPEN] = known
        return known


def _read(settings: Settings, now: int) -> _Open:
    name = settings.path
    text, version, stamp = _text(settings)
    table = open_table(text, settings.delimiter, name)
    book = index(table, columns_of(table.header, settings.fields, name))
    settled = _is_settled(stamp, now)
    return _Open(book=book, stamp=stamp, version=version, settled=settled)


def _text(settings: Settings) -> tuple[bytes, str, Stamp]:
    raw, stamp = contents(settings.file)
    return as_utf8(raw, settings.encoding, settings.path), digest(raw), stamp


def _is_current(known: _Open, file: Path) -> bool:
    try:
        unchanged = stamp_of(file.stat()) == known.stamp
    except OSError:
        return False  # reading it will say what is wrong
    return unchanged and (known.settled or digest(contents(file)[0]) == known.version)


def _is_settled(stamp: Stamp, now: int) -> bool:
    return now - max(stamp[:2]) > _TICK_NS
