"""
The plugin that a file makes: it has those hooks alone that the file says how to do.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit import (
    AccessDeniedError,
    Finding,
    ProviderInfo,
    Rate,
    hookimpl,
)
from crmkit_rest import _api, _auth, _clients
from crmkit_rest._errors import error_from, limit_from
from crmkit_rest._schema import CRM

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from crmkit import (
        ActivityRecord,
        ClientData,
        ClientInteraction,
        ClientPage,
        CRMCredentials,
        CustomField,
        Session,
        SyncOutcome,
    )


def plugin(crm: CRM) -> SimpleNamespace:
    """
    Return the plugin: what a file does not describe is not offered.
    """
    hooks = _Hooks(crm, described(crm))
    offered = ["crmkit_provider", *(name for name, is_so in offers(crm).items() if is_so)]
    return SimpleNamespace(**{name: getattr(hooks, name) for name in offered})


def offers(crm: CRM) -> dict[str, bool]:
    """
    Return which hooks a file gives.
    """
    kinds = crm.activities.values()
    names_fields = bool(crm.client.custom_fields) and crm.client.all_custom_fields is None
    return {
        "crmkit_fetch": True,
        "crmkit_find_clients": bool(crm.find),
        "crmkit_list_clients": crm.list is not None,
        "crmkit_history": bool(crm.history),
        "crmkit_fields": names_fields or crm.fields is not None,
        "crmkit_sync": True,
        "crmkit_find_activity": any(kind.look or kind.repeatable for kind in kinds),
        "crmkit_refresh": crm.auth.kind == "client_credentials",
        "crmkit_check": bool(crm.check),
    }


def described(crm: CRM) -> ProviderInfo:
    """
    Return what the core must know of the CRM.
    """
    limits = {n: Rate(b.requests, per=b.per) for n, b in crm.limits.buckets.items()}
    if crm.limits.requests is not None:
        limits[""] = Rate(crm.limits.requests, per=crm.limits.per)
    return ProviderInfo(
        label=crm.label,
        base_url=crm.base_url,
        hosts=crm.hosts,
        auth=_auth.signing(crm.auth),
        oauth=_auth.oauth(crm.auth),
        fetch_batch=crm.fetch.size,
        sync_batch={n: k.batch if k.in_rows else 1 for n, k in crm.activities.items()},
        kinds=types(crm),
        limits=limits,
        error_from=error_from(crm),
        limit_from=limit_from(crm),
    )


def types(crm: CRM) -> dict[str, str]:
    """
    Return the kind of each type of activity; the first one takes those that none names.
    """
    found = {
        t: name for name, kind in crm.activities.items() for t in kind.types or (name,)
    }
    return {"*": next(iter(crm.activities)), **found}


@frozen
class _Hooks:
    crm: CRM
    info: ProviderInfo

    @hookimpl
    def crmkit_provider(self) -> ProviderInfo:
        return self.info

    @hookimpl
    def crmkit_fetch(self, session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
        return _clients.fetch(session, self.crm, ids)

    @hookimpl
    def crmkit_find_clients(
        self, session: Session, field: str, value: str
    ) -> Iterable[ClientData]:
        return _clients.find(session, self.crm, field, value)

    @hookimpl
    def crmkit_list_clients(
        self, session: Session, updated_since: datetime | None, cursor: str | None
    ) -> ClientPage:
        return _clients.list_clients(session, self.crm, updated_since, cursor)

    @hookimpl
    def crmkit_history(
        self, session: Session, client_id: str
    ) -> Iterable[ClientInteraction]:
        from crmkit_rest import _history

        return _history.history(session, self.crm, client_id)

    @hookimpl
    def crmkit_fields(self, session: Session) -> Iterable[CustomField]:
        return _clients.fields(session, self.crm)

    @hookimpl
    def crmkit_sync(
        self, session: Session, kind: str, activities: Sequence[ActivityRecord]
    ) -> Iterable[SyncOutcome]:
        from crmkit_rest import _activities

        return _activities.sync(session, self.crm, kind, activities)

    @hookimpl
    def crmkit_find_activity(
        self, session: Session, kind: str, activity: ActivityRecord
    ) -> str | None:
        from crmkit_rest import _activities

        return _activities.find(session, self.crm, kind, activity)

    @hookimpl
    def crmkit_refresh(self, session: Session) -> CRMCredentials:
        return _auth.refreshed(session, self.crm)

    @hookimpl
    def crmkit_check(self, session: Session) -> Iterator[Finding]:
        for right, request in self.crm.check.items():
            try:
                _api.send(session, self.crm, request, {})
            except AccessDeniedError as error:
                remedy = "give the token this right, or take another token"
                yield Finding(
                    subject=right, status="problem", detail=str(error), remedy=remedy
                )
            else:
                yield Finding(subject=right, status="ok")
