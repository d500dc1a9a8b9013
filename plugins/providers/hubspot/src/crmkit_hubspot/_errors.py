"""
HubSpot's errors and limits as crmkit's, without a word that may be personal data.

Messages of HubSpot quote what was sent, so only names are taken out of them: categories,
codes, properties, scopes.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Any

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    CRMError,
    InvalidRequestError,
    Limit,
    ProtocolError,
    Rate,
    RateLimitedError,
    UnavailableError,
)
from crmkit.codec import from_json
from crmkit.http import status_message
from crmkit.reading import dicts, error_body, header_number, safe_name, safe_names
from crmkit_hubspot._answers import in_context
from crmkit_hubspot._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Response

NOT_FOUND = "OBJECT_NOT_FOUND"

_MIGRATING, _BROKEN = 477, {522, 525, 526}
_KINDS: dict[int, type[CRMError]] = {401: AuthenticationError, 403: AccessDeniedError}
_REMEDIES = {
    "INVALID_AUTHENTICATION": "the token is wrong or was revoked; copy it anew",
    "EXPIRED_AUTHENTICATION": "the token has expired, or is none of HubSpot's; get another",
}
_SCOPES = ("requiredGranularScopes", "requiredScopes")  # the second in older answers
_WAITS = {"SECONDLY": 1.0, "TEN_SECONDLY_ROLLING": 10.0}
_LOCKED, _LONG, _HOUR, _DAY = 2.0, 300.0, 3600.0, 86400.0
_ASSOCIATIONS = "/crm/associations/"
_TRACE = re.compile(r"[\w-]{1,64}")
_ENDPOINT = re.compile(r"/(?:batch/\w+|batch|search|contacts|properties/[\d-]+/\w+)$")
_EXISTING = re.compile(r"Existing ID: (\d+)")


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where HubSpot says more than its status.
    """
    status = response.status
    if status < HTTPStatus.BAD_REQUEST:
        return None
    if status in _BROKEN:
        told = _told(status, "HubSpot asks to contact its support when this lasts")
        return UnavailableError(told, sent=True, retry_after=_LONG)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return None
    said = error_body(response)
    body = said if isinstance(said, dict) else {}
    error = _limited(response, body) or _refused(response, body)
    trace = body.get("correlationId")
    if isinstance(trace, str) and _TRACE.fullmatch(trace):
        error.request_id = trace
    return error


def error_of(item: dict[str, Any]) -> CRMError:
    """
    Return what an error within a batch's answer means for the rows that it names.
    """
    category = safe_name(item.get("category")) or "an error without a category"
    details = ", ".join(_details(item))
    told = f"{LABEL} refuses the record: {category}" + (f" ({details})" if details else "")
    match category:
        case "VALIDATION_ERROR" | "CONFLICT":
            return InvalidRequestError(told)
        case "OBJECT_NOT_FOUND":
            return ClientNotFoundError(told)
        case "MISSING_SCOPES":
            return AccessDeniedError(told)
        case "RATE_LIMITS":
            return RateLimitedError(told)
    return UnavailableError(told, sent=True)


def limit_from(response: Response) -> Limit | None:
    """
    Return what the headers say: a day that is spent, else the rate; search says nothing.
    """
    remaining = _number(response, "Remaining")
    # Associations have a limit of their own; which one their headers mean is not said.
    if remaining is None or _ASSOCIATIONS in response.url.partition("?")[0]:
        return None
    left = _number(response, "Daily-Remaining")
    if left == 0:
        return Limit(remaining=0, resets_in=_HOUR, daily_used=1.0)
    day = _number(response, "Daily")
    used = None if left is None or not day else 1 - left / day
    allowed = _number(response, "Max")
    window = _number(response, "Interval-Milliseconds")
    if not allowed or not window:
        return None
    rate = Rate(allowed, per=window / 1000)
    return Limit(remaining=remaining, allows=rate, daily_used=used)


def _limited(response: Response, body: dict[str, Any]) -> CRMError | None:
    # Where the header asks for a wait, None leaves it to the core to read it.
    status, asked = response.status, response.headers.get("Retry-After", "")
    policy = safe_name(body.get("policyName"))
    if status == HTTPStatus.LOCKED:
        return RateLimitedError(_told(status), retry_after=None if asked else _LOCKED)
    if status == _MIGRATING:
        return _spent(status, "the account moves to another data centre", asked, _LONG)
    if status == HTTPStatus.TOO_MANY_REQUESTS and policy == "DAILY":
        return _spent(status, "DAILY; the day's requests are spent", asked, _HOUR)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        wait = None if asked else _WAITS.get(policy or "")
        return RateLimitedError(_told(status, policy), retry_after=wait)
    return None


def _spent(status: int, reason: str, asked: str, least: float) -> RateLimitedError:
    after = float(asked) if asked.isdecimal() else 0.0
    wait = min(max(after, least), _DAY)
    told = _told(status, f"{reason}; come again in {wait:.0f} s")
    return RateLimitedError(told, retry_after=wait)


def _refused(response: Response, body: dict[str, Any]) -> CRMError:
    status, category = response.status, safe_name(body.get("category"))
    if status in {HTTPStatus.NOT_FOUND, HTTPStatus.GONE}:
        return _missing(response, category)
    kind = _KINDS.get(status, InvalidRequestError)
    said = [_REMEDIES.get(category or "", category), *_details(body)]
    return kind(_told(status, "; ".join(filter(None, said))))


def _missing(response: Response, category: str | None) -> CRMError:
    # A wrong version must not look like a contact that is gone.
    status, place = response.status, response.url.partition("?")[0]
    if category != NOT_FOUND and _ENDPOINT.search(place):
        remedy = "no such path; check the settings api_version and base_url"
        return ProtocolError(_told(status, remedy))
    return ClientNotFoundError(_told(status, category))


def _details(body: dict[str, Any]) -> Iterator[str]:
    message = body.get("message")
    message = message if isinstance(message, str) else ""
    if existing := _EXISTING.search(message):
        yield f"existing id {existing[1]}"
    for item in (*dicts(body.get("errors")), *_embedded(message)):
        scopes = chain.from_iterable(in_context(item, key) for key in _SCOPES)
        if wanted := " or ".join(safe_names(scopes)):
            yield f"the token needs the scope {wanted}"
        names = safe_names(in_context(item, "propertyName") or [item.get("name")])
        codes = safe_names([item.get("code") or item.get("error")])
        if names or codes:
            yield ": ".join(part for part in (*codes, ", ".join(names)) if part)


def _embedded(message: str) -> list[dict[str, Any]]:
    """
    Return the list that HubSpot puts as JSON into the message of a VALIDATION_ERROR.
    """
    _, bracket, rest = message.partition("[")
    try:
        return dicts(from_json(bracket + rest))
    except ValueError:
        return []


def _told(status: int, more: str | None = None) -> str:
    return status_message(LABEL, status, more)


def _number(response: Response, name: str) -> int | None:
    return header_number(response, f"X-HubSpot-RateLimit-{name}")
