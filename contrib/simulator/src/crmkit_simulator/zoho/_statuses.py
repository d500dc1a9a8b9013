"""
Zoho's answers for faults that are statuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_simulator.zoho._errors import Code, Refused, invalid_url, problem, wrong_method
from crmkit_simulator.zoho._limits import LEFT, too_many
from crmkit_simulator.zoho._tokens import invalid_token, scope_mismatch

if TYPE_CHECKING:
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._wire import Answer

_INTERNAL = ("INTERNAL_ERROR", "Internal Server Error")
_NAMED = {
    412: ("ALREADY_MODIFIED", "record updated time has already passed"),
    413: ("REQUEST_ENTITY_TOO_LARGE", "The request is too large"),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The media type is not supported"),
}


def failed(fault: Fault) -> Answer:
    """
    Return the answer of a fault.
    """
    match fault.status or 500:
        case 401 if fault.policy == "SCOPE":
            made = scope_mismatch().answer()
        case 401:
            made = invalid_token().answer()
        case 404:
            made = invalid_url().answer()
        case 405:
            made = wrong_method().answer()
        case 429:
            made = _limited(fault.policy)
        case status if status in _NAMED:
            made = Refused(status, problem(*_NAMED[status])).answer()
        case status if status < 500:  # noqa: PLR2004 - the server's own begin there
            made = Refused(status, problem(Code.BAD_REQUEST, "invalid data")).answer()
        case status:
            made = Refused(status, problem(*_INTERNAL)).answer()
    if fault.seconds is not None:
        made.headers["Retry-After"] = str(int(fault.seconds))
    return made


def _limited(policy: str | None) -> Answer:
    made = too_many().answer()
    if policy == "CREDITS":
        made.headers[LEFT] = "0"
    return made
