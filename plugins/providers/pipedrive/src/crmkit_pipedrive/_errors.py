"""
Pipedrive's errors and limits as crmkit's, without a word that may be personal data.

Messages of Pipedrive quote what was sent, so only names that are known are taken from them.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

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
)
from crmkit.http import status_message
from crmkit.reading import error_body, header_number, safe_name
from crmkit_pipedrive._settings import LABEL

if TYPE_CHECKING:
    from crmkit import Response

_KINDS: dict[int, type[CRMError]] = {
    401: AuthenticationError,
    402: AccessDeniedError,
    403: AccessDeniedError,
    404: ClientNotFoundError,
    410: ClientNotFoundError,
    500: ProtocolError,  # as an inner status: whatever was done, it is not told
}
_REMEDIES = {
    401: "the token is wrong, revoked, or not of the company in the setting company_domain",
    402: "the company's account is not open: unpaid, or its trial is over",
    403: "the user may not do this, or the app lacks the scope {}",
    404: "the client, or what else is named, is not there, or hidden from the user",
    410: "the client, or what else is named, was deleted",
}
_NO_API = "there is no such API; check the settings company_domain and base_url"

_SCOPES = {  # by a word of the path, since Pipedrive does not say which is lacking
    "activities": "activities:full",
    "callLogs": "phone-integration",
    "notes": "contacts:full",
    "personFields": "contacts:read",
    "persons": "contacts:read",
}
_NAMES = re.compile(
    r"\b(?:[0-9a-f]{40}|(?:deal|lead|org|owner|person|project|user)_id|include_fields"
    r"|(?:from|to)_phone_number|(?:add|due|end|start)_time|due_date|content|custom_fields"
    r"|done|duration|location|note|outcome|participants|priority|subject|type)\b"
)
_KEY = re.compile(r"Parameter '(\w{1,64})' is not allowed")  # as it was sent
_REASONS = {  # what a message holds
    "at most": "too long",
    "does not exist": "no such value",
    "not allowed": "not allowed",
    "read-only": "read-only",
    "required": "required",
}
_ALWAYS_THERE = {"me", "personFields", "persons", "search"}  # whoever else is missing
_TRACE = re.compile(r"[\w-]{1,64}")
_UNTOLD = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.LOCKED, *range(500, 600)}
_BURST, _BLOCKED, _HOUR = 2, 300, 3600  # seconds


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Pipedrive says more than its status.
    """
    status = response.status
    if status < HTTPStatus.MULTIPLE_CHOICES or status in _UNTOLD:
        return None
    said = error_body(response)
    if isinstance(said, dict) and status != HTTPStatus.TOO_MANY_REQUESTS:
        return refusal(response, said)
    if status in {HTTPStatus.FORBIDDEN, HTTPStatus.TOO_MANY_REQUESTS}:
        return _limited(response)
    if status == HTTPStatus.GONE or (
        status == HTTPStatus.NOT_FOUND and not response.content
    ):
        return refusal(response, {})
    return ProtocolError(status_message(LABEL, status, _NO_API))


def refusal(response: Response, said: dict[str, Any]) -> CRMError:
    """
    Return what an envelope without success means, whatever the status around it.
    """
    status, code = response.status, said.get("errorCode") or said.get("code")
    message, words = str(said.get("error")).partition(". ")[0], _words(response)
    if status < HTTPStatus.BAD_REQUEST:
        absent = code == "ERR_NOT_FOUND" or message.lower().endswith("not found")
        inner = HTTPStatus.NOT_FOUND if absent else code
        status = inner if isinstance(inner, int) and inner in _KINDS else 400
    if status == HTTPStatus.NOT_FOUND and (
        words[-1] in _ALWAYS_THERE or message.startswith("Unknown method")
    ):
        return ProtocolError(status_message(LABEL, status, _NO_API))
    word = next((word for word in words if word in _SCOPES), "")
    names = ", ".join(dict.fromkeys([*_NAMES.findall(message), *_KEY.findall(message)]))
    reason = next((why for held, why in _REASONS.items() if held in message.lower()), None)
    parts = (safe_name(code), names, reason if names else None)
    detail = _REMEDIES.get(status, ": ".join(filter(None, parts)))
    told = status_message(LABEL, status, detail.format(_SCOPES.get(word, "base")))
    trace = _TRACE.fullmatch(response.headers.get("X-Correlation-Id", ""))
    kind = _KINDS.get(status, InvalidRequestError)
    return kind(told, status=status, request_id=trace and trace[0])


def _words(response: Response) -> list[str]:
    return urlsplit(response.url).path.split("/")


def limit_from(response: Response) -> Limit | None:
    """
    Return what the headers say of the last two seconds, and of the day if they do.
    """
    bucket = "search" if urlsplit(response.url).path.endswith("/search") else ""
    day = header_number(response, "X-Daily-RateLimit-Token-Limit")
    left = header_number(response, "X-Daily-RateLimit-Token-Remaining")
    used = max(0.0, 1 - left / day) if day and left is not None else None
    if left == 0:
        return Limit(bucket=bucket, remaining=0, resets_in=_HOUR, daily_used=1.0)
    allowed = header_number(response, "X-RateLimit-Limit")
    remaining = header_number(response, "X-RateLimit-Remaining")
    if not allowed or remaining is None:
        return Limit(remaining=1, daily_used=used)
    rate = Rate(allowed, per=_BURST)
    return Limit(bucket=bucket, remaining=remaining, allows=rate, daily_used=used)


def _limited(response: Response) -> RateLimitedError:
    wait, why = header_number(response, "X-RateLimit-Reset"), None
    left = ("X-Daily-RateLimit-Token-Remaining", "X-Daily-Requests-Left")
    # Pipedrive's guard, which blocks who goes on after 429, answers with a web page.
    if response.status == HTTPStatus.FORBIDDEN:
        wait, why = _BLOCKED, "blocked for going on after 429; come again in 300 s"
    # That the day is over is in headers or words, or known by a burst with room in it.
    elif (
        0 in {header_number(response, name) for name in left}
        or header_number(response, "X-RateLimit-Remaining")
        or b"daily" in response.content.lower()
    ):
        wait, why = _HOUR, "the company's tokens of the day are spent; come again in 1 h"
    told = status_message(LABEL, response.status, why)
    return RateLimitedError(told, retry_after=_BURST if wait is None else wait)
