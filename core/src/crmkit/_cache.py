"""
Clients in memory for a while, each fetched by one caller at a time.
"""

from __future__ import annotations

from contextlib import suppress
from threading import Lock
from typing import TYPE_CHECKING, TypeAlias

from attrs import frozen
from cachetools import TTLCache

from crmkit.reports import CacheStats

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit._clock import Clock
    from crmkit.models import ClientData

    Fetched: TypeAlias = ClientData | Exception
    Load: TypeAlias = Callable[[Sequence[str]], Mapping[str, Fetched]]


@frozen(cache_hash=True)
class Scope:
    """
    Whose answers these are, and how complete: no user ever sees another's data.
    """

    provider: str
    user_id: str | None
    include: tuple[str, ...] = ()


class _Flight:
    """
    A client on its way, for which others wait; a Future is heavier than a whole hit.
    """

    __slots__ = ("_client", "_failure", "_landed")

    def __init__(self) -> None:
        self._landed = Lock()
        self._landed.acquire()

    def land(self, client: Fetched | None, failure: BaseException | None) -> None:
        """
        Let those who wait go on, with the client or with what was raised instead.
        """
        self._client, self._failure = client, failure
        self._landed.release()

    def wait(self) -> Fetched | None:
        """
        Return what landed, or raise the failure; None when its caller was interrupted.
        """
        with self._landed:
            if isinstance(self._failure, Exception):
                raise self._failure
            return self._client


class Cache:
    """
    A bounded cache whose entries expire by themselves; safe for threads.
    """

    def __init__(self, size: int, ttl: float, clock: Clock) -> None:
        self._lock = Lock()
        self._clients: TTLCache[tuple[Scope, str], ClientData] = TTLCache(
            maxsize=size, ttl=ttl, timer=clock.monotonic
        )
        self._scopes: dict[Scope, Scope] = {}
        self._in_flight: dict[tuple[Scope, str], _Flight] = {}
        self._generation = 0
        self._hits = self._misses = 0

    def fetch(self, scope: Scope, ids: Sequence[str], load: Load) -> dict[str, Fetched]:
        """
        Return the client, or the error, for each id; *load* gets those not known.

        A caller who asks for what another one is fetching waits and shares the result,
        the error too. Errors are not kept.
        """
        found: dict[str, Fetched] = {}
        theirs: dict[str, _Flight] = {}
        mine: dict[str, _Flight] = {}
        with self._lock:
            scope = self._scopes.setdefault(scope, scope)
            for client_id in ids:
                key = scope, client_id
                try:
                    found[client_id] = self._clients[key]
                except KeyError:
                    if key in self._in_flight:
                        theirs[client_id] = self._in_flight[key]
                    else:
                        mine[client_id] = self._in_flight[key] = _Flight()
            self._hits += len(found)
            self._misses += len(mine) + len(theirs)
            generation = self._generation
        if mine:
            found.update(self._load(scope, mine, load, generation))
        for client_id, flight in theirs.items():
            landed = flight.wait()
            found[client_id] = landed or self.fetch(scope, [client_id], load)[client_id]
        return {client_id: found[client_id] for client_id in ids}

    def forget(self, provider: str, ids: Sequence[str]) -> None:
        """
        Drop these clients of one provider, for all users.
        """
        gone = set(ids)
        with self._lock:
            self._new_generation()
            for key in [key for key in self._clients if key[0].provider == provider]:
                with suppress(KeyError):  # it may expire at this moment
                    if not gone.isdisjoint((key[1], self._clients[key].id)):
                        del self._clients[key]

    def clear(self) -> None:
        """
        Drop everything; an answer in flight is not kept either.
        """
        with self._lock:
            self._new_generation()
            self._clients.clear()
            self._scopes.clear()

    def stats(self) -> CacheStats:
        """
        Return size, client ids, hits and misses; what expired is gone.
        """
        with self._lock:
            self._clients.expire()
            return CacheStats(
                size=len(self._clients),
                entries=tuple(client_id for _, client_id in self._clients),
                hits=self._hits,
                misses=self._misses,
            )

    def _new_generation(self) -> None:
        # Who asks from now on must not get an answer that was asked for before.
        self._generation += 1
        self._in_flight.clear()

    def _load(
        self,
        scope: Scope,
        mine: Mapping[str, _Flight],
        load: Load,
        generation: int,
    ) -> Mapping[str, Fetched]:
        loaded: Mapping[str, Fetched] = {}
        failure: BaseException | None = None
        try:
            loaded = load(list(mine))
        except BaseException as error:
            failure = error
            raise
        finally:
            self._keep(scope, mine, loaded, failure, generation)
        return loaded

    def _keep(
        self,
        scope: Scope,
        mine: Mapping[str, _Flight],
        loaded: Mapping[str, Fetched],
        failure: BaseException | None,
        generation: int,
    ) -> None:
        with self._lock:
            current = generation == self._generation
            for client_id in mine if current else ():
                del self._in_flight[scope, client_id]
                client = loaded.get(client_id)
                if (
                    self._clients.maxsize > 0
                    and client is not None
                    and not isinstance(client, Exception)
                ):
                    self._clients[scope, client_id] = client
        for client_id, flight in mine.items():
            flight.land(loaded.get(client_id), failure)
