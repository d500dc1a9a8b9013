"""
Fetch: clients by id through the cache, by a field, or page by page.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import define

from crmkit._cache import Scope
from crmkit._preferences import filled
from crmkit._replaced import replaced
from crmkit._unreadable import about, readable, several
from crmkit.errors import (
    AmbiguousClientError,
    ClientNotFoundError,
    ConfigurationError,
    CredentialsError,
    CRMError,
    CrmkitError,
    NotSupportedError,
    ProtocolError,
)
from crmkit.models import ClientPage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from crmkit._cache import Cache, Fetched
    from crmkit._clock import Clock
    from crmkit._host import Host
    from crmkit._results import Results
    from crmkit._session import Session
    from crmkit._sessions import Sessions
    from crmkit.models import ClientData

INCLUDES = frozenset({"history", "raw"})


@define(kw_only=True)
class Fetch:
    """
    The verb *fetch* of one connector.
    """

    host: Host
    sessions: Sessions
    cache: Cache
    clock: Clock

    def one(
        self, provider: str, user_id: str | None, client_id: str, include: Sequence[str]
    ) -> ClientData:
        """
        Return one client; raise what went wrong.
        """
        fetched = self.many(provider, user_id, [client_id], include)[client_id]
        if isinstance(fetched, Exception):
            raise fetched
        return fetched

    def many(
        self,
        provider: str,
        user_id: str | None,
        ids: Sequence[str],
        include: Sequence[str],
    ) -> dict[str, Fetched]:
        """
        Return the client, or the error, for each id.
        """
        scope = Scope(provider, user_id, _included(include))
        return self.cache.fetch(scope, ids, lambda missing: self._load(scope, missing))

    def find(
        self,
        provider: str,
        user_id: str | None,
        criterion: tuple[str, str],
        include: Sequence[str],
    ) -> ClientData | None:
        """
        Return the one client whose field has this value, None if there is none.

        Raises AmbiguousClientError with the ids when there are several.
        """
        field, value = criterion
        scope = Scope(provider, user_id, _included(include))
        session, now = self._session(scope), self.clock.now()
        results = self.host.find_clients(session, field, value)
        found = {client.id: client for client in results.items}
        if len(found) > 1:
            msg = f"{len(found)} clients of {provider!r} match by {field}: {_some(found)}"
            raise AmbiguousClientError(msg, client_ids=tuple(found), provider=provider)
        for error in results.errors:
            raise readable(error, provider)
        return next((self._finish(c, scope, session, now) for c in found.values()), None)

    def pages(
        self,
        provider: str,
        user_id: str | None,
        updated_since: datetime | None,
        include: Sequence[str],
    ) -> Iterator[tuple[list[ClientData], Sequence[str]]]:
        """
        Yield the clients of each page with the ids that are gone.

        Deleted clients leave the cache; listed ones do not enter it. ProtocolError tells
        of records that cannot be read, after the last page, and of a cursor come twice.
        """
        unreadable: list[Exception] = []
        scope = Scope(provider, user_id, _included(include))
        cursor: str | None = None
        seen: set[str | None] = {None}
        while True:
            session, now = self._session(scope), self.clock.now()
            results = self.host.list_clients(session, updated_since, cursor)
            page = results.page or ClientPage(clients=())
            if page.deleted:
                self.cache.forget(provider, page.deleted)
            yield (
                [self._finish(c, scope, session, now) for c in results.items],
                page.deleted,
            )
            for error in results.errors:
                if results.page is None or isinstance(error, CRMError):
                    raise readable(error, provider)
                unreadable.append(error)
            cursor = page.next_cursor
            if cursor is None:
                break
            _check_progress(cursor, seen, provider)
        if unreadable:
            raise several(unreadable, provider)

    def _load(self, scope: Scope, ids: Sequence[str]) -> Mapping[str, Fetched]:
        info = self.host.provider(scope.provider)
        size = max(1, info.fetch_batch)
        loaded: dict[str, Fetched] = {}
        for start in range(0, len(ids), size):
            cut = ids[start : start + size]
            try:
                loaded.update(self._load_cut(scope, cut))
            except (ConfigurationError, CredentialsError):
                raise
            except CrmkitError as error:
                loaded.update(dict.fromkeys(cut, error))
        return loaded

    def _load_cut(self, scope: Scope, ids: Sequence[str]) -> Mapping[str, Fetched]:
        session, now = self._session(scope), self.clock.now()
        results = self.host.fetch(session, ids)
        by_id = {alias: c for c in results.items for alias in (*c.aliases, c.id)}
        missing = sum(client_id not in by_id for client_id in ids)
        loaded: dict[str, Fetched] = {}
        for client_id in ids:
            client = by_id.get(client_id)
            try:
                loaded[client_id] = (
                    self._absent(client_id, scope, results, missing)
                    if client is None
                    else self._finish(client, scope, session, now)
                )
            except CrmkitError as error:
                loaded[client_id] = about(client_id, error)
        return loaded

    def _absent(
        self, client_id: str, scope: Scope, results: Results[ClientData], missing: int
    ) -> Exception:
        if not results.errors:
            whom = "such id; find_client(email=) takes an address"
            whom = whom if "@" in client_id else f"client {client_id!r}"
            msg = f"{scope.provider!r} has no {whom}"
            return ClientNotFoundError(msg, provider=scope.provider, client_id=client_id)
        if missing == 1 or isinstance(results.errors[0], CRMError):
            error = readable(results.errors[0], scope.provider)
            return about(client_id, error) if missing == 1 else error
        return several(results.errors, scope.provider)

    def _session(self, scope: Scope) -> Session:
        info = self.host.provider(scope.provider)
        if "history" in scope.include and not self.host.offers(
            scope.provider, "crmkit_history"
        ):
            msg = f"the provider {scope.provider!r} does not offer crmkit_history"
            raise NotSupportedError(msg, provider=scope.provider)
        return self.sessions.open(scope.provider, info, scope.user_id)

    def _finish(
        self, client: ClientData, scope: Scope, session: Session, now: datetime
    ) -> ClientData:
        changes: dict[str, Any] = {
            "provider": scope.provider,
            "fetched_at": now,
            **filled(client, self.sessions.core(scope.provider).preferences),
        }
        if "raw" not in scope.include:
            changes["raw"] = None
        if "history" in scope.include:
            changes["history"] = self._history(client, session)
        elif client.history is not None:
            changes["history"] = None
        return replaced(client, changes)

    def _history(self, client: ClientData, session: Session) -> Sequence[object]:
        results = self.host.history(session, client.id)
        for error in results.errors:
            raise readable(error, session.provider)
        return results.items


def criterion(
    email: str | None, phone: str | None, field: tuple[str, str] | None
) -> tuple[str, str]:
    """
    Return the one field and value to search by; ConfigurationError unless one is given.
    """
    given = [("email", email), ("phone", phone), field or ("", None)]
    named = [(name, str(value)) for name, value in given if value is not None]
    if len(named) != 1:
        msg = "find_client takes one of email=, phone= and field=(name, value)"
        raise ConfigurationError(msg)
    return named[0]


def _check_progress(cursor: str, seen: set[str | None], provider: str) -> None:
    if cursor in seen:
        msg = f"the list of {provider!r} loops: a cursor came twice"
        raise ProtocolError(msg, provider=provider)
    seen.add(cursor)


def _included(include: Sequence[str]) -> tuple[str, ...]:
    if not include:
        return ()
    names = {include} if isinstance(include, str) else set(include)
    unknown = sorted(names - INCLUDES)
    if unknown:
        msg = f"include= takes {sorted(INCLUDES)}, not {unknown}"
        raise ConfigurationError(msg)
    return tuple(sorted(names))


def _some(ids: Mapping[str, object]) -> str:
    shown = list(ids)[:5]
    return ", ".join(shown) + (", …" if len(ids) > len(shown) else "")
