"""
Zoho's errors and limits as crmkit's, without a word that may be personal data.

Messages of Zoho vary and quote what was sent, so only names are taken out of them: codes,
fields, types, permissions.
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
    RateLimitedError,
    UnavailableError,
)
from crmkit.http import status_message
from crmkit.reading import dicts, error_body, safe_name, safe_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit import Response

LABEL = "Zoho"

_SHORT = 2000  # bytes; records are read once, so only what can be an error is looked into
_HOUR, _WINDOW = 3600.0, 600.0  # seconds
_CREDITS = "X-API-CREDITS-REMAINING"
_PLACE = re.compile(r"/crm/v[\d.]+/(?:(settings/\w+|coql)|(?:\w+/\d+/)?(\w+))")
_PARENTS = {"Parent_Id", "Who_Id", "What_Id"}
_AUTHENTICATION = {"AUTHENTICATION_FAILURE", "INVALID_TOKEN", "INVALID_OAUTHTOKEN"}
_ACCESS = {"AUTHORIZATION_FAILED", "NO_PERMISSION", "OAUTH_SCOPE_MISMATCH"}
_LIMITED = {"RATE_LIMIT_EXCEEDED", "RECORD_LOCKED", "TOO_MANY_REQUESTS"}
_FAILED = {"DEPENDENT_SERVICE_ERROR", "INTERNAL_ERROR", "INTERNAL_SERVER_ERROR"}
_REMEDIES = {
    "AMBIGUITY_DURING_PROCESSING": "two of its values contradict each other",
    "DEPENDENT_FIELD_MISSING": "another field is needed with this one",
    "DISCRETE_PAGINATION_LIMIT_EXCEEDED": "pages end at 2,000 records",
    "DUPLICATE_DATA": "a record with this value of a unique field is there already",
    "EXPECTED_FIELD_MISSING": "one of these fields is needed",
    "EXPIRED_VALUE": "the list's token is good for a day; begin the list anew",
    "INVALID_MODULE": "there is no such module; check the setting module, activity_types",
    "INVALID_QUERY": "check that the module has this field, and that it can be searched",
    "MANDATORY_NOT_FOUND": "the field is required, so give it a value",
    "NOT_ALLOWED": "the field is read-only, or the action is not allowed",
    "PAGINATION_LIMIT_EXCEEDED": "lists end at 100,000 records; list what changed since",
    "RECORD_MODIFIED": "somebody has changed the record meanwhile",
}
_GRANTS = {
    "invalid_code": "the refresh token was revoked; sign in again",
    "invalid_client": "check client_id",
    "invalid_client_secret": "check client_secret",
}


class Unchanged(ClientNotFoundError):
    """
    304: nobody was changed since the time that was asked for.
    """


class RowsRefused(InvalidRequestError):
    """
    Every row was refused, each for a reason of its own: *rows*.
    """

    rows: tuple[dict[str, Any], ...] = ()


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Zoho says more than its status; 2xx may be errors.
    """
    status = response.status
    if status == HTTPStatus.NOT_MODIFIED:
        return Unchanged(status_message(LABEL, status))
    if status < HTTPStatus.BAD_REQUEST and len(response.content) > _SHORT:
        return None
    said = error_body(response)
    body = said if isinstance(said, dict) else {}
    if isinstance(body.get("error"), str):
        return _refused_grant(response, body["error"])
    if status < HTTPStatus.BAD_REQUEST and body.get("status") != "error":
        return None
    rows = dicts(body.get("data"))
    if status == HTTPStatus.BAD_REQUEST and len(rows) > 1:
        return _rows_refused(status, rows)
    item = next(iter(rows), body)
    code = safe_name(item.get("code"))
    if code is None and status != HTTPStatus.TOO_MANY_REQUESTS:
        return _by_status(response)
    told = "; ".join(filter(None, [_told(item), _advice(response, code or "")]))
    error = _error(code or "TOO_MANY_REQUESTS", item, status_message(LABEL, status, told))
    if status == HTTPStatus.TOO_MANY_REQUESTS and _credits(response) == 0:
        return RateLimitedError(
            f"{error}; the credits of the day are spent", retry_after=_HOUR
        )
    return error


def error_of(item: dict[str, Any]) -> CRMError | None:
    """
    Return what a row of an answer means, None if it says nothing that can be understood.
    """
    code = safe_name(item.get("code"))
    if code is None or item.get("status") != "error":
        return None
    return _error(code, item, f"{LABEL} refuses the record: {_told(item)}")


def limit_from(response: Response) -> Limit | None:
    """
    Return what the header says, which comes once half of the day's credits are spent.

    How many there are is not told, so all that is known is half, or the whole.
    """
    left = _credits(response)
    if left is None:
        return None
    return Limit(
        remaining=left,
        resets_in=_HOUR if left == 0 else 0.0,
        daily_used=1.0 if left == 0 else 0.5,
    )


def _error(code: str, item: dict[str, Any], told: str) -> CRMError:
    if code in _AUTHENTICATION:
        return AuthenticationError(told)
    if code in _ACCESS:
        return AccessDeniedError(told)
    if code in _LIMITED:
        return RateLimitedError(told)
    if code in _FAILED:
        return UnavailableError(told, sent=True)
    if code == "INVALID_URL_PATTERN":
        return ProtocolError(told)
    if code == "INVALID_DATA" and _PARENTS.intersection(_names(item)):
        return ClientNotFoundError(told)
    return InvalidRequestError(told)


def _rows_refused(status: int, rows: list[dict[str, Any]]) -> RowsRefused:
    refused = RowsRefused(status_message(LABEL, status, _told(rows[0])))
    refused.rows = tuple(rows)
    return refused


def _by_status(response: Response) -> CRMError | None:
    kind = response.headers.get("Content-Type", "").lower()
    if "html" not in kind or response.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return None
    host = urlsplit(response.url).hostname
    told = f"{host} answers with a web page; check the setting data_center"
    return ProtocolError(status_message(LABEL, response.status, told))


def _refused_grant(response: Response, code: str) -> CRMError:
    status = response.status
    if code == "Access Denied":
        told = "too many new tokens; Zoho gives ten in ten minutes for a refresh token"
        return RateLimitedError(status_message(LABEL, status, told), retry_after=_WINDOW)
    name = safe_name(code) or "no token"
    host = urlsplit(response.url).hostname
    told = f"{name}: {_GRANTS.get(name, 'sign in again')}; or the account is in another "
    told += f"data centre than {host}: check the setting data_center"
    return InvalidRequestError(status_message(LABEL, status, told))


def _told(item: dict[str, Any]) -> str:
    code = safe_name(item.get("code")) or "an error without a code"
    details = item.get("details")
    said: dict[str, Any] = details if isinstance(details, dict) else {}
    known = [", ".join(_names(item)), *_specifics(said)]
    inside = "; ".join(filter(None, [*known, _REMEDIES.get(code)]))
    return f"{code} ({inside})" if inside else code


def _names(item: dict[str, Any]) -> list[str]:
    """
    Return the fields that an error is about, also where there are several errors in one.
    """
    details = item.get("details")
    said: dict[str, Any] = details if isinstance(details, dict) else {}
    keys = ("api_name", "column_name", "param_name")
    inner = [name for one in dicts(said.get("errors")) for name in _names(one)]
    expected = [one.get("api_name") for one in dicts(said.get("expected_fields"))]
    return [*safe_names([*map(said.get, keys), *expected]), *inner]


def _specifics(said: dict[str, Any]) -> Iterator[str]:
    if wanted := safe_name(said.get("expected_data_type")):
        yield f"expects {wanted}"
    if isinstance(longest := said.get("maximum_length"), int):
        yield f"at most {longest:,} characters"
    if "supported_values" in said:
        yield "the value is none of its choices"
    permissions = said.get("permissions")
    yield from safe_names(permissions if isinstance(permissions, list) else [])
    twin = said.get("duplicate_record")
    existing = str(said.get("id") or (twin.get("id") if isinstance(twin, dict) else ""))
    if existing.isdecimal():
        yield f"existing id {existing}"
    yield from safe_names(one.get("code") for one in dicts(said.get("errors")))


def _advice(response: Response, code: str) -> str | None:
    url = urlsplit(response.url)
    if code in _AUTHENTICATION:
        return (
            "the token has expired or was revoked, or its account is in another data centre "
            f"than {url.hostname}: check the setting data_center"
        )
    if code == "OAUTH_SCOPE_MISMATCH":
        return f"the token needs the scope {_scope(url.path)}; sign in again with it"
    if code == "INVALID_URL_PATTERN":
        return "no such path; check the setting base_url"
    return None


def _scope(path: str) -> str:
    found = _PLACE.match(path)
    if found is None:
        return "that the readme names"
    if found[1]:
        return f"ZohoCRM.{found[1].replace('/', '.')}.READ"
    return f"ZohoCRM.modules.{found[2].lower()}.ALL"


def _credits(response: Response) -> int | None:
    text = response.headers.get(_CREDITS, "")
    return int(text) if text.isdecimal() else None
