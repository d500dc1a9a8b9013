"""
Tokens: by refresh token, client credentials and signed assertion; renewed once.
"""

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from tests.plugins.salesforce.conftest import ANA, PEOPLE, Clock, calls

from crmkit import (
    AccessDeniedError,
    AuthenticationError,
    ConfigurationError,
    CredentialsError,
    CRMConnector,
    CRMCredentials,
    CRMError,
)
from crmkit.testing import Answer, Server
from crmkit_salesforce._auth import _assertion
from crmkit_salesforce._settings import Settings

APP = {"client_id": "app-1", "client_secret": "s3cret"}
TOKEN = "/oauth2/token"


@pytest.fixture(scope="module")
def key():
    """
    Return a private key and its public one, in PEM.
    """
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = made.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


@pytest.fixture
def start(crm_simulator):
    """
    Return a function that starts a Salesforce with an app.
    """

    def start(**app):
        return crm_simulator("salesforce", contacts=PEOPLE, limit="off", app={**APP, **app})

    return start


def signed(refresh_token=None, token=None, **metadata):
    """
    Make credentials of the app.
    """
    return CRMCredentials(
        provider="salesforce",
        access_token=token,
        refresh_token=refresh_token,
        metadata=metadata,
    )


def test_refresh_token(start, connect):
    """
    A refresh token is enough to begin with; a session that has ended is renewed once.
    """
    org = start(refresh_token="refresh-1", rotate_refresh_tokens=True)
    clock = Clock(org)
    crm = connect(org, token=signed("refresh-1", **APP), clock=clock)
    crm.get_client_data(ANA)
    crm.clear_cache()
    clock.turn(8000)  # seconds, more than a session may be idle
    crm.get_client_data(ANA)

    assert calls(org, TOKEN) == ["POST", "POST"]
    assert org.requests.statuses[401] == 1


def test_no_secret(start, connect):
    """
    An app that needs no secret is asked without one.
    """
    org = start(refresh_token="refresh-1", secret_required=False)
    crm = connect(org, token=signed("refresh-1", client_id="app-1"))

    assert crm.get_client_data(ANA).id == ANA


def test_client_credentials(start, connect):
    """
    Client credentials get a token, and the next one when that is refused.
    """
    org = start()
    clock = Clock(org)
    crm = connect(org, token=signed(**APP), clock=clock, my_domain="acme")
    crm.get_client_data(ANA)
    crm.clear_cache()
    clock.turn(8000)

    assert crm.get_client_data(ANA).id == ANA
    assert calls(org, TOKEN) == ["POST", "POST"]


def test_host_of_grant(start, connect):
    """
    What a grant names as the org's host is where requests go from then on.
    """
    org = start(instance_url="https://acme--own.my.salesforce.com")
    session = connect(org, token=signed(**APP), my_domain="acme").session()

    assert (
        session.credentials.metadata["instance_url"]
        == "https://acme--own.my.salesforce.com"
    )
    assert session.credentials.metadata["client_id"] == "app-1"


@pytest.mark.parametrize(
    ("my_domain", "more", "audience"),
    [
        (None, {}, "https://login.salesforce.com"),
        ("acme", {}, "https://login.salesforce.com"),
        ("acme--uat.sandbox", {}, "https://test.salesforce.com"),
        ("acme.scratch", {}, "https://test.salesforce.com"),
        ("test.salesforce.com", {}, "https://test.salesforce.com"),
        ("acme", {"audience": "https://acme.my.site.com"}, "https://acme.my.site.com"),
    ],
)
def test_audience(key, my_domain, more, audience):
    """
    An assertion is for the host that its org signs in at, for a few minutes.
    """
    said = {"client_id": "app-1", "username": "u", "private_key": key[0], **more}
    session = SimpleNamespace(
        settings=Settings(my_domain=my_domain), credentials=signed(**said)
    )
    claims = json.loads(urlsafe_b64decode(_assertion(session).split(".")[1] + "=="))

    assert (claims["iss"], claims["sub"], claims["aud"]) == ("app-1", "u", audience)
    assert 60 < claims["exp"] - datetime.now(UTC).timestamp() <= 180


def test_assertion(start, connect, key):
    """
    A signed assertion gets a token; the signature is checked.
    """
    private, public = key
    org = start(public_key=public)
    said = {"client_id": "app-1", "username": "sync@example.com", "private_key": private}

    assert connect(org, token=signed(**said)).get_client_data(ANA).id == ANA
    assert calls(org, TOKEN) == ["POST"]


@pytest.mark.parametrize(
    ("metadata", "my_domain", "told"),
    [
        ({**APP, "client_secret": "wrong"}, "acme", "invalid_client: check client_secret"),
        ({**APP, "client_id": "wrong"}, "acme", "invalid_client_id: check client_id"),
        (APP, None, "set my_domain"),
        (APP, "test.salesforce.com", "set my_domain"),
        ({"client_secret": "s3cret"}, "acme", "lack client_id"),
        ({"private_key": "x", "client_id": "app-1"}, None, "lack username"),
        (
            {"private_key": "x", "client_id": "app-1", "username": "u"},
            None,
            "must be an RSA key",
        ),
    ],
)
def test_wrong_app(start, connect, metadata, my_domain, told):
    """
    What is wrong with the app's credentials is named, and no secret is shown.
    """
    with pytest.raises((CredentialsError, ConfigurationError), match=told) as caught:
        connect(start(), token=signed(**metadata), my_domain=my_domain).get_client_data(ANA)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"username": "other@example.com"}, "invalid_grant: .*pre-authorized"),
        ({"client_id": "app-2"}, "invalid_client_id"),
        ({"audience": "https://evil.example"}, "invalid_grant"),
    ],
)
def test_wrong_assertion(start, connect, key, change, told):
    """
    An assertion that Salesforce refuses is told with what to look at.
    """
    org = start(public_key=key[1])
    said = {"client_id": "app-1", "username": "sync@example.com", "private_key": key[0]}

    with pytest.raises(CredentialsError, match=told):
        connect(org, token=signed(**{**said, **change})).get_client_data(ANA)


def test_foreign_key(start, connect, key):
    """
    A signature of another key is refused.
    """
    other = rsa.generate_private_key(public_exponent=65537, key_size=2048).public_key()
    public = other.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    said = {"client_id": "app-1", "username": "sync@example.com", "private_key": key[0]}

    with pytest.raises(CredentialsError, match="invalid_grant"):
        connect(start(public_key=public), token=signed(**said)).get_client_data(ANA)


def test_grant_gone(start, connect):
    """
    A refresh token that is good no more asks for a new sign-in, and is not shown.
    """
    with pytest.raises(CredentialsError, match="sign in again") as caught:
        connect(start(), token=signed("refresh-9", **APP)).get_client_data(ANA)

    assert "refresh-9" not in str(caught.value)


NOT_FOR_REST = "This session is not valid for use with the REST API"
NO_AGENT = "Connected app is not attached to Agent"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (f'[{{"errorCode":"INVALID_SESSION_ID","message":"{NOT_FOR_REST}"}}]', "scope api"),
        (f'{{"errorCode":"INVALID_SESSION_ID","message":"{NOT_FOR_REST}"}}', "scope api"),
        (f"<Errors><Error><message>{NO_AGENT}</message></Error></Errors>", "to its agent"),
    ],
)
def test_not_renewed(tmp_path, said, told):
    """
    A session that is not for the REST API is not renewed, which would help nobody.
    """
    asked = []

    def answer(request):
        asked.append(request.path)
        return Answer(status=401, content=said.encode())

    with (
        Server(answer) as server,
        _connector(server, tmp_path) as crm,
        pytest.raises(AccessDeniedError, match=told),
    ):
        crm.get_client_data(ANA)

    assert not any(path.endswith(TOKEN) for path in asked)


def test_renewed_once(tmp_path):
    """
    A session that is refused again after it was renewed is an error, not a loop.
    """
    asked = []

    def answer(request):
        asked.append(request.path)
        if request.path.endswith(TOKEN):
            return Answer(json={"access_token": f"t{len(asked)}"})
        return Answer(status=401, json=[{"errorCode": "INVALID_SESSION_ID"}])

    with (
        Server(answer) as server,
        _connector(server, tmp_path) as crm,
        pytest.raises(AuthenticationError, match="sign in again"),
    ):
        crm.get_client_data(ANA)

    assert [path.endswith(TOKEN) for path in asked] == [False, True, False]


@pytest.mark.parametrize(
    "instance_url",
    [
        "https://evil.example",
        "https://acme.my.salesforce.com.evil.example",
        "https://acme.my.salesforce.com@evil.example",
        "https://acme.force.com",
        "http://acme.my.salesforce.com",
        "//evil.example",
    ],
)
def test_foreign_host(tmp_path, instance_url):
    """
    A grant that names a host which is none of Salesforce's is not followed.
    """
    with (
        CRMConnector(
            default_provider="salesforce",
            credentials=signed(token="t", instance_url=instance_url),
            store=f"sqlite:///{tmp_path}/outbox.db",
        ) as crm,
        pytest.raises((CRMError, ConfigurationError)) as caught,
    ):
        crm.get_client_data(ANA)

    assert (
        "foreign host" in str(caught.value)
        or "https" in str(caught.value)
        or ("base URL" in str(caught.value))
    )


@pytest.mark.parametrize(
    ("given", "host"),
    [
        (None, "login.salesforce.com"),
        ("acme", "acme.my.salesforce.com"),
        ("acme--uat.sandbox", "acme--uat.sandbox.my.salesforce.com"),
        ("https://acme.my.salesforce.com/", "acme.my.salesforce.com"),
        ("test.salesforce.com", "test.salesforce.com"),
        ("acme.my.salesforce.mil", "acme.my.salesforce.mil"),
    ],
)
def test_my_domain(given, host):
    """
    My Domain is given as its name, or as its host.
    """
    assert Settings(my_domain=given).instance_url == f"https://{host}"


@pytest.mark.parametrize(
    ("own", "host"),
    [
        ({}, "login.salesforce.com"),
        ({"my_domain": "acme--uat.sandbox"}, "acme--uat.sandbox.my.salesforce.com"),
    ],
)
def test_sign_in_page(tmp_path, monkeypatch, own, host):
    """
    Users sign in where their org is.
    """
    monkeypatch.setenv("CRMKIT_KEY", "A" * 43 + "=")
    with CRMConnector(
        default_provider="salesforce",
        settings={"salesforce": own},
        store=f"sqlite:///{tmp_path}/outbox.db",
    ) as crm:
        begun = crm.credentials.begin(
            "salesforce", client_id="app-1", back="http://127.0.0.1:1/"
        )

    assert begun.url.startswith(
        f"https://{host}/services/oauth2/authorize?response_type=code"
    )
    assert "scope=api%20refresh_token" in begun.url


def _connector(server, folder):
    return CRMConnector(
        default_provider="salesforce",
        settings={"salesforce": {"base_url": server.url, "my_domain": "acme"}},
        credentials=signed(token="t", **APP),
        store=f"sqlite:///{folder}/outbox.db",
    )
