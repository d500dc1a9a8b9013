"""
OAuth, as the core does it with what the provider says of Zoho.
"""

import threading
from urllib.parse import parse_qs, urlsplit
from urllib.request import HTTPRedirectHandler, build_opener

import pytest
from tests.plugins.zoho.conftest import ANA, Clock, calls

from crmkit import (
    CredentialsError,
    CRMConnector,
    CRMCredentials,
    ProtocolError,
    RateLimitedError,
)
from crmkit_zoho import SCOPES
from crmkit_zoho._settings import DATA_CENTERS, HOSTS, Settings

APP = {"client_id": "1000.APP", "client_secret": "s3cret"}
TOKENS = "/oauth/v2/token"
ELSEWHERE = {"ca": "https://accounts.zohocloud.ca"}


@pytest.fixture
def oauth_hub(crm_simulator):
    """
    Return Zoho with an app that holds a refresh token.
    """
    app = {**APP, "refresh_token": "1000.refresh"}
    return crm_simulator("zoho", contacts=[ANA], limit="off", app=app)


def signed(refresh_token="1000.refresh", token=None, **metadata):
    """
    Make credentials of the app.
    """
    return CRMCredentials(
        provider="zoho",
        access_token=token,
        refresh_token=refresh_token,
        metadata={**APP, **metadata},
    )


def test_first_token(oauth_hub, connect):
    """
    A refresh token is enough to begin with, and each token serves its hour.
    """
    clock = Clock(oauth_hub)
    crm = connect(oauth_hub, token=signed(), clock=clock)
    for _ in range(5):
        crm.get_client_data(ANA["id"])
        crm.clear_cache()
        clock.turn(10 * 60)
    early = calls(oauth_hub, TOKENS)
    clock.turn(15 * 60)
    crm.get_client_data(ANA["id"])

    assert (early, calls(oauth_hub, TOKENS)) == (["POST"], ["POST", "POST"])
    assert 401 not in oauth_hub.requests.statuses


def test_one_token_for_all(oauth_hub, connect):
    """
    However many threads find the token refused, one asks for another.
    """
    crm = connect(oauth_hub, token=signed(token="1000.revoked"))
    threads = [
        threading.Thread(
            target=lambda: crm.session().http.get("/crm/v8/Contacts?fields=id")
        )
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert calls(oauth_hub, TOKENS) == ["POST"]
    assert oauth_hub.requests.statuses[200] == 9


def test_api_domain(oauth_hub, connect):
    """
    The token answer's own address is kept, and the user's own stands above it.
    """
    session = connect(oauth_hub, token=signed()).session()
    session.http.get("/crm/v8/Contacts?fields=id")

    assert session.credentials.metadata["api_domain"] == oauth_hub.base_url
    assert session.credentials.metadata["client_id"] == APP["client_id"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (signed("1000.other"), "invalid_code; .*data centre than 127.0.0.1"),
        (signed(client_id="1000.OTHER"), "invalid_client: .*data centre"),
        (signed(client_secret="n0"), "invalid_client_secret"),
    ],
    ids=["token", "app", "secret"],
)
def test_refused(oauth_hub, connect, given, told):
    """
    A grant that is refused by status 200 is refused, explained, and not shown.
    """
    with pytest.raises(CredentialsError, match=told) as caught:
        connect(oauth_hub, token=given).get_client_data(ANA["id"])

    assert set(oauth_hub.requests.statuses) == {200}
    for secret in ("1000.other", "s3cret", "n0"):
        assert secret not in str(caught.value).split()


def test_too_many_tokens(oauth_hub, connect):
    """
    The eleventh token in ten minutes is refused for a while: nothing is lost, or parked.
    """
    for _ in range(10):
        session = connect(oauth_hub, token=signed()).session()
        session.http.get("/crm/v8/Contacts?fields=id")
    crm = connect(oauth_hub, token=signed())
    with pytest.raises(RateLimitedError, match="ten in ten minutes") as caught:
        crm.get_client_data(ANA["id"])
    crm._clock.turn(caught.value.retry_after)

    assert caught.value.retry_after == 600
    assert crm.get_client_data(ANA["id"]).id == ANA["id"]


class Landing(HTTPRedirectHandler):
    """
    Follows nothing: where a sign-in leads is what the test wants to know.
    """

    def redirect_request(self, request, *args):
        return None

    def http_error_302(self, request, answer, code, message, headers):
        return headers["Location"]


def test_sign_in(oauth_hub, tmp_path, monkeypatch):
    """
    A sign-in in the browser gives a refresh token, with all scopes that are needed.
    """
    monkeypatch.setenv("CRMKIT_KEY", "a" * 42 + "8=")
    store = f"sqlite:///{tmp_path}/outbox.db"
    own = oauth_hub.config["settings"]
    with CRMConnector(default_provider="zoho", settings=own, store=store) as crm:
        begun = crm.credentials.begin("zoho", back="http://127.0.0.1:9/back", **APP)
        landed = build_opener(Landing).open(begun.url, timeout=10)
        (code,) = parse_qs(urlsplit(landed).query)["code"]
        crm.credentials.finish(begun, code)
        client = crm.get_client_data(ANA["id"])
        kept = crm.session().credentials

    asked = parse_qs(urlsplit(begun.url).query)
    assert asked["scope"] == [",".join(SCOPES)]
    assert (asked["access_type"], asked["prompt"]) == (["offline"], ["consent"])
    assert (client.id, kept.metadata["api_domain"]) == (ANA["id"], oauth_hub.base_url)
    assert kept.refresh_token


@pytest.mark.parametrize("center", DATA_CENTERS)
def test_data_centers(center):
    """
    Each data centre has its own address for the API and for tokens, and both are allowed.
    """
    settings = Settings(data_center=center)
    ending = DATA_CENTERS[center]
    accounts = ELSEWHERE.get(center, f"https://accounts.zoho.{ending}")

    assert settings.api_domain == f"https://www.zohoapis.{ending}"
    assert settings.accounts == accounts
    assert {f"*.zohoapis.{ending}", urlsplit(accounts).netloc} <= set(HOSTS)


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, "https://www.zohoapis.eu"),
        ({"api_domain": "https://www.zohoapis.jp"}, "https://www.zohoapis.jp"),
        ({"api_domain": "https://sandbox.zohoapis.com"}, "https://sandbox.zohoapis.com"),
    ],
)
def test_where(tmp_path, metadata, expected):
    """
    Requests go where the token answer said, until then to the data centre that is set.
    """
    given = CRMCredentials(provider="zoho", access_token="1000.x", metadata=metadata)
    with CRMConnector(
        default_provider="zoho",
        credentials=given,
        settings={"zoho": {"data_center": "eu"}},
        store=f"sqlite:///{tmp_path}/outbox.db",
    ) as crm:
        assert crm.session().http.base_url() == expected


@pytest.mark.parametrize(
    "domain", ["https://www.example.com", "https://zohoapis.com.evil.example"]
)
def test_pinned(tmp_path, domain):
    """
    A token goes to no host but Zoho's, whatever an answer has said.
    """
    given = CRMCredentials(
        provider="zoho", access_token="1000.x", metadata={"api_domain": domain}
    )
    with (
        CRMConnector(
            default_provider="zoho",
            credentials=given,
            store=f"sqlite:///{tmp_path}/outbox.db",
        ) as crm,
        pytest.raises(ProtocolError, match="foreign host"),
    ):
        crm.get_client_data(ANA["id"])
