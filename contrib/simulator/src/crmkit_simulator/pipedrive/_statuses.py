"""
What Pipedrive answers for a status that somebody wants to see.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit_simulator.pipedrive._errors import (
    BAD,
    Reason,
    Refused,
    closed,
    gone,
    not_found,
    out_of_scope,
    unauthorized,
)
from crmkit_simulator.pipedrive._limits import POLICIES

if TYPE_CHECKING:
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._wire import Answer
    from crmkit_simulator.pipedrive._auth import Token
    from crmkit_simulator.pipedrive._limits import Limits

_SERVER = 500
_REFUSALS = {
    400: Refused(BAD, "Bad request"),
    401: unauthorized(),
    402: closed(),
    403: out_of_scope(),
    404: not_found("Person"),
    410: gone("Object"),
}


def failed(fault: Fault, limits: Limits, token: Token | None, version: str) -> Answer:
    """
    Return the answer of a fault that is a status.
    """
    status = fault.status or _SERVER
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return limits.on_demand(fault.policy or POLICIES[0], token)
    if status == HTTPStatus.FORBIDDEN and fault.policy == POLICIES[-1]:
        return limits.on_demand(POLICIES[-1], token)
    refused = _REFUSALS.get(status) or Refused(
        Reason(status, "ERR_UNKNOWN"), _phrase(status)
    )
    answer = refused.answer(version)
    if fault.seconds is not None:
        answer.headers["Retry-After"] = str(int(fault.seconds))
    return answer


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
