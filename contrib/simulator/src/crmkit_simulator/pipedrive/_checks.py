"""
What version 2 takes: each parameter has a type, and is refused if it has another.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _times
from crmkit_simulator.pipedrive._errors import BAD, Refused, invalid, not_allowed

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from crmkit_simulator._wire import Request

    Check = Callable[[str, Any], Any]

_LONGEST = 255


def body_of(request: Request) -> dict[str, Any]:
    """
    Return the JSON object that a request brings; raises Refused.
    """
    try:
        body = request.json()
    except (RecursionError, ValueError):
        body = None
    if not isinstance(body, dict):
        raise Refused(BAD, "Invalid JSON in the request body")
    return body


def checked(
    body: Mapping[str, Any], table: Mapping[str, Check], inside: str = ""
) -> dict[str, Any]:
    """
    Return the parameters of a body, each as its check reads it; raises Refused.
    """
    for place in (f"{inside}{name}" for name in body if name not in table):
        raise not_allowed(place)
    return {name: table[name](f"{inside}{name}", value) for name, value in body.items()}


def wrong(name: str, kind: str, value: Any) -> Refused:
    """
    Return the refusal of a value of another type.
    """
    return invalid(name, f"Expected {kind}, received {_type(value)}")


def _type(value: Any) -> str:
    if value is None:
        return "null"
    names = {bool: "boolean", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "number")


def text(name: str, value: Any) -> str:
    """
    Check a text.
    """
    if not isinstance(value, str):
        raise wrong(name, "string", value)
    return value


def line(name: str, value: Any) -> str:
    """
    Check a text of at most 255 characters that is not empty.
    """
    found = text(name, value)
    if not found.strip():
        raise invalid(name, "String must contain at least 1 character(s)")
    return short(name, found)


def short(name: str, value: Any) -> str:
    """
    Check a text of at most 255 characters.
    """
    return at_most(_LONGEST)(name, value)


def at_most(longest: int) -> Callable[[str, Any], str]:
    """
    Return the check of a text of at most so many characters.
    """

    def check(name: str, value: Any) -> str:
        found = text(name, value)
        if len(found) > longest:
            raise invalid(name, f"String must contain at most {longest} character(s)")
        return found

    return check


def integer(name: str, value: Any) -> int:
    """
    Check a whole number; a text of digits is none.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise wrong(name, "integer", value)
    return value


def number(name: str, value: Any) -> int | float:
    """
    Check a number.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong(name, "number", value)
    return value


def boolean(name: str, value: Any) -> bool:
    """
    Check a truth value.
    """
    if not isinstance(value, bool):
        raise wrong(name, "boolean", value)
    return value


def mapping(name: str, value: Any) -> dict[str, Any]:
    """
    Check an object.
    """
    if not isinstance(value, dict):
        raise wrong(name, "object", value)
    return value


def nullable(check: Check) -> Check:
    """
    Return a check that null passes too: it clears.
    """
    return lambda name, value: None if value is None else check(name, value)


def many(check: Check) -> Callable[[str, Any], list[Any]]:
    """
    Return the check of an array.
    """

    def check_all(name: str, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise wrong(name, "array", value)
        return [check(f"{name}[{place}]", one) for place, one in enumerate(value)]

    return check_all


def shaped(table: Mapping[str, Check], needed: Collection[str] = ()) -> Check:
    """
    Return the check of an object with these parameters, some of them *needed*.
    """

    def check(name: str, value: Any) -> dict[str, Any]:
        found = checked(mapping(name, value), table, f"{name}.")
        for place in (f"{name}.{key}" for key in needed if key not in found):
            raise invalid(place, "Required")
        return found

    return check


def one_of(*values: Any) -> Check:
    """
    Return the check of a value that is one of a few.
    """

    def check(name: str, value: Any) -> Any:
        if isinstance(value, bool) or value not in values:
            raise invalid(name, f"Must be one of: {', '.join(map(str, values))}")
        return value

    return check


def day(name: str, value: Any) -> str:
    """
    Check a date.
    """
    if not _times.is_date(text(name, value)):
        raise invalid(name, "not a valid date")
    return str(value)


def moment(name: str, value: Any) -> str:
    """
    Check a moment.
    """
    found = _times.rfc(text(name, value))
    if found is None:
        raise invalid(name, "not a valid datetime")
    return found


def clock(name: str, value: Any) -> str:
    """
    Check a time of day.
    """
    found = _times.clock(text(name, value))
    if found is None:
        raise invalid(name, "not a valid time")
    return found


def duration(name: str, value: Any) -> str:
    """
    Check a duration.
    """
    found = _times.clock(text(name, value), duration=True)
    if found is None:
        raise invalid(name, "not a valid duration")
    return found
