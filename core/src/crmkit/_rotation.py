"""
Sealing everything anew with a new key.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from attrs import evolve, frozen

from crmkit._keys import LocalKeys, keep_newest, place_in_use, put_new_first
from crmkit._vault import key_ids
from crmkit.errors import ConfigurationError, UnavailableError
from crmkit.sealing import local_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit._clock import Clock
    from crmkit._credentials import Whose
    from crmkit._vault import SealedVault
    from crmkit.vaults import SealedCredentials

_LEASE, _PAUSE = 120.0, 0.5
_NOWHERE = {"user": "", "provider": "", "field": ""}
_ALL = ("", None)  # no provider has this name: the lease of who seals them all


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

    Those stay, too, where the store brings keys. Raises ConfigurationError without a key,
    without one that opens what is kept, and for a store whose keys are elsewhere, and
    UnavailableError while another process renews some of it, or does the same.
    """
    if not isinstance(vault.keys, LocalKeys):
        # Such a store seals activities, too, and holds its newest key for a while.
        _check_local(vault)
        vault, keep_old = evolve(vault, keys=local_keys()), True
    with _turn(vault, _ALL, clock, "another process seals credentials anew"):
        place = place_in_use()
        made = put_new_first(place)
        count = 0
        while rows := [row for row in vault.all() if key_ids(row) - _newest()]:
            count += sum(_sealed_anew(vault, row, clock) for row in rows)
        if made and not keep_old:
            keep_newest(place)
    return Rotation(place=str(place), new_key=made, sealed=count)


def _check_local(vault: SealedVault) -> None:
    newest = vault.keys.newest(_NOWHERE).id
    try:
        local_keys().find(newest, _NOWHERE)
    except ConfigurationError:
        named = type(vault.store).__name__
        msg = f"the store {named} seals with other keys than those that crmkit can rotate"
        raise ConfigurationError(msg) from None


def _newest() -> set[str]:
    return {local_keys().newest({}).id}


def _sealed_anew(vault: SealedVault, row: SealedCredentials, clock: Clock) -> bool:
    whose = (row.provider, row.user_id or None)
    why = f"another process renews the token of {row.provider!r}"
    with _turn(vault, whose, clock, why):  # and seals what it renews itself
        kept = vault.get(*whose)
        return kept is not None and vault.seal_anew(kept, whose[1])


@contextmanager
def _turn(vault: SealedVault, whose: Whose, clock: Clock, why: str) -> Iterator[None]:
    end = clock.monotonic() + _LEASE
    while not vault.lease(*whose, _LEASE):
        if clock.monotonic() > end:
            msg = f"{why}, for too long"
            raise UnavailableError(msg, sent=False)
        clock.sleep(_PAUSE)
    try:
        yield
    finally:
        vault.release(*whose)
