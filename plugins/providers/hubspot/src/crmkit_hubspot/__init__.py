"""
The provider ``hubspot``: contacts of HubSpot, and what happened with them.

A script that only fetches imports nothing of what writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import (
    ActivityRecord,
    ClientData,
    ClientInteraction,
    ClientPage,
    CustomField,
    Finding,
    OAuth2,
    ProviderInfo,
    Rate,
    SyncOutcome,
    bearer,
    hookimpl,
)
from crmkit_hubspot import _api
from crmkit_hubspot._errors import error_from, limit_from
from crmkit_hubspot._fields import plan
from crmkit_hubspot._kinds import TIMELINE, TYPES
from crmkit_hubspot._settings import API_VERSION, LABEL, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit import Session


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe HubSpot; its limits are those of the smallest account until headers tell more.
    """
    return ProviderInfo(
        label=LABEL,
        base_url="https://api.hubapi.com",
        auth=bearer,
        oauth=OAuth2(
            authorize_url="https://app.hubspot.com/oauth/authorize",
            token_url=f"/oauth/{API_VERSION}/token",
            scopes=(
                "oauth",
                "crm.objects.contacts.read",
                "crm.objects.contacts.write",
                "crm.schemas.contacts.read",
                "sales-email-read",
            ),
        ),
        settings=Settings,
        fetch_batch=_api.BATCH,
        sync_batch=_api.BATCH,
        kinds=TYPES,
        limits={"search": Rate(4), "associations": Rate(100, per=10)},
        error_from=error_from,
        limit_from=limit_from,
    )


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the contacts with these ids.
    """
    return _api.fetch(session, ids)


@hookimpl
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the contacts with this e-mail address, phone number or value of a property.
    """
    return _api.find(session, field, value)


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of contacts.
    """
    return _api.page(session, updated_since, cursor)


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return a contact's notes, calls, e-mails, meetings and tasks, newest first.
    """
    from crmkit_hubspot import _activities

    return _activities.history(session, client_id)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the properties that are read as custom fields.
    """
    return plan(session).fields.values()


@hookimpl
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activities in one request.
    """
    if kind == TIMELINE:
        from crmkit_hubspot import _timeline

        return _timeline.sync(session, activities)
    from crmkit_hubspot import _activities

    return _activities.sync(session, kind, activities)


@hookimpl
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look for the activity's mark among its client's; a timeline event may be sent again.
    """
    if kind == TIMELINE:
        return None
    from crmkit_hubspot import _activities

    return _activities.find(session, kind, activity)


@hookimpl
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Say which rights the token lacks, and until when the API's version is supported.
    """
    from crmkit_hubspot import _check

    return _check.findings(session)
