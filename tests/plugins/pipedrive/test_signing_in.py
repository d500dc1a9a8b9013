"""
API tokens in a header of their own, and OAuth as the core does it.
"""

from base64 import b64encode
from datetime import timedelta
from http.client import HTTPConnection
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.plugins.pipedrive.conftest import Clock, calls

from crmkit import AuthenticationError, CredentialsError, CRMConnector, CRMCredentials
from crmkit_pipedrive import crmkit_provider
from crmkit_pipedrive._settings import auth

BACK = "http://127.0.0.1:8765/"
APP = {"client_id": "app-1", "client_secret": "s3cret"}


@pytest.fixture
def oauth_hub(company):
    """
    Return a company that has allowed an app, which holds a refresh token.
    """
    return company(app={**APP, "refresh_token": "1:2:refresh", "token_lifetime": 1800})


def signed(refresh_token="1:2:refresh", **fields):
    """
    Make credentials of the app.
    """
    given = {"provider": "pipedrive", "refresh_token": refresh_token, "metadata": APP}
    return CRMCredentials(**{**given, **fields})


def test_api_token(hub, crm):
    """
    An API token has a header of its own, in both versions of the API.
    """
    assert crm.get_client_data("501", include=["history"]).history == ()
    assert {401, 404} & set(hub.requests.statuses) == set()


def test_wrong_token(hub, connect):
    """
    A token that Pipedrive does not know is refused with the remedy, and not shown.
    """
    with pytest.raises(AuthenticationError, match="company_domain") as caught:
        connect(hub, token="f" * 40).get_client_data("501")
    assert "f" * 40 not in str(caught.value)


def test_token_of_an_app(company, connect):
    """
    An app's token that comes without a refresh token is told by its shape.
    """
    hub = company()
    token = hub.add_token(scopes=["contacts:read"])

    assert ":" in token
    assert connect(hub, token=token).get_client_data("501").id == "501"


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ({"access_token": "f" * 40}, "x-api-token"),
        ({"access_token": "v1u:AQIB"}, "Authorization"),
        ({"access_token": "of-another-shape", "refresh_token": "1:2:r"}, "Authorization"),
    ],
)
def test_header(hub, connect, fields, header):
    """
    What has a refresh token is OAuth's, whatever shape it has.
    """
    token = CRMCredentials(provider="pipedrive", **fields)

    assert list(auth(connect(hub, token=token).session())) == [header]


def test_first_token(oauth_hub, connect):
    """
    A refresh token is enough to begin with, and each token serves until it expires.
    """
    clock = Clock(oauth_hub)
    crm = connect(oauth_hub, token=signed(), clock=clock)
    for _ in range(2):
        crm.get_client_data("501")
        crm.clear_cache()
    early = calls(oauth_hub, "/oauth/token")
    clock.turn(timedelta(minutes=40).total_seconds())
    crm.get_client_data("501")

    assert early == ["POST"]
    assert calls(oauth_hub, "/oauth/token") == ["POST", "POST"]
    assert 401 not in oauth_hub.requests.statuses


def test_revoked_token(oauth_hub, connect):
    """
    A token that is refused is renewed once.
    """
    crm = connect(oauth_hub, token=signed(access_token="v1u:revoked"))

    assert crm.get_client_data("501").id == "501"
    assert oauth_hub.requests.statuses[401] == 1


@pytest.mark.parametrize(
    ("refresh_token", "metadata", "remedy"),
    [
        ("1:2:other", APP, "sign in again"),
        ("1:2:refresh", {**APP, "client_secret": "wrong"}, "client_id and client_secret"),
        ("1:2:refresh", {}, "no client_id"),
    ],
)
def test_no_grant(oauth_hub, connect, refresh_token, metadata, remedy):
    """
    A grant that is gone, and an app that is none, are told with the remedy, not shown.
    """
    token = signed(refresh_token, metadata=metadata)
    with pytest.raises(CredentialsError, match=remedy) as caught:
        connect(oauth_hub, token=token).get_client_data("501")

    assert refresh_token not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_grants_address(company, connect):
    """
    What a grant says of the API's address is kept, and is where the API is from then on.
    """
    app = {
        **APP,
        "refresh_token": "1:2:refresh",
        "api_domain": "https://bolt.pipedrive.com",
    }
    crm = connect(company(app=app), token=signed())

    session = crm.session()
    session.http.get("/api/v1/users/me")
    assert session.credentials.metadata["api_domain"] == "https://bolt.pipedrive.com"
    assert crmkit_provider().base_url == "{api_domain}"
    assert crmkit_provider().oauth.basic


def test_login(company, tmp_path, monkeypatch):
    """
    A user allows the app in the browser; the code becomes tokens, which are kept.
    """
    pytest.importorskip("cryptography")
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(32)).decode())
    hub = company(app=APP)
    given = {**hub.config, "credentials": None}
    with CRMConnector(**given, store=f"sqlite:///{tmp_path}/kept.db") as crm:
        begun = crm.credentials.begin("pipedrive", back=BACK, **APP)
        page = urlsplit(begun.url)
        connection = HTTPConnection(page.netloc)
        connection.request("GET", f"{page.path}?{page.query}")
        sent = parse_qs(urlsplit(connection.getresponse().headers["Location"]).query)
        connection.close()
        crm.credentials.finish(begun, sent["code"][0])

        assert sent["state"] == [begun.proof.state]
        assert crm.get_client_data("501").id == "501"
