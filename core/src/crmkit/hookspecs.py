"""
The hooks that plugins implement; their docstrings are the contract.

A plugin is a module (or an object) with some of these functions, each marked with
``@hookimpl``. An implementation may leave out arguments that it does not use. Hooks are
called from several threads at once; cache in ``session.memory`` and nowhere else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit._session import Session
    from crmkit.documents import Context, Document
    from crmkit.infos import Finding, ProviderInfo, TransformerInfo
    from crmkit.models import (
        ActivityRecord,
        ClientData,
        ClientInteraction,
        ClientPage,
        CRMCredentials,
        CustomField,
    )
    from crmkit.reports import SyncOutcome

NAME = "crmkit"

hookspec = pluggy.HookspecMarker(NAME)
hookimpl = pluggy.HookimplMarker(NAME)


@hookspec(firstresult=True)
def crmkit_provider() -> ProviderInfo:
    """
    Describe the provider. Required.

    Called once by the core after the plugin is loaded; no I/O.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids, in any order. Required.

    Called for ids that are not in the cache, at most ``fetch_batch`` of them. An id that
    does not come back is absent in the CRM; after a merge the client carries the id asked
    for in ``aliases``. Return an iterable, never None. A record that fails to map costs
    that record alone when the iterable is lazy: ``return map(to_client, records)``.
    Raise a CRMError when the whole call fails.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write these activities, all of one kind, to the CRM. Required.

    Called with at most ``sync_batch`` activities of one user; may make at most one request
    that must not be repeated. Report each as ``SyncOutcome.synced(activity, remote_id)``
    or ``.failed(activity, error)``, in any order; an activity without an outcome is
    uncertain. Return an iterable, never None. Raise RateLimitedError or
    UnavailableError(sent=False) when nothing was done, InvalidRequestError when the CRM
    refused the request as a whole; any other exception leaves the rest uncertain.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return all clients whose *field* is *value*, as full records.

    Called by ``find_client`` with *field* ``email``, ``phone`` or a custom field's name.
    Two are enough for the core to call it ambiguous; none is an empty iterable, never
    None. Raise NotSupportedError for a field that cannot be searched.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of all clients, or of those changed since *updated_since*.

    Called by ``iter_clients`` until ``next_cursor`` is None; *cursor* is
    None on the first call, then what the last page named. *updated_since* is an aware
    datetime or None. The same cursor twice is a ProtocolError. Never return None.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return what happened with this client, newest first.

    Called once for each client when the caller asks with ``include=["history"]``. Return
    an iterable, never None; raise a CRMError when it fails.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the account's custom fields.

    Called when ``session.fields()`` is first used; the core caches the answer in
    ``session.memory``. Return an iterable, never None; raise a CRMError when it fails.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look whether an activity of uncertain fate reached the CRM.

    Called by the core before it sends such an activity again. Return its id in the CRM;
    None means that it is not there, or that sending it again does no harm. Raise
    UnavailableError when it cannot be told now, NotSupportedError when nobody ever can:
    the user decides then.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_refresh(session: Session) -> CRMCredentials | None:
    """
    Return fresh credentials in place of those that expire or were refused.

    Called by the core for the first token, near its expiry, or once after the CRM refused
    it; ``session.http`` is unsigned here. None means "not mine". Raise CredentialsError
    when the grant is gone.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Look at the account and say what is wrong with it, and what to do.

    Called by ``check()`` and ``crmkit doctor``, never by fetch or sync: is the token good,
    which scopes does it lack, by name, which version of the API is used and until when.
    Write nothing. Return an iterable, never None; a CRMError that is raised is a problem.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_transformer() -> TransformerInfo:
    """
    Describe the transformer. Required.

    Called once by the core after the plugin is loaded; no I/O.
    """
    raise AssertionError


@hookspec(firstresult=True)
def crmkit_transform(document: Document, context: Context) -> Document | None:
    """
    Return the template's document with its text spans rewritten. Required.

    Called by the core once for each template, content type and combination of what the
    transformer ``reads``; it never sees a client's values. None means unchanged. Slots
    and fixed spans must survive; an exception drops the transformer's output and is
    reported as a warning.
    """
    raise AssertionError
