"""
The settings of a provider that are the core's own, checked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from attrs import field, frozen

from crmkit._values import read_only
from crmkit.errors import ConfigurationError

NAMES = frozenset({"base_url", "activity_types", "preferences"})


@frozen(kw_only=True)
class CoreSettings:
    """
    What a user may set for any provider.

    *base_url* is used instead of the provider's own. *activity_types* maps the caller's
    types of activity to the CRM's kinds, *preferences* a preference, language or timezone
    to the custom field that holds it.
    """

    base_url: str | None = None
    activity_types: Mapping[str, str] = field(factory=dict, converter=read_only)
    preferences: Mapping[str, str] = field(factory=dict, converter=read_only)


def core_settings(given: Mapping[str, Any], provider: str) -> CoreSettings:
    """
    Return the core's part of a provider's settings; ConfigurationError names a wrong one.
    """
    own = {name: given[name] for name in NAMES if given.get(name) is not None}
    where = f"settings of {provider!r}"
    for name in ("activity_types", "preferences"):
        table = own.get(name, {})
        if not isinstance(table, Mapping) or not all(
            isinstance(text, str) for pair in table.items() for text in pair
        ):
            msg = f"{where}: {name} must map names to names, each a text"
            raise ConfigurationError(msg)
    if "base_url" in own and not _is_url(own["base_url"]):
        msg = f"{where}: base_url must be a URL such as https://api.example.com/v1"
        raise ConfigurationError(msg)
    return CoreSettings(**own)


def _is_url(value: object) -> bool:
    try:
        parts = urlsplit(value) if isinstance(value, str) else urlsplit("")
        known = parts.hostname is not None and parts.port != 0
    except ValueError:
        return False
    return known and parts.scheme in {"http", "https"} and not parts.query + parts.fragment
