"""
Values compared, as queries and searches do it.
"""

from __future__ import annotations

from datetime import datetime
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._values import moment

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.zoho._modules import Field

_NUMBERS = {"integer", "bigint", "double", "currency", "percent"}
_ORDERED = {"date", "datetime", "id", *_NUMBERS}
_LONG = {"textarea", "tags", "participants", "parent"}
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "=": eq,
    "!=": ne,
    "<": lt,
    "<=": le,
    ">": gt,
    ">=": ge,
}


def is_ordered(field: Field) -> bool:
    """
    Tell whether values of a field can be more or less than others.
    """
    return field.type in _ORDERED


def is_long(field: Field) -> bool:
    """
    Tell whether a field's text has several lines: no condition may name it.
    """
    return field.type in _LONG


def comparable(field: Field, value: Any) -> Any:
    """
    Return a value so that it can be compared; raises ValueError.

    Texts are compared in whatever case they are written, moments as moments.
    """
    if isinstance(value, datetime):
        return value
    if isinstance(value, list):
        value = ";".join(map(str, value))
    read: Callable[[Any], Any] = _READERS.get(field.type, _text)
    return read(value)


def _text(value: Any) -> str:
    return str(value).casefold()


def _moment(value: Any) -> datetime:
    found = moment(value)
    if found is None:
        msg = f"{value!r} is no moment"
        raise ValueError(msg)
    return found


def _boolean(value: Any) -> bool:
    return ("false", "true").index(str(value).lower()) == 1


_READERS: dict[str, Callable[[Any], Any]] = {
    "datetime": _moment,
    "boolean": _boolean,
    **dict.fromkeys(("id", "lookup", "ownerlookup"), int),
    **dict.fromkeys(_NUMBERS, float),
}
