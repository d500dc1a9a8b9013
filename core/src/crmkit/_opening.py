"""
Opening the store that a URL names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crmkit import _registry
from crmkit.errors import PluginNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.stores import Store


def open_store(url: str, prefer: Mapping[str, str]) -> Store:
    """
    Return the store of a URL; *prefer* chooses where several offer one scheme.

    Raises PluginNotFoundError for a scheme that no installed store serves.
    """
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        from crmkit._sqlite import open_store as open_sqlite

        return open_sqlite(url)
    try:
        opener = _registry.find(_registry.STORES, scheme, prefer).load()
    except PluginNotFoundError as error:
        what = str(error) if scheme else f"the store {url!r} is no URL"
        msg = f"{what}; built in are files, such as sqlite:///crmkit.db"
        raise PluginNotFoundError(msg, plugin=scheme) from None
    store: Store = opener(url)
    return store
