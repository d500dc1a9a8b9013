"""
The values of custom fields: what each type takes, and how it is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _checks
from crmkit_simulator.pipedrive._errors import invalid, not_allowed
from crmkit_simulator.pipedrive._schema import CHOICES, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._checks import Check

_LONG_TEXT = 65_535
_CURRENCY = 3
_PARTS = (
    *("country", "admin_area_level_1", "admin_area_level_2", "locality", "sublocality"),
    *("route", "street_number", "subpremise", "postal_code"),
)


def _currency(name: str, value: Any) -> str:
    found = _checks.text(name, value)
    if len(found) != _CURRENCY or not found.isupper():
        raise invalid(name, "not a currency code")
    return found


_ZONE: dict[str, Check] = {"timezone_id": _checks.integer, "timezone_name": _checks.text}
address = _checks.shaped(
    {"value": _checks.text, **dict.fromkeys(_PARTS, _checks.nullable(_checks.text))},
    ("value",),
)
_TYPES: dict[str, Check] = {
    "varchar": _checks.short,
    "varchar_auto": _checks.short,
    "phone": _checks.short,
    "text": _checks.at_most(_LONG_TEXT),
    "double": _checks.number,
    "date": _checks.day,
    "daterange": _checks.shaped(
        {"value": _checks.day, "until": _checks.day}, ("value", "until")
    ),
    "time": _checks.shaped({"value": _checks.clock, **_ZONE}, ("value",)),
    "timerange": _checks.shaped(
        {"value": _checks.clock, "until": _checks.clock, **_ZONE}, ("value", "until")
    ),
    "monetary": _checks.shaped(
        {"value": _checks.number, "currency": _currency}, ("value", "currency")
    ),
    "address": address,
    "org": _checks.integer,
    "people": _checks.integer,
    "user": _checks.integer,
}


def custom_values(fields: Mapping[str, Field], given: Any) -> dict[str, Any]:
    """
    Check the custom fields of a body; null clears. Raises Refused.
    """
    found = {}
    for code, value in _checks.mapping("custom_fields", given).items():
        field = fields.get(code)
        place = f"custom_fields.{code}"
        if field is None or not field.custom:
            raise not_allowed(place)
        found[code] = None if value is None else _value(field, place, value)
    return found


def _value(field: Field, place: str, value: Any) -> Any:
    if field.type not in CHOICES:
        return _TYPES[field.type](place, value)
    known = field.options or {}
    if field.type == "enum":
        return _option(known, place, value)
    chosen = _checks.many(_checks.integer)(place, value)
    if not chosen:
        raise invalid(place, "Array must contain at least 1 element(s)")
    return [_option(known, place, one) for one in chosen]


def _option(known: Mapping[int | str, str], place: str, value: Any) -> int:
    if _checks.integer(place, value) not in known:
        raise invalid(place, f"Option {value} does not exist")
    return int(value)


def labelled(field: Field, value: Any) -> Any:
    """
    Return a choice with the label of its option, as ``include_option_labels`` asks for.
    """
    if field.type not in CHOICES or value is None:
        return value
    known = field.options or {}
    if isinstance(value, list):
        return [{"id": one, "label": known.get(one)} for one in value]
    return {"id": value, "label": known.get(value)}


def told(field: Field, value: Any) -> Any:
    """
    Return a value as it is read: the parts of what has parts are all there.
    """
    if value is None or not isinstance(value, dict):
        return value
    if field.type == "address":
        return {**dict.fromkeys(_PARTS), **value}
    if field.type in ("time", "timerange"):
        return {"timezone_id": None, "timezone_name": None, **value}
    return value
