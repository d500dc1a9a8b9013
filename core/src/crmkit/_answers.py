"""
What an HTTP status means: which error, and how long to wait.
"""

from __future__ import annotations

import math
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit.errors import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    CRMError,
    InvalidRequestError,
    ProtocolError,
    RateLimitedError,
    UnavailableError,
)

if TYPE_CHECKING:
    from crmkit._clock import Clock
    from crmkit.http import Response

_BY_STATUS: dict[int, type[CRMError]] = {
    401: AuthenticationError,
    403: AccessDeniedError,
    404: ClientNotFoundError,
    410: ClientNotFoundError,
    423: RateLimitedError,
    429: RateLimitedError,
}
_NOT_STANDARD = {  # of a proxy that stands before many CRMs
    520: "Unknown Error",
    521: "Web Server Is Down",
    522: "Connection Timed Out",
    523: "Origin Is Unreachable",
    524: "A Timeout Occurred",
    525: "SSL Handshake Failed",
    526: "Invalid SSL Certificate",
}


def error_by_status(label: str, response: Response, clock: Clock) -> CRMError | None:
    """
    Return the error that a status stands for, None for success.

    A web page with a good status is none: a proxy or a sign-in page stands between. 5xx
    and 408 may come after the work was done, so their ``sent`` is True. A redirect is
    a ProtocolError, since no token follows one.
    """
    status = response.status
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return _not_the_crm(label, response)
    elsewhere = status < HTTPStatus.BAD_REQUEST
    remedy = "it leads elsewhere; is the base URL right?" if elsewhere else None
    message = status_message(label, status, remedy)
    request_id = response.headers.get("X-Request-Id")
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return UnavailableError(
            message,
            sent=True,
            retry_after=retry_after(response, clock),
            status=status,
            request_id=request_id,
        )
    if status < HTTPStatus.BAD_REQUEST:
        kind: type[CRMError] = ProtocolError
    else:
        kind = _BY_STATUS.get(status, InvalidRequestError)
    return kind(message, status=status, request_id=request_id)


def _not_the_crm(label: str, response: Response) -> CRMError | None:
    kind = response.headers.get("Content-Type", "").lower()
    if "html" in kind and response.content.lstrip()[:1] == b"<":
        msg = f"{label} answers with a web page; is the base URL right?"
        return ProtocolError(msg, status=response.status)
    return None


def retry_after(response: Response, clock: Clock) -> float | None:
    """
    Return the seconds that ``Retry-After`` asks for, None when it does not say.
    """
    value = response.headers.get("Retry-After", "").strip()
    try:
        seconds = float(value)
    except ValueError:
        pass
    else:
        return max(0.0, seconds) if math.isfinite(seconds) else None
    try:
        moment = parsedate_to_datetime(value)
        return max(0.0, (moment - clock.now()).total_seconds())
    except (ValueError, TypeError):
        return None


def status_message(label: str, status: int, detail: str | None = None) -> str:
    """
    Return the sentence with which every provider tells of a status.

    Such as ``HubSpot API error: 401 - Unauthorized``, then what *detail* adds.
    """
    try:
        phrase = HTTPStatus(status).phrase
    except ValueError:
        phrase = _NOT_STANDARD.get(status, "Unknown")
    return f"{label} API error: {status} - {phrase}" + (f": {detail}" if detail else "")
