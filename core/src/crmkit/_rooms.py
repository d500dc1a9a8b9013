"""
The rooms behind a connector, wired once, on its first use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from attrs import frozen

from crmkit import _registry
from crmkit._cache import Cache
from crmkit._check import Check
from crmkit._config import default_store
from crmkit._consent import Policy
from crmkit._credentials import Credentials
from crmkit._fetch import Fetch
from crmkit._host import Host
from crmkit._outbox import Outbox
from crmkit._personalize import Personalize
from crmkit._pipeline import Pipeline
from crmkit._retry import Patience
from crmkit._sessions import Sessions
from crmkit._sync import Sync
from crmkit._tally import Tally
from crmkit.errors import PluginNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit._clock import Clock
    from crmkit._config import Options
    from crmkit.models import ClientData
    from crmkit.stores import Store


@frozen(kw_only=True)
class Rooms:
    """
    Everything that a connector delegates to.
    """

    host: Host
    sessions: Sessions
    cache: Cache
    outbox: Outbox
    fetch: Fetch
    personalize: Personalize
    sync: Sync
    check: Check
    tally: Tally

    def close(self) -> None:
        """
        Close connections and store, forget every client.
        """
        self.sessions.close()
        self.outbox.close()
        self.cache.clear()


def furnish(options: Options, given: Mapping[str, Any], clock: Clock) -> Rooms:
    """
    Wire the rooms for these options and the connector's other arguments; no I/O.
    """
    tally = Tally()
    host = Host(given["plugins"], given["prefer"], given["wrappers"])
    sessions = Sessions(
        settings=given["settings"],
        credentials=Credentials(given["credentials"], clock),
        refresh=host.refresh,
        list_fields=host.fields,
        clock=clock,
        patience=Patience(retries=options.max_retries, max_wait=options.max_wait),
        tally=tally,
    )
    cache = Cache(options.cache_size, options.cache_ttl, clock)
    outbox = Outbox(lambda: open_store(options.store, given["prefer"]), clock)
    fetch = Fetch(host=host, sessions=sessions, cache=cache, clock=clock)
    return Rooms(
        host=host,
        sessions=sessions,
        cache=cache,
        outbox=outbox,
        fetch=fetch,
        personalize=Personalize(
            clock=clock,
            pipeline=Pipeline(host=host, transformers=given["transformers"]),
            policy=_policy(given, fetch),
        ),
        sync=Sync(
            host=host,
            sessions=sessions,
            outbox=outbox,
            clock=clock,
            tally=tally,
            auto_sync=options.auto_sync,
        ),
        check=Check(host=host, sessions=sessions, outbox=outbox, clock=clock),
        tally=tally,
    )


def open_store(url: str, prefer: Mapping[str, str]) -> Store:
    """
    Open the store of a URL, by default in the user's data folder.

    Raises PluginNotFoundError for a scheme that no installed store serves.
    """
    url = url or default_store()
    scheme = urlsplit(url).scheme
    if scheme == "sqlite":
        from crmkit._sqlite import open_store as open_sqlite

        return open_sqlite(url)
    try:
        opener = _registry.find(_registry.STORES, scheme, prefer).load()
    except PluginNotFoundError as error:
        what = str(error) if scheme else f"the store {url!r} is no URL"
        msg = f"{what}; built in are files, such as sqlite:///crmkit.db"
        raise PluginNotFoundError(msg, plugin=scheme) from None
    store: Store = opener(url)
    return store


def _policy(given: Mapping[str, Any], fetch: Fetch) -> Policy:
    def reread(client: ClientData, user_id: str | None) -> ClientData:
        provider = str(client.provider)
        fetch.cache.forget(provider, [client.id])
        return fetch.one(provider, user_id, client.id, ())

    return Policy(
        max_age=given["consent_max_age"], sources=given["consent_sources"], reread=reread
    )
