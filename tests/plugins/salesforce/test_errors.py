"""
What Salesforce's refusals mean, and that nothing personal is in what is said of them.
"""

import re

import pytest
from tests.plugins.salesforce.conftest import ANA, PEOPLE, Clock
from tests.plugins.salesforce.test_syncing import activity

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ClientNotFoundError,
    InvalidRequestError,
    RateLimitedError,
    UnavailableError,
)
from crmkit.codec import to_json
from crmkit.http import Response
from crmkit_salesforce._errors import error_from, error_of, limit_from

HERE = "https://acme.my.salesforce.com/services/data/v66.0/query"
HIDDEN = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
SECRET, NAME = "ana@example.com", "Ana"


def answer(status, said=b"", url=HERE, **headers):
    """
    Make an answer.
    """
    content = said if isinstance(said, bytes) else to_json(said).encode()
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status=status, headers=names, url=url, content=content)


def refusal(code, message="", **more):
    """
    Make what a refusal holds.
    """
    return [{"errorCode": code, "message": f"{message} {SECRET}", **more}]


@pytest.mark.parametrize(
    ("status", "said", "kind", "told"),
    [
        (401, refusal("INVALID_SESSION_ID"), AuthenticationError, "sign in again"),
        (401, b"", AuthenticationError, "Unauthorized"),
        (401, b"<html>", AuthenticationError, "Unauthorized"),
        (403, refusal("API_DISABLED_FOR_ORG"), AccessDeniedError, "API Enabled"),
        (403, refusal("INSUFFICIENT_ACCESS"), AccessDeniedError, "INSUFFICIENT_ACCESS"),
        (
            403,
            refusal("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."),
            RateLimitedError,
            "the day's requests are spent",
        ),
        (
            403,
            refusal("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."),
            RateLimitedError,
            "REQUEST_LIMIT_EXCEEDED$",
        ),
        (404, refusal("NOT_FOUND"), AccessDeniedError, "hidden from this user"),
        (404, refusal("ENTITY_IS_DELETED"), ClientNotFoundError, "ENTITY_IS_DELETED"),
        (410, refusal("UNSUPPORTED_API_VERSION"), AccessDeniedError, "api_version out"),
        (404, b"<html>", AccessDeniedError, "check the setting my_domain"),
        (
            400,
            refusal("STRING_TOO_LONG", fields=["Subject"]),
            InvalidRequestError,
            "STRING_TOO_LONG: Subject: too long",
        ),
        (
            400,
            refusal("INVALID_FIELD", "No such column 'Foo__c' on entity 'Contact'."),
            InvalidRequestError,
            "INVALID_FIELD: Foo__c: no such field",
        ),
        (400, refusal("INVALID_TYPE"), InvalidRequestError, "no such object"),
        (400, refusal("MALFORMED_QUERY"), InvalidRequestError, "MALFORMED_QUERY"),
        (
            400,
            refusal("REQUIRED_FIELD_MISSING", fields=["LastName", "Need__c"]),
            InvalidRequestError,
            "REQUIRED_FIELD_MISSING: LastName, Need__c: the org",
        ),
        (400, refusal("QUERY_TIMEOUT"), UnavailableError, "Bad Request"),
        (400, refusal("UNABLE_TO_LOCK_ROW"), RateLimitedError, "UNABLE_TO_LOCK_ROW"),
        (500, refusal("UNABLE_TO_LOCK_ROW"), RateLimitedError, "UNABLE_TO_LOCK_ROW"),
        (420, b"", UnavailableError, "420"),
        (406, b"<html>", UnavailableError, "406"),
        (400, refusal("ONE") + refusal("TWO"), InvalidRequestError, "ONE; TWO"),
        (400, {"errorCode": "ONE", "message": SECRET}, InvalidRequestError, "ONE"),
        (400, {"error": "invalid_grant"}, InvalidRequestError, "revoked, expired"),
        (
            400,
            {"error": "inactive_user", "error_description": SECRET},
            InvalidRequestError,
            "inactive_user",
        ),
        (400, {"error": None}, InvalidRequestError, "Bad Request"),
        (
            400,
            [None, 7, {"fields": 7, "message": None}],
            InvalidRequestError,
            "Bad Request",
        ),
    ],
)
def test_refusals(status, said, kind, told):
    """
    Each refusal is the error that it means, with names and remedies, and no other word.
    """
    error = error_from(answer(status, said))

    assert type(error) is kind
    assert str(error).startswith(f"Salesforce API error: {status} - ")
    assert re.search(told, str(error))
    assert SECRET not in str(error)


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("sobjects/Visit__c/describe", "Visit__c"),
        ("composite/sobjects/Task/crmkit_Id__c", "Task.crmkit_Id__c"),
        ("sobjects/Contact/ana@example.com", "Contact"),
    ],
)
def test_hidden(path, named):
    """
    What is not there, or hidden, is told by its name, and never by the value looked for.
    """
    url = f"https://acme.my.salesforce.com/services/data/v66.0/{path}"
    told = str(error_from(answer(404, refusal("NOT_FOUND"), url)))

    assert told.startswith(f"Salesforce API error: 404 - Not Found: {named}: NOT_FOUND: ")


@pytest.mark.parametrize("status", [200, 204, 300, 302, 408, 423, 429, 500, 502, 503])
def test_by_status(status):
    """
    What says no more than its status is left to be judged by that.
    """
    assert error_from(answer(status, b"<html>")) is None


@pytest.mark.parametrize("host", ["login", "test"])
def test_login_host(host):
    """
    Where requests go to the host that only signs in, the setting that lacks is named.
    """
    url = f"https://{host}.salesforce.com/services/data/v66.0/query"

    for status in (302, 401, 404):
        error = error_from(answer(status, url=url))
        assert isinstance(error, AuthenticationError)
        assert "my_domain" in str(error)


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ({"statusCode": "UNABLE_TO_LOCK_ROW"}, RateLimitedError),
        (
            {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "fields": ["WhoId"]},
            ClientNotFoundError,
        ),
        ({"statusCode": "ENTITY_IS_DELETED", "fields": []}, ClientNotFoundError),
        ({"statusCode": HIDDEN, "fields": ["WhoId"]}, ClientNotFoundError),
        ({"statusCode": HIDDEN, "fields": ["OwnerId"]}, InvalidRequestError),
        ({"statusCode": "SERVER_UNAVAILABLE"}, RateLimitedError),
        (
            {"statusCode": "INVALID_CROSS_REFERENCE_KEY", "fields": ["OwnerId"]},
            InvalidRequestError,
        ),
        (
            {"statusCode": "INSUFFICIENT_ACCESS_OR_READONLY", "fields": []},
            InvalidRequestError,
        ),
        ({"errorCode": "STRING_TOO_LONG", "fields": ["Subject"]}, InvalidRequestError),
        (
            {
                "statusCode": "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
                "message": f"bad value for restricted picklist field: {NAME}",
            },
            InvalidRequestError,
        ),
        ({}, InvalidRequestError),
    ],
)
def test_rows(item, kind):
    """
    A row's error concerns that row; only locks pass.
    """
    error = error_of([{"message": SECRET, **item}])

    assert type(error) is kind
    assert SECRET not in str(error)
    assert NAME not in str(error)


@pytest.mark.parametrize(
    ("header", "used"),
    [
        ("api-usage=150/1000", 0.15),
        ("api-usage=1500/1000; api-bursts=1/750", 1.0),
        ("per-app-api-usage=9/10(appName=x), api-usage=5/10", 0.5),
    ],
)
def test_usage(header, used):
    """
    The share of the day's requests is read; an org that goes beyond is not held up.
    """
    limit = limit_from(answer(200, Sforce_Limit_Info=header))

    assert limit.daily_used == used
    assert limit.remaining > 0


@pytest.mark.parametrize(
    "header", [None, "", "per-app-api-usage=9/10", "api-usage=0/0", "x"]
)
def test_no_usage(header):
    """
    Without a number nothing is said.
    """
    headers = {} if header is None else {"Sforce_Limit_Info": header}

    assert limit_from(answer(200, **headers)) is None


def test_day_spent(crm_simulator, connect):
    """
    When the day is spent nothing is waited for: activities are pending, for an hour.
    """
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="1")
    clock = Clock(org)
    crm = connect(org, clock=clock)
    crm.sync_activity(activity())
    outcome = crm.sync_activity(activity())

    assert outcome.status == "pending"
    assert outcome.error.retry_after >= 3600
    assert clock.waits == []


def test_busy(org, connect):
    """
    Where too much runs at once the request is repeated after a while.
    """
    clock = Clock(org)
    crm = connect(org, clock=clock)
    org.fault(429, policy="ConcurrentRequests")

    assert crm.get_client_data(ANA).id == ANA
    assert clock.waits == [1]


def test_wrong_version(org, connect):
    """
    Where the org knows no object at all the first one is named, and the settings to check.
    """
    with pytest.raises(AccessDeniedError, match=r"Contact: NOT_FOUND.*api_version"):
        connect(org, api_version="99.0").get_client_data(ANA)


def test_denied_describe(org, crm):
    """
    A right that is refused for another reason than a hidden object hides nobody.
    """
    org.fault(403, path="Lead/describe")

    with pytest.raises(AccessDeniedError):
        crm.find_client(email="ana@example.com")
    assert crm.find_client(email="lia@example.com")
