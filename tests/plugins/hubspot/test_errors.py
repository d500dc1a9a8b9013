"""
What an answer of HubSpot leads to.
"""

import json

import pytest

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    InvalidRequestError,
    Limit,
    ProtocolError,
    Rate,
    RateLimitedError,
    Response,
    UnavailableError,
)
from crmkit_hubspot._errors import error_from, error_of, limit_from

TRACE = "3d0f8a5e-0000-4000-8000-00000000beef"
CONTACT = "https://api.hubapi.com/crm/objects/2026-09/contacts/1"
BATCH = "https://api.hubapi.com/crm/objects/2026-09/notes/batch/create"
LIST = "https://api.hubapi.com/crm/objects/2026-09/contacts?limit=100"
SCHEMA = "https://api.hubapi.com/crm/properties/2026-09/contacts"


def answer(status, body=None, *, url=CONTACT, **headers):
    """
    Make an answer; underscores of header names are hyphens.
    """
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, url=url, content=content)


@pytest.mark.parametrize(
    ("status", "body", "kind", "message"),
    [
        pytest.param(
            401,
            {"category": "INVALID_AUTHENTICATION", "message": "not found"},
            AuthenticationError,
            "HubSpot API error: 401 - Unauthorized: the token is wrong or was revoked; "
            "copy it anew",
            id="token",
        ),
        pytest.param(
            401,
            {"category": "EXPIRED_AUTHENTICATION", "message": "expired 75 second(s) ago"},
            AuthenticationError,
            "HubSpot API error: 401 - Unauthorized: the token has expired, or is none of "
            "HubSpot's; get another",
            id="expired",
        ),
        pytest.param(
            401,
            None,
            AuthenticationError,
            "HubSpot API error: 401 - Unauthorized",
            id="401",
        ),
        pytest.param(
            403,
            {
                "category": "MISSING_SCOPES",
                "errors": [
                    {
                        "message": "One or more are required.",
                        "context": {"requiredGranularScopes": ["a.read", "b-read"]},
                    }
                ],
            },
            AccessDeniedError,
            "HubSpot API error: 403 - Forbidden: MISSING_SCOPES; the token needs the scope "
            "a.read or b-read",
            id="scopes",
        ),
        pytest.param(
            403,
            {
                "category": "MISSING_SCOPES",
                "errors": [{"context": {"requiredScopes": ["contacts"]}}],
            },
            AccessDeniedError,
            "HubSpot API error: 403 - Forbidden: MISSING_SCOPES; the token needs the scope "
            "contacts",
            id="older scopes",
        ),
        pytest.param(
            400,
            {
                "category": "VALIDATION_ERROR",
                "message": "ana@example.com said",
                "errors": [
                    {
                        "message": "ana@example.com was not a valid number",
                        "code": "INVALID_INTEGER",
                        "context": {"propertyName": ["discount"]},
                    }
                ],
            },
            InvalidRequestError,
            "HubSpot API error: 400 - Bad Request: VALIDATION_ERROR; "
            "INVALID_INTEGER: discount",
            id="property",
        ),
        pytest.param(
            400,
            {
                "category": "VALIDATION_ERROR",
                "message": "Property values were not valid: "
                '[{"isValid":false,"message":"Ana does not exist",'
                '"error":"PROPERTY_DOESNT_EXIST","name":"missing"}]',
            },
            InvalidRequestError,
            "HubSpot API error: 400 - Bad Request: VALIDATION_ERROR; "
            "PROPERTY_DOESNT_EXIST: missing",
            id="embedded",
        ),
        pytest.param(
            409,
            {
                "category": "CONFLICT",
                "message": "Contact already exists. Existing ID: 12345",
            },
            InvalidRequestError,
            "HubSpot API error: 409 - Conflict: CONFLICT; existing id 12345",
            id="conflict",
        ),
        pytest.param(
            409,
            {"category": "CONFLICT", "message": "Existing ID: ana@example.com"},
            InvalidRequestError,
            "HubSpot API error: 409 - Conflict: CONFLICT",
            id="no id",
        ),
        pytest.param(
            404,
            {"category": "OBJECT_NOT_FOUND", "message": "Ana"},
            ClientNotFoundError,
            "HubSpot API error: 404 - Not Found: OBJECT_NOT_FOUND",
            id="contact",
        ),
        pytest.param(
            404, b"", ClientNotFoundError, "HubSpot API error: 404 - Not Found", id="404"
        ),
    ],
)
def test_refused(status, body, kind, message):
    """
    A refusal names category, code, property and scope, and no word of HubSpot's message.
    """
    error = error_from(answer(status, body))

    assert type(error) is kind
    assert str(error) == message


@pytest.mark.parametrize("url", [BATCH, LIST, SCHEMA, f"{SCHEMA}?archived=false"])
def test_no_such_path(url):
    """
    A path that HubSpot does not know is no client that is gone, but points to the settings.
    """
    error = error_from(answer(404, {"message": "resource not found"}, url=url))

    assert type(error) is ProtocolError
    assert "api_version" in str(error)


@pytest.mark.parametrize(
    ("status", "body", "headers", "wait"),
    [
        (423, None, {}, 2),
        (429, {"policyName": "SECONDLY"}, {}, 1),
        (429, {"policyName": "TEN_SECONDLY_ROLLING"}, {}, 10),
        (429, {"policyName": "DAILY"}, {"Retry_After": "3"}, 3600),
        (429, {"policyName": "DAILY"}, {}, 3600),
        (429, None, {}, None),
        (477, None, {"Retry_After": "20"}, 300),
        (477, None, {"Retry_After": "86400"}, 86400),
        (477, None, {"Retry_After": "9" * 400}, 86400),
    ],
)
def test_limited(status, body, headers, wait):
    """
    A limit says when to come again: by its policy, or as the header asks.
    """
    error = error_from(answer(status, body, **headers))

    assert type(error) is RateLimitedError
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "asked", ["3", "2.5", "Sun, 01 Nov 2026 08:49:37 GMT", "soon", "9" * 400]
)
@pytest.mark.parametrize("status", [423, 429])
def test_asked_to_wait(status, asked):
    """
    What the header asks for is the core's to read, as seconds or as a date.
    """
    body = {"policyName": "TEN_SECONDLY_ROLLING"}
    error = error_from(answer(status, body, Retry_After=asked))

    assert error.retry_after is None


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (429, {"policyName": "DAILY"}, "the day's requests are spent"),
        (477, None, "come again in 86400 s"),
    ],
)
def test_long_limits(status, body, said):
    """
    A limit that is not waited for says when to come again.
    """
    error = error_from(answer(status, body, Retry_After="86400"))

    assert said in str(error)


@pytest.mark.parametrize("status", [522, 525, 526])
def test_broken(status):
    """
    What HubSpot's support must mend is not tried again for a while.
    """
    error = error_from(answer(status))

    assert type(error) is UnavailableError
    assert (error.sent, error.retry_after) == (True, 300)


@pytest.mark.parametrize("status", [200, 201, 207, 302, 408, 500, 502, 504, 521, 524])
def test_by_status(status):
    """
    Where HubSpot says no more than the status, the core judges by it.
    """
    assert error_from(answer(status, {"category": "VALIDATION_ERROR"})) is None


def test_request_id():
    """
    HubSpot's own id of the request is told, for its support.
    """
    error = error_from(answer(400, {"correlationId": TRACE}))

    assert error.request_id == TRACE
    assert error_from(answer(400, {"correlationId": "ana@example.com"})).request_id is None


@pytest.mark.parametrize(
    "body",
    [
        b"<html>",
        b"[1]",
        b"null",
        {"errors": "no", "message": 7, "category": ["x"]},
        {"errors": [None, {"context": None, "code": 3}], "message": "[{"},
        {"category": "FAILED ana@example.com", "errors": [{"code": "X Y", "name": "7"}]},
        {"message": "[1, null]", "errors": [{"context": {"propertyName": "x"}}]},
    ],
)
def test_odd_bodies(body):
    """
    Every field of an error's body may be missing or of another kind.
    """
    assert str(error_from(answer(400, body))) == "HubSpot API error: 400 - Bad Request"


@pytest.mark.parametrize(
    ("category", "kind"),
    [
        ("VALIDATION_ERROR", InvalidRequestError),
        ("CONFLICT", InvalidRequestError),
        ("OBJECT_NOT_FOUND", ClientNotFoundError),
        ("MISSING_SCOPES", AccessDeniedError),
        ("RATE_LIMITS", RateLimitedError),
        ("INTERNAL_ERROR", UnavailableError),
        (None, UnavailableError),
    ],
)
def test_of_rows(category, kind):
    """
    An error within a batch is judged by its category; an unknown one may have been done.
    """
    error = error_of({"category": category, "message": "ana@example.com"})

    assert type(error) is kind
    assert "ana" not in str(error)


@pytest.mark.parametrize(
    ("headers", "limit"),
    [
        (
            {"Max": "190", "Remaining": "99", "Interval-Milliseconds": "10000"},
            Limit(remaining=99, allows=Rate(190, per=10.0)),
        ),
        (
            {"Remaining": "99", "Daily-Remaining": "0"},
            Limit(remaining=0, resets_in=3600, daily_used=1.0),
        ),
        (
            {
                "Max": "190",
                "Remaining": "99",
                "Interval-Milliseconds": "10000",
                "Daily": "1000",
                "Daily-Remaining": "250",
            },
            Limit(remaining=99, allows=Rate(190, per=10.0), daily_used=0.75),
        ),
        ({"Remaining": "0", "Max": "190"}, None),
        ({"Remaining": "many"}, None),
        ({}, None),
    ],
)
def test_limits(headers, limit):
    """
    The headers tell the rate and what is left of it, a spent day before all.
    """
    named = {f"X-HubSpot-RateLimit-{name}": value for name, value in headers.items()}

    assert limit_from(answer(200, **named)) == limit


def test_limits_of_associations():
    """
    Headers of associations, whose limit is another one, change nothing of the rest.
    """
    named = {
        "X-HubSpot-RateLimit-Max": "100",
        "X-HubSpot-RateLimit-Remaining": "0",
        "X-HubSpot-RateLimit-Interval-Milliseconds": "10000",
    }
    url = "https://api.hubapi.com/crm/associations/2026-09/contacts/notes/batch/read"

    assert limit_from(answer(200, url=url, **named)) is None
    assert limit_from(answer(200, **named)) is not None
