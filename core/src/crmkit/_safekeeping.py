"""
Keeping renewed credentials in the store; what it does not take waits in memory.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import define, field

from crmkit._credentials import digest, tokens_of
from crmkit._given import look_up
from crmkit.errors import CrmkitError, StoreError

if TYPE_CHECKING:
    from crmkit._credentials import Credentials, Origin, Whose
    from crmkit._vault import Kept, SealedVault
    from crmkit.models import CRMCredentials

_AGAIN = 60.0
_OTHERS = "the store keeps others of this user"


@define(kw_only=True)
class Safekeeping:
    """
    Keeps what *credentials* are renewed to, for the next start and for other processes.

    Kept is what came from the store, and the successors of given tokens that the CRM gave
    new refresh tokens for: the given ones are spent then.
    """

    credentials: Credentials
    _unsaved: dict[Whose, float] = field(factory=dict, init=False)
    _told: set[Whose] = field(factory=set, init=False)

    def given(self, whose: Whose) -> CRMCredentials | None:
        """
        Return what the caller gave.
        """
        return look_up(self.credentials.given, *whose)

    def vault(self, whose: Whose) -> tuple[SealedVault | None, str]:
        """
        Return where they are to be kept, or None and why they are not.

        Raises StoreError or ConfigurationError when what was kept can be kept no more.
        """
        given, door = self.given(whose), self.credentials.door
        fits = self.credentials.kept_for(whose, given)
        if door is None or not (given.refresh_token if given else fits):
            return None, "there is nothing to keep"
        try:
            vault = door.keep()
            if vault is not None:
                vault.try_to_seal()  # before a token is spent whose successor is kept
        except CrmkitError as error:
            if given is None:
                raise
            return None, str(error)
        return vault, "the store keeps no credentials"

    def save(
        self, vault: SealedVault, whose: Whose, fresh: CRMCredentials, origin: Origin
    ) -> CRMCredentials:
        """
        Keep them, or remember them if they are not to be kept; return what serves now.
        """
        given, mark = origin.given, digest(origin.given)
        try:
            there = self.credentials.kept(whose)
            if given is not None and (there is None or there.succeeds != mark):
                if there is not None and there.succeeds is None:
                    return self.remember(whose, fresh, origin, _OTHERS)
                if fresh.refresh_token == given.refresh_token:  # which stays good
                    return self.remember(whose, fresh, origin, "")
            kept = _swapped(vault, whose, fresh, there, mark)
        except CrmkitError as error:
            self.credentials.remember_alone(whose, fresh, origin)
            self._unsaved[whose] = self.credentials.clock.monotonic()
            what = "the renewed token of %s is in memory; saving it is tried again: %s"
            _warn(what, whose, error)
            return fresh
        self._unsaved.pop(whose, None)
        if kept is None:  # somebody removed them, or put others there
            self.credentials.remember_alone(whose, fresh, origin)
            return fresh
        self.credentials.remember(whose, kept)
        return kept.credentials

    def remember(
        self, whose: Whose, fresh: CRMCredentials, origin: Origin, why: str
    ) -> CRMCredentials:
        """
        Know them for as long as this process lives; say so, once, if that is a loss.
        """
        given = origin.given
        self.credentials.remember_alone(whose, fresh, origin)
        spent = given and given.refresh_token and given.refresh_token != fresh.refresh_token
        if spent and whose not in self._told:
            self._told.add(whose)
            what = "the new refresh token of %s is lost when this process ends: %s"
            _warn(what, whose, why)
        return fresh

    def release(self, vault: SealedVault, whose: Whose) -> None:
        """
        Let others renew them, but not while they would read what is spent.
        """
        if whose not in self._unsaved:
            with suppress(StoreError):
                vault.release(*whose)

    def again(self, whose: Whose | None = None) -> None:
        """
        Try once more to keep what could not be kept: now and then, at once for None.
        """
        now = self.credentials.clock.monotonic()
        for each, since in list(self._unsaved.items()):
            if whose is None or (each == whose and now >= since + _AGAIN):
                turn = self.credentials.one_at_a_time(each)
                if turn.acquire(blocking=False):  # else who has it keeps still newer ones
                    try:
                        self._unsaved[each] = now
                        self._save_unsaved(each)
                    finally:
                        turn.release()

    def _save_unsaved(self, whose: Whose) -> None:
        with suppress(
            Exception
        ):  # what is given may come from a function, and that may fail
            fresh = self.credentials.in_memory(whose)
            vault, _ = self.vault(whose)
            if vault is not None and fresh is not None:
                self.save(vault, whose, fresh, self.credentials.origin(whose))
                self.release(vault, whose)


def _swapped(
    vault: SealedVault,
    whose: Whose,
    fresh: CRMCredentials,
    there: Kept | None,
    mark: str | None,
) -> Kept | None:
    """
    Put them in place of what is there; else return what others put there meanwhile.
    """
    while True:
        version = there.version if there else None
        saved = vault.save(fresh, whose[1], replacing=version, succeeds=mark)
        if saved is not None:
            return saved
        now = vault.get(*whose)
        if now is None or there is None or not _same(now, there):
            return now if now and now.succeeds == mark else None
        there = now  # the same, sealed anew with another key


def _same(one: Kept, other: Kept) -> bool:
    return tokens_of(one.credentials) == tokens_of(other.credentials)


def _warn(what: str, whose: Whose, why: object) -> None:
    import logging

    provider, user_id = whose
    named = provider if user_id is None else f"{provider} of user {user_id!r}"
    logging.getLogger("crmkit.credentials").warning(what, named, why)
