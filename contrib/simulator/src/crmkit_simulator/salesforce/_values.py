"""
What a field's value may be.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused, unparsed
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._schema import CHOICES, TEXTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.salesforce._schema import Field

    Reader = Callable[[Any], Any]

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(
    r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII
)
_TIME = re.compile(r"\d\d:\d\d:\d\d(\.\d+)?Z?", re.ASCII)
_EMAIL = re.compile(r"[^@\s,;<>()\[\]]+@[^@\s,;.]+(\.[^@\s.,;]+)+")
_YEARS = range(1700, 4001)
_JSON = {str: "VALUE_STRING", bool: "VALUE_BOOLEAN", int: "VALUE_NUMBER_INT"} | {
    float: "VALUE_NUMBER_FLOAT",
    dict: "START_OBJECT",
    list: "START_ARRAY",
}
_MOST = 10**18


def stamp(seconds: float) -> str:
    """
    Write a time since 1970 as Salesforce does: in whole seconds, with an offset of zero.
    """
    return _written(datetime.fromtimestamp(seconds, UTC))


def parsed(field: Field, value: Any) -> Any:
    """
    Return a JSON value as a field keeps it; raises Refused, of the whole request.
    """
    if value is None or value == "":
        return None
    try:
        read: Reader = _READERS.get(field.type, _text)
        return read(value)
    except (TypeError, ValueError, OverflowError):
        shown = value if isinstance(value, str | int | float) else ""
        text = f"Cannot deserialize instance of {field.type} from {_JSON[type(value)]} "
        rest = f"value {shown} or request may be missing a required field"
        raise unparsed(text + rest) from None


def check(field: Field, value: Any) -> None:
    """
    Raise Refused, of one record, for a value that a field does not take.
    """
    if value is None:
        if not field.nillable and field.type == "boolean":
            text = f"{field.label}: value not of required type: null"
            raise _wrong(field, "INVALID_TYPE_ON_FIELD_IN_RECORD", text)
        return
    if field.type in TEXTS | CHOICES:
        _check_text(field, value)
    elif field.type == "int" and len(str(abs(value))) > field.length:
        text = f"{field.label}: value outside of valid range on numeric field: {value}"
        raise _wrong(field, "NUMBER_OUTSIDE_VALID_RANGE", text)


def _check_text(field: Field, value: str) -> None:
    if len(value) > field.length:
        text = f"{field.label}: data value too large: {value} (max length={field.length})"
        raise _wrong(field, "STRING_TOO_LONG", text)
    if field.type == "email" and not _EMAIL.fullmatch(value):
        text = f"{field.label}: invalid email address: {value}"
        raise _wrong(field, "INVALID_EMAIL_ADDRESS", text)
    if field.restricted:
        chosen = value.split(";") if field.type == "multipicklist" else [value]
        for one in chosen:
            if one not in field.options:
                text = f"{field.label}: bad value for restricted picklist field: {one}"
                raise _wrong(field, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", text)


def _wrong(field: Field, code: str, text: str) -> Refused:
    return Refused(400, code, text, [field.name])


def moment(text: str) -> str:
    """
    Return a time with an offset as it is kept; raises ValueError.
    """
    if not _MOMENT.fullmatch(text):
        raise ValueError(text)
    found = datetime.fromisoformat(text).astimezone(UTC)
    if found.year not in _YEARS:
        raise ValueError(text)
    return _written(found)


def day(text: str) -> str:
    """
    Return a day as it is kept; raises ValueError.
    """
    if not _DAY.fullmatch(text) or date.fromisoformat(text).year not in _YEARS:
        raise ValueError(text)
    return text


def _written(found: datetime) -> str:
    return f"{found.replace(tzinfo=None).isoformat(timespec='seconds')}.000+0000"


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _int(value: Any) -> int:
    if isinstance(value, str) and _WHOLE.fullmatch(value):
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= _MOST:
        raise TypeError
    return value


def _double(value: Any) -> float:
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or abs(value) >= _MOST:
        raise TypeError
    return float(value)


def _reference(value: Any) -> str:
    return read_id(value) or _text(value)  # what is no id is refused where it is used


def _time(value: Any) -> str:
    if not _TIME.fullmatch(_text(value)):
        raise ValueError(value)
    return f"{value[:8]}.000Z"


_READERS: dict[str, Reader] = {
    "boolean": _boolean,
    "int": _int,
    "double": _double,
    "currency": _double,
    "percent": _double,
    "date": lambda value: day(_text(value)),
    "datetime": lambda value: moment(_text(value)),
    "time": _time,
    "reference": _reference,
}
