"""
Salesforce's errors and limits as crmkit's, without a word that may be personal data.

Messages of Salesforce quote what was sent, so only names are taken out of them: codes and
fields. A code is errorCode, in rows of a batch statusCode, of the token endpoint error.
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
    RateLimitedError,
    UnavailableError,
)
from crmkit.http import status_message
from crmkit.reading import dicts, error_body, safe_name, safe_names
from crmkit_salesforce._settings import LABEL, LOGIN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit import Response

_SETTING_UP = {406, 420}  # what Salesforce's edge says while an org moves
_TELLING = {408, 423, 429}  # by themselves
_HOUR = 3600.0
_DELETED = "ENTITY_IS_DELETED"
_HIDDEN = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"  # of who is not there, too
_GONE = {_DELETED, _HIDDEN, "INVALID_CROSS_REFERENCE_KEY", "MALFORMED_ID"}
_GONE |= {"INVALID_ID_FIELD"}
_NOTHING_DONE = {"UNABLE_TO_LOCK_ROW", "REQUEST_LIMIT_EXCEEDED", "rate_limit_exceeded"}
_KINDS: dict[int, type[CRMError]] = {
    401: AuthenticationError,
    **dict.fromkeys((403, 404, 410), AccessDeniedError),  # no path asks for a record
}
_BY_STATUS = {
    404: "no org answers so; check the setting my_domain",
    410: "the version is retired; leave the setting api_version out",
}
_NOT_RENEWED = {  # a new token would be refused, too, and again
    b"not valid for use with the REST API": "the token lacks the OAuth scope api",
    b"not attached to Agent": "the app is not attached to its agent",
}
_REMEDIES = {
    "INVALID_SESSION_ID": "the session has ended, or is another org's; sign in again",
    "API_DISABLED_FOR_ORG": "the edition has no API, or the user lacks API Enabled",
    "NOT_FOUND": "not there, or hidden from this user; check the settings object, "
    "external_id_field and api_version",
    "INVALID_FIELD": "no such field, or field-level security hides it from this user",
    "INVALID_TYPE": "no such object, or it is hidden from this user",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "read-only, at least for this user",
    "INSUFFICIENT_ACCESS": "the user's profile lacks the right",
    "INSUFFICIENT_ACCESS_OR_READONLY": "the user's profile lacks the right",
    _HIDDEN: "not there, or the user may not write to it",
    "INVALID_CROSS_REFERENCE_KEY": "no such record",
    "REQUIRED_FIELD_MISSING": "the org requires it",
    "STRING_TOO_LONG": "too long",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "none of its picklist's values",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "a validation rule of the org refuses it",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "a trigger or flow of the org refuses it",
    "STORAGE_LIMIT_EXCEEDED": "the org's storage is full",
    "invalid_client_id": "check client_id, and that my_domain is the app's org",
    "invalid_client": "check client_secret, and that my_domain is the app's org",
    "invalid_grant": "revoked, expired, not pre-authorized for the user, or another org's; "
    "sign in again, or check my_domain",
    "invalid_app_access": "the admin must allow the app to this user",
}
_COLUMN = re.compile(r"No such column '(\w{1,80})'")
_PLACE = re.compile(r"/sobjects/(\w+)(?:/(\w+__c)\b)?")
_USAGE = re.compile(r"(?<![\w-])api-usage=(\d{1,18})/(\d{1,18})")


def error_from(response: Response) -> CRMError | None:
    """
    Return what an answer means where Salesforce says more than its status.
    """
    status, place = response.status, urlsplit(response.url)
    if status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if place.hostname in LOGIN and place.path.startswith("/services/data"):
        remedy = "this host only signs in; give the org's own in the setting my_domain"
        return AuthenticationError(status_message(LABEL, status, remedy))
    said = error_body(response)
    errors = dicts(said if isinstance(said, list) else [said])
    return _put_off(status, errors) or _refused(response, errors)


def error_of(errors: Sequence[dict[str, Any]]) -> CRMError:
    """
    Return what the errors of one row of a batch mean for it.

    A right that is lacking to one record is no reason to hold up the others.
    """
    told = f"{LABEL} refuses the record: {_details(errors) or 'it does not say why'}"
    if codes(errors) & {*_NOTHING_DONE, "SERVER_UNAVAILABLE"}:
        return RateLimitedError(told, status=HTTPStatus.LOCKED)  # the record, not the org
    about = {name for item in errors for name in _fields(item)}
    if codes(errors) & _GONE and (not about or about & {"WhoId", "WhatId"}):
        return ClientNotFoundError(told)
    return InvalidRequestError(told)


def codes(errors: Sequence[dict[str, Any]]) -> set[str]:
    """
    Return the codes of errors, whichever way they are told.
    """
    return {code for item in errors if (code := _code(item))}


def limit_from(response: Response) -> Limit | None:
    """
    Return the share of the day's requests that is used; beyond it a code refuses.
    """
    found = _USAGE.search(response.headers.get("Sforce-Limit-Info") or "")
    used, allowed = map(int, found.groups()) if found else (0, 0)
    if not allowed:
        return None
    return Limit(remaining=max(1, allowed - used), daily_used=min(1.0, used / allowed))


def _put_off(status: int, errors: Sequence[dict[str, Any]]) -> CRMError | None:
    found, told = codes(errors), status_message(LABEL, status, _details(errors) or None)
    said = " ".join(str(item.get("message")) for item in errors)
    if "REQUEST_LIMIT_EXCEEDED" in found and "Concurrent" not in said:
        msg = f"{told}; the day's requests are spent, come again in an hour"
        return RateLimitedError(msg, retry_after=_HOUR)
    if found & _NOTHING_DONE:
        return RateLimitedError(told)
    if status in _SETTING_UP or "QUERY_TIMEOUT" in found:
        return UnavailableError(told, sent=True)
    return None


def _refused(response: Response, errors: Sequence[dict[str, Any]]) -> CRMError | None:
    status, said = response.status, response.content
    if not 400 <= status < 500 or status in _TELLING:  # noqa: PLR2004 - HTTP's
        return None
    remedy = next((told for words, told in _NOT_RENEWED.items() if words in said), None)
    if remedy:
        return AccessDeniedError(status_message(LABEL, status, remedy))
    kind = _KINDS.get(status, InvalidRequestError)
    if _DELETED in codes(errors):
        kind = ClientNotFoundError
    unknown = codes(errors).isdisjoint(_REMEDIES)
    details = (_details(errors), _BY_STATUS.get(status) if unknown else None)
    told = "; ".join(filter(None, details)) or None
    if "NOT_FOUND" in codes(errors) and (place := _PLACE.search(response.url)):
        told = f"{'.'.join(filter(None, place.groups()))}: {told}"
    return kind(status_message(LABEL, status, told))


def _code(item: dict[str, Any]) -> str | None:
    keys = ("errorCode", "statusCode", "error")
    return next(filter(None, (safe_name(item.get(key)) for key in keys)), None)


def _fields(item: dict[str, Any]) -> list[str]:
    named = item.get("fields")
    quoted = _COLUMN.search(str(item.get("message")))
    return safe_names(named if isinstance(named, list) else ()) or safe_names(
        quoted.groups() if quoted else ()
    )


def _details(errors: Sequence[dict[str, Any]]) -> str:
    told = []
    for item in errors:
        code, names = _code(item), ", ".join(_fields(item))
        parts = (code, names, _REMEDIES.get(code or ""))
        told.append(": ".join(filter(None, parts)))
    return "; ".join(filter(None, told))
