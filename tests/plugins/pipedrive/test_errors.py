"""
What an answer of Pipedrive leads to.
"""

import json

import pytest
from tests.plugins.pipedrive.conftest import Clock, calls

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    InvalidRequestError,
    Limit,
    ProtocolError,
    Rate,
    RateLimitedError,
    Response,
)
from crmkit_pipedrive._errors import error_from, limit_from, refusal

HOST = "https://acme.pipedrive.com"
PERSON, SEARCH = f"{HOST}/api/v2/persons/7", f"{HOST}/api/v2/persons/search?term=x"
NOTE, ACTIVITY = f"{HOST}/api/v1/notes", f"{HOST}/api/v2/activities"
TRACE = "00000000-0000-4000-8000-00000000beef"
PAGE = b"<!doctype html><title>Blocked</title>"


def answer(status, body=None, url=PERSON, **headers):
    """
    Make an answer; underscores of header names are hyphens.
    """
    content = body if isinstance(body, bytes) else json.dumps(body or {}).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=named, url=url, content=content)


def said(error, **more):
    """
    Make Pipedrive's envelope of an error.
    """
    return {"success": False, "error": error, **more}


@pytest.mark.parametrize(
    ("response", "kind", "told"),
    [
        pytest.param(
            answer(401, said("unauthorized access", errorCode=401)),
            AuthenticationError,
            "401 - Unauthorized: the token is wrong, revoked, or not of the company in the "
            "setting company_domain",
            id="token",
        ),
        pytest.param(
            answer(402, said("Company account is not open")),
            AccessDeniedError,
            "402 - Payment Required: the company's account is not open: unpaid, or its "
            "trial is over",
            id="unpaid",
        ),
        pytest.param(
            answer(403, said("Scope and URL mismatch", errorCode=403), url=NOTE),
            AccessDeniedError,
            "403 - Forbidden: the user may not do this, or the app lacks the scope "
            "contacts:full",
            id="scope of notes",
        ),
        pytest.param(
            answer(403, said("Scope and URL mismatch", errorCode=403), url=ACTIVITY),
            AccessDeniedError,
            "403 - Forbidden: the user may not do this, or the app lacks the scope "
            "activities:full",
            id="scope of activities",
        ),
        pytest.param(
            answer(403, said("Scope and URL mismatch"), url=f"{HOST}/api/v1/users/me"),
            AccessDeniedError,
            "403 - Forbidden: the user may not do this, or the app lacks the scope base",
            id="base scope",
        ),
        pytest.param(
            answer(404, said("Person not found", code="ERR_NOT_FOUND")),
            ClientNotFoundError,
            "404 - Not Found: the client, or what else is named, is not there, or hidden "
            "from the user",
            id="no person",
        ),
        pytest.param(
            answer(404, b""),
            ClientNotFoundError,
            "404 - Not Found: the client, or what else is named, is not there, or hidden "
            "from the user",
            id="no person, no words",
        ),
        pytest.param(
            answer(404, said("Unknown method ."), url=NOTE),
            ProtocolError,
            "404 - Not Found: there is no such API; check the settings company_domain and "
            "base_url",
            id="no such path",
        ),
        pytest.param(
            answer(404, said("Not found"), url=f"{HOST}/api/v2/personFields"),
            ProtocolError,
            "404 - Not Found: there is no such API; check the settings company_domain and "
            "base_url",
            id="no list",
        ),
        pytest.param(
            answer(410, said("Person was deleted")),
            ClientNotFoundError,
            "410 - Gone: the client, or what else is named, was deleted",
            id="deleted before",
        ),
        pytest.param(
            answer(410, b""),
            ClientNotFoundError,
            "410 - Gone: the client, or what else is named, was deleted",
            id="deleted before, no words",
        ),
        pytest.param(
            answer(404, PAGE),
            ProtocolError,
            "404 - Not Found: there is no such API; check the settings company_domain and "
            "base_url",
            id="no company",
        ),
        pytest.param(
            answer(302, b"", Location="https://www.pipedrive.com/"),
            ProtocolError,
            "302 - Found: there is no such API; check the settings company_domain and "
            "base_url",
            id="redirected",
        ),
        pytest.param(
            answer(
                400,
                said(
                    "Validation failed: email: Parameter 'subject' is not allowed for "
                    "this request",
                    code="ERR_SCHEMA_VALIDATION_FAILED",
                ),
            ),
            InvalidRequestError,
            "400 - Bad Request: ERR_SCHEMA_VALIDATION_FAILED: subject: not allowed",
            id="not allowed",
        ),
        pytest.param(
            answer(400, said("Parameter 'pet_name' is not allowed for this request")),
            InvalidRequestError,
            "400 - Bad Request: pet_name: not allowed",
            id="unknown key",
        ),
        pytest.param(
            answer(
                400,
                said("'person_id' is a read-only field. Add a primary participant"),
                url=ACTIVITY,
            ),
            InvalidRequestError,
            "400 - Bad Request: person_id: read-only",
            id="read-only",
        ),
        pytest.param(
            answer(400, said(f"Validation failed: custom_fields.{'a' * 40}: Required")),
            InvalidRequestError,
            f"400 - Bad Request: custom_fields, {'a' * 40}: required",
            id="required",
        ),
        pytest.param(
            answer(400, said("Validation failed: type: Activity type does not exist")),
            InvalidRequestError,
            "400 - Bad Request: type: no such value",
            id="unknown choice",
        ),
        pytest.param(
            answer(400, said("subject: String must contain at most 255 character(s)")),
            InvalidRequestError,
            "400 - Bad Request: subject: too long",
            id="too long",
        ),
        pytest.param(
            answer(400, said("ana@example.com is required to be Ana Núñez", code=7)),
            InvalidRequestError,
            "400 - Bad Request",
            id="nothing but data",
        ),
        pytest.param(
            answer(400, b"[1]"), ProtocolError, "400 - Bad Request: there", id="no object"
        ),
    ],
)
def test_refusals(response, kind, told):
    """
    A refusal is told by what is wrong, the names that are known, and the remedy.
    """
    error = error_from(response)

    assert type(error) is kind
    assert str(error).startswith(f"Pipedrive API error: {told}")
    assert "Ana" not in str(error)


@pytest.mark.parametrize("status", [200, 204, 408, 500, 503, 522])
def test_left_to_the_core(status):
    """
    Success, and failures of which Pipedrive says no more, are judged by their status.
    """
    assert error_from(answer(status, said("Internal", code="ERR_UNKNOWN"))) is None


@pytest.mark.parametrize(
    ("envelope", "kind"),
    [
        (said("Person not found", errorCode=404), ClientNotFoundError),
        (said("Person not found", code="ERR_NOT_FOUND"), ClientNotFoundError),
        (said("no", errorCode=401), AuthenticationError),
        (said("no", errorCode=403), AccessDeniedError),
        (said("no", errorCode=500), ProtocolError),
        (said("Bad request"), InvalidRequestError),
        (said("no", code=200), InvalidRequestError),
    ],
)
def test_inner_errors(envelope, kind):
    """
    A good status around an envelope without success is judged by what is inside.
    """
    assert type(refusal(answer(200), envelope)) is kind


def test_request_id():
    """
    The id by which Pipedrive's support knows a request goes with its error.
    """
    assert (
        error_from(answer(400, said("no"), X_Correlation_Id="not one; ")).request_id is None
    )
    assert error_from(answer(400, said("no"), X_Correlation_Id=TRACE)).request_id == TRACE


@pytest.mark.parametrize(
    ("status", "body", "headers", "wait"),
    [
        pytest.param(429, said("x"), {"remaining": "0", "reset": "1"}, 1, id="burst"),
        pytest.param(429, said("x"), {}, 2, id="without headers"),
        pytest.param(429, PAGE, {"remaining": "0", "reset": "2"}, 2, id="a page"),
        pytest.param(429, said("x"), {"remaining": "17", "reset": "2"}, 3600, id="day"),
        pytest.param(429, said("Daily rate limit exceeded"), {}, 3600, id="day in words"),
        pytest.param(403, PAGE, {}, 300, id="blocked"),
    ],
)
def test_limits(status, body, headers, wait):
    """
    A burst is over in seconds, a block in minutes; a day that is spent is asked each hour.
    """
    named = {f"X_RateLimit_{name.title()}": value for name, value in headers.items()}
    error = error_from(answer(status, body, **named))

    assert isinstance(error, RateLimitedError)
    assert error.retry_after == wait


@pytest.mark.parametrize(
    "header", ["X_Daily_RateLimit_Token_Remaining", "X_Daily_Requests_Left"]
)
def test_day_in_headers(header):
    """
    Where the headers tell that the day is spent, the burst's do not matter.
    """
    burst = {"X_RateLimit_Remaining": "0", "X_RateLimit_Reset": "2", "Retry_After": "2"}
    error = error_from(answer(429, said("x"), **burst, **{header: "0"}))

    assert error.retry_after == 3600
    assert "tokens of the day" in str(error)


def test_limit_from():
    """
    The headers' limit is of any two seconds, and of the bucket that the path has.
    """
    headers = {"X_RateLimit_Limit": "80", "X_RateLimit_Remaining": "79"}
    rate = Rate(80, per=2)

    assert limit_from(answer(200, **headers)) == Limit(remaining=79, allows=rate)
    assert limit_from(answer(200, url=SEARCH, **headers)).bucket == "search"


def test_day_from():
    """
    The day's tokens are heeded where the headers tell them; without any nothing is left.
    """
    day = {"X_Daily_RateLimit_Token_Limit": "30000"}
    some = limit_from(answer(200, **day, X_Daily_RateLimit_Token_Remaining="7500"))
    none = limit_from(answer(200, **day, X_Daily_RateLimit_Token_Remaining="0"))

    more = limit_from(answer(200, **day, X_Daily_RateLimit_Token_Remaining="45000"))

    assert more.daily_used == 0.0
    assert (some.daily_used, some.remaining) == (0.75, 1)
    assert (none.daily_used, none.remaining, none.resets_in) == (1.0, 0, 3600)


@pytest.mark.parametrize("text", ["", "soon", "-1", "1.5"])
def test_odd_headers(text):
    """
    Headers that hold no number tell nothing.
    """
    limit = limit_from(answer(200, X_RateLimit_Limit=text, X_RateLimit_Remaining=text))

    assert (limit.allows, limit.daily_used) == (None, None)


def test_day_is_never_slept(company, connect):
    """
    A company's day that is spent is raised, and no request follows until an hour later.
    """
    hub = company(daily=15, limit="20/2s", search_lag=0)
    clock = Clock(hub)
    crm = connect(hub, clock=clock)
    crm.get_client_data("501")
    record = ActivityRecord(type="note", client_id="501")
    outcome = crm.sync_activity(record)
    asked = len(hub.requests)
    crm.flush_pending()

    assert outcome.status == "pending"
    assert isinstance(outcome.error, RateLimitedError)
    assert outcome.error.retry_after == 3600
    assert clock.waits == []
    assert len(hub.requests) == asked


def test_burst_is_waited_for(company, connect):
    """
    Requests keep within the burst that headers tell, without one refusal.
    """
    hub = company(limit="5/2s", search_lag=0)
    clock = Clock(hub)
    crm = connect(hub, clock=clock)
    records = [ActivityRecord(type="call", client_id="501") for _ in range(40)]
    report = crm.batch_sync_activities(records)

    assert all(report)
    assert len(calls(hub, "/activities")) == 40
    assert 429 not in hub.requests.statuses
    assert sum(clock.waits) < 2 * 40 / 5 / 0.95


def test_no_limit(hub, connect):
    """
    Where the headers tell of no limit, none is kept.
    """
    clock = Clock(hub)
    crm = connect(hub, clock=clock)
    for _ in range(50):
        crm.clear_cache()
        crm.get_client_data("501")

    assert clock.waits == []


def test_searches_are_waited_for(company, connect):
    """
    Searches have a limit of their own, which is kept from the first one on.
    """
    hub = company(limit="100/2s", search_lag=0)
    crm = connect(hub, clock=Clock(hub))
    for number in range(30):
        crm.find_client(email=f"nobody.{number}@example.com")

    assert len(calls(hub, "/search")) == 30
    assert 429 not in hub.requests.statuses


def test_own_budget(hub, connect):
    """
    What the setting daily_tokens leaves is spent, and then refused without a request.
    """
    crm = connect(hub, daily_tokens=20)
    record = ActivityRecord(type="call", client_id="501")
    first = [
        crm.sync_activity(ActivityRecord(type="call", client_id="501")) for _ in "1234"
    ]
    outcome = crm.sync_activity(record)

    assert all(first)
    assert outcome.status == "pending"
    assert 86_000 < outcome.error.retry_after <= 86_400
    assert len(calls(hub, "/activities")) == 4


def test_own_budget_below_one_request(hub, connect):
    """
    A setting that no request fits into refuses the first.
    """
    with pytest.raises(RateLimitedError, match="daily_tokens"):
        connect(hub, daily_tokens=9).get_client_data("501")


def test_soft_errors(company, connect):
    """
    What version 1 refuses with a good status is refused.
    """
    hub = company(soft_errors=True)
    outcome = connect(hub).sync_activity(ActivityRecord(type="note", client_id="999"))

    assert hub.requests.statuses[200] == 1
    assert outcome.status == "dead"
    assert hub.activities() == []


def test_closed_company(company, connect):
    """
    A company that does not pay is told by the remedy.
    """
    with pytest.raises(AccessDeniedError, match="not open"):
        connect(company(company_open=False)).get_client_data("501")
