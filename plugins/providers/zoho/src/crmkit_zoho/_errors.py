"""
Zoho's errors and limits as crmkit's, without a word that may be personal data.

Messages of Zoho vary and quote what was sent, so only names are taken out of its errors.
"""

from __future__ import annotations

import re
from functools import partial
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
    RateLimitedError,
    UnavailableError,
)
from crmkit.http import status_message
from crmkit.reading import dicts, error_body, header_number, safe_name, safe_names
from crmkit_zoho._settings import LABEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from urllib.parse import SplitResult

    from crmkit import Response

_BY_STATUS = {401, 403, 410, 423, 429}  # which the core knows, whatever the code
_SHORT = 2000  # bytes; what is longer is no error, and records are read but once
_HOUR, _TEN_MINUTES = 3600.0, 600.0
_PLACE = re.compile(r"/crm/v[\d.]+/(?:(settings/\w+|coql)|(?:\w+/\d+/)?(\w+))")
# The second part of a path is an id, its first one a module.
_PARENT = re.compile(r"\b(?:Parent_Id|Who_Id|What_Id)\b|'resource_path_index': 1\b")
_CENTER = "or is of another data centre than {host}: check the setting data_center"
_failed = partial(UnavailableError, sent=True)
_KINDS: dict[str, Callable[[str], CRMError]] = {
    "AUTHENTICATION_FAILURE": AuthenticationError,
    "INVALID_TOKEN": AuthenticationError,
    "AUTHORIZATION_FAILED": AccessDeniedError,
    "NO_PERMISSION": AccessDeniedError,
    "OAUTH_SCOPE_MISMATCH": AccessDeniedError,
    "RATE_LIMIT_EXCEEDED": RateLimitedError,
    "RECORD_LOCKED": RateLimitedError,
    "TOO_MANY_REQUESTS": RateLimitedError,
    "DEPENDENT_SERVICE_ERROR": _failed,
    "INTERNAL_ERROR": _failed,
    "INVALID_URL_PATTERN": ProtocolError,
}
_REMEDIES = {
    "INVALID_TOKEN": f"the token has expired, was revoked, {_CENTER}",
    "AUTHENTICATION_FAILURE": f"the token is wrong, {_CENTER}",
    "OAUTH_SCOPE_MISMATCH": "the token needs the scope {scope}; sign in again with it",
    "NO_PERMISSION": "the user's profile lacks the right",
    "INVALID_URL_PATTERN": "no such path; check the setting base_url",
    "INVALID_MODULE": "no such module; check the settings module and activity_types",
    "INVALID_QUERY": "the module has no such field, or it cannot be searched",
    "MANDATORY_NOT_FOUND": "the field is required",
    "EXPECTED_FIELD_MISSING": "one of these fields is required",
    "DEPENDENT_FIELD_MISSING": "another field is required with it",
    "AMBIGUITY_DURING_PROCESSING": "two values contradict each other",
    "DUPLICATE_DATA": "a record has this value of a unique field already",
    "NOT_ALLOWED": "the field is read-only",
    "RECORD_MODIFIED": "somebody has changed the record meanwhile",
    "EXPIRED_VALUE": "a list must be read within a day; begin anew",
    "PAGINATION_LIMIT_EXCEEDED": "lists end at 100,000; list what changed since",
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED": "pages end at 2,000 records",
    "invalid_client_secret": "check client_secret in the credentials' metadata",
    "invalid_code": f"the refresh token was revoked, {_CENTER}; else sign in again",
}


class UnchangedError(ClientNotFoundError):
    """
    304: nobody was changed since the time that was asked for.
    """


class RowsError(InvalidRequestError):
    """
    Every row was refused, each for a reason of its own: *rows*.
    """

    rows: tuple[dict[str, Any], ...] = ()


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Zoho says more than its status; 200 may be an error.
    """
    status = response.status
    if status == HTTPStatus.NOT_MODIFIED:
        return UnchangedError(status_message(LABEL, status))
    good = status < HTTPStatus.BAD_REQUEST
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.REQUEST_TIMEOUT:
        return None
    if good and (len(response.content) > _SHORT or b'"error"' not in response.content):
        return None
    said = error_body(response)
    body: dict[str, Any] = said if isinstance(said, dict) else {}
    if good and body.get("status") != "error" and not isinstance(body.get("error"), str):
        return None
    return _refused(response, body)


def error_of(row: dict[str, Any]) -> CRMError | None:
    """
    Return what a row of an answer means, None if it does not say that it was refused.
    """
    refused = row.get("status") == "error"
    return _error(row, f"{LABEL} refuses the record: {_told(row)}") if refused else None


def limit_from(response: Response) -> Limit | None:
    """
    Return what the header says, which comes once half of the day's credits are spent.

    How many there are is not told, so all that is known is half, or the whole.
    """
    left = header_number(response, "X-API-CREDITS-REMAINING")
    if left == 0:
        return Limit(remaining=0, resets_in=_HOUR, daily_used=1.0)
    return None if left is None else Limit(remaining=left, daily_used=0.5)


def _refused(response: Response, body: dict[str, Any]) -> CRMError | None:
    url, message = urlsplit(response.url), partial(status_message, LABEL, response.status)
    if "html" in response.headers.get("Content-Type", "").lower():
        told = f"{url.hostname} gives a web page; check the setting data_center"
        return ProtocolError(message(told))
    if body.get("error") == "Access Denied":
        told = "too many new tokens: a refresh token gives ten in ten minutes"
        return RateLimitedError(message(told), retry_after=_TEN_MINUTES)
    if "/oauth/" in url.path and isinstance(body.get("error"), str):
        return InvalidRequestError(message(_told({"code": body["error"]}, url)))
    rows = dicts(body.get("data")) or [body]
    if len(rows) > 1:
        refused = RowsError(message(_told(rows[0])))
        refused.rows = tuple(rows)
        return refused
    return _error(rows[0], message(_told(rows[0], url)), response.status)


def _error(
    item: dict[str, Any], told: str, status: int = HTTPStatus.BAD_REQUEST
) -> CRMError | None:
    code, details = safe_name(item.get("code")) or "", str(item.get("details"))
    absent = status == HTTPStatus.NOT_FOUND or _PARENT.search(details)
    if code == "INVALID_DATA" and absent:
        return ClientNotFoundError(f"{told}; the client is not there, or hidden")
    if code not in _KINDS and status == HTTPStatus.NOT_FOUND:  # nobody is 204
        return ProtocolError(f"{told}; check the settings data_center and base_url")
    if code not in _KINDS and status in _BY_STATUS:
        return None
    return _KINDS.get(code, InvalidRequestError)(told)


def _told(item: dict[str, Any], url: SplitResult | None = None) -> str:
    code = safe_name(item.get("code")) or "an error without a code"
    inside = ", ".join(dict.fromkeys(_details(item.get("details"))))
    host, path = (url.hostname, url.path) if url else (LABEL, "")
    remedy = _REMEDIES.get(code, "").format(host=host, scope=_scope(path))
    return "; ".join(filter(None, [f"{code} ({inside})" if inside else code, remedy]))


def _details(said: object) -> Iterator[str]:
    """
    Yield what an error's details name: fields, types, lengths, rights, an existing id.
    """
    details: dict[str, Any] = said if isinstance(said, dict) else {}
    yield from safe_names(map(details.get, ("api_name", "column_name", "param_name")))
    if wanted := safe_name(details.get("expected_data_type")):
        yield f"{wanted} expected"
    if isinstance(longest := details.get("maximum_length"), int):
        yield f"at most {longest:,} long"
    if "supported_values" in details:
        yield "none of its choices"
    rights = details.get("permissions")
    yield from safe_names(rights if isinstance(rights, list) else ())
    twin = details.get("duplicate_record")
    existing = str((twin if isinstance(twin, dict) else details).get("id"))
    if existing.isdecimal():
        yield f"existing id {existing}"
    for inner in (*dicts(details.get("errors")), *dicts(details.get("expected_fields"))):
        yield from (*safe_names([inner.get("code")]), *_details(inner))
        yield from _details(inner.get("details"))


def _scope(path: str) -> str:
    found = _PLACE.match(path)
    if path.endswith("/search"):
        return "ZohoSearch.securesearch.READ, or ZohoCRM.coql.READ"
    if found is None:
        return "that the readme names"
    of_module = f"modules.{(found[2] or '').lower()}.ALL"
    return f"ZohoCRM.{found[1].replace('/', '.') + '.READ' if found[1] else of_module}"
