"""
What a property's value may be, and how it is kept: always a string.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from crmkit_simulator._clock import iso_ms
from crmkit_simulator.hubspot._errors import Problem

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.hubspot._schema import Property

LONGEST = 65_536
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_DAY_MS = 86_400_000
_LAST_MS = 253_402_300_799_999  # the end of the year 9999
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WHOLE = re.compile(r"-?\d+", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+\.[^@\s.,;]+")


def kept(definition: Property, value: Any) -> str | Problem:
    """
    Return a value as it is kept, "" for none, or what is wrong with it.
    """
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        value = "true" if value else "false"
    elif isinstance(value, int | float):
        value = str(value)
    elif not isinstance(value, str):
        return _problem(definition, "INVALID_TYPE", "was not a single value")
    read = _READERS.get(definition.type, _text)
    return read(definition, value)


def _text(definition: Property, value: str) -> str | Problem:
    if len(value) > LONGEST:
        wrong = f"was too long: {len(value)} characters, at most {LONGEST} are allowed"
        return _problem(definition, "PROPERTY_VALUE_TOO_LONG", wrong)
    if definition.name == "email":
        if not _EMAIL.fullmatch(value.strip()):
            return Problem("email", "INVALID_EMAIL", f"Email address {value} is invalid")
        return value.strip().lower()
    return value


def _number(definition: Property, value: str) -> str | Problem:
    if not _NUMBER.fullmatch(value):
        return _problem(definition, "INVALID_INTEGER", "was not a valid number")
    return value


def _bool(definition: Property, value: str) -> str | Problem:
    if value.lower() not in {"true", "false"}:
        return _problem(definition, "INVALID_OPTION", "was not true or false")
    return value.lower()


def _enumeration(definition: Property, value: str) -> str | Problem:
    if definition.external:
        return value
    values = value.strip(";").split(";") if definition.many else [value]
    wrong = [item for item in values if item not in definition.options]
    if wrong:
        allowed = ", ".join(definition.options)
        text = f"{wrong[0]} was not one of the allowed options: [{allowed}]"
        return Problem(definition.name, "INVALID_OPTION", text)
    return ";".join(values)


def _date(definition: Property, value: str) -> str | Problem:
    try:
        if _DAY.fullmatch(value):
            return date.fromisoformat(value).isoformat()
        if not _WHOLE.fullmatch(value):
            return _problem(definition, "INVALID_DATE", "was not of the form YYYY-MM-DD")
        if int(value) % _DAY_MS:
            return _problem(definition, "INVALID_DATE", "was not at midnight UTC")
        return (_EPOCH + timedelta(milliseconds=int(value))).date().isoformat()
    except (OverflowError, ValueError):
        return _problem(definition, "INVALID_DATE", "was not a valid date")


def _datetime(definition: Property, value: str) -> str | Problem:
    try:
        return iso_ms(milliseconds(value))
    except (OverflowError, ValueError, OSError):
        return _problem(definition, "INVALID_DATE", "was not a valid long or ISO 8601 time")


def milliseconds(value: str) -> int:
    """
    Return a time, in milliseconds since 1970 or ISO 8601, as the former.

    Raises ValueError.
    """
    if _WHOLE.fullmatch(value):
        number = int(value)
        if abs(number) > _LAST_MS:
            raise ValueError(value)
        return number
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - _EPOCH) // _MILLISECOND


def _problem(definition: Property, code: str, wrong: str) -> Problem:
    return Problem(definition.name, code, f"{definition.name} {wrong}")


_READERS: dict[str, Callable[[Property, str], str | Problem]] = {
    "number": _number,
    "bool": _bool,
    "enumeration": _enumeration,
    "date": _date,
    "datetime": _datetime,
}
