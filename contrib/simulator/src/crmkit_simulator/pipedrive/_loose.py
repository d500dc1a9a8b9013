"""
What version 1 takes: numbers may be texts, what it does not know is ignored.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _times
from crmkit_simulator.pipedrive._errors import BAD, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping


def integer(body: Mapping[str, Any], name: str) -> int | None:
    """
    Return a number of a body, None if there is none; raises Refused.
    """
    value = body.get(name)
    if value is None or value == "":
        return None
    if not str(value).isdecimal():
        raise Refused(BAD, f"{name} must be an integer")
    return int(value)


def flag(body: Mapping[str, Any], name: str) -> bool:
    """
    Return a flag, 0 or 1; raises Refused.
    """
    value = body.get(name, 0)
    if value not in (0, 1, "0", "1"):
        raise Refused(BAD, f"{name} must be 0 or 1")
    return bool(int(value))


def text(body: Mapping[str, Any], name: str) -> str | None:
    """
    Return a text of a body, None if there is none; raises Refused.
    """
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str):
        raise Refused(BAD, f"{name} must be a string")
    return value


def needed(body: Mapping[str, Any], name: str) -> str:
    """
    Return a text that must be there; raises Refused.
    """
    found = text(body, name)
    if not found or not found.strip():
        raise Refused(BAD, f"{name} must be given.")
    return found


def moment(body: Mapping[str, Any], name: str) -> str | None:
    """
    Return a moment, as version 2 writes it, None if there is none; raises Refused.
    """
    value = text(body, name)
    if value is None:
        return None
    found = _times.old(value)
    if found is None:
        raise Refused(BAD, f"{name} must be in the format YYYY-MM-DD HH:MM:SS")
    return found
