"""
Answers mean what the file says, and no message repeats what they hold.
"""

import pytest

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    InvalidRequestError,
    Limit,
    RateLimitedError,
    UnavailableError,
)
from crmkit.codec import to_json
from crmkit.http import Response
from crmkit_rest._errors import error_from, limit_from
from crmkit_rest._file import load

MORE = """
[errors]
code = "error.code"
fields = "error.fields[].name"
request_id = "trace"
not_found = [422, "error.code == 'absent'"]
rate_limited = [503]
access_denied = ["error.code == 'plan'"]
refused = ["ok == `false`"]

[limits]
remaining = "X-Left"
reset = "X-Reset"
"""


def answer(status, body, **headers):
    """
    Return an answer.
    """
    content = body if isinstance(body, bytes) else to_json(body).encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=given, url="https://x.example", content=content)


@pytest.fixture
def crm(written):
    """
    Return what a file says of errors and limits.
    """
    return load(written(MORE))


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"ok": True}, None),
        (204, b"", None),
        (200, [1, None], None),
        (200, {"ok": False}, InvalidRequestError),
        (200, {"ok": False, "error": {"code": "absent"}}, ClientNotFoundError),
        (400, {"ok": False}, InvalidRequestError),
        (401, {"ok": False}, AuthenticationError),
        (403, {}, AccessDeniedError),
        (404, b"<html>", ClientNotFoundError),
        (410, {}, ClientNotFoundError),
        (402, {"error": {"code": "plan"}}, AccessDeniedError),
        (409, {}, InvalidRequestError),
        (422, {"error": {"code": "plan"}}, ClientNotFoundError),
        (423, {}, RateLimitedError),
        (429, {"ok": False}, RateLimitedError),
        (500, {"ok": False}, UnavailableError),
        (503, {}, RateLimitedError),
    ],
)
def test_meaning(crm, status, body, kind):
    """
    A status of the file's stands first, then what a body says, then what statuses mean.
    """
    error = error_from(crm)(answer(status, body))

    assert type(error) is (kind or type(None))


def test_told(crm):
    """
    Names are told: a code, fields, the id of the request; sentences are not.
    """
    error = error_from(crm)(
        answer(
            400,
            {
                "error": {
                    "code": "WRONG",
                    "message": "Ana is wrong",
                    "fields": [{"name": "mail"}, {"name": "ana@example.com"}, None],
                },
                "trace": "r-17",
            },
        )
    )

    assert str(error) == "Acme API error: 400 - Bad Request: WRONG: mail"
    assert error.request_id == "r-17"


@pytest.mark.parametrize("code", ["Ana Núñez is wrong", 7, None, ["x"], "a" * 200])
def test_no_name(crm, code):
    """
    A code that is no name is not told.
    """
    error = error_from(crm)(answer(400, {"error": {"code": code}}))

    assert str(error) == "Acme API error: 400 - Bad Request"


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ({}, None),
        ({"X_Left": "many"}, None),
        ({"X_Left": "5"}, Limit(remaining=5)),
        ({"X_Left": "0", "X_Reset": "30"}, Limit(remaining=0, resets_in=30)),
        (
            {
                "X_Left": "0",
                "X_Reset": "1777628430",
                "Date": "Fri, 01 May 2026 09:40:00 GMT",
            },
            Limit(remaining=0, resets_in=30),
        ),
        (
            {
                "X_Left": "0",
                "X_Reset": "2026-05-01T09:40:30Z",
                "Date": "Fri, 01 May 2026 09:40:00 GMT",
            },
            Limit(remaining=0, resets_in=30),
        ),
        ({"X_Left": "0", "X_Reset": "1000000001"}, Limit(remaining=0)),
        ({"X_Left": "0", "X_Reset": "soon"}, Limit(remaining=0)),
        ({"X_Left": "0", "X_Reset": "nan"}, Limit(remaining=0)),
    ],
)
def test_limit(crm, headers, told):
    """
    What is left is read from the headers: until in so many seconds, or until a moment.
    """
    assert limit_from(crm)(answer(200, {}, **headers)) == told


def test_no_limit(written):
    """
    A file without such headers reads none.
    """
    assert limit_from(load(written())) is None
