"""
Access tokens and OAuth: who may do what, and until when.
"""

from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

CONTACT = "/crm/objects/2026-09/contacts/7"
APP = {"client_id": "app", "client_secret": "hush", "refresh_token": "first"}
BACK = "http://localhost:9000/back?x=1"


@pytest.fixture
def hub(crm_simulator):
    """
    Return a HubSpot with a contact and an app.
    """
    contacts = [{"id": 7, "email": "ana@example.com"}]
    return crm_simulator("hubspot", contacts=contacts, app=APP, owners=[{"id": "5"}])


def grant(send, **fields):
    """
    Ask for tokens.
    """
    client = {"client_id": "app", "client_secret": "hush"}
    return send("POST", "/oauth/2026-03/token", form={**client, **fields})


def authorized(send, **query):
    """
    Let the user agree, and return what the app is sent back.
    """
    wanted = {"client_id": "app", "redirect_uri": BACK, "scope": "oauth timeline"}
    answer = send("GET", "/oauth/authorize", **{**wanted, **query})
    assert answer.status == 302
    return parse_qs(urlsplit(answer.headers["Location"]).query)


def errors(send):
    """
    Return the status and the category that a request gets.
    """
    answer = send("GET", CONTACT)
    return answer.status, answer.json.get("category")


@pytest.mark.parametrize("token", ["", "foreign", "pat-na1-other"])
def test_unknown(hub, clients, token):
    """
    Without a token that it knows, HubSpot lets nobody in.
    """
    assert errors(clients(hub, token)) == (401, "INVALID_AUTHENTICATION")


def test_scheme(hub, clients):
    """
    A token is no password: only Bearer will do.
    """
    send = clients(hub, "x")
    send.token = None
    connection = send._connected()
    connection.request("GET", CONTACT, headers={"Authorization": f"Basic {hub.token}"})

    assert connection.getresponse().status == 401


def test_expired(hub, clients):
    """
    A token is good until it expires, which is then said.
    """
    send = clients(hub, hub.add_token(expires_in=60))

    assert send("GET", CONTACT).status == 200
    hub.clock.advance(75)
    answer = send("GET", CONTACT)
    assert answer.json["category"] == "EXPIRED_AUTHENTICATION"
    assert answer.status == 401
    assert "expired 15 second(s) ago" in answer.json["message"]
    assert "expire time" in answer.json["context"]


@pytest.mark.parametrize(
    ("method", "path", "scopes"),
    [
        ("GET", CONTACT, ["crm.objects.contacts.read"]),
        ("PATCH", CONTACT, ["crm.objects.contacts.write"]),
        ("POST", "/crm/v3/objects/notes/batch/create", ["crm.objects.contacts.write"]),
        ("POST", "/crm/v3/objects/notes/batch/read", ["crm.objects.contacts.read"]),
        ("POST", "/crm/v3/objects/notes/search", ["crm.objects.contacts.read"]),
        (
            "POST",
            "/crm/v3/objects/emails/batch/read",
            ["crm.objects.contacts.read", "sales-email-read"],
        ),
        ("GET", "/crm/v3/objects/companies", ["crm.objects.companies.read"]),
        ("GET", "/crm/properties/2026-09/contacts", ["crm.schemas.contacts.read"]),
        ("GET", "/crm/owners/2026-09", ["crm.objects.owners.read"]),
        (
            "POST",
            "/crm/v4/associations/notes/contacts/batch/read",
            ["crm.objects.contacts.read"],
        ),
    ],
)
def test_scopes(hub, clients, method, path, scopes):
    """
    A missing scope is named; any one of those that are named is enough.
    """
    body = None if method == "GET" else {"inputs": [], "properties": {}}
    answer = clients(hub, hub.add_token(scopes=["oauth"]))(method, path, body)
    (error,) = answer.json["errors"]

    assert (answer.status, answer.json["category"]) == (403, "MISSING_SCOPES")
    assert error["context"]["requiredGranularScopes"] == scopes
    for scope in scopes:
        send = clients(hub, hub.add_token(scopes=[scope]))
        assert send(method, path, body).status < 300


def test_scopes_as_text(hub):
    """
    Scopes given as one text would be its letters, so they are refused.
    """
    with pytest.raises(TypeError, match="scopes"):
        hub.add_token(scopes="oauth")


def test_code(hub, clients):
    """
    A code is exchanged once for tokens with the scopes that the user agreed to.
    """
    send = clients(hub)
    back = authorized(send, state="s t", optional_scope="crm.objects.contacts.read")
    fields = {
        "grant_type": "authorization_code",
        "code": back["code"][0],
        "redirect_uri": BACK,
    }
    answer = grant(send, **fields).json

    assert (back["state"], back["x"]) == (["s t"], ["1"])
    assert answer["expires_in"] == 1800
    assert answer["scopes"] == ["crm.objects.contacts.read", "oauth", "timeline"]
    assert clients(hub, answer["access_token"])("GET", CONTACT).status == 200
    assert grant(send, **fields).json["status"] == "BAD_AUTH_CODE"
    hub.clock.advance(1801)
    late = clients(hub, answer["access_token"])
    assert errors(late) == (401, "EXPIRED_AUTHENTICATION")


def test_code_too_late(hub, clients):
    """
    A code is not good for long.
    """
    send = clients(hub)
    code = authorized(send)["code"][0]
    hub.clock.advance(601)
    answer = grant(send, grant_type="authorization_code", code=code, redirect_uri=BACK)

    assert (answer.status, answer.json["error"]) == (400, "invalid_grant")


def test_code_elsewhere(hub, clients):
    """
    A code is good only with the redirect URI that it was made for.
    """
    send = clients(hub)
    code = authorized(send)["code"][0]
    answer = grant(send, grant_type="authorization_code", code=code, redirect_uri="x:y")

    assert answer.json["status"] == "BAD_REDIRECT_URI"


@pytest.mark.parametrize(("verifier", "status"), [("v" * 50, 200), ("w" * 50, 400)])
def test_pkce(hub, clients, verifier, status):
    """
    Where a challenge was sent, only its verifier gets tokens.
    """
    send = clients(hub)
    digest = sha256(b"v" * 50).digest()
    challenge = urlsafe_b64encode(digest).decode().rstrip("=")
    code = authorized(send, code_challenge=challenge, code_challenge_method="S256")["code"]
    fields = {"code": code[0], "redirect_uri": BACK, "code_verifier": verifier}

    assert grant(send, grant_type="authorization_code", **fields).status == status


@pytest.mark.parametrize(
    "query", [{"client_id": "other"}, {"redirect_uri": ""}, {"scope": ""}]
)
def test_authorize_wrong(hub, clients, query):
    """
    What is wrong about the app is said to the user, and nobody is sent anywhere.
    """
    wanted = {"client_id": "app", "redirect_uri": BACK, "scope": "oauth", **query}

    assert clients(hub)("GET", "/oauth/authorize", **wanted).status == 400


def test_refresh(hub, clients):
    """
    A refresh token gives access tokens again and again.
    """
    send = clients(hub)
    answers = [grant(send, grant_type="refresh_token", refresh_token="first") for _ in "ab"]

    assert [one.json["refresh_token"] for one in answers] == ["first", "first"]
    tokens = {one.json["access_token"] for one in answers}
    assert len(tokens) == 2
    for token in tokens:
        assert clients(hub, token)("GET", CONTACT).status == 200


@pytest.fixture
def rotating(crm_simulator, clients):
    """
    Return what sends requests to a HubSpot whose refresh tokens are good once.
    """
    app = {**APP, "rotate_refresh_tokens": True}
    hub = crm_simulator("hubspot", contacts=[{"id": 7}], app=app)
    return lambda token="": clients(hub, token)


def refreshed(send, token):
    """
    Refresh with this token.
    """
    return grant(send, grant_type="refresh_token", refresh_token=token)


def test_rotation(rotating):
    """
    With rotation each refresh token is good once.
    """
    first = refreshed(rotating(), "first").json
    second = refreshed(rotating(), first["refresh_token"]).json

    assert len({"first", first["refresh_token"], second["refresh_token"]}) == 3
    for token in (first["access_token"], second["access_token"]):
        assert rotating(token)("GET", CONTACT).status == 200


def test_rotation_reused(rotating):
    """
    To use a refresh token again ends the grant: all that came of it is good no more.
    """
    first = refreshed(rotating(), "first").json
    second = refreshed(rotating(), first["refresh_token"]).json
    again = refreshed(rotating(), "first")

    assert (again.status, again.json["status"]) == (400, "BAD_REFRESH_TOKEN")
    assert refreshed(rotating(), second["refresh_token"]).status == 400
    for token in (first["access_token"], second["access_token"]):
        assert rotating(token)("GET", CONTACT).status == 401


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        ({"client_id": "other"}, "invalid_client"),
        ({"client_secret": "wrong"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"refresh_token": "wrong"}, "invalid_grant"),
    ],
)
def test_refresh_wrong(hub, clients, fields, error):
    """
    A refusal names its reason as RFC 6749 does, and as HubSpot does.
    """
    sent = {"grant_type": "refresh_token", "refresh_token": "first", **fields}
    answer = grant(clients(hub), **sent)

    assert answer.status == 400
    assert answer.json["error"] == error
    assert set(answer.json) == {"error", "error_description", "status", "message"}


@pytest.mark.parametrize(
    ("version", "status"), [("v1", 200), ("v3", 400), ("2026-09", 400)]
)
def test_query(hub, clients, version, status):
    """
    Since v3 nothing of a token request may be in the query.
    """
    fields = {"grant_type": "refresh_token", "refresh_token": "first"}
    fields |= {"client_id": "app", "client_secret": "hush"}
    answer = clients(hub)("POST", f"/oauth/{version}/token", form={}, **fields)

    assert answer.status == status


def test_introspect(hub, clients):
    """
    What a token is can be asked, until it is revoked.
    """
    send, client = clients(hub), {"client_id": "app", "client_secret": "hush"}
    token = grant(send, grant_type="refresh_token", refresh_token="first").json

    def active():
        form = {**client, "token": token["access_token"]}
        return send("POST", "/oauth/2026-09/token/introspect", form=form).json["active"]

    assert active() is True
    revoked = {**client, "token": token["access_token"]}
    assert send("POST", "/oauth/2026-09/token/revoke", form=revoked).status == 204
    assert active() is False
    assert errors(clients(hub, token["access_token"])) == (401, "INVALID_AUTHENTICATION")
    send("DELETE", "/oauth/v1/refresh-tokens/first")
    answer = grant(send, grant_type="refresh_token", refresh_token="first")
    assert answer.json["status"] == "BAD_REFRESH_TOKEN"
