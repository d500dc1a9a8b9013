"""
Tokens: what each may do, until when, and where they come from.
"""

import json
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from crmkit_simulator._wire import Request

ANA = "5725767000000524157"
APP = {"client_id": "1000.SIMULATEDAPP", "client_secret": "simulated-secret"}
TOKEN = "/oauth/v2/token"
BACK = "https://app.example/back"


def refusal(answer):
    """
    Return status and code.
    """
    return answer.status, answer.json["code"]


@pytest.fixture
def granted(crm_simulator):
    """
    Return a Zoho with an app that has a refresh token.
    """
    return crm_simulator("zoho", contacts=1, app={"refresh_token": "1000.r"})


@pytest.fixture
def refresh(granted, clients):
    """
    Return a function that asks for an access token.
    """
    send = clients(granted, token="")

    def ask(**more):
        grant = {"grant_type": "refresh_token", "refresh_token": "1000.r"}
        return send("POST", TOKEN, form={**APP, **grant, **more})

    return ask


def test_scheme(hub, clients):
    """
    Zoho's own scheme is the only one; a token of another CRM is unknown.
    """
    send = clients(hub, token="")
    bearer = {"Authorization": f"Bearer {hub.token}"}
    good = {"Authorization": f"Zoho-oauthtoken {hub.token}"}

    assert refusal(send("GET", "org")) == (401, "AUTHENTICATION_FAILURE")
    assert refusal(send("GET", "org", headers=bearer)) == (401, "INVALID_TOKEN")
    assert send("GET", "org", headers=good).status == 200
    assert refusal(clients(hub, token="pat-1")("GET", "org")) == (401, "INVALID_TOKEN")


def test_expires(hub, clients):
    """
    A token is good until it expires.
    """
    send = clients(hub, hub.add_token(expires_in=60))
    before = send("GET", "org").status
    hub.clock.advance(60)

    assert (before, refusal(send("GET", "org"))) == (200, (401, "INVALID_TOKEN"))


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("GET", "Contacts?fields=id", "ZohoCRM.modules.contacts.READ"),
        ("GET", f"Contacts/{ANA}", "ZohoCRM.modules.contacts.READ"),
        ("GET", "Contacts/deleted", "ZohoCRM.modules.contacts.READ"),
        ("POST", "Contacts", "ZohoCRM.modules.contacts.CREATE"),
        ("PUT", "Contacts", "ZohoCRM.modules.contacts.UPDATE"),
        ("DELETE", f"Contacts/{ANA}", "ZohoCRM.modules.contacts.DELETE"),
        ("POST", f"Contacts/{ANA}/actions/add_tags", "ZohoCRM.modules.contacts.UPDATE"),
        ("POST", f"Contacts/{ANA}/actions/merge", "ZohoCRM.modules.contacts.UPDATE"),
        ("POST", f"Contacts/{ANA}/Notes", "ZohoCRM.modules.notes.CREATE"),
        ("POST", "Tasks", "ZohoCRM.modules.tasks.CREATE"),
        ("GET", "settings/fields?module=Contacts", "ZohoCRM.settings.fields.READ"),
        ("GET", "settings/modules", "ZohoCRM.settings.modules.READ"),
        ("GET", "users", "ZohoCRM.users.READ"),
        ("GET", "org", "ZohoCRM.org.READ"),
    ],
)
def test_scopes(hub, clients, method, path, scope):
    """
    A request needs its scope, or one that names less; which one is missing is not told.
    """
    area, _, operation = scope.rpartition(".")
    good = [
        scope,
        scope.lower(),
        f"{area}.ALL",
        "ZohoCRM.modules.ALL",
        "ZohoCRM.settings.ALL",
    ]
    good += [f"ZohoCRM.modules.{operation}"] if ".modules." in scope else []
    bad = [f"{area}.OTHER", "ZohoCRM.modules.deals.ALL", "ZohoCRM.ALL"]
    allowed = {
        one: clients(hub, hub.add_token(scopes=[one]))(method, path, {}).status
        for one in good + bad
    }
    refused = clients(hub, hub.add_token(scopes=bad))(method, path, {})

    assert refusal(refused) == (401, "OAUTH_SCOPE_MISMATCH")
    assert refused.json["details"] == {}
    wrong = {one for one, status in allowed.items() if status == 401}
    assert {scope, f"{area}.ALL"}.isdisjoint(wrong)
    assert set(bad) <= wrong


@pytest.mark.parametrize(
    ("method", "path", "body", "scopes"),
    [
        (
            "GET",
            "Contacts/search?word=x",
            None,
            ["ZohoCRM.modules.contacts.READ", "ZohoSearch.securesearch.READ"],
        ),
        (
            "POST",
            "coql",
            {"select_query": "select id from Contacts where id is null"},
            ["ZohoCRM.coql.READ", "ZohoCRM.modules.contacts.READ"],
        ),
        (
            "POST",
            "Contacts/upsert",
            {"data": [{"Last_Name": "Ng"}]},
            ["ZohoCRM.modules.contacts.CREATE", "ZohoCRM.modules.contacts.UPDATE"],
        ),
        (
            "GET",
            f"Contacts/{ANA}/Calls?fields=id",
            None,
            ["ZohoCRM.modules.contacts.READ", "ZohoCRM.modules.calls.READ"],
        ),
    ],
)
def test_two_scopes(hub, clients, method, path, body, scopes):
    """
    Some requests need two scopes.
    """
    both = clients(hub, hub.add_token(scopes=scopes))(method, path, body)
    each = [clients(hub, hub.add_token(scopes=[one]))(method, path, body) for one in scopes]

    assert both.status < 300
    assert [refusal(one) for one in each] == [(401, "OAUTH_SCOPE_MISMATCH")] * 2


def test_note_scopes(hub, clients, note):
    """
    A note needs a scope of its parent's module besides, whichever.
    """
    alone, own = ["ZohoCRM.modules.notes.CREATE"], "ZohoCRM.modules.contacts.READ"
    body = {"data": [note()]}

    refused = clients(hub, hub.add_token(scopes=alone))("POST", "Notes", body)
    good = clients(hub, hub.add_token(scopes=[*alone, own]))("POST", "Notes", body)
    assert refusal(refused) == (401, "OAUTH_SCOPE_MISMATCH")
    assert good.status == 201


def test_write_scope(hub, clients):
    """
    WRITE is for making and changing, and not for reading or deleting.
    """
    send = clients(hub, hub.add_token(scopes=["ZohoCRM.modules.contacts.WRITE"]))

    assert send("POST", "Contacts", {"data": [{"Last_Name": "Ng"}]}).status == 201
    assert send("PUT", f"Contacts/{ANA}", {"data": [{"Phone": "1"}]}).status == 200
    assert send("GET", f"Contacts/{ANA}").status == 401
    assert send("DELETE", f"Contacts/{ANA}").status == 401


@pytest.mark.parametrize(
    ("method", "path", "permission"),
    [
        ("GET", f"Contacts/{ANA}", "Crm_Implied_View_Contacts"),
        ("POST", "Notes", "Crm_Implied_Create_Notes"),
        ("PUT", "Contacts", "Crm_Implied_Edit_Contacts"),
        ("DELETE", f"Contacts/{ANA}", "Crm_Implied_Delete_Contacts"),
    ],
)
def test_permissions(hub, clients, method, path, permission):
    """
    What a user's profile lacks is refused by name, whatever the token's scopes.
    """
    refused = clients(hub, hub.add_token(lacks=[permission]))(method, path, {"data": [{}]})

    assert refusal(refused) == (403, "NO_PERMISSION")
    assert refused.json["details"] == {"permissions": [permission]}


@pytest.mark.parametrize("option", ["scopes", "lacks"])
def test_one_scope(hub, option):
    """
    Scopes and permissions are collections, and not a text.
    """
    with pytest.raises(TypeError, match="collections"):
        hub.add_token(**{option: "ZohoCRM.modules.ALL"})


def test_refresh(granted, refresh, clients):
    """
    A refresh token gives access tokens, and tells where they are good.
    """
    made = refresh().json

    assert (made["token_type"], made["expires_in"]) == ("Bearer", 3600)
    assert made["api_domain"] == granted.base_url
    assert "refresh_token" not in made
    send = clients(granted, made["access_token"])
    assert send("GET", "Contacts", fields="id").status == 200
    granted.clock.advance(3600)
    assert refusal(send("GET", "Contacts", fields="id")) == (401, "INVALID_TOKEN")


def test_parameters(granted, clients):
    """
    What is asked may stand in the address too.
    """
    send = clients(granted, token="")
    grant = {"grant_type": "refresh_token", "refresh_token": "1000.r"}

    assert send("POST", TOKEN, **APP, **grant).json["access_token"]


def test_https(granted):
    """
    A token is good where it was asked for, by HTTPS too.
    """
    grant = {"grant_type": "refresh_token", "refresh_token": "1000.r"}
    body, host = urlencode(APP | grant).encode(), {"Host": "localhost:1"}
    request = Request("POST", TOKEN, host, body, scheme="https")

    told = json.loads(granted.crm.respond(request).body)
    assert told["api_domain"] == "https://localhost:1"


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"refresh_token": "1000.of.elsewhere"}, "invalid_code"),
        ({"client_id": "1000.OTHER"}, "invalid_client"),
        ({"client_secret": "no"}, "invalid_client_secret"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "authorization_code", "code": "no"}, "invalid_code"),
    ],
)
def test_refused_with_200(refresh, more, error):
    """
    What is wrong is told with status 200, a token of another data centre likewise.
    """
    answer = refresh(**more)

    assert (answer.status, answer.json) == (200, {"error": error})


def test_ten_in_ten_minutes(granted, refresh):
    """
    A refresh token gives ten access tokens in ten minutes; then one has to wait.
    """
    for _ in range(10):
        assert refresh().json["access_token"]
    late = refresh()

    assert late.status == 400
    assert (late.json["error"], late.json["status"]) == ("Access Denied", "failure")
    granted.clock.advance(600)
    assert refresh().json["access_token"]


def test_pushed_out(crm_simulator, clients):
    """
    Of one refresh token only so many access tokens are good: a new one ends the oldest.
    """
    hub = crm_simulator("zoho", app={"refresh_token": "1000.r", "live_tokens": 2})
    send = clients(hub, token="")
    grant = {"grant_type": "refresh_token", "refresh_token": "1000.r"}
    made = [send("POST", TOKEN, form=APP | grant).json["access_token"] for _ in range(3)]

    assert [clients(hub, one)("GET", "org").status for one in made] == [401, 200, 200]


def signed_in(send, **more):
    """
    Return what the consent page sends back.
    """
    query = {
        "client_id": APP["client_id"],
        "redirect_uri": BACK,
        "response_type": "code",
        "scope": "ZohoCRM.org.READ,ZohoCRM.users.READ",
        "access_type": "offline",
        "state": "s",
        **more,
    }
    answer = send("GET", "/oauth/v2/auth", **query)
    if answer.status != 302:
        return answer.status
    return dict(parse_qsl(urlsplit(answer.headers["Location"]).query))


def exchanged(send, code, **more):
    """
    Return what a code is exchanged for.
    """
    grant = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    return send("POST", TOKEN, form={**APP, **grant, **more}).json


def test_sign_in(hub, clients):
    """
    The consent page sends a code, and tells where to exchange it, once.
    """
    send = clients(hub, token="")
    back = signed_in(send)
    made = exchanged(send, back["code"])

    assert (back["state"], back["location"]) == ("s", "us")
    assert back["accounts-server"] == hub.base_url
    assert made["refresh_token"]
    assert set(made["scope"].split()) == {"ZohoCRM.org.READ", "ZohoCRM.users.READ"}
    assert exchanged(send, back["code"]) == {"error": "invalid_code"}
    mine = clients(hub, made["access_token"])
    assert mine("GET", "org").status == 200
    assert refusal(mine("GET", "Contacts", fields="id")) == (401, "OAUTH_SCOPE_MISMATCH")


def test_sign_in_online(hub, clients):
    """
    Without access_type=offline there is no refresh token.
    """
    send = clients(hub, token="")
    made = exchanged(send, signed_in(send, access_type="online")["code"])

    assert made["access_token"]
    assert "refresh_token" not in made


def test_code_expires(hub, clients):
    """
    A code is good for two minutes, and for the address that it was sent to.
    """
    send = clients(hub, token="")
    first, second = signed_in(send)["code"], signed_in(send)["code"]
    other = exchanged(send, first, redirect_uri="https://evil.example")
    hub.clock.advance(120)

    assert other == {"error": "invalid_redirect_uri"}
    assert exchanged(send, second) == {"error": "invalid_code"}


@pytest.mark.parametrize(
    "more",
    [{"client_id": "x"}, {"redirect_uri": "x"}, {"scope": ""}, {"response_type": "x"}],
)
def test_sign_in_refused(hub, clients, more):
    """
    A consent page that is asked wrongly says so to people.
    """
    assert signed_in(clients(hub, token=""), **more) == 400


def test_twenty_grants(hub, clients):
    """
    A user has at most twenty refresh tokens: one more ends the oldest without a word.
    """
    send = clients(hub, token="")
    made = [exchanged(send, signed_in(send)["code"])["refresh_token"] for _ in range(21)]

    def again(token):
        form = {**APP, "grant_type": "refresh_token", "refresh_token": token}
        return send("POST", TOKEN, form=form).json

    assert again(made[0]) == {"error": "invalid_code"}
    assert again(made[1])["access_token"]


def test_revoke(granted, refresh, clients):
    """
    A refresh token that is revoked gives nothing, and ends what it gave.
    """
    mine = clients(granted, refresh().json["access_token"])
    send = clients(granted, token="")
    done = send("POST", f"{TOKEN}/revoke", token="1000.r").json

    assert done == {"status": "success"}
    assert refresh().json == {"error": "invalid_code"}
    assert mine("GET", "org").status == 401
    again = send("POST", f"{TOKEN}/revoke", token="1000.r").json
    assert again == {"error": "invalid_code"}


def test_servers(hub, clients):
    """
    The hosts of the data centres are told; an accounts path that is none is refused.
    """
    send = clients(hub, token="")

    assert send("GET", "/oauth/serverinfo").json["locations"] == {"us": hub.base_url}
    assert send("GET", "/oauth/v3/token").json["code"] == "INVALID_URL_PATTERN"
