"""
Tokens: API tokens, access tokens with scopes, OAuth.
"""

from base64 import b64encode
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

PERSON = "/api/v2/persons/1"
APP = {"refresh_token": "1:2:kept", "scopes": ["base", "contacts:read"]}


def basic(name="simulated-app", secret="simulated-secret"):
    """
    Return the headers with which an app signs.
    """
    pair = b64encode(f"{name}:{secret}".encode()).decode()
    return {"Authorization": f"Basic {pair}"}


def test_unauthorized(crm_simulator):
    """
    Without a good token everything is refused, in the gateway's own words.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    for headers in ({}, {"x-api-token": "x"}, {"x-api-token": ""}):
        answer = client(pipe)("GET", PERSON, headers=headers)
        assert answer.status == 401
        assert answer.json == {
            "success": False,
            "error": "unauthorized access",
            "errorCode": 401,
            "error_info": "Please check developers.pipedrive.com",
        }
        assert answer.headers["X-Correlation-Id"]


def test_places(crm_simulator):
    """
    An API token is no Bearer token, an access token no API token; the query is version 1's.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    access = pipe.add_token(expires_in=60)
    send = client(pipe)

    assert (
        client(pipe, bearer=True)("GET", PERSON).json["error"].startswith("Invalid token")
    )
    assert client(pipe, access)("GET", PERSON).status == 401
    assert client(pipe, access, bearer=True)("GET", PERSON).status == 200
    assert send("GET", "/v1/users/me", headers={}, api_token=pipe.token).status == 200
    assert send("GET", PERSON, headers={}, api_token=pipe.token).status == 401


def test_expiry(crm_simulator):
    """
    An access token expires, an API token does not.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    send = client(pipe, pipe.add_token(expires_in=60), bearer=True)

    assert send("GET", PERSON).status == 200
    pipe.clock.advance(60)
    assert send("GET", PERSON).status == 401
    assert client(pipe)("GET", PERSON).status == 200


@pytest.mark.parametrize(
    ("method", "path", "good", "bad"),
    [
        ("GET", "/api/v2/persons", "contacts:read", "activities:full"),
        ("GET", "/api/v2/persons/1", "contacts:full", "deals:full"),
        ("PATCH", "/api/v2/persons/1", "contacts:full", "contacts:read"),
        ("GET", "/api/v2/persons/search", "search:read", "base"),
        ("GET", "/api/v2/personFields", "contacts:read", "activities:full"),
        ("GET", "/api/v2/activities", "activities:read", "contacts:full"),
        ("POST", "/api/v2/activities", "activities:full", "activities:read"),
        ("POST", "/v1/notes", "deals:full", "contacts:read"),
        ("GET", "/v1/notes", "contacts:read", "activities:full"),
        ("POST", "/v1/callLogs", "phone-integration", "activities:full"),
        ("GET", "/v1/users", "users:read", "base"),
        ("GET", "/v1/activityTypes", "activities:read", "contacts:full"),
        ("PUT", "/v1/persons/1/merge", "contacts:full", "contacts:read"),
        ("GET", "/v1/persons/1/mailMessages", "mail:read", "contacts:full"),
    ],
)
def test_scopes(crm_simulator, method, path, good, bad):
    """
    Each call needs a scope; the refusal does not say which.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    allowed, refused = (
        client(pipe, pipe.add_token(scopes=[scope]), bearer=True)(method, path, {})
        for scope in (good, bad)
    )

    assert allowed.status in (200, 400)
    assert (refused.status, refused.json) == (
        403,
        {"success": False, "error": "Scope and URL mismatch", "errorCode": 403},
    )


def test_me(crm_simulator):
    """
    Every token may ask whose it is, and of which company.
    """
    pipe = crm_simulator("pipedrive", domain="simulated-12")
    send = client(pipe, pipe.add_token(scopes=["base"], user_id=102), bearer=True)
    me = send("GET", "/v1/users/me").json["data"]

    assert (me["id"], me["name"], me["is_you"]) == (102, "Kim Keeper", True)
    assert me["company_domain"] == "simulated-12"


def test_users(send):
    """
    Users are told by id; one that is not there is not found.
    """
    users = send("GET", "/v1/users").json["data"]

    assert [(one["id"], one["is_you"], one["is_admin"]) for one in users] == [
        (101, True, 1),
        (102, False, 0),
    ]
    assert send("GET", "/v1/users/102").json["data"]["email"] == "kim@example.com"
    missing = send("GET", "/v1/users/5")
    assert (missing.status, missing.json["error"]) == (
        404,
        "User not found or not accessible.",
    )


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"scopes": "base"}, TypeError),
        ({"oauth": False, "expires_in": 60}, ValueError),
        ({"user_id": 5}, ValueError),
    ],
)
def test_wrong_token(pipe, options, error):
    """
    A token that there cannot be is an error.
    """
    with pytest.raises(error, match=r"\w"):
        pipe.add_token(**options)


def test_closed(crm_simulator):
    """
    A company that does not pay is refused everything.
    """
    answer = client(crm_simulator("pipedrive", company_open=False))("GET", PERSON)

    assert (answer.status, answer.json["error"]) == (402, "Company account is not open")


@pytest.fixture
def app(crm_simulator):
    """
    Return a Pipedrive with an app, and a function that asks for tokens.
    """
    pipe = crm_simulator("pipedrive", contacts=1, app=APP, limit="off")
    send = client(pipe)

    def ask(*, headers=None, **form):
        signed = basic() if headers is None else headers
        return send("POST", "/oauth/token", form=form, headers=signed)

    return pipe, ask


def test_refresh(app):
    """
    A refresh gives an access token, the same refresh token, and where to go.
    """
    pipe, ask = app
    answer = ask(grant_type="refresh_token", refresh_token="1:2:kept").json
    send = client(pipe, answer["access_token"], bearer=True)

    assert {name: answer[name] for name in answer if name != "access_token"} == {
        "token_type": "Bearer",
        "refresh_token": "1:2:kept",
        "scope": "base,contacts:read",
        "expires_in": 3599,
        "api_domain": pipe.base_url,
    }
    assert send("GET", PERSON).status == 200
    assert send("GET", "/api/v2/activities").status == 403
    pipe.clock.advance(3600)
    assert send("GET", PERSON).status == 401


def test_unused(app):
    """
    A refresh token ends after 60 days without use; each use counts anew.
    """
    pipe, ask = app
    grant = {"grant_type": "refresh_token", "refresh_token": "1:2:kept"}
    for days, status in ((59, 200), (59, 200), (60, 400)):
        pipe.clock.advance(days * 86_400)
        answer = ask(**grant)
        assert answer.status == status

    assert answer.json == {
        "success": False,
        "message": "Invalid grant: refresh_token is invalid",
        "error": "invalid_grant",
    }


def test_consent(app):
    """
    A code from the consent page is good once, for five minutes, for the same address.
    """
    pipe, ask = app
    send = client(pipe)
    back = "https://app.example/back"

    def code():
        query = {"client_id": "simulated-app", "redirect_uri": back, "state": "s"}
        answer = send("GET", "/oauth/authorize", **query)
        found = parse_qs(urlsplit(answer.headers["Location"]).query)
        assert (answer.status, found["state"]) == (302, ["s"])
        return {"grant_type": "authorization_code", "code": found["code"][0]}

    once = code() | {"redirect_uri": back}
    given, again = ask(**once).json, ask(**once).json
    refreshed = ask(grant_type="refresh_token", refresh_token=given["refresh_token"])
    late = code() | {"redirect_uri": back}
    pipe.clock.advance(300)

    assert given["scope"] == "base,contacts:read"
    assert refreshed.status == 200
    assert again["message"].endswith("authorization_code is invalid")
    assert ask(**late).json["message"].endswith("authorization_code has expired")
    elsewhere = code() | {"redirect_uri": "https://evil.example"}
    assert ask(**elsewhere).json["message"].endswith("redirect_uri is invalid")


def test_unknown_app(app):
    """
    The consent page of an unknown app is an error for people.
    """
    pipe, _ = app
    answer = client(pipe)("GET", "/oauth/authorize", client_id="x")

    assert (answer.status, answer.json) == (400, None)


@pytest.mark.parametrize(
    ("headers", "form", "error"),
    [
        ({}, {"grant_type": "refresh_token"}, "invalid_client"),
        (basic(secret="x"), {"grant_type": "refresh_token"}, "invalid_client"),
        ({"Authorization": "Basic !"}, {"grant_type": "refresh_token"}, "invalid_client"),
        (basic(), {}, "invalid_request"),
        (basic(), {"grant_type": "password"}, "unsupported_grant_type"),
        (basic(), {"grant_type": "refresh_token"}, "invalid_grant"),
        (basic(), {"grant_type": "authorization_code", "code": "x"}, "invalid_grant"),
    ],
)
def test_wrong_grant(app, headers, form, error):
    """
    What is wrong with a request for tokens is said in the terms of OAuth.
    """
    _, ask = app
    answer = ask(headers=headers, **form)

    assert (answer.status, answer.json["error"]) == (400, error)


def test_no_form(app):
    """
    A request for tokens is a form, not JSON.
    """
    pipe, _ = app
    body = {"grant_type": "refresh_token", "refresh_token": "1:2:kept"}
    answer = client(pipe)("POST", "/oauth/token", body, headers=basic())

    assert answer.json["error"] == "invalid_request"


def test_revoked(app):
    """
    A revoked refresh token gives nothing any more.
    """
    pipe, ask = app
    client(pipe)("POST", "/oauth/revoke", form={"token": "1:2:kept"}, headers=basic())

    assert ask(grant_type="refresh_token", refresh_token="1:2:kept").status == 400


def test_api_domain(crm_simulator):
    """
    The address that an answer names can be given.
    """
    named = APP | {"api_domain": "https://acme.pipedrive.example"}
    send = client(crm_simulator("pipedrive", app=named))
    form = {"grant_type": "refresh_token", "refresh_token": "1:2:kept"}
    answer = send("POST", "/oauth/token", form=form, headers=basic())

    assert answer.json["api_domain"] == "https://acme.pipedrive.example"
