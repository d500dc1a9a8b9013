"""
Language, time zone and preferences of a client, filled from its custom fields.
"""

from __future__ import annotations

from functools import lru_cache
from sys import intern
from typing import TYPE_CHECKING, Any

from crmkit._values import fold, read_only

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crmkit.models import ClientData

_ATTRIBUTES = ("language", "timezone")
_STYLE = "communicationStyle"


def filled(client: ClientData, named: Mapping[str, str]) -> dict[str, Any]:
    """
    Return what to set on the client where the plugin left it empty.

    *named* is the setting ``preferences``: it maps language, timezone or a preference to
    the custom field that holds it; without it the field of the same name does.
    """
    if not client.custom_fields:
        return {}
    found: dict[str, str] = {}
    for what, name in _places(tuple(client.custom_fields), tuple(named.items())):
        value = client.custom_fields[name]
        if value is not None and str(value).strip():
            found[what] = str(value).strip()
    changes: dict[str, Any] = {
        what: intern(found[what])
        for what in _ATTRIBUTES
        if what in found and not getattr(client, what)
    }
    wanted = {what: value for what, value in found.items() if what not in _ATTRIBUTES}
    if wanted.keys() - client.preferences.keys():
        changes["preferences"] = read_only({**wanted, **client.preferences})
    return changes


@lru_cache(maxsize=256)  # clients of one account have the same fields
def _places(
    fields: tuple[str, ...], named: tuple[tuple[str, str], ...]
) -> Sequence[tuple[str, str]]:
    by_alias = {fold(field): field for field in fields}
    wanted = {what: what for what in (*_ATTRIBUTES, _STYLE)} | dict(named)
    places = ((what, by_alias.get(fold(name))) for what, name in wanted.items())
    return [(what, field) for what, field in places if field is not None]
