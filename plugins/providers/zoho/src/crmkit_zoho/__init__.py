"""
The provider ``zoho``: contacts or leads of Zoho CRM, and what happened with them.

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
    header,
    hookimpl,
)
from crmkit_zoho import _api
from crmkit_zoho._errors import error_from, limit_from
from crmkit_zoho._fields import OWNER, plan
from crmkit_zoho._settings import HOSTS, LABEL, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from crmkit import Session

SCOPES = ("ZohoCRM.modules.ALL", "ZohoCRM.settings.fields.READ", "ZohoCRM.coql.READ")
_KINDS = {"note": "Notes", "call": "Calls", "meeting": "Events", "task": "Tasks"}


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe Zoho, whose token answers tell in which data centre the API is.
    """
    return ProviderInfo(
        label=LABEL,
        base_url="{api_domain}",
        hosts=HOSTS,
        auth=header("Authorization", "Zoho-oauthtoken "),
        oauth=OAuth2(
            # Without both parameters there is no refresh token in the answer.
            authorize_url="{accounts}/oauth/v2/auth?access_type=offline&prompt=consent",
            token_url="{accounts}/oauth/v2/token",  # noqa: S106 - no password
            scopes=(",".join(SCOPES),),  # which Zoho parts by commas
        ),
        settings=Settings,
        fetch_batch=_api.BATCH,
        sync_batch=_api.BATCH,
        # Zoho has no mails of other programs: a mail that it knows was sent by it.
        kinds={**_KINDS, "*": "Notes"},
        error_from=error_from,
        limit_from=limit_from,
    )


@hookimpl
def crmkit_fetch(session: Session, ids: Sequence[str]) -> Iterable[ClientData]:
    """
    Return the clients with these ids.
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
    Return one page of clients; those deleted come after those changed.
    """
    return _api.page(session, updated_since, cursor)


@hookimpl
def crmkit_history(session: Session, client_id: str) -> Iterable[ClientInteraction]:
    """
    Return a client's notes, calls, events and tasks, newest first.
    """
    from crmkit_zoho import _activities

    return _activities.history(session, client_id)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the fields that are read as custom fields.
    """
    owner = (CustomField(key="Owner", name=name) for name in OWNER)
    return [*plan(session).fields.values(), *owner]


@hookimpl
def crmkit_sync(
    session: Session, kind: str, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Write the activities in one request.
    """
    from crmkit_zoho import _activities

    return _activities.sync(session, kind, activities)


@hookimpl
def crmkit_find_activity(
    session: Session, kind: str, activity: ActivityRecord
) -> str | None:
    """
    Look for the activity's mark among its client's; what is upserted may be sent again.
    """
    from crmkit_zoho import _activities

    return _activities.find(session, kind, activity)


@hookimpl
def crmkit_check(session: Session) -> Iterable[Finding]:
    """
    Say which rights the token lacks.
    """
    from crmkit_zoho import _check

    return _check.findings(session)
