"""
Whose credentials: given by the caller, else from the environment; renewed when refused.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.errors import ConfigurationError, CredentialsNotFoundError
from crmkit.models import CRMCredentials, Secret

if TYPE_CHECKING:
    from crmkit._clock import Clock
    from crmkit.infos import ProviderInfo

Given = CRMCredentials | Secret | str
GivenCredentials = (
    Given
    | Mapping[str, Given]
    | Mapping[tuple[str, str | None], Given]
    | Callable[[str, str | None], Given | None]
)
_Renewed = tuple[tuple[Secret | None, Secret | None], CRMCredentials]

_EARLY = timedelta(seconds=60)
_NOT_IN_NAMES = re.compile(r"\W", re.ASCII)


class Credentials:
    """
    The credentials of one connector, each found once and renewed one at a time.
    """

    def __init__(self, given: GivenCredentials | None, clock: Clock) -> None:
        self._given = given
        self._clock = clock
        self._lock = Lock()
        self._locks: dict[tuple[str, str | None], Lock] = {}
        self._renewed: dict[tuple[str, str | None], _Renewed] = {}

    def find(
        self, provider: str, info: ProviderInfo, user_id: str | None
    ) -> CRMCredentials:
        """
        Return what signs in for this user; what was renewed as long as the same is given.

        Raises CredentialsNotFoundError, with the remedy, when nobody gave any.
        """
        found = self._current(provider, user_id)
        if found is None and info.auth is None:
            return CRMCredentials(provider=provider)
        if found is None:
            raise CredentialsNotFoundError(_not_found(provider, user_id))
        return found

    def is_due(self, credentials: CRMCredentials) -> bool:
        """
        Tell whether the token is missing or about to expire.
        """
        if credentials.access_token is None:
            return True
        expiry = credentials.expires_at
        return expiry is not None and expiry - _EARLY <= self._clock.now()

    def renew(
        self,
        refused: CRMCredentials,
        user_id: str | None,
        refresh: Callable[[], CRMCredentials | None],
    ) -> CRMCredentials | None:
        """
        Return credentials newer than *refused*, or None when there is no way to get any.

        Of several threads one calls *refresh*, the others take what it brought.
        """
        key = (refused.provider, user_id)
        with self._lock:
            lock = self._locks.setdefault(key, Lock())
        with lock:
            # Others may have renewed it, or whoever gave it may give another by now.
            current = self._current(*key)
            if current is not None and _tokens(current) != _tokens(refused):
                return current
            given = self._look_up(*key)
            fresh = refresh()
            if fresh is not None:
                fresh = evolve(fresh, provider=refused.provider)
                self._renewed[key] = _tokens(given), fresh
            return fresh

    def _current(self, provider: str, user_id: str | None) -> CRMCredentials | None:
        given = self._look_up(provider, user_id)
        before, fresh = self._renewed.get((provider, user_id), (None, None))
        return fresh if fresh is not None and before == _tokens(given) else given

    def _look_up(self, provider: str, user_id: str | None) -> CRMCredentials | None:
        given = self._given
        if callable(given):
            found = given(provider, user_id)
        elif isinstance(given, Mapping):
            by_user: Mapping[object, Given] = given  # type: ignore[assignment]
            found = by_user.get((provider, user_id)) or by_user.get(provider)
        elif isinstance(given, CRMCredentials) and given.provider != provider:
            found = None  # they say themselves whose they are
        else:
            found = given
        found = found or _from_environment(provider, user_id)
        return _checked(found, provider) if found else None


def _tokens(credentials: CRMCredentials | None) -> tuple[Secret | None, Secret | None]:
    if credentials is None:
        return None, None
    return credentials.access_token, credentials.refresh_token


def _checked(found: object, provider: str) -> CRMCredentials:
    if isinstance(found, CRMCredentials) and found.provider == provider:
        return found
    if isinstance(found, CRMCredentials):
        msg = f"credentials= gives those of {found.provider!r} for {provider!r}"
        raise ConfigurationError(msg)
    if not isinstance(found, str | Secret):
        msg = (
            f"credentials= gives a {type(found).__name__} for {provider!r}; give a token "
            "as text, a Secret, or CRMCredentials"
        )
        raise ConfigurationError(msg)
    return CRMCredentials(provider=provider, access_token=Secret(found).reveal().strip())


def variable(provider: str, user_id: str | None) -> str:
    """
    Return the environment variable that holds this user's token.
    """
    name = f"CRMKIT_{_NOT_IN_NAMES.sub('_', provider).upper()}_TOKEN"
    return name if user_id is None else f"{name}__{user_id}"


def _from_environment(provider: str, user_id: str | None) -> str | None:
    return os.environ.get(variable(provider, user_id))


def _not_found(provider: str, user_id: str | None) -> str:
    whom = "(the call names none)" if user_id is None else repr(user_id)
    return (
        f"No CRM credentials found for user {whom} of provider {provider!r}: set "
        f"{variable(provider, user_id)}, or pass credentials= to CRMConnector"
    )
