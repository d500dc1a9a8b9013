"""
Renewing credentials: one thread, process and machine at a time, and kept before their use.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from crmkit._credentials import digest, tokens_of
from crmkit._given import look_up
from crmkit.errors import (
    CredentialsError,
    CRMError,
    CrmkitError,
    RetryableError,
    StoreError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit._credentials import Credentials, Whose
    from crmkit._retry import Patience
    from crmkit._vault import Kept, SealedVault
    from crmkit.models import CRMCredentials

    Refresh = Callable[[CRMCredentials], CRMCredentials | None]

_LOG = logging.getLogger("crmkit.credentials")
_LEASE = 120.0  # seconds; a refresh takes less, unless the CRM hardly answers
_AGAIN = 60.0
_SHORTEST, _LONGEST = 0.05, 1.0


@define(kw_only=True)
class Renewal:
    """
    Renews what *credentials* finds.

    A refresh token may be good only once. So whoever refreshes holds a lease of the store,
    and the new tokens are kept there before they are used; others take what is kept then.
    """

    credentials: Credentials
    _unsaved: dict[Whose, float] = field(factory=dict, init=False)
    _told: set[Whose] = field(factory=set, init=False)

    def renew(
        self,
        refused: CRMCredentials,
        user_id: str | None,
        refresh: Refresh,
        patience: Patience,
    ) -> CRMCredentials | None:
        """
        Return credentials newer than *refused*, or None when there is no way to get any.

        *refresh* is given those to renew. Raises what it raises, StoreError, or
        UnavailableError when another process renews them for too long.
        """
        whose = (refused.provider, user_id)
        with self.credentials.one_at_a_time(whose):
            newer, serves = self._newest(whose, refused)
            if newer is None or serves:
                return newer
            try:
                vault = self._leased(whose, refused, patience)
            except CrmkitError as error:
                if self._given(whose) is None or isinstance(error, RetryableError):
                    raise
                return self._alone(whose, newer, refresh, str(error))
            if vault is None:
                return self._alone(whose, newer, refresh, "the store keeps no credentials")
            try:
                return self._refreshed(vault, whose, refused, refresh)
            finally:
                self._release(vault, whose)

    def save_again(self, whose: Whose | None = None) -> None:
        """
        Try to keep what could not be kept: of one user now and then, of all for None.
        """
        now = self.credentials.clock.monotonic()
        for each, since in list(self._unsaved.items()):
            if whose is not None and (each != whose or now < since + _AGAIN):
                continue
            with self.credentials.one_at_a_time(each):
                fresh = self.credentials.in_memory(each)
                if fresh is None:  # somebody signed in anew
                    self._unsaved.pop(each, None)
                elif vault := self._vault(each):
                    self._save(vault, each, fresh)
                    self._release(vault, each)

    def _newest(
        self, whose: Whose, refused: CRMCredentials
    ) -> tuple[CRMCredentials | None, bool]:
        """
        Return the newest, read anew, and whether they may serve instead of the refused.
        """
        self.credentials.forget(whose)
        newest = self.credentials.current(whose)
        if newest is None or tokens_of(newest) == tokens_of(refused):
            return newest, False
        return newest, not self.credentials.is_due(newest)

    def _vault(self, whose: Whose) -> SealedVault | None:
        given, door = self._given(whose), self.credentials.door
        of_use = given.refresh_token if given else self.credentials.kept(whose)
        return door.keep() if door and of_use else None

    def _leased(
        self, whose: Whose, refused: CRMCredentials, patience: Patience
    ) -> SealedVault | None:
        """
        Return where they are kept, once nobody else renews them or somebody has.
        """
        vault, clock = self._vault(whose), self.credentials.clock
        wait, end = _SHORTEST, clock.monotonic() + patience.max_wait
        while vault is not None and not vault.lease(*whose, _LEASE):
            _, serves = self._newest(whose, refused)
            if serves:
                break
            if clock.monotonic() + wait > end or not patience.allows(wait, clock):
                msg = f"another process renews the token of {whose[0]!r} for too long"
                raise UnavailableError(msg, sent=False, retry_after=_LONGEST)
            clock.sleep(wait)
            wait = min(2 * wait, _LONGEST)
        return vault

    def _release(self, vault: SealedVault, whose: Whose) -> None:
        # What others would read is spent while the new is not kept; the lease ends later.
        if whose not in self._unsaved:
            with suppress(StoreError):
                vault.release(*whose)

    def _refreshed(
        self, vault: SealedVault, whose: Whose, refused: CRMCredentials, refresh: Refresh
    ) -> CRMCredentials | None:
        spent, serves = self._newest(whose, refused)
        if spent is None or serves:
            return spent
        try:
            fresh = _asked(refresh, spent)
        except (CRMError, CredentialsError) as error:
            newer, serves = self._newest(whose, spent)
            if isinstance(error, RetryableError) or not serves:
                raise
            return newer
        return None if fresh is None else self._save(vault, whose, fresh)

    def _alone(
        self, whose: Whose, spent: CRMCredentials, refresh: Refresh, why: str
    ) -> CRMCredentials | None:
        fresh = _asked(refresh, spent)
        if fresh is not None:
            self._remember(whose, fresh, why)
        return fresh

    def _save(
        self, vault: SealedVault, whose: Whose, fresh: CRMCredentials
    ) -> CRMCredentials:
        """
        Keep them, or remember them if they are not to be kept; return what serves now.
        """
        given, there = self._given(whose), self.credentials.kept(whose)
        mark = digest(given)
        if given is not None and (there is None or there.succeeds != mark):
            if there is not None and there.succeeds is None:
                self._remember(whose, fresh, "the store keeps others of this user")
                return fresh
            if fresh.refresh_token == given.refresh_token:  # which stays good
                self.credentials.remember_alone(whose, fresh)
                return fresh
        try:
            kept = self._swapped(vault, whose, fresh, there, mark)
        except CrmkitError as error:
            self.credentials.remember_alone(whose, fresh)
            self._unsaved[whose] = self.credentials.clock.monotonic()
            _LOG.warning(
                "the renewed token of %s is not kept: %s; it is in memory, and saving it is "
                "tried again",
                _named(whose),
                error,
            )
            return fresh
        self._unsaved.pop(whose, None)
        if kept is not None:
            self.credentials.remember(whose, kept)
            return kept.credentials
        self.credentials.remember_alone(whose, fresh)
        return fresh

    def _swapped(
        self,
        vault: SealedVault,
        whose: Whose,
        fresh: CRMCredentials,
        there: Kept | None,
        mark: str | None,
    ) -> Kept | None:
        """
        Put them in place of what is there, sealed anew or not; else return what is there.
        """
        while True:
            version = there.version if there else None
            saved = vault.save(fresh, whose[1], replacing=version, succeeds=mark)
            if saved is not None:
                return saved
            now = vault.get(*whose)
            if now is None or there is None or not _same(now, there):
                return now if now and now.succeeds == mark else None
            there = now

    def _remember(self, whose: Whose, fresh: CRMCredentials, why: str) -> None:
        given = self._given(whose)
        self.credentials.remember_alone(whose, fresh)
        rotated = given and given.refresh_token != fresh.refresh_token
        if rotated and whose not in self._told:
            self._told.add(whose)
            _LOG.warning(
                "the CRM gave %s a new refresh token, which is lost when this process ends: "
                "%s",
                _named(whose),
                why,
            )

    def _given(self, whose: Whose) -> CRMCredentials | None:
        return look_up(self.credentials.given, *whose)


def _asked(refresh: Refresh, spent: CRMCredentials) -> CRMCredentials | None:
    fresh = refresh(spent)
    return None if fresh is None else evolve(fresh, provider=spent.provider)


def _same(one: Kept, other: Kept) -> bool:
    return tokens_of(one.credentials) == tokens_of(other.credentials)


def _named(whose: Whose) -> str:
    provider, user_id = whose
    return provider if user_id is None else f"{provider} of user {user_id!r}"
