"""
Language, time zone and preferences of a client, filled from its custom fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit._values import fold, read_only

if TYPE_CHECKING:
    from collections.abc import Mapping

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
    by_alias = {fold(name): value for name, value in client.custom_fields.items()}
    found: dict[str, str] = {}
    for what in (*_ATTRIBUTES, _STYLE, *named):
        value = by_alias.get(fold(str(named.get(what, what))))
        if value is not None and str(value).strip():
            found[what] = str(value).strip()
    changes: dict[str, Any] = {
        what: found[what]
        for what in _ATTRIBUTES
        if what in found and not getattr(client, what)
    }
    wanted = {what: value for what, value in found.items() if what not in _ATTRIBUTES}
    if wanted.keys() - client.preferences.keys():
        changes["preferences"] = read_only({**wanted, **client.preferences})
    return changes
