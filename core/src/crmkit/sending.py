"""
Sending activities and looking for them: what cannot be is told alone, by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmkit.errors import (
    AccessDeniedError,
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
    ProtocolError,
)
from crmkit.reading import numeric_ids
from crmkit.reports import SyncOutcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit.models import ActivityRecord

T = TypeVar("T")


def prepared(
    activities: Iterable[ActivityRecord], make: Callable[[ActivityRecord], T]
) -> tuple[list[tuple[ActivityRecord, T]], list[SyncOutcome]]:
    """
    Return each activity with what *make* makes of it, and the outcomes of those that fail.

    What a CRM could only refuse fails so alone, before the request.
    """
    made: list[tuple[ActivityRecord, T]] = []
    refused: list[SyncOutcome] = []
    for activity in activities:
        try:
            made.append((activity, make(activity)))
        except (InvalidRequestError, ClientNotFoundError, NotSupportedError) as error:
            refused.append(SyncOutcome.failed(activity, error))
    return made, refused


def check_kind(kind: str, known: Iterable[str], label: str) -> None:
    """
    Raise ConfigurationError for a kind of activity that the CRM *label* does not have.
    """
    if kind not in (names := list(known)):
        msg = (
            f"{label} has no kind of activity {kind!r}; in the setting activity_types use "
            f"one of {', '.join(names)}"
        )
        raise ConfigurationError(msg)


def check_numeric(client_id: str | None, label: str) -> None:
    """
    Raise ClientNotFoundError for a client's id that is no number, as all are in this CRM.
    """
    if client_id and not numeric_ids([client_id]):
        msg = f"the client's id is no number, so it is none of {label}'s"
        raise ClientNotFoundError(msg)


def looked_up(
    activity: ActivityRecord, label: str, look: Callable[[str], str | None], *, marker: bool
) -> str | None:
    """
    Return what *look* finds of an activity by its client's id: the CRM's id of it, or None.

    Raises NotSupportedError where nobody can tell, now or later: without a client or
    *marker*, where the CRM *label* refuses to show it, and where the client is gone. An
    UnavailableError would hold up all that waits for the account.
    """
    if not activity.client_id or not marker:
        lack = "the setting marker" if activity.client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in {label}"
        raise NotSupportedError(msg)
    try:
        return look(activity.client_id)
    except ClientNotFoundError:
        msg = f"the client is gone from {label}, so its activity cannot be looked up"
        raise NotSupportedError(msg) from None
    except (AccessDeniedError, InvalidRequestError) as error:
        msg = f"the activity cannot be looked up: {error}"
        raise NotSupportedError(msg) from None


def made(record: object, label: str) -> str:
    """
    Return the id of the record that an answer to a write tells; ProtocolError without one.
    """
    remote_id = record.get("id") if isinstance(record, dict) else None
    if not isinstance(remote_id, str | int) or not remote_id:
        msg = f"{label}'s answer does not tell what was written"
        raise ProtocolError(msg)
    return str(remote_id)
