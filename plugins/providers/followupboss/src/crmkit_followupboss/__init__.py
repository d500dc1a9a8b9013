"""
The provider ``followupboss``: people of Follow Up Boss, and what happened with them.

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
    SyncOutcome,
    hookimpl,
)
from crmkit_followupboss import _api, _fields
from crmkit_followupboss._auth import auth
from crmkit_followupboss._errors import error_from, limit_from
from crmkit_followupboss._kinds import EMAIL, KINDS, MOST, TYPES
from crmkit_followupboss._pages import BATCH
from crmkit_followupboss._settings import LABEL, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit import Session


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe Follow Up Boss; its first answer tells the limits.
    """
    return ProviderInfo(
        label=LABEL,
        base_url="https://api.followupboss.com",
        hosts=("api.followupboss.com", "app.followupboss.com"),
        auth=auth,
        oauth=OAuth2(
            authorize_url="",  # codes are sent to public addresses alone
            token_url="https://app.followupboss.com/oauth/token",  # noqa: S106 - an address
            basic=True,
        ),
        settings=Settings,
        fetch_batch=BATCH,
        sync_batch={**dict.fromkeys(KINDS, 1), EMAIL: MOST},
        kinds=TYPES,
        error_from=error_from,
        limit_from=limit_from,
    )


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the people with these ids.
    """
    return _api.fetch(session, ids)


@hookimpl
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the people with this e-mail address, phone number or value of a field.
    """
    return _api.find(session, field, value)


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of people.
    """
    return _api.list_page(session, updated_since, cursor)


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return what happened with a person, newest first.
    """
    from crmkit_followupboss import _activities

    return _activities.history(session, client_id)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the fields that are read as custom fields.
    """
    return _fields.fields(session)


@hookimpl
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activities, in one request.
    """
    from crmkit_followupboss import _activities

    return _activities.sync(session, kind, activities)


@hookimpl
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look for the activity's mark among its client's.
    """
    from crmkit_followupboss import _activities

    return _activities.find(session, kind, activity)


@hookimpl
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Say whose the key is, what it may do, and which system asks.
    """
    from crmkit_followupboss import _check

    return _check.findings(session)
