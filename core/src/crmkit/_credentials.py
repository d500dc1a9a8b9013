"""
Whose credentials: given by the caller, else kept in the store, else from the environment.
"""

from __future__ import annotations

from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from attrs import define, field

from crmkit._given import from_environment, look_up, not_found
from crmkit.models import CRMCredentials

if TYPE_CHECKING:
    from crmkit._clock import Clock
    from crmkit._door import Door
    from crmkit._given import GivenCredentials
    from crmkit._vault import Kept
    from crmkit.infos import ProviderInfo
    from crmkit.models import Secret

    Whose = tuple[str, str | None]
    Tokens = tuple[Secret | None, Secret | None]

_EARLY = timedelta(seconds=60)


@define(kw_only=True)
class Credentials:
    """
    The credentials of one connector, each found once.

    *door* leads to the store, None without one. What is renewed but not kept in the store
    is in memory, and serves as long as what it was made of is found.
    """

    given: GivenCredentials | None = field(repr=False)  # may be a token's own text
    clock: Clock
    door: Door | None = None
    _lock: Lock = field(factory=Lock, init=False)
    _locks: dict[Whose, Lock] = field(factory=dict, init=False)
    _kept: dict[Whose, Kept | None] = field(factory=dict, init=False)
    _renewed: dict[Whose, tuple[Tokens, CRMCredentials]] = field(factory=dict, init=False)

    def find(
        self, provider: str, info: ProviderInfo, user_id: str | None
    ) -> CRMCredentials:
        """
        Return what signs in for this user.

        Raises CredentialsNotFoundError, with the remedy, when there are none; StoreError or
        ConfigurationError when what the store keeps cannot be read.
        """
        whose = (provider, user_id)
        if info.auth is None:
            found = look_up(self.given, *whose) or from_environment(*whose)
            return found or CRMCredentials(provider=provider)
        found = self.current(whose)
        if found is None:
            self._look_closely(whose)
            found = self.current(whose)
        if found is None:
            raise not_found(*whose)
        return found

    def is_due(self, credentials: CRMCredentials) -> bool:
        """
        Tell whether the token is missing or about to expire.
        """
        if credentials.access_token is None:
            return True
        expiry = credentials.expires_at
        return expiry is not None and expiry - _EARLY <= self.clock.now()

    def one_at_a_time(self, whose: Whose) -> Lock:
        """
        Return the lock under which one thread renews them.
        """
        with self._lock:
            return self._locks.setdefault(whose, Lock())

    def current(self, whose: Whose) -> CRMCredentials | None:
        """
        Return the newest that this process knows, None if there are none.
        """
        return self.in_memory(whose) or self.origin(whose)

    def in_memory(self, whose: Whose) -> CRMCredentials | None:
        """
        Return what was renewed and is not kept, while what it was made of is found.
        """
        renewed = self._renewed.get(whose)  # which another thread may take out
        if renewed is None:
            return None
        before, fresh = renewed
        return fresh if before == tokens_of(self.origin(whose)) else None

    def origin(self, whose: Whose) -> CRMCredentials | None:
        """
        Return them as they were found, apart from what was renewed in memory alone.
        """
        given = look_up(self.given, *whose)
        kept = self.kept_for(whose, given)
        return kept.credentials if kept else given or from_environment(*whose)

    def source(self, whose: Whose) -> str:
        """
        Say where those that there are come from.
        """
        given = look_up(self.given, *whose)
        if self.kept_for(whose, given):
            return "found in the store"
        return "given" if given else "found in the environment"

    def kept(self, whose: Whose) -> Kept | None:
        """
        Return what the store keeps, whatever it was kept for, as it was read last.
        """
        if whose not in self._kept:
            vault = self.door and self.door.look()
            self._kept[whose] = vault.get(*whose) if vault else None
        return self._kept[whose]

    def kept_for(self, whose: Whose, given: CRMCredentials | None) -> Kept | None:
        """
        Return what the store keeps as successors of what is given, or to be found.
        """
        # Given credentials that are not spent by renewing them never have a successor.
        if given is not None and given.refresh_token is None:
            return None
        kept = self.kept(whose)
        return kept if kept and kept.succeeds == digest(given) else None

    def remember(self, whose: Whose, kept: Kept) -> None:
        """
        Know what the store keeps from now on.
        """
        self._kept[whose] = kept
        self._renewed.pop(whose, None)

    def remember_alone(self, whose: Whose, fresh: CRMCredentials) -> None:
        """
        Know what was renewed, as long as what it was made of is found.
        """
        self._renewed[whose] = tokens_of(self.origin(whose)), fresh

    def forget(self, whose: Whose) -> None:
        """
        Read what the store keeps anew, when it is needed next.
        """
        self._kept.pop(whose, None)

    def _look_closely(self, whose: Whose) -> None:
        # Where some are kept, an error that names the missing key says more than "none".
        vault = self.door and self.door.look(without_key=True)
        self._kept[whose] = vault.get(*whose) if vault else None


def tokens_of(credentials: CRMCredentials | None) -> Tokens:
    """
    Return what credentials are compared by.
    """
    if credentials is None:
        return None, None
    return credentials.access_token, credentials.refresh_token


def digest(given: CRMCredentials | None) -> str | None:
    """
    Return what names given tokens without telling them; None for none.
    """
    if given is None:
        return None
    from hashlib import sha256

    texts = ("" if token is None else token.reveal() for token in tokens_of(given))
    return sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()
