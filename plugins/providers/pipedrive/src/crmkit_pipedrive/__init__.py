"""
The provider ``pipedrive``: persons of Pipedrive, and what happened with them.

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
    hookimpl,
)
from crmkit_pipedrive import _api
from crmkit_pipedrive._errors import error_from, limit_from
from crmkit_pipedrive._fields import plan
from crmkit_pipedrive._kinds import TYPES
from crmkit_pipedrive._settings import LABEL, Settings, auth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit import Session


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe Pipedrive; the first answer tells what the plan allows beside searches.
    """
    return ProviderInfo(
        label=LABEL,
        base_url="{api_domain}",
        hosts=("*.pipedrive.com",),
        auth=auth,
        oauth=OAuth2(
            authorize_url="https://oauth.pipedrive.com/oauth/authorize",
            token_url="https://oauth.pipedrive.com/oauth/token",  # noqa: S106 - a place
            scopes=("base", "contacts:full", "activities:full"),
            basic=True,
        ),
        settings=Settings,
        fetch_batch=_api.BATCH,
        sync_batch=1,
        kinds=TYPES,
        limits={"search": Rate(10, per=2)},
        error_from=error_from,
        limit_from=limit_from,
    )


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the persons with these ids.
    """
    return _api.fetch(session, ids)


@hookimpl
def crmkit_find_clients(session: Session, field: str, value: str) -> Iterable[ClientData]:
    """
    Return the persons with this e-mail address, phone number or value of a custom field.
    """
    return _api.find(session, field, value)


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of persons.
    """
    return _api.page(session, updated_since, cursor)


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return a person's notes and activities, newest first.
    """
    from crmkit_pipedrive import _activities

    return _activities.history(session, client_id)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the fields of persons that are read as custom fields.
    """
    return [column.field for column in plan(session).columns]


@hookimpl
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activity.
    """
    from crmkit_pipedrive import _activities

    return _activities.sync(session, kind, activities)


@hookimpl
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look for the activity's mark among its person's.
    """
    from crmkit_pipedrive import _activities

    return _activities.find(session, kind, activity)


@hookimpl
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Say whether the token is good, and which rights it lacks.
    """
    from crmkit_pipedrive import _check

    return _check.findings(session)
