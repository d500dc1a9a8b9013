"""
Clients in memory for a while, each fetched by one caller at a time.
"""

from __future__ import annotations

from concurrent.futures import Future
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
        self._in_flight: dict[tuple[Scope, str], Future[Fetched]] = {}
        self._generation = 0
        self._hits = self._misses = 0

    def fetch(self, scope: Scope, ids: Sequence[str], load: Load) -> dict[str, Fetched]:
        """
        Return the client, or the error, for each id; *load* gets those not known.

        A caller who asks for what another one is fetching waits and shares the result,
        the error too. Errors are not kept.
        """
        with self._lock:
            scope = self._scopes.setdefault(scope, scope)
            keys = {client_id: (scope, client_id) for client_id in ids}
            found: dict[str, Fetched] = {}
            for client_id, key in keys.items():
                try:
                    found[client_id] = self._clients[key]
                except KeyError:
                    continue
            missing = [client_id for client_id in keys if client_id not in found]
            theirs = {i: f for i in missing if (f := self._in_flight.get(keys[i]))}
            mine: dict[str, Future[Fetched]] = {
                i: Future() for i in missing if i not in theirs
            }
            self._in_flight.update({keys[i]: future for i, future in mine.items()})
            self._hits += len(found)
            self._misses += len(missing)
            generation = self._generation
        if mine:
            found.update(self._load(scope, mine, load, generation))
        found.update({client_id: future.result() for client_id, future in theirs.items()})
        return {client_id: found[client_id] for client_id in keys}

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
        mine: Mapping[str, Future[Fetched]],
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
        mine: Mapping[str, Future[Fetched]],
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
        for client_id, future in mine.items():
            if failure is not None:
                future.set_exception(failure)
            else:
                future.set_result(loaded[client_id])
