"""
A row's cells to a client, its id, and the values it is found by.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from crmkit import ClientData, Consent
from crmkit_addressbook._columns import EMAIL, PHONE, STATEMENTS, Columns

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NO = {"", "false", "no", "n", "0", "f", "off", "-", "null", "none", "n/a"}
_NO |= {"nein", "falsch", "non", "faux"}
_YES = {"true", "yes", "y", "1", "t", "on", "x", "ja", "wahr", "oui", "vrai", "sí", "si"}
_SEVERAL = ":::"  # how Google puts several values into one cell
_NO_DIGIT = re.compile(r"\D")
_ISO = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?")


def to_client(columns: Columns, row: Sequence[str], client_id: str) -> ClientData:
    """
    Return the client that a row describes.

    Blank cells are None, and so is a date that cannot be read: only who asks for changes
    needs it.
    """
    return ClientData(
        id=client_id,
        name=_field(columns, row, "name"),
        first_name=_field(columns, row, "first_name"),
        last_name=_field(columns, row, "last_name"),
        email=_email(columns, row),
        phone=_single(_field(columns, row, "phone")),
        tags=_tags(_field(columns, row, "tags") or ""),
        custom_fields={
            name: _cell(row, place) or None for name, place in columns.custom.items()
        },
        consent=_consents(columns, row),
        updated_at=_updated_at_or_none(columns, row),
        raw=dict(zip(columns.names, row, strict=True)),
    )


def updated_at(columns: Columns, row: Sequence[str]) -> datetime | None:
    """
    Return when the client last changed, None for a blank cell; a naive time is UTC.

    Raises ValueError for anything but ISO 8601: whether 3/4/2026 is in March or April is
    not guessed.
    """
    cell = _cell(row, columns.fields["updated_at"][0]).replace("/", "-").upper()
    if not cell:
        return None
    if not _ISO.fullmatch(cell):
        msg = "not ISO 8601"
        raise ValueError(msg)
    moment = datetime.fromisoformat(cell.removesuffix(" UTC"))
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def own_id(columns: Columns, row: Sequence[str]) -> str | None:
    """
    Return what the id column says, None if it says nothing.
    """
    places = columns.fields.get("id")
    return _cell(row, places[0]) or None if places else None


def first_id(columns: Columns, row: Sequence[str]) -> str:
    """
    Return a row's id: its own, else made of its e-mail address, else of the row.
    """
    own = own_id(columns, row)
    if own:
        return own
    email = _email(columns, row)
    return _hash(normal(EMAIL, email)) if email else row_id(columns, row)


def row_id(columns: Columns, row: Sequence[str]) -> str:
    """
    Return the id made of a whole row, the same wherever the row or a column stands.
    """
    cells = sorted(zip(columns.names, map(str.strip, row), strict=False))
    return _hash("\x1e".join(f"{name}\x1f{cell}" for name, cell in cells if cell))


def normal(field: str, value: str) -> str:
    """
    Return the form in which the values of a field are compared.
    """
    if field == EMAIL:
        return value.strip().lower()
    if field == PHONE:
        digits = _NO_DIGIT.sub("", value)
        if not digits.isascii():
            digits = "".join(str(unicodedata.decimal(digit)) for digit in digits)
        return digits.removeprefix("00")
    return value.strip().casefold()


def found_by(field: str, places: Sequence[int], row: Sequence[str]) -> Iterator[str]:
    """
    Yield the values, in normal form, by which a search in these columns finds a row.
    """
    for place in places:
        cell = _cell(row, place)
        for value in cell.split(_SEVERAL) if field in {EMAIL, PHONE} else (cell,):
            if key := normal(field, value):
                yield key


def _cell(row: Sequence[str], place: int) -> str:
    return row[place].strip() if place < len(row) else ""


def _field(columns: Columns, row: Sequence[str], field: str) -> str | None:
    cells = (_cell(row, place) for place in columns.fields.get(field, ()))
    return next(filter(None, cells), None)


def _email(columns: Columns, row: Sequence[str]) -> str | None:
    return _single(_field(columns, row, EMAIL))


def _single(cell: str | None) -> str | None:
    parts = (part.strip() for part in (cell or "").split(_SEVERAL))
    return next(filter(None, parts), None)


def _tags(cell: str) -> tuple[str, ...]:
    separator = next((mark for mark in (_SEVERAL, ";") if mark in cell), ",")
    # Google marks its own groups with an asterisk; everybody is in the first.
    tags = (tag.strip().removeprefix("* ") for tag in cell.split(separator))
    return tuple(dict.fromkeys(tag for tag in tags if tag not in {"", "myContacts"}))


def _consents(columns: Columns, row: Sequence[str]) -> tuple[Consent, ...]:
    said: dict[str, Consent] = {}
    for field, (channel, status) in STATEMENTS.items():
        for place in columns.fields.get(field, ()):
            if channel not in said and _states(status, _cell(row, place)):
                source = columns.names[place]
                said[channel] = Consent(channel=channel, status=status, source=source)
    return tuple(said.values())


def _states(status: str, cell: str) -> bool:
    # In doubt the client does not want it: a date in "Unsubscribed" is a yes, in an
    # opt-in column it is not.
    word = cell.casefold()
    return word in _YES if status == "opted_in" else word not in _NO


def _updated_at_or_none(columns: Columns, row: Sequence[str]) -> datetime | None:
    try:
        return updated_at(columns, row) if "updated_at" in columns.fields else None
    except ValueError:
        return None


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:12]
