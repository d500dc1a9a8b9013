"""
The hooks as typed calls: each reaches the named plugin and no other.
"""

from __future__ import annotations

from threading import RLock
from typing import TYPE_CHECKING, Any

import pluggy
from attrs import frozen

from crmkit import _registry, hookspecs
from crmkit._contract import check_plugin, check_wrapper, described, hooks_of
from crmkit._results import Reader, Results
from crmkit.errors import (
    CRMError,
    NotSupportedError,
    PluginContractError,
    PluginError,
    PluginNotFoundError,
)
from crmkit.models import ClientData, ClientInteraction, CRMCredentials, CustomField

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from crmkit._session import Session
    from crmkit.documents import Context, Document
    from crmkit.infos import Finding, ProviderInfo, TransformerInfo
    from crmkit.models import ActivityRecord
    from crmkit.reports import SyncOutcome


@frozen
class _Loaded:
    manager: pluggy.PluginManager
    info: Any
    hooks: frozenset[str]


class Host:
    """
    The plugins of one connector, each loaded when it is first named.
    """

    def __init__(
        self,
        plugins: Mapping[str, object] | None = None,
        prefer: Mapping[str, str] | None = None,
        wrappers: Iterable[object] = (),
    ) -> None:
        self._plugins = dict(plugins or {})
        self._prefer = dict(prefer or {})
        self._wrappers = tuple(wrappers)
        self._lock = RLock()
        self._loaded: dict[tuple[str, str], _Loaded] = {}

    def provider(self, name: str) -> ProviderInfo:
        """
        Return what a provider says of itself; PluginError when it cannot be used.
        """
        info: ProviderInfo = self._load(_registry.PROVIDERS, name).info
        return info

    def transformer(self, name: str) -> TransformerInfo:
        """
        Return what a transformer says of itself; PluginError when it cannot be used.
        """
        info: TransformerInfo = self._load(_registry.TRANSFORMERS, name).info
        return info

    def offers(self, provider: str, hook: str) -> bool:
        """
        Tell whether a provider implements a hook.
        """
        return hook in self._load(_registry.PROVIDERS, provider).hooks

    def fetch(self, session: Session, ids: Sequence[str]) -> Results[ClientData]:
        """
        Call crmkit_fetch.
        """
        return self._results(session, "crmkit_fetch", ids=ids)

    def sync(
        self, session: Session, kind: str, activities: Sequence[ActivityRecord]
    ) -> Results[SyncOutcome]:
        """
        Call crmkit_sync.
        """
        return self._results(session, "crmkit_sync", kind=kind, activities=activities)

    def find_clients(self, session: Session, field: str, value: str) -> Results[ClientData]:
        """
        Call crmkit_find_clients.
        """
        return self._results(session, "crmkit_find_clients", field=field, value=value)

    def list_clients(
        self, session: Session, updated_since: datetime | None, cursor: str | None
    ) -> Results[ClientData]:
        """
        Call crmkit_list_clients.
        """
        return self._results(
            session, "crmkit_list_clients", updated_since=updated_since, cursor=cursor
        )

    def history(self, session: Session, client_id: str) -> Results[ClientInteraction]:
        """
        Call crmkit_history.
        """
        return self._results(session, "crmkit_history", client_id=client_id)

    def fields(self, session: Session) -> Sequence[CustomField]:
        """
        Call crmkit_fields; raise its first error.
        """
        results: Results[CustomField] = self._results(session, "crmkit_fields")
        for error in results.errors:
            raise error
        return results.items

    def check(self, session: Session) -> Results[Finding]:
        """
        Call crmkit_check.
        """
        return self._results(session, "crmkit_check")

    def find_activity(
        self, session: Session, kind: str, activity: ActivityRecord
    ) -> str | None:
        """
        Call crmkit_find_activity; return the id in the CRM, or None.
        """
        found = self._call(
            "crmkit_find_activity", session=session, kind=kind, activity=activity
        )
        return None if found is None else str(found)

    def refresh(self, session: Session) -> CRMCredentials | None:
        """
        Call crmkit_refresh if the provider has it; None means that it did nothing.
        """
        if not self.offers(session.provider, "crmkit_refresh"):
            return None
        fresh = self._call("crmkit_refresh", session=session)
        if fresh is not None and not isinstance(fresh, CRMCredentials):
            msg = f"crmkit_refresh of {session.provider!r} must return CRMCredentials"
            raise PluginContractError(msg, plugin=session.provider)
        return fresh

    def transform(self, name: str, document: Document, context: Context) -> Document | None:
        """
        Call crmkit_transform of a transformer.
        """
        manager = self._load(_registry.TRANSFORMERS, name).manager
        changed: Document | None = manager.hook.crmkit_transform(
            document=document, context=context
        )
        return changed

    def _results(self, session: Session, hook: str, **arguments: object) -> Results[Any]:
        results = self._call(hook, session=session, **arguments)
        if not isinstance(results, Results):
            msg = f"a wrapper of {hook} must return what it got from its yield"
            raise PluginContractError(msg, plugin=session.provider)
        for error in results.errors:
            _name_plugin(error, session.provider)
        return results

    def _call(self, hook: str, *, session: Session, **arguments: object) -> Any:
        loaded = self._load(_registry.PROVIDERS, session.provider)
        if hook not in loaded.hooks:
            msg = f"the provider {session.provider!r} does not offer {hook}"
            raise NotSupportedError(msg, provider=session.provider)
        try:
            return getattr(loaded.manager.hook, hook)(session=session, **arguments)
        except Exception as error:
            _name_plugin(error, session.provider)
            raise

    def _load(self, group: str, name: str) -> _Loaded:
        loaded = self._loaded.get((group, name))
        if loaded is None:
            with self._lock:
                loaded = self._loaded.get((group, name)) or self._open(group, name)
                self._loaded[group, name] = loaded
        return loaded

    def _open(self, group: str, name: str) -> _Loaded:
        for wrapper in self._wrappers:
            check_wrapper(wrapper)
        plugin, origin = self._plugin(group, name)
        try:
            check_plugin(plugin, name, group)
            manager = self._registered(plugin, name)
            info = described(manager, group, name)
        except PluginContractError as error:
            if origin is None:
                raise
            msg = f"{error}; it comes from {origin}"
            raise PluginContractError(msg, plugin=name) from error
        return _Loaded(manager, info, frozenset(hooks_of(plugin)))

    def _registered(self, plugin: object, name: str) -> pluggy.PluginManager:
        manager = pluggy.PluginManager(hookspecs.NAME)
        manager.add_hookspecs(hookspecs)
        try:
            manager.register(plugin, name)
            for wrapper in self._wrappers:
                manager.register(wrapper)
        except (pluggy.PluginValidationError, ValueError) as error:
            msg = f"the plugin {name!r} cannot be registered: {error}"
            raise PluginContractError(msg, plugin=name) from error
        # Last of those that ask to be tried last, so it is innermost and wrappers see
        # results, not iterators.
        manager.register(Reader())
        return manager

    def _plugin(self, group: str, name: str) -> tuple[object, str | None]:
        given = self._plugins.get(name)
        if isinstance(given, str):
            return _registry.import_named(given, name), None
        if given is not None:
            return given, None
        try:
            found = _registry.find(group, name, self._prefer)
        except PluginNotFoundError:
            message = _registry.not_found(group, name, tuple(self._plugins))
            raise PluginNotFoundError(message, plugin=name) from None
        return found.load(), f"{found.distribution} {found.version}"


def _name_plugin(error: Exception, provider: str) -> None:
    if isinstance(error, CRMError):
        error.provider = error.provider or provider
    elif isinstance(error, PluginError):
        error.plugin = error.plugin or provider
