"""
The provider ``addressbook``: a CSV file of clients, and one of activities beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import (
    ActivityRecord,
    ClientData,
    ClientPage,
    CustomField,
    ProviderInfo,
    SyncOutcome,
    hookimpl,
)
from crmkit_addressbook import _api, _journal
from crmkit_addressbook._settings import Session, Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime


@hookimpl
def crmkit_provider() -> ProviderInfo:
    """
    Describe the address book: no account, no HTTP, one kind of activity.
    """
    return ProviderInfo(
        label="address book", settings=Settings, fetch_batch=10_000, sync_batch=1000
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
    Return the clients with this e-mail address, phone number or cell.
    """
    return _api.find(session, field, value)


@hookimpl
def crmkit_list_clients(
    session: Session, updated_since: datetime | None, cursor: str | None
) -> ClientPage:
    """
    Return one page of the file's clients, in the file's order.
    """
    return _api.page(session, updated_since, cursor)


@hookimpl
def crmkit_fields(session: Session) -> Iterable[CustomField]:
    """
    Return the columns that are no fields of ClientData.
    """
    return _api.fields(session)


@hookimpl
def crmkit_sync(
    session: Session, activities: Sequence[ActivityRecord]
) -> Iterable[SyncOutcome]:
    """
    Append the activities to their file, all or none.
    """
    _journal.append(session, activities)
    return [SyncOutcome.synced(activity, activity.id) for activity in activities]


@hookimpl
def crmkit_find_activity(session: Session, activity: ActivityRecord) -> str | None:
    """
    Look for the activity's id in their file.
    """
    return activity.id if _journal.contains(session, activity.id) else None
