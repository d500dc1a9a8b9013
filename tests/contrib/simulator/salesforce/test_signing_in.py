"""
OAuth: every way to a token, and what each refuses.
"""

import json
from base64 import urlsafe_b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest

TOKEN = "/services/oauth2/token"
APP = {"client_id": "simulated-app", "client_secret": "simulated-secret"}
BACK = "https://app.example.com/back"
REFRESH = {"grant_type": "refresh_token", "refresh_token": "r1", **APP}
CREDENTIALS = {"grant_type": "client_credentials", **APP}
LIMITS = "/services/data/v66.0/limits"


@pytest.fixture
def start(crm_simulator, connect):
    """
    Return a function that starts an organization with an app, and connects without a token.
    """

    def started(options=None, **app):
        org = crm_simulator(
            "salesforce", app={"refresh_token": "r1", **app}, **(options or {})
        )
        return connect(org, "")

    return started


def good(ask, token):
    """
    Tell whether an access token is good.
    """
    return ask("GET", LIMITS, headers={"Authorization": f"Bearer {token}"}).status == 200


def refusal(answer):
    """
    Return status, error and description of a refusal in OAuth's form.
    """
    assert set(answer.json) == {"error", "error_description"}
    return answer.status, answer.json["error"], answer.json["error_description"]


def test_refresh(start):
    """
    A refresh token gets a session, told without a lifetime, and is good again.
    """
    ask = start()
    first, second = (ask("POST", TOKEN, form=REFRESH) for _ in "ab")

    assert first.status == 200
    assert set(first.json) == {
        *("access_token", "signature", "scope", "instance_url", "id"),
        *("token_type", "issued_at"),
    }
    assert first.json["instance_url"] == ask.org.base_url
    assert first.json["token_type"] == "Bearer"
    assert first.json["issued_at"].isdecimal()
    assert first.json["access_token"] != second.json["access_token"]
    assert good(ask, first.json["access_token"])
    assert good(ask, second.json["access_token"])


def test_rotated(start):
    """
    With rotation each refresh gives a new refresh token; the old one ends the grant.
    """
    ask = start(rotate_refresh_tokens=True)
    first = ask("POST", TOKEN, form=REFRESH).json
    second = ask(
        "POST", TOKEN, form={**REFRESH, "refresh_token": first["refresh_token"]}
    ).json

    assert len({"r1", first["refresh_token"], second["refresh_token"]}) == 3
    assert good(ask, first["access_token"])
    again = ask("POST", TOKEN, form={**REFRESH, "refresh_token": "r1"})
    assert refusal(again) == (400, "invalid_grant", "expired access/refresh token")
    assert not good(ask, second["access_token"])
    dead = ask("POST", TOKEN, form={**REFRESH, "refresh_token": second["refresh_token"]})
    assert dead.status == 400


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (
            {**REFRESH, "refresh_token": "x"},
            ("invalid_grant", "expired access/refresh token"),
        ),
        ({**REFRESH, "client_id": "x"}, ("invalid_client_id", "client identifier invalid")),
        (
            {**REFRESH, "client_secret": "x"},
            ("invalid_client", "invalid client credentials"),
        ),
        (
            {
                "grant_type": "refresh_token",
                "refresh_token": "r1",
                "client_id": "simulated-app",
            },
            ("invalid_client", "invalid client credentials"),
        ),
        ({**APP, "grant_type": "password"}, ("invalid_grant", "authentication failure")),
        (APP, ("unsupported_grant_type", "grant type not supported")),
    ],
)
def test_wrong(start, form, expected):
    """
    A refusal is an object, unlike those of all other paths.
    """
    assert refusal(start()("POST", TOKEN, form=form)) == (400, *expected)


def test_no_secret(start):
    """
    An app that needs no secret may leave it out, but not have a wrong one.
    """
    ask = start(secret_required=False)
    form = {name: value for name, value in REFRESH.items() if name != "client_secret"}

    assert ask("POST", TOKEN, form=form).status == 200
    assert ask("POST", TOKEN, form={**form, "client_secret": "x"}).status == 400


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("acme.my.salesforce.com", 200),
        ("acme--test.sandbox.my.salesforce.com", 200),
        ("login.salesforce.com", 400),
        ("test.salesforce.com", 400),
    ],
)
def test_client_credentials(start, host, status):
    """
    An app's own credentials are good at a My Domain only, and give no refresh token.
    """
    ask = start()
    answer = ask("POST", TOKEN, form=CREDENTIALS, headers={"Host": host})

    assert answer.status == status
    if status == 200:
        assert "refresh_token" not in answer.json
        assert good(ask, answer.json["access_token"])
    else:
        expected = (400, "invalid_grant", "request not supported on this domain")
        assert refusal(answer) == expected


def test_nobody(start):
    """
    Without a user to run as there are no client credentials.
    """
    ask = start(username=None)

    refused = refusal(ask("POST", TOKEN, form=CREDENTIALS))
    assert refused == (400, "invalid_grant", "no client credentials user enabled")


def assertion(ask, alg="RS256", **changed):
    """
    Return the form with an assertion that nobody signed.
    """
    claims = {
        "iss": "simulated-app",
        "sub": "sync@example.com",
        "aud": "https://login.salesforce.com",
        "exp": ask.org.clock.now() + 180,
        **changed,
    }
    parts = [json.dumps(part).encode() for part in ({"alg": alg}, claims)]
    text = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    type_ = "urn:ietf:params:oauth:grant-type:jwt-bearer"
    return {"grant_type": type_, "assertion": f"{text}.c2ln"}


def test_assertion(start):
    """
    Without a key of the app, what an assertion claims is enough.
    """
    ask = start()
    answer = ask("POST", TOKEN, form=assertion(ask))

    assert good(ask, answer.json["access_token"])
    assert "refresh_token" not in answer.json


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"exp": 0}, "invalid_grant"),
        ({"exp": 9_999_999_999}, "invalid_grant"),
        ({"exp": "soon"}, "invalid_grant"),
        ({"aud": "https://evil.example.com"}, "invalid_grant"),
        ({"sub": "other@example.com"}, "invalid_grant"),
        ({"iss": "other"}, "invalid_client_id"),
        ({"alg": "none"}, "invalid_grant"),
        ({"alg": "HS256"}, "invalid_grant"),
    ],
)
def test_wrong_assertion(start, changed, error):
    """
    Each claim is checked, and how it is signed.
    """
    ask = start()

    assert refusal(ask("POST", TOKEN, form=assertion(ask, **changed)))[:2] == (400, error)


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "....", "e30.W10.", "é.é.é"])
def test_no_assertion(start, text):
    """
    What is no assertion is refused.
    """
    ask = start()
    form = {**assertion(ask), "assertion": text}

    assert refusal(ask("POST", TOKEN, form=form))[:2] == (400, "invalid_grant")


def consent(ask, **more):
    """
    Ask for consent, and return what the browser brings back.
    """
    query = {"response_type": "code", "client_id": "simulated-app", "redirect_uri": BACK}
    answer = ask("GET", "/services/oauth2/authorize", **{**query, "state": "s", **more})
    assert answer.status == 302
    assert answer.headers["Location"].startswith(f"{BACK}?")
    sent = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert sent["state"] == ["s"]
    return {
        "grant_type": "authorization_code",
        "code": sent["code"][0],
        "redirect_uri": BACK,
        **APP,
    }


def test_code(start):
    """
    A code is good once, and gets a refresh token if that is allowed.
    """
    ask = start()
    form = consent(ask)
    answer = ask("POST", TOKEN, form=form).json

    assert good(ask, answer["access_token"])
    assert refusal(ask("POST", TOKEN, form=form))[1] == "invalid_grant"
    refresh = {**REFRESH, "refresh_token": answer["refresh_token"]}
    assert ask("POST", TOKEN, form=refresh).status == 200
    only = ask("POST", TOKEN, form=consent(ask, scope="api")).json
    assert ("refresh_token" in only, only["scope"]) == (False, "api")


def test_pkce(start):
    """
    With a challenge the verifier replaces the secret.
    """
    ask = start()
    challenge = urlsafe_b64encode(sha256(b"verifier").digest()).decode().rstrip("=")
    statuses = []
    for verifier in ("verifier", "wrong"):
        form = consent(ask, code_challenge=challenge, code_challenge_method="S256")
        del form["client_secret"]
        answer = ask("POST", TOKEN, form={**form, "code_verifier": verifier})
        statuses.append(answer.status)

    assert statuses == [200, 400]


@pytest.mark.parametrize(
    ("changed", "advance", "error"),
    [
        ({"redirect_uri": "https://evil.example.com"}, 0, "redirect_uri_mismatch"),
        ({}, 900, "invalid_grant"),
        ({"client_secret": "x"}, 0, "invalid_client"),
    ],
)
def test_wrong_code(start, changed, advance, error):
    """
    A code belongs to where it was sent, for 15 minutes, and to an app with its secret.
    """
    ask = start()
    form = {**consent(ask), **changed}
    ask.org.clock.advance(advance)

    assert refusal(ask("POST", TOKEN, form=form))[1] == error


@pytest.mark.parametrize("query", [{"client_id": "x"}, {"redirect_uri": "back"}])
def test_no_consent(start, query):
    """
    An app that is unknown, or that names no place to go back to, is told so on a page.
    """
    sent = {"client_id": "simulated-app", "redirect_uri": BACK, **query}
    answer = start()("GET", "/services/oauth2/authorize", **sent)

    assert (answer.status, answer.json) == (400, None)


def test_revoked(start):
    """
    A session can be ended, and a grant with all its sessions.
    """
    ask = start()
    one, other = (ask("POST", TOKEN, form=REFRESH).json["access_token"] for _ in "ab")

    assert ask("POST", "/services/oauth2/revoke", form={"token": one}).status == 200
    assert (good(ask, one), good(ask, other)) == (False, True)
    assert ask("POST", "/services/oauth2/revoke", form={"token": "r1"}).status == 200
    assert not good(ask, other)
    assert ask("POST", TOKEN, form=REFRESH).status == 400
    assert ask("POST", "/services/oauth2/revoke", form={"token": "r1"}).status == 400


def test_instance_url(start):
    """
    The address at which a token is said to be good can be anything, for tests of clients.
    """
    ask = start(instance_url="https://evil.example.com")

    found = ask("POST", TOKEN, form=REFRESH).json
    assert found["instance_url"] == "https://evil.example.com"


def test_basic(start):
    """
    An app may name itself in the header.
    """
    ask = start()
    headers = {"Authorization": "Basic c2ltdWxhdGVkLWFwcDpzaW11bGF0ZWQtc2VjcmV0"}
    form = {"grant_type": "client_credentials"}

    assert ask("POST", TOKEN, form=form, headers=headers).status == 200
    for wrong in ("Basic eA==", "Basic é", "Basic \xff"):
        sent = {"Authorization": wrong.encode("latin-1", "replace").decode("latin-1")}
        assert ask("POST", TOKEN, form=form, headers=sent).status == 400


def test_user(start):
    """
    A session knows whose it is.
    """
    ask = start()
    answer = ask("POST", TOKEN, form=REFRESH).json
    headers = {"Authorization": f"Bearer {answer['access_token']}"}
    about = ask("GET", "/services/oauth2/userinfo", headers=headers)
    same = ask("GET", urlsplit(answer["id"]).path, headers=headers)

    assert about.json == same.json
    assert about.json["preferred_username"] == "sync@example.com"
    assert answer["id"].endswith(f"{about.json['organization_id']}/{about.json['user_id']}")
    assert ask("GET", "/services/oauth2/userinfo").status == 403


def test_scope(start):
    """
    A session without the scope for the API is refused by an object, not by a list.
    """
    ask = start({"scopes": ["id"]})
    headers = {"Authorization": f"Bearer {ask.org.token}"}
    answer = ask("GET", LIMITS, headers=headers)

    assert answer.status == 401
    assert answer.json == {
        "errorCode": "INVALID_SESSION_ID",
        "message": "This session is not valid for use with the REST API",
    }


def test_idle(start):
    """
    A session ends when it was idle for two hours, and lives on while it is used.
    """
    ask = start()
    token = ask("POST", TOKEN, form=REFRESH).json["access_token"]
    alive = []
    for seconds in (7199, 7199, 7200):
        ask.org.clock.advance(seconds)
        alive.append(good(ask, token))

    assert alive == [True, True, False]


def test_timeout(start):
    """
    The organization's timeout can be another one, and a token's own too.
    """
    ask = start({"session_timeout": 900})
    own = ask.org.add_token(expires_in=60)
    ask.org.clock.advance(60)

    assert (good(ask, ask.org.token), good(ask, own)) == (True, False)
    ask.org.clock.advance(900)
    assert not good(ask, ask.org.token)
