"""
Follow Up Boss's OAuth: codes, tokens, and an app that signs in by Basic.
"""

from urllib.parse import parse_qs, urlsplit

import pytest
from tests.contrib.simulator.followupboss.conftest import ask, basic

APP = {"refresh_token": "first", "token_lifetime": 60}
SIGNED = basic("simulated-app", "simulated-secret")
BACK = "https://app.example/back"


@pytest.fixture
def fub(crm_simulator):
    """
    Return Follow Up Boss with an app.
    """
    return crm_simulator("followupboss", app=APP, limit="off")


def token(fub, sign=SIGNED, **form):
    """
    Ask for a token.
    """
    return ask(fub, "POST", "/oauth/token", sign=sign, form=form)


def code(fub, state="s"):
    """
    Return the code that comes back after consent.
    """
    query = {"response_type": "auth_code", "client_id": "simulated-app", "state": state}
    answer = ask(fub, "GET", "/oauth/authorize", redirect_uri=BACK, **query)
    return parse_qs(urlsplit(answer.headers["Location"]).query)["code"][0]


def test_refresh(fub):
    """
    A refresh token gives an access token for its lifetime.
    """
    said = token(fub, grant_type="refresh_token", refresh_token="first").json
    sign = f"Bearer {said['access_token']}"

    assert (said["expires_in"], said["refresh_token"]) == (60, "first")
    assert ask(fub, "GET", "/v1/identity", sign=sign).status == 200
    fub.clock.advance(60)
    assert ask(fub, "GET", "/v1/identity", sign=sign).status == 401


def test_code(fub):
    """
    A code is good once, for a quarter of an hour, with the same state and address.
    """
    form = {"grant_type": "authorization_code", "redirect_uri": BACK, "state": "s"}
    good = code(fub)

    assert token(fub, code=good, **form).status == 200
    assert token(fub, code=good, **form).json["error"] == "invalid_grant"
    assert token(fub, code=code(fub, "other"), **form).status == 400
    late = code(fub)
    fub.clock.advance(900)
    assert token(fub, code=late, **form).status == 400


def test_response_type(fub):
    """
    The grant is asked for by the name that Follow Up Boss has for it.
    """
    query = {"response_type": "code", "client_id": "simulated-app", "redirect_uri": BACK}

    assert ask(fub, "GET", "/oauth/authorize", **query).status == 400


def test_refused(fub):
    """
    An app that is wrong, a token that is unknown or unused for 90 days gets nothing.
    """
    again = {"grant_type": "refresh_token", "refresh_token": "first"}

    wrong = token(fub, basic("simulated-app", "wrong"), **again)
    assert (wrong.status, wrong.json["error"]) == (401, "invalid_client")
    assert token(fub, "", **again).status == 401
    assert (
        token(fub, **{**again, "refresh_token": "second"}).json["error"] == "invalid_grant"
    )
    assert token(fub, grant_type="password").json["error"] == "unsupported_grant_type"
    fub.clock.advance(90 * 86_400)
    assert token(fub, **again).status == 400


def test_rotation(crm_simulator):
    """
    Where refresh tokens rotate, the old one is gone.
    """
    fub = crm_simulator("followupboss", app={**APP, "rotate_refresh_tokens": True})
    again = {"grant_type": "refresh_token", "refresh_token": "first"}
    new = token(fub, **again).json["refresh_token"]

    assert token(fub, **again).status == 400
    assert token(fub, **{**again, "refresh_token": new}).status == 200
