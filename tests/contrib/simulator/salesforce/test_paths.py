"""
Versions, paths, limits and faults.
"""

import pytest
from tests.contrib.simulator.salesforce.people import ANA

from crmkit_simulator import Simulator


def test_versions(org, connect):
    """
    Anybody may ask for the versions; each has a name and a path.
    """
    answer = connect(org, "")("GET", "/services/data/")

    assert answer.status == 200
    assert [one["version"] for one in answer.json] == [f"{n}.0" for n in range(59, 68)]
    assert answer.json[0] == {
        "label": "Winter '24",
        "url": "/services/data/v59.0",
        "version": "59.0",
    }
    assert answer.json[-1]["label"] == "Summer '26"
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize(
    ("version", "status", "code"),
    [
        ("v59.0", 200, None),
        ("v67.0", 200, None),
        ("latest", 200, None),
        ("v30.0", 410, "GONE"),
        ("v7.0", 410, "GONE"),
        ("v68.0", 404, "NOT_FOUND"),
        ("v58.0", 404, "NOT_FOUND"),
        ("66.0", 404, "NOT_FOUND"),
        ("v66", 404, "NOT_FOUND"),
    ],
)
def test_version(ask, version, status, code):
    """
    A retired version is gone, and one that never was is not found.
    """
    answer = ask("GET", f"/services/data/{version}/sobjects/Contact/{ANA}")

    assert answer.status == status
    if code:
        assert answer.json[0]["errorCode"] == code
    else:
        number = "v67.0" if version == "latest" else version
        assert answer.json["attributes"]["url"].startswith(f"/services/data/{number}/")


def test_resources(ask):
    """
    A version tells what there is in it.
    """
    found = ask("GET", "/services/data/v66.0").json

    assert found["query"] == "/services/data/v66.0/query"


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 404),
        ("GET", "/services", 404),
        ("POST", "/services/data", 404),
        ("GET", "nothing", 404),
        ("GET", "sobjects/Nothing", 404),
        ("GET", f"sobjects/Contact/{ANA}/Email/more", 404),
        ("GET", "sobjects/Contact/Email/nobody%40example.com", 404),
        ("GET", "sobjects/Contact/Email/ana%40example.com", 200),
        ("POST", "sobjects", 405),
        ("PUT", "sobjects/Contact", 405),
        ("POST", f"sobjects/Contact/{ANA}", 405),
        ("POST", "sobjects/Contact/Email/ana%40example.com", 405),
        ("POST", "query", 405),
        ("POST", "", 405),
        ("PUT", "composite/sobjects", 405),
        ("GET", "composite/graph", 404),
        ("GET", "/services/oauth2/nothing", 404),
    ],
)
def test_places(ask, method, path, status):
    """
    A path that there is not is not found; a method that it does not have is refused.
    """
    answer = ask(method, path)

    assert answer.status == status
    if status > 200:
        code = {404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}[status]
        assert answer.json[0]["errorCode"] == code


def test_names_ignore_case(ask):
    """
    Objects and fields in a path are found in any case.
    """
    found = ask("GET", f"sobjects/contact/{ANA}", fields="lastname, EMAIL").json

    assert found["attributes"]["type"] == "Contact"
    assert list(found)[1:] == ["LastName", "Email"]


def test_external_id(crm_simulator, connect):
    """
    By an external id a record is made, read, changed and deleted.
    """
    fields = {"Contact": [{"name": "No__c", "externalId": True}]}
    ask = connect(crm_simulator("salesforce", fields=fields))
    path = "sobjects/Contact/No__c/a%2Fb"

    assert ask.refused("PATCH", path, {"LastName": "X"}, updateOnly="true")[0] == 404
    made = ask("PATCH", path, {"LastName": "X"})
    again = ask("PATCH", path, {"LastName": "Y"}, updateOnly="true")
    assert (made.status, made.json["created"]) == (201, True)
    assert (again.status, again.json["created"]) == (200, False)
    assert again.json["id"] == made.json["id"]
    assert ask("GET", path, fields="LastName,No__c").json["No__c"] == "a/b"
    assert ask.refused("PATCH", path, {"No__c": "c"}) == (400, "INVALID_FIELD", ["No__c"])
    assert ask("DELETE", path).status == 204
    assert ask("GET", path).status == 404


def test_ambiguous(crm_simulator, connect):
    """
    An external id that several records have changes none of them.
    """
    fields = {"Contact": [{"name": "No__c", "externalId": True}]}
    twins = [{"LastName": "One", "No__c": "1"}, {"LastName": "Two", "No__c": "1"}]
    org = crm_simulator("salesforce", contacts=twins, fields=fields)
    ask = connect(org)

    for method in ("GET", "PATCH", "DELETE"):
        body = {"LastName": "X"} if method == "PATCH" else None
        answer = ask(method, "sobjects/Contact/No__c/1", body)
        assert (answer.status, len(answer.json)) == (300, 2)
    assert [one["properties"]["LastName"] for one in org.contacts()] == ["One", "Two"]


def test_day(crm_simulator, connect):
    """
    The day's requests are the organization's, whatever token they have, and then over.
    """
    org = crm_simulator("salesforce", limit="3")
    one, other = connect(org), connect(org, org.add_token(expires_in=10**6))
    answers = [one("GET", "limits"), other("GET", "limits"), one("GET", "nothing")]

    told = [answer.headers["Sforce-Limit-Info"] for answer in answers]
    assert told == ["api-usage=1/3", "api-usage=2/3", "api-usage=3/3"]
    refused = one("POST", "sobjects/Contact", {"LastName": "X"})
    assert refused.status == 403
    assert refused.json == [
        {"message": "TotalRequests Limit exceeded.", "errorCode": "REQUEST_LIMIT_EXCEEDED"}
    ]
    assert "Retry-After" not in refused.headers
    assert (org.contacts(), org.requests.limited) == ([], 1)
    org.clock.advance(86_400)
    assert other("GET", "limits").status == 200


def test_at_once(crm_simulator, connect):
    """
    Requests that take long have a limit of their own, and its message.
    """
    org = crm_simulator("salesforce", limit="2/20s")
    ask = connect(org)
    answers = [ask("GET", "limits") for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 403]
    assert answers[-1].json[0]["message"] == "ConcurrentPerOrgLongTxn Limit exceeded."
    org.clock.advance(20)
    assert ask("GET", "limits").status == 200


def test_off(crm_simulator, connect):
    """
    Without a limit nothing is refused or announced; it can be set while it is served.
    """
    org = crm_simulator("salesforce", limit="off")
    ask = connect(org)
    answers = [ask("GET", "limits") for _ in range(5)]
    org.set_limit("1")

    assert not [one for one in answers if "Sforce-Limit-Info" in one.headers]
    assert [ask("GET", "limits").status for _ in "ab"] == [200, 403]


def test_unsigned(org, connect):
    """
    Who has no session is not counted.
    """
    answer = connect(org, "wrong")("GET", "limits")

    assert (answer.status, answer.json[0]["errorCode"]) == (401, "INVALID_SESSION_ID")
    assert "Sforce-Limit-Info" not in answer.headers


@pytest.mark.parametrize(
    ("fault", "status", "code", "message"),
    [
        ({"name": 400}, 400, "UNKNOWN_EXCEPTION", "could not be understood"),
        ({"name": 401}, 401, "INVALID_SESSION_ID", "expired"),
        ({"name": 403}, 403, "INSUFFICIENT_ACCESS", "rights"),
        ({"name": 429}, 403, "REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn"),
        ({"name": 429, "policy": "TotalRequests"}, 403, "REQUEST_LIMIT_EXCEEDED", "Total"),
        ({"name": 500}, 500, "UNKNOWN_EXCEPTION", "Internal Server Error"),
        ({"name": 599}, 599, "UNKNOWN_EXCEPTION", "Status 599"),
        (
            {"name": 500, "policy": "UNABLE_TO_LOCK_ROW"},
            500,
            "UNABLE_TO_LOCK_ROW",
            "exclusive access",
        ),
        (
            {"name": 403, "policy": "API_DISABLED_FOR_ORG"},
            403,
            "API_DISABLED_FOR_ORG",
            "API",
        ),
    ],
)
def test_faults(org, ask, fault, status, code, message):
    """
    A fault that is a status has the code that it is given, and nothing is done.
    """
    org.fault(**fault)
    answer = ask("POST", "sobjects/Contact", {"LastName": "X"})

    assert (answer.status, answer.json[0]["errorCode"]) == (status, code)
    assert message in answer.json[0]["message"]
    assert len(org.contacts()) == 3
    assert org.requests.limited == (fault["name"] == 429)


def test_wait(org, ask):
    """
    A fault says how long to wait only if it is told to.
    """
    org.fault(503, seconds=7)

    assert ask("GET", "limits").headers["Retry-After"] == "7"


def test_config():
    """
    A connector is told where the organization is, and the token.
    """
    org = Simulator("salesforce", port=8711, token="t")

    assert org.config == {
        "default_provider": "salesforce",
        "settings": {"salesforce": {"base_url": "http://127.0.0.1:8711"}},
        "credentials": {"salesforce": "t"},
    }


def test_reset(org, ask):
    """
    A reset goes back to the people of the start, with the same token.
    """
    ask("DELETE", f"sobjects/Contact/{ANA}")
    org.reset()

    assert len(org.contacts()) == 3
    assert ask("GET", f"sobjects/Contact/{ANA}").status == 200
