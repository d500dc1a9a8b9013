"""
Follow Up Boss's errors and limits as crmkit's, without a word that may be personal data.

It says all in one sentence, without a code, so errors go by status; of the sentence only
names of fields are taken.
"""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

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
from crmkit.reading import error_body, safe_name

if TYPE_CHECKING:
    from crmkit import Response

LABEL = "Follow Up Boss"
_WINDOW = 10.0
_WORD = re.compile(r"[A-Za-z]\w*")
_CUSTOM = re.compile(r"custom[A-Z]\w*")
_NO_PATH = "collection name"  # how the sentence of a wrong path begins
_FIELDS = frozenset(
    (
        *("personId", "subject", "body", "isHtml", "phone", "isIncoming", "note"),
        *("outcome", "duration", "toNumber", "fromNumber", "userId", "message"),
        *("externalUrl", "assignedUserId", "assignedTo", "name", "dueDateTime"),
        *("isCompleted", "title", "start", "end", "invitees", "description", "location"),
        *("person", "property", "type", "occurredAt", "source", "system", "pageTitle"),
        *("pageUrl", "pageDuration", "price", "forRent", "origin", "originId", "bodyHtml"),
        *("emEvents", "occurred", "recipient", "campaignId", "fields", "limit", "offset"),
    )
)
_REMEDIES = {
    401: (
        "the API key is wrong or was reset, the token has expired, or it is none of Follow "
        "Up Boss's; copy the key anew from Admin, API"
    ),
    403: (
        "the key's user, or its system, may not do this, or the account has expired; "
        "`crmkit doctor` tells which"
    ),
}
_OF_OWNERS = "/emCampaigns"


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Follow Up Boss says more than its status.
    """
    status = response.status
    if status < HTTPStatus.BAD_REQUEST or status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    body = error_body(response)
    said = body if isinstance(body, dict) else {}
    message = said.get("errorMessage") or said.get("error")
    sentence = message if isinstance(message, str) else ""
    match status:
        case HTTPStatus.UNAUTHORIZED:
            return AuthenticationError(_told(status, _REMEDIES[status]))
        case HTTPStatus.FORBIDDEN:
            return AccessDeniedError(_told(status, _denied(response)))
        case HTTPStatus.TOO_MANY_REQUESTS:
            asked = "Retry-After" in response.headers
            context = safe_name(response.headers.get("X-RateLimit-Context"))
            wait = None if asked else _WINDOW
            return RateLimitedError(_told(status, context), retry_after=wait)
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return _missing(status, sentence)
        case HTTPStatus.REQUEST_TIMEOUT | HTTPStatus.LOCKED:
            return None
    return InvalidRequestError(_told(status, _details(sentence)))


def limit_from(response: Response) -> Limit | None:
    """
    Return what the headers say of their context; ``global`` is the bucket without a name.
    """
    allowed, left, window = (
        _number(response, name) for name in ("Limit", "Remaining", "Window")
    )
    context = response.headers.get("X-RateLimit-Context", "")
    if not allowed or left is None or not window or not context:
        return None
    bucket = "" if context == "global" else context
    return Limit(bucket=bucket, remaining=left, allows=Rate(allowed, per=window))


def _denied(response: Response) -> str:
    if response.url.partition("?")[0].endswith(_OF_OWNERS):
        return (
            "e-mail marketing needs the key of the account's owner or an admin; or keep "
            'e-mails as notes: activity_types = { email_sent = "notes" }'
        )
    return _REMEDIES[HTTPStatus.FORBIDDEN]


def _missing(status: int, sentence: str) -> CRMError:
    if sentence.lower().startswith(_NO_PATH):
        remedy = "no such path; check the setting base_url"
        return ProtocolError(_told(status, remedy))
    return ClientNotFoundError(_told(status))


def _details(sentence: str) -> str | None:
    if sentence.startswith(("invalid_", "unsupported_")):  # OAuth's, which are codes
        return safe_name(sentence)
    named = [w for w in _WORD.findall(sentence) if w in _FIELDS or _CUSTOM.fullmatch(w)]
    return f"see {', '.join(dict.fromkeys(named))}" if named else None


def _told(status: int, more: str | None = None) -> str:
    return status_message(LABEL, status, more)


def _number(response: Response, name: str) -> int | None:
    text = response.headers.get(f"X-RateLimit-{name}", "")
    return int(text) if text.isdecimal() else None
