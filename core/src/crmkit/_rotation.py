"""
Sealing everything anew with a new key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from crmkit._keys import keep_newest, place_in_use, put_new_first
from crmkit._vault import key_ids
from crmkit.errors import UnavailableError
from crmkit.sealing import local_keys

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit._clock import Clock
    from crmkit._vault import SealedVault
    from crmkit.vaults import SealedCredentials

_LEASE, _PAUSE = 120.0, 0.5


@frozen(kw_only=True)
class Rotation:
    """
    What was done: how many are *sealed* anew; *place* says where the key is.

    *new_key* tells whether a new one was made there: where only the user can, it was not.
    """

    place: str
    new_key: bool
    sealed: int


def rotate(vault: SealedVault, clock: Clock, *, keep_old: bool) -> Rotation:
    """
    Make a new key, seal everything with it, and drop the old keys unless told otherwise.

    Raises ConfigurationError without a key or without one that opens what is kept, and
    UnavailableError while another process renews some of it.
    """
    place = place_in_use()
    made = put_new_first(place)
    newest = local_keys().newest({}).id
    count = 0
    while rows := [row for row in vault.all() if key_ids(row) - {newest}]:
        count += _sealed_anew(vault, rows, clock)
    if made and not keep_old:
        keep_newest(place)
    return Rotation(place=str(place), new_key=made, sealed=count)


def _sealed_anew(
    vault: SealedVault, rows: Sequence[SealedCredentials], clock: Clock
) -> int:
    count = 0
    for row in rows:
        whose = (row.provider, row.user_id or None)
        _wait_for(vault, whose, clock)  # what is being renewed is sealed by whoever does
        try:
            kept = vault.get(*whose)
            count += kept is not None and vault.seal_anew(kept, whose[1])
        finally:
            vault.release(*whose)
    return count


def _wait_for(vault: SealedVault, whose: tuple[str, str | None], clock: Clock) -> None:
    end = clock.monotonic() + _LEASE
    while not vault.lease(*whose, _LEASE):
        if clock.monotonic() > end:
            msg = f"another process renews the token of {whose[0]!r} for too long"
            raise UnavailableError(msg, sent=False)
        clock.sleep(_PAUSE)
