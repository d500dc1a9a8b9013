"""
What Salesforce answers for a status that somebody wants to see.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._limits import POLICIES, refusal

if TYPE_CHECKING:
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._wire import Answer

_LIMITED = 429  # which Salesforce itself never answers
_KNOWN = {
    400: ("UNKNOWN_EXCEPTION", "The request could not be understood"),
    401: ("INVALID_SESSION_ID", "Session expired or invalid"),
    403: ("INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id"),
    404: ("NOT_FOUND", "The requested resource does not exist"),
    409: ("UNABLE_TO_LOCK_ROW", "unable to obtain exclusive access to this record"),
    503: ("SERVER_UNAVAILABLE", "The server is unavailable"),
}
_MESSAGES = {
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record or 1 records",
    "QUERY_TIMEOUT": "Your query request was running for too long.",
    "API_DISABLED_FOR_ORG": "API is not enabled for this Organization or Partner",
}


def failed(fault: Fault) -> Answer:
    """
    Return the answer of a fault that is a status.

    429 is the refusal of a limit, which *policy* names; of others it is the error's code.
    """
    status = fault.status or 500
    if status == _LIMITED:
        return refusal(fault.policy or POLICIES[0])
    code, message = _KNOWN.get(status, ("UNKNOWN_EXCEPTION", _phrase(status)))
    if fault.policy:
        code, message = fault.policy, _MESSAGES.get(fault.policy, message)
    answer = Refused(status, code, message).answer()
    if fault.seconds is not None:
        answer.headers["Retry-After"] = str(int(fault.seconds))
    return answer


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"
