"""
What is checked before activities are sent or looked for: each fails alone, by its name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from crmkit.errors import (
    ClientNotFoundError,
    ConfigurationError,
    InvalidRequestError,
    NotSupportedError,
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


def check_numeric(activity: ActivityRecord, label: str) -> None:
    """
    Raise ClientNotFoundError for a client whose id is no number, as all are in this CRM.
    """
    if activity.client_id and not numeric_ids([activity.client_id]):
        msg = f"the client's id is no number, so it is none of {label}'s"
        raise ClientNotFoundError(msg)


def check_traceable(activity: ActivityRecord, label: str, *, marker: bool) -> None:
    """
    Raise NotSupportedError for an activity that can be looked up by no client or mark.
    """
    if not activity.client_id or not marker:
        lack = "the setting marker" if activity.client_id else "a client"
        msg = f"an activity without {lack} cannot be looked up in {label}"
        raise NotSupportedError(msg)
