"""
What Zoho's errors and headers mean.
"""

import json

import pytest

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    InvalidRequestError,
    ProtocolError,
    RateLimitedError,
    UnavailableError,
)
from crmkit.http import Response
from crmkit_zoho._errors import RowsError, UnchangedError, error_from, error_of, limit_from

BASE = "https://www.zohoapis.eu/crm/v8"
JSON = {"Content-Type": "application/json;charset=UTF-8"}
SECRET = "ana@example.com"


def answer(status, body=None, path="/Contacts", headers=JSON):
    """
    Make an answer of Zoho's; a text is its body as it is.
    """
    content = body if isinstance(body, str) else json.dumps(body)
    url = path if path.startswith("https") else BASE + path
    return Response(status=status, headers=headers, url=url, content=content.encode())


def problem(code, **details):
    """
    Make an error in Zoho's words, which quote what was sent.
    """
    return {"code": code, "details": details, "message": SECRET, "status": "error"}


@pytest.mark.parametrize(
    ("status", "code", "details", "kind", "told"),
    [
        (401, "INVALID_TOKEN", {}, AuthenticationError, "data centre than www.zohoapis.eu"),
        (401, "AUTHENTICATION_FAILURE", {}, AuthenticationError, "data_center"),
        (401, "OAUTH_SCOPE_MISMATCH", {}, AccessDeniedError, "modules.contacts.ALL"),
        (403, "OAUTH_SCOPE_MISMATCH", {}, AccessDeniedError, "needs the scope"),
        (403, "NO_PERMISSION", {"permissions": ["Crm_Implied_View"]}, AccessDeniedError,
         "Crm_Implied_View"),
        (400, "AUTHORIZATION_FAILED", {}, AccessDeniedError, "AUTHORIZATION_FAILED"),
        (404, "INVALID_URL_PATTERN", {}, ProtocolError, "base_url"),
        (404, "INVALID_DATA", {}, ClientNotFoundError, "404 - Not Found"),
        (400, "INVALID_MODULE", {}, InvalidRequestError, "the settings module"),
        (400, "INVALID_DATA", {"api_name": "Email", "expected_data_type": "email"},
         InvalidRequestError, "Email, email expected"),
        (400, "INVALID_DATA", {"api_name": "Subject", "maximum_length": 1200},
         InvalidRequestError, "Subject, at most 1,200 long"),
        (400, "INVALID_DATA", {"api_name": "Status", "supported_values": [SECRET]},
         InvalidRequestError, "Status, none of its choices"),
        (400, "INVALID_DATA", {"api_name": "id", "json_path": "$.data[0].Who_Id.id"},
         ClientNotFoundError, "INVALID_DATA.*the client is not there"),
        (400, "INVALID_DATA", {"resource_path_index": 1}, ClientNotFoundError, "not there"),
        (400, "INVALID_DATA", {"resource_path_index": 2}, InvalidRequestError, "Bad"),
        (400, "MANDATORY_NOT_FOUND", {"api_name": "Last_Name"}, InvalidRequestError,
         "Last_Name.*required"),
        (400, "EXPECTED_FIELD_MISSING", {"expected_fields": [{"api_name": "Note_Title"}]},
         InvalidRequestError, "Note_Title"),
        (400, "DEPENDENT_FIELD_MISSING", {"api_name": "What_Id2"}, InvalidRequestError,
         "What_Id2.*another field"),
        (400, "AMBIGUITY_DURING_PROCESSING", {}, InvalidRequestError, "contradict"),
        (400, "NOT_ALLOWED", {"api_name": "Full_Name"}, InvalidRequestError,
         "Full_Name.*read-only"),
        (400, "INVALID_QUERY", {"column_name": "Emial"}, InvalidRequestError,
         "Emial.*no such field"),
        (400, "REQUIRED_PARAM_MISSING", {"param_name": "fields"}, InvalidRequestError,
         "fields"),
        (400, "LIMIT_EXCEEDED", {"param_name": "ids"}, InvalidRequestError, "ids"),
        (400, "EXPIRED_VALUE", {"api_name": "page_token"}, InvalidRequestError, "a day"),
        (400, "PAGINATION_LIMIT_EXCEEDED", {}, InvalidRequestError, "100,000"),
        (400, "DISCRETE_PAGINATION_LIMIT_EXCEEDED", {"limit": 2000}, InvalidRequestError,
         "2,000"),
        (412, "RECORD_MODIFIED", {}, InvalidRequestError, "meanwhile"),
        (400, "DUPLICATE_DATA", {"api_name": "Email", "id": "57"}, InvalidRequestError,
         "Email, existing id 57"),
        (400, "DUPLICATE_DATA", {"duplicate_record": {"id": "58"}}, InvalidRequestError,
         "existing id 58"),
        (400, "RECORD_LOCKED", {}, RateLimitedError, "RECORD_LOCKED"),
        (429, "TOO_MANY_REQUESTS", {}, RateLimitedError, "429 - Too Many Requests"),
        (429, "RATE_LIMIT_EXCEEDED", {}, RateLimitedError, "429"),
        (200, "INTERNAL_ERROR", {}, UnavailableError, "INTERNAL_ERROR"),
        (200, "INVALID_TOKEN", {}, AuthenticationError, "INVALID_TOKEN"),
    ],
    ids=lambda value: value if isinstance(value, str | int) else "",
)  # fmt: skip
@pytest.mark.parametrize("wrapped", [False, True], ids=["plain", "row"])
def test_codes(status, code, details, kind, told, wrapped):
    """
    Each code is the error that tells what follows, with the names, and nobody's data.
    """
    body = problem(code, **details)
    if wrapped and status != 200:
        body = {"data": [body]}
    error = error_from(answer(status, body))

    assert type(error) is kind
    assert str(error).startswith(f"Zoho API error: {status} - ")
    assert code in str(error)
    assert SECRET not in str(error)
    with pytest.raises(kind, match=told):
        raise error


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("/Contacts/57/Notes?fields=id", "ZohoCRM.modules.notes.ALL"),
        ("/Contacts/57", "ZohoCRM.modules.contacts.ALL"),
        ("/Calls/upsert", "ZohoCRM.modules.calls.ALL"),
        ("/coql", "ZohoCRM.coql.READ"),
        ("/Contacts/search?email=x", "ZohoSearch.securesearch.READ, or ZohoCRM.coql.READ"),
        ("/settings/fields?module=Leads", "ZohoCRM.settings.fields.READ"),
        ("https://www.zohoapis.eu/elsewhere", "that the readme names"),
    ],
)
def test_scope(path, scope):
    """
    Zoho does not name the scope that is missing; where the request went tells it.
    """
    error = error_from(answer(401, problem("OAUTH_SCOPE_MISMATCH"), path))

    assert f"needs the scope {scope};" in str(error)


@pytest.mark.parametrize("status", [401, 403, 408, 410, 429, 500, 502, 503])
@pytest.mark.parametrize(
    "body", ["", "no JSON", [], {"code": "SOMETHING_NEW"}, {"error": "unauthorized access"}]
)
def test_by_status(status, body):
    """
    What tells nothing that is known is judged by its status.
    """
    assert error_from(answer(status, body)) is None


@pytest.mark.parametrize("body", ["", "no JSON", {"code": "SOMETHING_NEW"}])
def test_no_such_place(body):
    """
    404 is a wrong address and nobody's absence, for which Zoho has 204.
    """
    error = error_from(answer(404, body))

    assert isinstance(error, ProtocolError)
    assert "data_center and base_url" in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_web_page(status):
    """
    A page for people is no answer of a CRM's, and nobody is missing for it.
    """
    page = answer(status, "<html>", headers={"Content-Type": "text/html;charset=UTF-8"})

    assert isinstance(error_from(page), ProtocolError)
    assert "www.zohoapis.eu gives a web page; check the setting data_center" in str(
        error_from(page)
    )


@pytest.mark.parametrize(
    "body",
    [
        {"data": [{"id": "1", "status": "error", "code": "odd"}]},
        {"data": [{"code": "SUCCESS", "status": "success"}]},
        {"status": "active"},
        {"data": [], "filler": "x" * 3000, "status": "error", "code": "INVALID_TOKEN"},
        "",
        "[]",
    ],
    ids=["field", "row", "status", "long", "empty", "list"],
)
def test_good(body):
    """
    An answer that tells no error is none, whatever its records hold.
    """
    assert error_from(answer(200, body)) is None


def test_unchanged():
    """
    304 means that nobody was changed.
    """
    assert isinstance(error_from(answer(304, "")), UnchangedError)


def test_rows():
    """
    Where every row was refused, each keeps its own reason.
    """
    rows = [problem("INVALID_DATA", api_name="Email"), problem("NO_PERMISSION")]
    error = error_from(answer(400, {"data": rows}))

    assert isinstance(error, RowsError)
    assert error.rows == tuple(rows)


@pytest.mark.parametrize(
    ("row", "kind"),
    [
        (problem("NO_PERMISSION"), AccessDeniedError),
        (problem("RECORD_LOCKED"), RateLimitedError),
        (problem("INTERNAL_ERROR"), UnavailableError),
        (problem("INVALID_DATA", api_name="Parent_Id"), ClientNotFoundError),
        (problem("SOMETHING_NEW"), InvalidRequestError),
        (problem(None), InvalidRequestError),
    ],
    ids=["right", "locked", "failed", "parent", "new", "nameless"],
)
def test_row(row, kind):
    """
    A row that says that it was refused is told as what follows from it.
    """
    assert type(error_of(row)) is kind
    assert SECRET not in str(error_of(row))


@pytest.mark.parametrize("row", [{}, {"code": "INVALID_DATA"}, {"status": "success"}])
def test_unclear_row(row):
    """
    A row that does not say that it was refused tells nothing.
    """
    assert error_of(row) is None


def test_several_errors_in_a_row():
    """
    Of several errors in one row each is named.
    """
    inner = [
        problem(
            "DUPLICATE_DATA", api_name="Email", duplicate_record={"id": "5", "x": SECRET}
        ),
        problem("INVALID_DATA", api_name="Mobile"),
    ]
    told = str(error_of(problem("MULTIPLE_OR_MULTI_ERRORS", errors=inner)))

    assert "DUPLICATE_DATA, Email, existing id 5, INVALID_DATA, Mobile" in told
    assert SECRET not in told


@pytest.mark.parametrize("details", [None, [], "odd", {"errors": 5, "permissions": "x"}])
def test_odd_details(details):
    """
    Details of whatever shape are no reason to fail otherwise.
    """
    body = {"code": "INVALID_DATA", "details": details, "status": "error"}

    assert isinstance(error_from(answer(400, body)), InvalidRequestError)


class TestGrants:
    URL = "https://accounts.zoho.com/oauth/v2/token"

    @pytest.mark.parametrize("status", [200, 400])
    def test_revoked(self, status):
        """
        A grant that is refused with a good status is refused, the data centre is explained.
        """
        error = error_from(answer(status, {"error": "invalid_code"}, self.URL))

        assert type(error) is InvalidRequestError
        assert "invalid_code" in str(error)
        assert "data centre than accounts.zoho.com: check the setting data_center" in str(
            error
        )

    def test_too_many(self):
        """
        Too many new tokens are had later, not never.
        """
        body = {"error": "Access Denied", "error_description": SECRET, "status": "failure"}
        error = error_from(answer(400, body, self.URL))

        assert isinstance(error, RateLimitedError)
        assert error.retry_after == 600
        assert SECRET not in str(error)

    def test_odd_code(self):
        """
        A code that is no name is not repeated.
        """
        error = error_from(answer(400, {"error": f"no {SECRET}"}, self.URL))

        assert type(error) is InvalidRequestError
        assert SECRET not in str(error)


class TestLimits:
    def test_silent(self):
        """
        Until half of the credits is spent nothing is told.
        """
        assert limit_from(answer(200, {})) is None
        assert limit_from(answer(200, {}, headers={"X-API-CREDITS-REMAINING": "x"})) is None

    @pytest.mark.parametrize(
        ("left", "used", "wait"), [("900", 0.5, 0.0), ("0", 1.0, 3600.0)]
    )
    def test_credits(self, left, used, wait):
        """
        The header tells that half of the day is spent, or all of it.
        """
        limit = limit_from(answer(200, {}, headers={"X-API-CREDITS-REMAINING": left}))

        assert (limit.remaining, limit.daily_used, limit.resets_in) == (
            int(left),
            used,
            wait,
        )
