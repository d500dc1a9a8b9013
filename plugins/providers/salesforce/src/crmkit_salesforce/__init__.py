"""
The provider ``salesforce``: contacts and leads of Salesforce, and what happened with them.

A script that only fetches imports nothing of what writes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import (
    ActivityRecord,
    ClientData,
    ClientInteraction,
    ClientPage,
    CRMCredentials,
    CustomField,
    Finding,
    OAuth2,
    ProviderInfo,
    SyncOutcome,
    bearer,
    hookimpl,
)
from crmkit_salesforce import _api
from crmkit_salesforce._errors import error_from, limit_from
from crmkit_salesforce._fields import plans
from crmkit_salesforce._kinds import TYPES
from crmkit_salesforce._settings import LABEL, TOKEN, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit import Session


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe Salesforce; a grant tells the org's own host, which must be one of these.
    """
    return ProviderInfo(
        label=LABEL,
        base_url="{instance_url}",
        hosts=("*.salesforce.com", "*.salesforce.mil"),
        auth=bearer,
        oauth=OAuth2(
            authorize_url="{instance_url}/services/oauth2/authorize",
            token_url=TOKEN,
            scopes=("api", "refresh_token"),
        ),
        settings=Settings,
        fetch_batch=_api.BATCH,
        sync_batch=200,
        kinds=TYPES,
        error_from=error_from,
        limit_from=limit_from,
    )


@hookimpl
def crmkit_refresh(session: Session) -> CRMCredentials | None:
    """
    Return a token for client credentials or a signed assertion.
    """
    from crmkit_salesforce import _auth

    return _auth.renewed(session)


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the contacts and leads with these ids.
    """
    return _api.fetch(session, ids)


@hookimpl
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the clients with this e-mail address, phone number or value of a field.
    """
    return _api.find(session, field, value)


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of contacts, or of leads after them.
    """
    return _api.page(session, updated_since, cursor)


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return a client's tasks and events, newest first.
    """
    from crmkit_salesforce import _activities

    return _activities.history(session, client_id)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the fields that are read as custom fields.
    """
    found = [one for made in plans(session).values() for one in made.fields.values()]
    return {one.name: one for one in found}.values()


@hookimpl
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activities in one request.
    """
    from crmkit_salesforce import _activities

    return _activities.sync(session, kind, activities)


@hookimpl
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look for the activity by its external id, or its mark among its client's.
    """
    from crmkit_salesforce import _activities

    return _activities.find(session, kind, activity)


@hookimpl
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Say which rights the user lacks, and how the org is set up for crmkit.
    """
    from crmkit_salesforce import _check

    return _check.findings(session)
