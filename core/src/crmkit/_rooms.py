"""
The rooms behind a connector, each imported and wired on its first use.
"""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from threading import RLock
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define, field

from crmkit._config import default_store
from crmkit._host import Host
from crmkit._tally import Tally

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmkit._cache import Cache
    from crmkit._check import Check
    from crmkit._clock import Clock
    from crmkit._config import Options
    from crmkit._fetch import Fetch
    from crmkit._outbox import Outbox
    from crmkit._personalize import Personalize
    from crmkit._sessions import Sessions
    from crmkit._sync import Sync
    from crmkit.models import ClientData
    from crmkit.stores import Store

T = TypeVar("T")


@define
class Rooms:
    """
    Everything that a connector delegates to, made of its options and other arguments.

    What only fetches imports no template engine and opens no store.
    """

    options: Options
    given: Mapping[str, Any] = field(repr=False)
    clock: Clock
    tally: Tally = field(factory=Tally, init=False)
    host: Host = field(init=False)
    _lock: RLock = field(factory=RLock, init=False)
    _made: dict[str, object] = field(factory=dict, init=False)
    _syncing: int = field(default=0, init=False)
    _closed: bool = field(default=False, init=False)

    def __attrs_post_init__(self) -> None:
        given = self.given
        self.host = Host(given["plugins"], given["prefer"], given["wrappers"])

    @property
    def sessions(self) -> Sessions:
        """
        What signs in.
        """

        def make() -> Sessions:
            from crmkit._credentials import Credentials
            from crmkit._door import Door
            from crmkit._renewal import Renewal
            from crmkit._retry import Patience
            from crmkit._sessions import Sessions

            retries, wait = self.options.max_retries, self.options.max_wait
            door = Door(url=self._store_url, open_store=lambda: self.store)
            given = self.given["credentials"]
            credentials = Credentials(given=given, clock=self.clock, door=door)
            return Sessions(
                settings=self.given["settings"],
                renewal=Renewal(credentials=credentials),
                refresh=self.host.refresh,
                list_fields=self.host.fields,
                clock=self.clock,
                patience=Patience(retries=retries, max_wait=wait),
                tally=self.tally,
            )

        return self._once("sessions", make)

    @property
    def cache(self) -> Cache:
        """
        The clients in memory.
        """

        def make() -> Cache:
            from crmkit._cache import Cache

            return Cache(self.options.cache_size, self.options.cache_ttl, self.clock)

        return self._once("cache", make)

    @property
    def store(self) -> Store:
        """
        Where the outbox is, and what else is kept.
        """

        def make() -> Store:
            from crmkit._opening import open_store

            return open_store(self._store_url, self.given["prefer"])

        return self._once("store", make)

    @property
    def outbox(self) -> Outbox:
        """
        What waits to be sent.
        """

        def make() -> Outbox:
            from crmkit._dispatch import told
            from crmkit._outbox import Outbox

            look = partial(told, self.host)
            return Outbox(lambda: self.store, self.clock, look)

        return self._once("outbox", make)

    @property
    def fetch(self) -> Fetch:
        """
        The verb fetch.
        """

        def make() -> Fetch:
            from crmkit._fetch import Fetch

            return Fetch(
                host=self.host, sessions=self.sessions, cache=self.cache, clock=self.clock
            )

        return self._once("fetch", make)

    @property
    def personalize(self) -> Personalize:
        """
        The verb personalize.
        """
        made = self._made.get("personalize")
        if made is not None:  # without a detour: this is called a million times
            return cast("Personalize", made)

        def make() -> Personalize:
            from crmkit._consent import Policy
            from crmkit._personalize import Personalize
            from crmkit._pipeline import Pipeline

            given = self.given
            policy = Policy(
                max_age=given["consent_max_age"],
                sources=given["consent_sources"],
                reread=self._reread,
            )
            pipeline = Pipeline(
                host=self.host, transformers=given["transformers"], clock=self.clock
            )
            return Personalize(clock=self.clock, pipeline=pipeline, policy=policy)

        return self._once("personalize", make)

    @contextmanager
    def syncing(self) -> Iterator[Sync]:
        """
        Provide the verb sync; what another thread closes meanwhile is closed at the end.

        A lease ends with its store, and what is on its way must not be sent by others.
        """
        with self._lock:
            self._syncing += 1
        try:
            yield self._sync
        finally:
            with self._lock:
                self._syncing -= 1
                if self._closed:
                    self.close()

    @property
    def _sync(self) -> Sync:

        def make() -> Sync:
            from crmkit._sync import Sync

            return Sync(
                host=self.host,
                sessions=self.sessions,
                outbox=self.outbox,
                clock=self.clock,
                tally=self.tally,
                auto_sync=self.options.auto_sync,
            )

        return self._once("sync", make)

    @property
    def check(self) -> Check:
        """
        What looks for what is wrong.
        """

        def make() -> Check:
            from crmkit._check import Check

            sessions, outbox = self.sessions, self.outbox
            return Check(host=self.host, sessions=sessions, outbox=outbox, clock=self.clock)

        return self._once("check", make)

    def close(self) -> None:
        """
        Close connections and store, forget every client; what is being sent ends before.
        """
        with self._lock:
            self._closed = True
            if self._syncing:
                return
            if "sessions" in self._made:
                self.sessions.close()
            if "store" in self._made:
                self.store.close()
            if "cache" in self._made:
                self.cache.clear()
            self._made.clear()

    @property
    def _store_url(self) -> str:
        return self.options.store or default_store()

    def _once(self, name: str, make: Callable[[], T]) -> T:
        made = self._made.get(name)
        if made is None:
            with self._lock:
                made = self._made.get(name) or make()
                self._made[name] = made
        return cast("T", made)

    def _reread(self, client: ClientData, user_id: str | None) -> ClientData:
        provider = str(client.provider)
        self.cache.forget(provider, [client.id])
        return self.fetch.one(provider, user_id, client.id, ())
