"""
The fields of a body, read as what they have to be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import invalid_json, missing

if TYPE_CHECKING:
    from collections.abc import Mapping


def names_in(body: Mapping[str, Any], field: str) -> list[str]:
    """
    Return the names that a body lists in a field; raises Refused.
    """
    names = body.get(field) or []
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        detail = f"{field} is not a list of names"
        raise invalid_json(detail)
    return names


def text_in(body: Mapping[str, Any], field: str) -> str | None:
    """
    Return the text in a field, None for none; a number is one too. Raises Refused.
    """
    value = body.get(field)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        detail = f"{field} is not a text"
        raise invalid_json(detail)
    return str(value)


def needed_text(body: Mapping[str, Any], field: str) -> str:
    """
    Return the text in a field that cannot be left out; raises Refused.
    """
    value = text_in(body, field)
    if value is None:
        raise missing(field)
    return value
