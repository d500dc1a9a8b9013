"""
Renewing credentials: one thread, process and machine at a time.
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from threading import TIMEOUT_MAX
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from crmkit._credentials import tokens_of
from crmkit._safekeeping import Safekeeping
from crmkit.errors import (
    CredentialsError,
    CRMError,
    RetryableError,
    StoreError,
    UnavailableError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crmkit._credentials import Credentials, Whose
    from crmkit._retry import Patience
    from crmkit._vault import SealedVault
    from crmkit.infos import ProviderInfo
    from crmkit.models import CRMCredentials

    Refresh = Callable[[CRMCredentials], CRMCredentials | None]
    PatientRefresh = Callable[[CRMCredentials, Patience], CRMCredentials | None]

_LEASE, _REFRESH = 120.0, 60.0  # seconds; a refresh is over before its lease is
_SHORTEST, _LONGEST = 0.05, 1.0


@define(kw_only=True)
class Renewal:
    """
    Renews what *credentials* finds.

    A refresh token may be good only once. So whoever refreshes holds a lease of the store,
    and the new tokens are kept there before they are used; others take what is kept then.
    """

    credentials: Credentials
    _keeping: Safekeeping = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._keeping = Safekeeping(credentials=self.credentials)

    def find(
        self, provider: str, info: ProviderInfo, user_id: str | None
    ) -> CRMCredentials:
        """
        Return what signs in for this user; see Credentials.find.
        """
        self._keeping.again((provider, user_id))
        return self.credentials.find(provider, info, user_id)

    def close(self) -> None:
        """
        Keep what could not be kept before.
        """
        self._keeping.again()

    def renew(
        self,
        refused: CRMCredentials,
        user_id: str | None,
        patient_refresh: PatientRefresh,
        patience: Patience,
    ) -> CRMCredentials | None:
        """
        Return credentials newer than *refused*, or None when there is no way to get any.

        *patient_refresh* is given those to renew, and how long it may take. Raises what it
        raises, StoreError, or UnavailableError when others renew them for too long.
        """

        def refresh(spent: CRMCredentials) -> CRMCredentials | None:
            soon = patience.within(_REFRESH, self.credentials.clock)
            fresh = patient_refresh(spent, soon)
            return None if fresh is None else evolve(fresh, provider=spent.provider)

        whose = (refused.provider, user_id)
        with self._alone(whose, patience):
            newer, serves = self._newest(whose, refused)
            if newer is None or serves:
                return newer
            vault, why = self._keeping.vault(whose)
            if vault is not None:
                return self._in_turn(vault, whose, refused, refresh, patience)
            fresh = refresh(newer)
            return fresh and self._keeping.remember(whose, fresh, why)

    @contextmanager
    def _alone(self, whose: Whose, patience: Patience) -> Iterator[None]:
        """
        Have no other thread of this process renew them.
        """
        turn = self.credentials.one_at_a_time(whose)
        left = patience.left(self.credentials.clock)
        if not turn.acquire(timeout=min(TIMEOUT_MAX, math.inf if left is None else left)):
            raise _too_long(whose, by="thread")
        try:
            yield
        finally:
            turn.release()

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

    def _in_turn(
        self,
        vault: SealedVault,
        whose: Whose,
        refused: CRMCredentials,
        refresh: Refresh,
        patience: Patience,
    ) -> CRMCredentials | None:
        """
        Renew them once nobody else does, unless somebody has by then.
        """
        clock = self.credentials.clock
        wait, end = _SHORTEST, clock.monotonic() + patience.max_wait
        while not self._lease(vault, whose):
            if clock.monotonic() + wait > end or not patience.allows(wait, clock):
                raise _too_long(whose, by="process")
            clock.sleep(wait)
            wait = min(2 * wait, _LONGEST)
            newer, serves = self._newest(whose, refused)
            if serves:
                return newer
        try:
            return self._refreshed(vault, whose, refused, refresh)
        finally:
            self._keeping.release(vault, whose)

    def _lease(self, vault: SealedVault, whose: Whose) -> bool:
        try:
            return vault.lease(*whose, _LEASE)
        except StoreError:
            if self._keeping.given(whose) is None:
                raise
            return True  # what is given serves without a store, too

    def _refreshed(
        self, vault: SealedVault, whose: Whose, refused: CRMCredentials, refresh: Refresh
    ) -> CRMCredentials | None:
        spent, serves = self._newest(whose, refused)
        if spent is None or serves:
            return spent
        try:
            fresh = refresh(spent)
        except (CRMError, CredentialsError) as error:
            newer, serves = self._newest(whose, spent)
            if isinstance(error, RetryableError) or not serves:
                raise
            return newer
        return fresh and self._keeping.save(vault, whose, fresh)


def _too_long(whose: Whose, *, by: str) -> UnavailableError:
    msg = f"another {by} renews the token of {whose[0]!r} for too long"
    return UnavailableError(msg, sent=False, retry_after=_LONGEST)
