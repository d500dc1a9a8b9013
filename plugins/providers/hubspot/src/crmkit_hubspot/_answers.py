"""
What an answer of HubSpot's holds, whatever else it holds or is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit import ProtocolError

if TYPE_CHECKING:
    from crmkit import Response


def content(response: Response) -> dict[str, Any]:
    """
    Return the object that an answer is; ProtocolError if it is something else.
    """
    found = response.json()
    if not isinstance(found, dict):
        msg = f"HubSpot's answer is no object but {type(found).__name__}"
        raise ProtocolError(msg)
    return found


def records(answer: dict[str, Any]) -> list[dict[str, Any]]:
    """
    Return the records of an answer; ProtocolError if it has no list of them.
    """
    if not isinstance(answer.get("results"), list):
        msg = "HubSpot's answer holds no results"
        raise ProtocolError(msg)
    return dicts(answer["results"])


def in_context(error: dict[str, Any], key: str) -> list[str]:
    """
    Return the texts that an error's context has under a key: ids, traces, scopes, names.
    """
    context = error.get("context")
    values = context.get(key) if isinstance(context, dict) else None
    items = values if isinstance(values, list) else []
    return [item for item in items if isinstance(item, str)]


def dicts(value: object) -> list[dict[str, Any]]:
    """
    Return the objects of a list, whatever else it holds or is.
    """
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, dict)]
