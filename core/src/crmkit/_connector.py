"""
The connector: what users call.
"""

from __future__ import annotations

from datetime import timedelta
from threading import RLock
from typing import TYPE_CHECKING, Any

from crmkit._clock import Clock, SystemClock
from crmkit._config import check_tables, from_environment, options, read_file
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from types import TracebackType
    from typing import Self, Unpack

    from crmkit._changes import Changes
    from crmkit._custody import Custody
    from crmkit._erasure import Erasure
    from crmkit._given import GivenCredentials
    from crmkit._outbox import Outbox
    from crmkit._personalize import Personalized, Template
    from crmkit._request import Arguments
    from crmkit._rooms import Rooms
    from crmkit._session import Session
    from crmkit.contents import PersonalizedContent
    from crmkit.coverage import Coverage
    from crmkit.infos import Finding
    from crmkit.lint import LintReport
    from crmkit.models import ActivityRecord, ClientData, Consent
    from crmkit.reports import CacheStats, SyncOutcome, SyncReport


class CRMConnector:
    """
    Fetches clients, personalizes content for them, and syncs activities back.

    All arguments are optional; None means the value of ``CRMKIT_<NAME>``, else the
    default. Nothing is read, opened or imported before it is needed. Safe for threads.

    Args:
        default_provider: the provider of calls that name none ("hubspot").
        auto_sync: False: sync calls only write to the outbox (True).
        cache_ttl: seconds for which a fetched client is kept (300).
        cache_size: how many clients are kept (1000).
        max_retries: further attempts after a failed request, 1, 2, 4 … s apart (3).
        max_wait: the longest single wait in seconds; a longer one is an error (60).
        settings: the settings of each provider, such as ``{"addressbook": {"path": …}}``.
        transformers: the transformers to run, each with its settings.
        store: where the outbox is, such as ``sqlite:///outbox.db``.
        credentials: a token or CRMCredentials for all, a mapping of provider or (provider,
            user id) to one, or a function of both.
        plugins: plugins that are not installed: a name with a module, object or file.
        prefer: the distribution to take where several offer one name.
        wrappers: objects with ``@hookimpl(wrapper=True)`` that see every hook call.
        consent_max_age: the age in seconds from which consent is read anew.
        consent_sources: functions that return further Consent for a client.
        clock: what tells the time and waits; for tests.

    """

    def __init__(
        self,
        *,
        default_provider: str | None = None,
        auto_sync: bool | None = None,
        cache_ttl: float | None = None,
        cache_size: int | None = None,
        max_retries: int | None = None,
        max_wait: float | None = None,
        settings: Mapping[str, Mapping[str, Any]] | None = None,
        transformers: Mapping[str, Mapping[str, Any]] | None = None,
        store: str | None = None,
        credentials: GivenCredentials | None = None,
        plugins: Mapping[str, object] | None = None,
        prefer: Mapping[str, str] | None = None,
        wrappers: Iterable[object] = (),
        consent_max_age: float | None = None,
        consent_sources: Iterable[Callable[[ClientData], Iterable[Consent]]] = (),
        clock: Clock | None = None,
    ) -> None:
        self._options = options(
            {
                "default_provider": default_provider,
                "auto_sync": auto_sync,
                "cache_ttl": cache_ttl,
                "cache_size": cache_size,
                "max_retries": max_retries,
                "max_wait": max_wait,
                "store": store,
            }
        )
        self._given = {
            "settings": settings or {},
            "transformers": transformers or {},
            "credentials": credentials,
            "plugins": plugins or {},
            "prefer": prefer or {},
            "wrappers": tuple(wrappers),
            "consent_max_age": consent_max_age,
            "consent_sources": tuple(consent_sources),
        }
        check_tables(self._given)
        self._clock = clock or SystemClock()
        self._lock = RLock()
        self._rooms: Rooms | None = None
        self._closed = False

    @classmethod
    def from_config(
        cls,
        path: str | os.PathLike[str] | None = None,
        **arguments: Any,
    ) -> CRMConnector:
        """
        Make a connector from crmkit.toml; CRMKIT_ variables win over the file.

        *arguments* win over both, unless they are None. Raises ConfigurationError when
        the file cannot be used.
        """
        values = read_file(path)
        if "credentials" in values:
            msg = "tokens do not belong in a file; use CRMKIT_<PROVIDER>_TOKEN instead"
            raise ConfigurationError(msg)
        given = {name: value for name, value in arguments.items() if value is not None}
        try:
            return cls(**{**values, **from_environment(given), **given})
        except TypeError as error:
            unknown = str(error).rpartition("argument ")[2]
            msg = f"unknown key {unknown} in the configuration"
            raise ConfigurationError(msg) from None

    def get_client_data(
        self,
        client_id: str,
        user_id: str | None = None,
        *,
        provider: str | None = None,
        include: Sequence[str] = (),
    ) -> ClientData:
        """
        Return one client, from the cache if it is fresh.

        *include* may name ``history`` and ``raw``. Raises ClientNotFoundError, another
        CRMError, CredentialsNotFoundError or PluginError.
        """
        if client_id is None or client_id == "":
            msg = "get_client_data needs a client's id; what was given is empty"
            raise ConfigurationError(msg)
        chosen = self._provider(provider)
        return self._open.fetch.one(chosen, user_id, str(client_id), include)

    def get_clients_data(
        self,
        client_ids: Iterable[str],
        user_id: str | None = None,
        *,
        provider: str | None = None,
        include: Sequence[str] = (),
    ) -> dict[str, ClientData | Exception]:
        """
        Return the client, or the error, for each id asked for.
        """
        one = isinstance(client_ids, str | int)
        ids = list(dict.fromkeys(map(str, [client_ids] if one else client_ids)))
        return self._open.fetch.many(self._provider(provider), user_id, ids, include)

    def find_client(
        self,
        *,
        email: str | None = None,
        phone: str | None = None,
        field: tuple[str, str] | None = None,
        user_id: str | None = None,
        provider: str | None = None,
        include: Sequence[str] = (),
    ) -> ClientData | None:
        """
        Return the client with this e-mail, telephone number or field; None if unknown.

        Raises AmbiguousClientError, which names the ids, when several match.
        """
        from crmkit._fetch import criterion

        wanted = criterion(email, phone, field)
        return self._open.fetch.find(self._provider(provider), user_id, wanted, include)

    def iter_clients(
        self,
        *,
        updated_since: datetime | None = None,
        user_id: str | None = None,
        provider: str | None = None,
        include: Sequence[str] = (),
    ) -> Iterator[ClientData]:
        """
        Yield all clients, or those changed since an aware datetime, page by page.
        """
        if updated_since is not None and updated_since.tzinfo is None:
            msg = "updated_since needs a time zone, such as datetime.now(UTC)"
            raise ConfigurationError(msg)
        chosen = self._provider(provider)
        for page, _ in self._open.fetch.pages(chosen, user_id, updated_since, include):
            yield from page

    def changes(
        self,
        name: str,
        *,
        user_id: str | None = None,
        provider: str | None = None,
        include: Sequence[str] = (),
        overlap: float = 600.0,
    ) -> Changes:
        """
        Return the clients that changed since *name* was read last, to use in ``with``.

        Its checkpoint is kept in the store, one for each provider and user, and moves only
        when all clients were read and the block ends without an error. Each run begins
        *overlap* seconds before the last one began. Raises what iter_clients raises.
        """
        from crmkit._changes import Changes, checkpoint_name

        rooms, chosen = self._open, self._provider(provider)
        return Changes(
            checkpoint_name(name, chosen, user_id),
            lambda since: rooms.fetch.pages(chosen, user_id, since, include),
            lambda: rooms.outbox.store,
            self._clock,
            timedelta(seconds=overlap),
        )

    def forget(
        self, client_id: str, user_id: str | None = None, *, provider: str | None = None
    ) -> Erasure:
        """
        Erase a client from cache and outbox: for one user, or without one for all.

        Activities that wait are deleted, and never sent. The result says what is left.
        """
        from crmkit._erasure import erase

        if client_id is None or client_id == "":
            msg = "forget needs a client's id; what was given is empty"
            raise ConfigurationError(msg)
        return erase(
            str(client_id),
            provider=self._provider(provider),
            user_id=user_id,
            cache=self._open.cache,
            outbox=self._open.outbox,
        )

    def personalize_content(
        self,
        template: Template,
        client_data: ClientData,
        **request: Unpack[Arguments],
    ) -> PersonalizedContent:
        """
        Return the template made for one client: a text, variants by language, a Message.

        *request* takes ``content_type`` (email, email_html, subject, sms, social, push,
        plain), ``variables``, ``unknown`` and ``missing`` (error, keep, blank), ``purpose``
        (marketing, transactional), ``mode`` (permissive, strict), ``user_id``,
        ``default_variant``, ``language`` (of the template) and ``isolate``. Raises
        ConsentRefused, AddressMissingError, TemplateError or MissingValueError.
        """
        personalize = self._open.personalize
        return personalize.one(template, client_data, personalize.request(**request))

    def personalize_many(
        self,
        template: Template,
        clients: Iterable[ClientData | Exception],
        **request: Unpack[Arguments],
    ) -> Personalized:
        """
        Yield the content, or the error that names the client, for each client in turn.

        An error in place of a client, as get_clients_data has them, is its own result. The
        iterator's ``counts`` tell how many there were of each.
        """
        personalize = self._open.personalize
        return personalize.many(template, clients, personalize.request(**request))

    def preview(
        self,
        template: Template,
        client_data: ClientData,
        **request: Unpack[Arguments],
    ) -> PersonalizedContent:
        """
        Return what the client would get, to be looked at and never sent.

        Nothing is refused: the result's ``refused`` is the error that personalize_content
        would raise, and what has no value is left as it is written.
        """
        personalize = self._open.personalize
        return personalize.preview(template, client_data, personalize.request(**request))

    def lint(
        self,
        template: Template,
        *,
        content_type: str = "email",
        variables: Iterable[str] = (),
        fields: Iterable[str] | None = None,
        purpose: str = "marketing",
    ) -> LintReport:
        """
        Return what is wrong with a template, before any client is looked at.

        *variables* are the names that calls will pass, *fields* the custom fields of
        clients; without them no name is called unknown.
        """
        from crmkit._lint import lint
        from crmkit._request import Request

        given = dict.fromkeys(variables)
        request = Request(content_type=content_type, variables=given, purpose=purpose)
        return lint(template, request, fields, self._open.personalize.pipeline)

    def coverage(
        self,
        template: Template,
        clients: Iterable[ClientData | Exception],
        **request: Unpack[Arguments],
    ) -> Coverage:
        """
        Return how many clients would get a default, nothing or an error, and who.

        Takes what personalize_many takes, and holds no more than ids.
        """
        from crmkit.coverage import cover

        return cover(self.personalize_many(template, clients, **request))

    def sync_activity(
        self,
        activity: ActivityRecord,
        user_id: str | None = None,
        *,
        provider: str | None = None,
        deadline: float | None = None,
        dry_run: bool = False,
    ) -> SyncOutcome:
        """
        Write one activity to the CRM; the outcome is true when it is there.

        Takes what batch_sync_activities takes.
        """
        report = self.batch_sync_activities(
            [activity], user_id, provider=provider, deadline=deadline, dry_run=dry_run
        )
        return report[0]

    def batch_sync_activities(
        self,
        activities: Iterable[ActivityRecord],
        user_id: str | None = None,
        *,
        provider: str | None = None,
        deadline: float | None = None,
        dry_run: bool = False,
    ) -> SyncReport:
        """
        Write activities to the CRM; one outcome each, in order, failures apart.

        Each is in the outbox before it is sent; one that is known is sent if it waits.
        *user_id* and *provider* fill in records that have none. What is left after
        *deadline* seconds comes back pending, what is under way then uncertain. With
        *dry_run* nothing is written or sent. Raises PluginError or StoreError; nothing was
        sent then.
        """
        from crmkit._batch import Filling

        fill = Filling(
            user_id=user_id,
            provider=provider,
            default_provider=self._options.default_provider,
        )
        with self._open.syncing() as sync:
            return sync.batch(activities, fill, deadline=deadline, dry_run=dry_run)

    def flush_pending(
        self,
        user_id: str | None = None,
        *,
        provider: str | None = None,
        deadline: float | None = None,
        dry_run: bool = False,
        limit: int | None = None,
        daily_share: float | None = None,
        progress: Callable[[SyncOutcome], object] | None = None,
    ) -> SyncReport:
        """
        Send what waits in the outbox: for all users and providers, or for one.

        It ends after *deadline* seconds or *limit* activities, and leaves an account alone
        once *daily_share* of its requests of a day (0.8: four fifths) is used up.
        *progress* is called with each outcome at once.
        """
        from crmkit._flush import Wanted

        wanted = Wanted(
            user_id=user_id,
            provider=provider,
            deadline=deadline,
            dry_run=dry_run,
            limit=limit,
            daily_share=daily_share,
            progress=progress,
        )
        with self._open.syncing() as sync:
            return sync.flush(wanted)

    def outcome_of(
        self, activity_id: str, user_id: str | None = None
    ) -> SyncOutcome | None:
        """
        Return what became of an activity, None if its id is not known.
        """
        return self.outbox.outcome(activity_id, user_id)

    @property
    def outbox(self) -> Outbox:
        """
        What waits, is uncertain or dead: list, check, retry, drop.
        """
        return self._open.outbox

    @property
    def credentials(self) -> Custody:
        """
        What the store keeps to sign in with: set, list, remove, rotate, sign in.
        """
        from crmkit._custody import Custody

        rooms = self._open
        info, sessions = rooms.host.provider, rooms.sessions
        return Custody(open_store=lambda: rooms.store, sessions=sessions, info=info)

    def session(
        self, user_id: str | None = None, *, provider: str | None = None
    ) -> Session:
        """
        Return a session whose ``http`` goes beyond the model, with token and limits.
        """
        chosen = self._provider(provider)
        rooms = self._open
        return rooms.sessions.open(chosen, rooms.host.provider(chosen), user_id)

    def check(
        self, user_id: str | None = None, *, provider: str | None = None
    ) -> tuple[Finding, ...]:
        """
        Look for what is wrong with plugin, credentials, host, clock, account and store.

        What went wrong is a Finding with its remedy, not an error; nothing is written.
        """
        return tuple(self._open.check.findings(self._provider(provider), user_id))

    def get_cache_stats(self) -> CacheStats:
        """
        Return the cache's size, client ids, hits and misses.
        """
        return self._open.cache.stats()

    def clear_cache(self) -> None:
        """
        Forget every client; an answer in flight is not kept either.
        """
        self._open.cache.clear()

    def stats(self) -> dict[str, int]:
        """
        Return counts: requests, waits, outcomes by status, cache_hits, cache_misses.
        """
        cache = self.get_cache_stats()
        counts = self._open.tally.as_dict()
        return {**counts, "cache_hits": cache.hits, "cache_misses": cache.misses}

    def close(self) -> None:
        """
        Close connections and store, and forget every client.

        What another thread is sending is sent to its end, and its leases kept until then.
        """
        with self._lock:
            if self._rooms is not None:
                self._rooms.close()
            self._rooms, self._closed = None, True

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def _open(self) -> Rooms:
        rooms = self._rooms
        if rooms is not None:
            return rooms
        with self._lock:
            if self._closed:
                msg = "the connector is closed; make another one"
                raise ConfigurationError(msg)
            if self._rooms is None:
                from crmkit._rooms import Rooms

                self._rooms = Rooms(self._options, self._given, self._clock)
            return self._rooms

    def _provider(self, provider: str | None) -> str:
        return provider or self._options.default_provider
