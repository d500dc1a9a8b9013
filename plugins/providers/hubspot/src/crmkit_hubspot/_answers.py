"""
What an answer of HubSpot's holds, whatever else it holds or is.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from crmkit import reading
from crmkit_hubspot._settings import LABEL

content = partial(reading.content, label=LABEL)
records = partial(reading.records, key="results", label=LABEL)


def following(listed: dict[str, Any]) -> str | None:
    """
    Return the cursor after which a list goes on, None at its end.
    """
    return ((listed.get("paging") or {}).get("next") or {}).get("after")


def in_context(error: dict[str, Any], key: str) -> list[str]:
    """
    Return the texts that an error's context has under a key: ids, traces, scopes, names.
    """
    context = error.get("context")
    values = context.get(key) if isinstance(context, dict) else None
    items = values if isinstance(values, list) else []
    return [item for item in items if isinstance(item, str)]
