"""
What follows from what a plugin reported: synced, pending, uncertain or dead.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit.errors import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    CredentialsError,
    CrmkitError,
    InvalidRequestError,
    NotSupportedError,
    PluginContractError,
    ProtocolError,
    RateLimitedError,
    RetryableError,
    StoreError,
    UnavailableError,
)
from crmkit.reports import DEAD, FAILED, PENDING, SYNCED, UNCERTAIN, SyncOutcome

if TYPE_CHECKING:
    from collections.abc import Iterable

# A StoreError comes from the store's credentials, as what was sent is noted elsewhere.
_SIGN_IN = (AuthenticationError, AccessDeniedError, CredentialsError, StoreError)
_FINAL = (NotSupportedError, ClientNotFoundError, InvalidRequestError)
_OF_ONE_ROW = (InvalidRequestError, ClientNotFoundError)


def of_reported(outcome: SyncOutcome) -> SyncOutcome:
    """
    Judge an outcome that the plugin gave for one activity.
    """
    if outcome.status == SYNCED:
        return outcome if outcome.error is None else evolve(outcome, error=None)
    if outcome.status != FAILED or outcome.error is None:
        msg = f"the plugin reported {outcome.status!r}, not synced or failed with an error"
        return _outcome(outcome.activity_id, UNCERTAIN, PluginContractError(msg))
    if not isinstance(outcome.error, CrmkitError):
        kind = type(outcome.error).__name__
        error = InvalidRequestError(f"the plugin reports {kind}")
        return _outcome(outcome.activity_id, DEAD, error)
    return of_raised(outcome.activity_id, outcome.error)


def of_raised(activity_id: str, error: Exception | None) -> SyncOutcome:
    """
    Judge an activity without an outcome by what was raised instead, None for nothing.
    """
    if error is None:
        return _outcome(activity_id, UNCERTAIN, ProtocolError("the plugin gave no outcome"))
    if isinstance(error, _FINAL):
        return _outcome(activity_id, DEAD, error)
    if _nothing_was_done(error):
        return _outcome(activity_id, PENDING, error)
    if not isinstance(error, CrmkitError):
        # The text of a foreign exception may hold a client's data.
        named = ProtocolError(f"the plugin raised {type(error).__name__}")
        named.__cause__ = error
        error = named
    return _outcome(activity_id, UNCERTAIN, error)


def concerns_one_row(error: Exception | None) -> bool:
    """
    Tell whether the CRM refused a request for what one of its rows holds.
    """
    return isinstance(error, _OF_ONE_ROW)


def concerns_account(outcome: SyncOutcome) -> bool:
    """
    Tell whether what went wrong will go wrong for the account's other activities too.

    423 Locked is of one record, and passes.
    """
    later = (*_SIGN_IN, RetryableError, ConfigurationError)
    if getattr(outcome.error, "status", None) == HTTPStatus.LOCKED:
        return False
    return isinstance(outcome.error, later) and outcome.status != DEAD


def pending(activity_ids: Iterable[str], error: Exception | None) -> dict[str, SyncOutcome]:
    """
    Return pending outcomes, all for the same reason.
    """
    return {
        activity_id: SyncOutcome(activity_id=activity_id, status=PENDING, error=error)
        for activity_id in activity_ids
    }


def _nothing_was_done(error: Exception) -> bool:
    if isinstance(error, UnavailableError):
        return not error.sent
    if isinstance(error, PluginContractError):
        return False
    return isinstance(error, (RateLimitedError, ConfigurationError, *_SIGN_IN))


def _outcome(activity_id: str, status: str, error: Exception) -> SyncOutcome:
    return SyncOutcome(activity_id=activity_id, status=status, error=error)
