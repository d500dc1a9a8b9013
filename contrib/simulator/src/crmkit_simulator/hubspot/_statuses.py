"""
What HubSpot answers for a status that somebody wants to see.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit_simulator.hubspot._errors import Refused
from crmkit_simulator.hubspot._limits import POLICIES

if TYPE_CHECKING:
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._wire import Answer
    from crmkit_simulator.hubspot._auth import Token
    from crmkit_simulator.hubspot._limits import Limits

_LIMITED = 429
_LEFT = "X-HubSpot-RateLimit-Remaining"
_CATEGORIES = {
    401: ("The access token is not valid.", "INVALID_AUTHENTICATION"),
    403: ("This app hasn't been granted all required scopes.", "MISSING_SCOPES"),
    404: ("resource not found", None),
    409: ("The object was changed by another request.", "CONFLICT"),
    423: ("The object is locked; try again in 2 seconds.", "LOCKED"),
    477: ("This account is being migrated.", "MIGRATION_IN_PROGRESS"),
}
_PATIENCE = 60


def failed(fault: Fault, limits: Limits, token: Token | None) -> Answer:
    """
    Return the answer of a fault that is a status.
    """
    status = fault.status or 500
    if status == _LIMITED:
        policy = fault.policy or POLICIES[0]
        spent = {_LEFT: "0"} if policy == POLICIES[0] else {}
        return limits.refusal(policy, limits.headers(token) | spent)
    message, category = _CATEGORIES.get(status, (_phrase(status), "INTERNAL_ERROR"))
    answer = Refused(status, message, category=category).answer()
    seconds = _PATIENCE if status == 477 and fault.seconds is None else fault.seconds  # noqa: PLR2004 - HubSpot's own
    if seconds is not None:
        answer.headers["Retry-After"] = str(int(seconds))
    return answer


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
