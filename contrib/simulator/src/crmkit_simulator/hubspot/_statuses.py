"""
What HubSpot answers for a status that somebody wants to see.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit_simulator.hubspot._errors import VALIDATION, Refused
from crmkit_simulator.hubspot._limits import POLICIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator._faults import Fault
    from crmkit_simulator._wire import Answer
    from crmkit_simulator.hubspot._auth import Token
    from crmkit_simulator.hubspot._limits import Limits

_LIMITED, _MIGRATING, _SERVER = 429, 477, 500
_CATEGORIES = {
    400: ("The request is not valid.", VALIDATION),
    401: ("The access token is not valid.", "INVALID_AUTHENTICATION"),
    404: ("resource not found", None),
    409: ("The object was changed by another request.", "CONFLICT"),
    423: ("The object is locked; try again in 2 seconds.", "LOCKED"),
    477: ("This account is being migrated.", "MIGRATION_IN_PROGRESS"),
}
_PATIENCE = 60


def failed(
    fault: Fault, limits: Limits, token: Token | None, forbidden: Callable[[], Refused]
) -> Answer:
    """
    Return the answer of a fault that is a status; *forbidden* makes that of a 403.
    """
    status = fault.status or _SERVER
    if status == _LIMITED:
        return limits.on_demand(fault.policy or POLICIES[0], token)
    refused = forbidden() if status == HTTPStatus.FORBIDDEN else _refusal(status)
    answer = refused.answer()
    seconds = _PATIENCE if status == _MIGRATING and fault.seconds is None else fault.seconds
    if seconds is not None:
        answer.headers["Retry-After"] = str(int(seconds))
    return answer


def _refusal(status: int) -> Refused:
    unknown = None if status < _SERVER else "INTERNAL_ERROR"
    message, category = _CATEGORIES.get(status, (_phrase(status), unknown))
    return Refused(status, message, category=category)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
