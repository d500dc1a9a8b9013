"""
Requests are signed by key or by token, and in the name of the system.
"""

import pytest
from tests.plugins.followupboss.conftest import ANA

from crmkit import CredentialsError, CRMCredentials

APP = {"client_id": "app-1", "client_secret": "secret-1", "refresh_token": "again"}


def credentials(**fields):
    """
    Return credentials for Follow Up Boss.
    """
    return {"followupboss": CRMCredentials(provider="followupboss", **fields)}


@pytest.fixture
def fub(crm_simulator):
    """
    Return Follow Up Boss with an app, whose tokens live for a minute.
    """
    app = {**APP, "token_lifetime": 60, "rotate_refresh_tokens": True}
    return crm_simulator("followupboss", contacts=[ANA], app=app, limit="off")


def test_refreshed(fub, connect):
    """
    With a refresh token an access token is had, used by Bearer, and renewed in time.
    """
    app = {name: APP[name] for name in ("client_id", "client_secret")}
    given = credentials(refresh_token="again", metadata=app)
    crm = connect(fub, token=given)
    first = crm.get_client_data("501").id
    fub.clock.advance(61)
    crm.clear_cache()

    assert (first, crm.get_client_data("501").id) == ("501", "501")
    assert sum(call.path == "/oauth/token" for call in fub.requests) == 2


@pytest.mark.parametrize(
    ("metadata", "words"),
    [
        ({}, "client_id"),
        ({"client_id": "app-1", "client_secret": "wrong"}, "invalid_client"),
    ],
)
def test_wrong_app(fub, connect, metadata, words):
    """
    A refresh token without its app is refused, with what to mend.
    """
    crm = connect(fub, token=credentials(refresh_token="again", metadata=metadata))

    with pytest.raises(CredentialsError, match=words):
        crm.get_client_data("501")


def test_revoked_grant(fub, connect):
    """
    A grant that is gone asks to sign in again.
    """
    app = {name: APP[name] for name in ("client_id", "client_secret")}
    crm = connect(fub, token=credentials(refresh_token="spent", metadata=app))

    with pytest.raises(CredentialsError, match="sign in again"):
        crm.get_client_data("501")


def test_bare_token(fub, connect):
    """
    A token of OAuth without a refresh token goes by Bearer, if the metadata say so.
    """
    token = fub.add_token(oauth=True)
    given = credentials(access_token=token, metadata={"token_type": "Bearer"})

    assert connect(fub, token=given).get_client_data("501").id == "501"


@pytest.mark.parametrize("where", ["settings", "metadata"])
def test_system(crm_simulator, connect, where):
    """
    The system's key is taken from the credentials, else from the settings.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], systems={"mine": "its-key"})
    key = {"system_key": "its-key"}
    in_metadata = where == "metadata"
    given = credentials(access_token=fub.token, metadata=key if in_metadata else {})
    more = {"system_key": "stale"} if in_metadata else key
    crm = connect(fub, token=given, system="mine", **more)
    http = crm.session().http

    headers = http.get("/v1/people").headers
    assert headers["X-RateLimit-Limit"] == "250"
