"""
Faults on demand have Zoho's own form.
"""

import pytest

ANA = "5725767000000524157"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("400", "BAD_REQUEST"),
        ("401", "INVALID_TOKEN"),
        ("404", "INVALID_URL_PATTERN"),
        ("405", "INVALID_REQUEST_METHOD"),
        ("412", "ALREADY_MODIFIED"),
        ("413", "REQUEST_ENTITY_TOO_LARGE"),
        ("415", "UNSUPPORTED_MEDIA_TYPE"),
        ("429", "TOO_MANY_REQUESTS"),
        ("500", "INTERNAL_ERROR"),
        ("503", "INTERNAL_ERROR"),
    ],
)
def test_statuses(hub, send, name, code):
    """
    A status is an answer in Zoho's envelope, and nothing is done.
    """
    hub.fault(name)
    answer = send("POST", "Contacts", {"data": [{"Last_Name": "Ng"}]})

    assert (str(answer.status), answer.json["code"]) == (name, code)
    assert set(answer.json) == {"code", "details", "message", "status"}
    assert answer.json["status"] == "error"
    assert "Retry-After" not in answer.headers
    assert len(hub.contacts()) == 2


def test_retry_after(hub, send):
    """
    Retry-After is sent only where a fault says so.
    """
    hub.fault(429, seconds=7)

    assert send("GET", "org").headers["Retry-After"] == "7"


@pytest.mark.parametrize(("policy", "left"), [("CONCURRENCY", None), ("CREDITS", "0")])
def test_policies(hub, send, policy, left):
    """
    Of the two limits only that of credits can be told, by what is left.
    """
    hub.fault(429, policy=policy)

    assert send("GET", "org").headers["X-API-CREDITS-REMAINING"] == left


def test_scope(hub, send):
    """
    A 401 may also be a scope that is missing.
    """
    hub.fault(401, policy="SCOPE")

    assert send("GET", "org").json["code"] == "OAUTH_SCOPE_MISMATCH"


@pytest.mark.parametrize(
    ("method", "path", "permissions"),
    [
        ("GET", f"Contacts/{ANA}", ["Crm_Implied_View_Contacts"]),
        ("POST", "Calls", ["Crm_Implied_Create_Calls"]),
        ("GET", "org", []),
    ],
)
def test_forbidden(hub, send, method, path, permissions):
    """
    A 403 names the permission that the request would have needed.
    """
    hub.fault(403)
    answer = send(method, path)

    assert (answer.status, answer.json["code"]) == (403, "NO_PERMISSION")
    assert answer.json["details"] == {"permissions": permissions}


def test_page(hub, send):
    """
    A page for people comes where JSON was due.
    """
    hub.fault("html")

    assert send("GET", "org").headers["Content-Type"].startswith("text/html")


def test_done(hub, send):
    """
    Work may be done though the answer says otherwise.
    """
    hub.fault("done_but_500")
    answer = send("POST", "Contacts", {"data": [{"Last_Name": "Ng"}]})

    assert answer.status == 500
    assert len(hub.contacts()) == 3
