"""
What an answer means, and what its headers tell of a limit, as the file has it.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    CRMError,
    InvalidRequestError,
    Limit,
    RateLimitedError,
    UnavailableError,
)
from crmkit.http import status_message
from crmkit.reading import error_body, header_number, instant, safe_name, safe_names

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit import Response
    from crmkit_rest._schema import CRM, Errors

_MEANT: dict[str, type[CRMError]] = {
    "authentication": AuthenticationError,
    "access_denied": AccessDeniedError,
    "not_found": ClientNotFoundError,
    "rate_limited": RateLimitedError,
    "unavailable": UnavailableError,
    "refused": InvalidRequestError,
}
_BY_STATUS = {
    401: "authentication",
    403: "access_denied",
    404: "not_found",
    408: "unavailable",
    410: "not_found",
    423: "rate_limited",
    429: "rate_limited",
}
_BAD, _BROKEN = HTTPStatus.BAD_REQUEST, HTTPStatus.INTERNAL_SERVER_ERROR
_CENTURIES = 10**9  # more seconds than that are no wait but a moment since 1970


def error_from(crm: CRM) -> Callable[[Response], CRMError | None]:
    """
    Return what judges answers: by the file's conditions, else by their status.
    """
    errors = crm.errors
    reads_good = any(c.at for name in _MEANT for c in getattr(errors, name))

    def judged(response: Response) -> CRMError | None:
        status = response.status
        body = error_body(response) if status >= _BAD or reads_good else None
        meant = meaning(errors, body, status)
        if meant is None:
            return None
        told = status_message(crm.label, status, details(errors, body))
        return made(meant, told, status, safe_name(errors.request_id.of(body)))

    return judged


def meaning(errors: Errors, body: Any, status: int = 200) -> str | None:
    """
    Return what an answer means, None for success.

    What the file says of a status stands above what it finds in a body, and that above
    what the status usually means; ``refused`` is last, since an ``ok`` that is false is
    said of any error.
    """
    said = [(name, each) for name in _MEANT for each in getattr(errors, name)]
    by_status = [name for name, each in said if each.status == status]
    by_body = [name for name, each in said if each.at.holds(body)]
    usual = [_BY_STATUS.get(status, "unavailable" if status >= _BROKEN else "refused")]
    told = [name for name in by_body if name != "refused"]
    return next(iter(by_status + told + usual * (status >= _BAD) + by_body), None)


def details(errors: Errors, body: Any) -> str | None:
    """
    Return the code and the fields that a body names; no message, since it may quote.
    """
    code = safe_name(errors.code.of(body))
    named = ", ".join(safe_names(errors.fields.several_of(body)))
    return ": ".join(filter(None, (code, named))) or None


def made(meant: str, told: str, status: int | None, request_id: str | None) -> CRMError:
    """
    Return the error of a meaning.
    """
    if meant == "unavailable":
        return UnavailableError(told, sent=True, status=status, request_id=request_id)
    return _MEANT[meant](told, status=status, request_id=request_id)


def limit_from(crm: CRM) -> Callable[[Response], Limit | None] | None:
    """
    Return what reads the headers that the file names, None where it names none.
    """
    remaining, reset = crm.limits.remaining, crm.limits.reset
    if remaining is None:
        return None

    def read(response: Response) -> Limit | None:
        left = header_number(response, remaining)
        if left is None:
            return None
        said = response.headers.get(reset, "") if reset else ""
        return Limit(remaining=left, resets_in=_wait(said, response))

    return read


def _wait(said: str, response: Response) -> float:
    try:
        seconds = float(said)
    except ValueError:
        moment = instant(said) if said else None
        seconds = moment.timestamp() if moment else 0.0
    if seconds > _CENTURIES * 1000:
        seconds /= 1000
    return max(0.0, seconds - _now(response) if seconds > _CENTURIES else seconds)


def _now(response: Response) -> float:
    # By the CRM's own clock, which is the one that its moments are of.
    try:
        return parsedate_to_datetime(response.headers.get("Date", "")).timestamp()
    except ValueError:
        return time.time()
