"""
Making sessions: signed in, renewed, each account with its memory, limits and connections.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from threading import RLock
from typing import TYPE_CHECKING, Any

from attrs import define, evolve, field

from crmkit import _core_settings, _oauth
from crmkit._core_settings import core_settings
from crmkit._limits import Limiter
from crmkit._memory import Memory
from crmkit._requests import Writes
from crmkit._retry import Patience
from crmkit._session import Session
from crmkit._tally import Tally
from crmkit._urls import fill
from crmkit.codec import structured
from crmkit.errors import (
    CredentialsError,
    CRMError,
    PluginContractError,
    RateLimitedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from crmkit._clock import Clock
    from crmkit._core_settings import CoreSettings
    from crmkit._renewal import Renewal
    from crmkit._wire import Wire
    from crmkit.http import Http
    from crmkit.infos import ProviderInfo
    from crmkit.models import CRMCredentials, CustomField

    _Account = tuple[str, str | None, str | None]


@define(kw_only=True)
class Sessions:
    """
    Makes the sessions of one connector.

    *settings* are by provider; *refresh* and *list_fields* call hooks of a session's own.
    """

    settings: Mapping[str, Mapping[str, Any]] = field(repr=False)
    renewal: Renewal
    refresh: Callable[[Session], CRMCredentials | None]
    list_fields: Callable[[Session], Iterable[CustomField]]
    clock: Clock
    patience: Patience
    tally: Tally
    _wire: Wire | None = field(default=None, init=False)
    _lock: RLock = field(factory=RLock, init=False)
    _memories: dict[_Account, Memory] = field(factory=dict, init=False)
    _limiters: dict[_Account, Limiter] = field(factory=dict, init=False)
    _structured: dict[str, Any] = field(factory=dict, init=False)
    _core: dict[str, CoreSettings] = field(factory=dict, init=False)
    _unbounded: dict[tuple[str, str | None], Session] = field(factory=dict, init=False)

    def open(
        self,
        provider: str,
        info: ProviderInfo,
        user_id: str | None,
        *,
        deadline: float | None = None,
        daily_share: float | None = None,
        writes: int | None = None,
    ) -> Session:
        """
        Return a session that is signed in; *writes* bounds its unrepeatable requests.

        Raises CredentialsNotFoundError or ConfigurationError.
        """
        self.core(provider)
        patience = self.patience
        if deadline is not None or daily_share is not None:
            patience = evolve(patience, deadline=deadline, daily_share=daily_share)
        credentials = self.renewal.find(provider, info, user_id)
        bounded = patience is not self.patience or writes is not None
        # Without bounds one session is as good as another, and making it is not free.
        session = None if bounded else self._unbounded.get((provider, user_id))
        if session is None or session.credentials != credentials:
            session = self._session(credentials, info, user_id, patience, Writes(writes))
        if info.auth is not None and self.renewal.credentials.is_due(credentials):
            self._renew(session, credentials, info, patience)
        if not bounded:
            self._unbounded[provider, user_id] = session
        return session

    def core(self, provider: str) -> CoreSettings:
        """
        Return what the user set for this provider that is the core's own.

        Raises ConfigurationError.
        """
        if provider not in self._core:
            given = self.settings.get(provider, {})
            self._core[provider] = core_settings(given, provider)
        return self._core[provider]

    def close(self) -> None:
        """
        Close the connections and forget what plugins cached.
        """
        self.renewal.close()
        with self._lock:
            if self._wire is not None:
                self._wire.close()
            self._memories.clear()
            self._limiters.clear()
            self._unbounded.clear()

    def unsigned(
        self,
        credentials: CRMCredentials,
        info: ProviderInfo,
        user_id: str | None,
        patience: Patience,
    ) -> Session:
        """
        Return a session whose requests carry no token.
        """
        silent = evolve(info, auth=None)
        return self._session(credentials, silent, user_id, patience, Writes(None))

    def _session(
        self,
        credentials: CRMCredentials,
        info: ProviderInfo,
        user_id: str | None,
        patience: Patience,
        writes: Writes,
    ) -> Session:
        provider = credentials.provider
        return Session(
            provider=provider,
            user_id=user_id,
            credentials=credentials,
            settings=self._settings(provider, info),
            memory=self._memory(provider, credentials, user_id),
            make_http=lambda session: self._http(session, info, patience, writes),
            list_fields=self.list_fields,
        )

    def _http(
        self, session: Session, info: ProviderInfo, patience: Patience, writes: Writes
    ) -> Http:
        from crmkit.http import Http

        sign = info.auth
        return Http(
            provider=session.provider,
            info=info,
            base_url=lambda: self._base_url(session, info),
            hosts=() if self.core(session.provider).base_url else tuple(info.hosts),
            credentials=lambda: session.credentials,
            sign=lambda: sign(session) if sign else {},
            # A refresh that is refused itself must not wait for itself.
            renew=lambda refused: (
                sign is not None and self._renew(session, refused, info, patience)
            ),
            wire=self._pool(),
            limiter=self._limiter(session, info),
            clock=self.clock,
            patience=patience,
            tally=self.tally,
            writes=writes,
        )

    def _renew(
        self,
        session: Session,
        refused: CRMCredentials,
        info: ProviderInfo,
        patience: Patience,
    ) -> bool:
        def refresh(spent: CRMCredentials, soon: Patience) -> CRMCredentials | None:
            fresh = self.refresh(self.unsigned(spent, info, session.user_id, soon))
            if fresh is not None or info.oauth is None:
                return fresh
            asking = self.unsigned(spent, _oauth.judged(info), session.user_id, soon)
            return _oauth.renewed(asking, info.oauth, self.clock)

        try:
            fresh = self.renewal.renew(refused, session.user_id, refresh, patience)
        except UnavailableError as error:
            error.sent = False  # a token may have been made; nothing of the caller's was
            raise
        except RateLimitedError:
            raise
        except CRMError as error:  # of the way to a token, whatever it says
            msg = f"{session.provider!r} renews no token: {error}"
            raise CredentialsError(msg) from error
        if fresh is not None:
            session.credentials = fresh
        return fresh is not None

    def _pool(self) -> Wire:
        if self._wire is not None:
            return self._wire
        from crmkit._wire import Wire

        with self._lock:
            self._wire = self._wire or Wire()
            return self._wire

    def _base_url(self, session: Session, info: ProviderInfo) -> str:
        template = self.core(session.provider).base_url or info.base_url
        if template is None:
            msg = (
                f"the provider {session.provider!r} names no base_url in its ProviderInfo, "
                "so session.http has nowhere to go"
            )
            raise PluginContractError(msg, plugin=session.provider)
        known = session.credentials.metadata
        return fill(template, (known, session.settings), label=info.label)

    def _settings(self, provider: str, info: ProviderInfo) -> Any:
        if provider not in self._structured:
            given = self.settings.get(provider, {})
            own = {k: v for k, v in given.items() if k not in _core_settings.NAMES}
            self._structured[provider] = structured(own, info.settings, provider)
        return self._structured[provider]

    def _memory(
        self, provider: str, credentials: CRMCredentials, user_id: str | None
    ) -> Memory:
        key = _account(provider, credentials, user_id)
        with self._lock:
            return self._memories.setdefault(key, Memory())

    def _limiter(self, session: Session, info: ProviderInfo) -> Limiter:
        with self._lock:
            key = _account(session.provider, session.credentials, session.user_id)
            if key not in self._limiters:
                self._limiters[key] = Limiter(info.limits, self.clock)
            return self._limiters[key]


def _account(provider: str, credentials: CRMCredentials, user_id: str | None) -> _Account:
    account = credentials.metadata.get("account")
    return (provider, str(account), None) if account else (provider, None, user_id)
