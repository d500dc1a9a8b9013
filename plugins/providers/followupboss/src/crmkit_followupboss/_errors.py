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
from crmkit.reading import error_body, header_number, safe_name
from crmkit_followupboss._settings import LABEL

if TYPE_CHECKING:
    from crmkit import Response

_WINDOW = 10.0
_WORD = re.compile(r"[A-Za-z]\w*")
_CUSTOM = re.compile(r"custom[A-Z]\w*")
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
_WRONG_KEY = (
    "the API key is wrong or was reset, the token has expired, or it is none of Follow Up "
    "Boss's; copy the key anew from Admin, API"
)
_JUDGED = {HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND}
_NOBODY = "no such person, or hidden from the key's user"


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Follow Up Boss says more than its status.
    """
    status = response.status
    body = error_body(response) if status in _JUDGED else None
    said = body if isinstance(body, dict) else {}
    sentence = str(said.get("errorMessage") or said.get("error") or "")
    kind: type[CRMError]
    match status:
        case HTTPStatus.BAD_REQUEST:
            kind, more = InvalidRequestError, _details(sentence)
        case HTTPStatus.UNAUTHORIZED:
            kind, more = AuthenticationError, _WRONG_KEY
        case HTTPStatus.FORBIDDEN:
            kind, more = AccessDeniedError, _denied(response)
        case HTTPStatus.NOT_FOUND if sentence.lower().startswith("collection name"):
            kind, more = ProtocolError, "no such path; check the setting base_url"
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            kind, more = ClientNotFoundError, _NOBODY
        case HTTPStatus.TOO_MANY_REQUESTS:
            context = safe_name(response.headers.get("X-RateLimit-Context"))
            wait = None if "Retry-After" in response.headers else _WINDOW
            return RateLimitedError(_told(status, context), retry_after=wait)
        case _:
            return None
    return kind(_told(status, more))


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
    if response.url.partition("?")[0].endswith("/emCampaigns"):
        return (
            "e-mail marketing needs the key of the account's owner or an admin; or keep "
            'e-mails as notes: activity_types = { email_sent = "notes" }'
        )
    return (
        "the key's user, or its system, may not do this, or the account has expired; "
        "ask its owner, or take the owner's key"
    )


def _details(sentence: str) -> str | None:
    words = _WORD.findall(sentence.rpartition(":")[2])
    named = dict.fromkeys(w for w in words if w in _FIELDS or _CUSTOM.fullmatch(w))
    return f"see {', '.join(named)}" if named else None


def _told(status: int, more: str | None = None) -> str:
    return status_message(LABEL, status, more)


def _number(response: Response, name: str) -> int | None:
    return header_number(response, f"X-RateLimit-{name}")
