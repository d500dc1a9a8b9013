"""
The way to credentials in the store: it is opened only where some may be kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit._vault import SealedVault
    from crmkit.stores import Store

_FILE = "sqlite:///"


@frozen(kw_only=True)
class Door:
    """
    A store's *url*, and what opens it.

    Who keeps no credentials pays nothing: the embedded store is asked for some only if its
    file is there and there may be a key, and it is not made only to be asked.
    """

    url: str
    open_store: Callable[[], Store]

    def look(self, *, without_key: bool = False) -> SealedVault | None:
        """
        Return where credentials may be kept, None if there are none.
        """
        return self._vault() if self._is_made(without_key=without_key) else None

    def keep(self) -> SealedVault | None:
        """
        Return where credentials can be kept, None for a store that keeps none.

        Raises ConfigurationError without a key.
        """
        if self._is_file():  # other stores may bring keys of their own
            from crmkit._keys import place_in_use

            place_in_use()
        return self._vault()

    def _vault(self) -> SealedVault | None:
        from crmkit._vault import offers_vault, vault_of

        store = self.open_store()
        return vault_of(store) if offers_vault(store) else None

    def _is_made(self, *, without_key: bool) -> bool:
        if not self._is_file():
            return True
        from pathlib import Path

        if not Path(self.url.removeprefix(_FILE)).expanduser().exists():
            return False
        from crmkit._key_places import may_hold_keys

        return without_key or may_hold_keys()

    def _is_file(self) -> bool:
        return self.url.startswith(_FILE)
