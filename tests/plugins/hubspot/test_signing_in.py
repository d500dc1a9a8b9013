"""
OAuth, as the core does it with what the provider says of HubSpot.
"""

from datetime import timedelta

import pytest
from tests.plugins.hubspot.conftest import ANA, Clock, calls

from crmkit import CredentialsError, CRMCredentials

APP = {"client_id": "app-1", "client_secret": "s3cret"}


@pytest.fixture
def oauth_hub(crm_simulator):
    """
    Return HubSpot with an app that holds a refresh token.
    """
    app = {**APP, "refresh_token": "refresh-1", "rotate_refresh_tokens": True}
    return crm_simulator("hubspot", contacts=[ANA], limit="off", app=app)


def signed(refresh_token, token=None, expires_at=None):
    """
    Make credentials of the app.
    """
    return CRMCredentials(
        provider="hubspot",
        access_token=token,
        refresh_token=refresh_token,
        expires_at=expires_at,
        metadata=APP,
    )


def test_first_token(oauth_hub, connect):
    """
    A refresh token is enough to begin with, and each token serves until it expires.
    """
    clock = Clock(oauth_hub)
    crm = connect(oauth_hub, token=signed("refresh-1"), clock=clock)
    crm.get_client_data("501")
    crm.clear_cache()
    clock.turn(timedelta(minutes=20).total_seconds())
    crm.get_client_data("501")
    early = len(calls(oauth_hub, "/oauth/2026-09/token"))
    crm.clear_cache()
    clock.turn(timedelta(minutes=20).total_seconds())
    crm.get_client_data("501")

    assert early == 1
    assert calls(oauth_hub, "/oauth/2026-09/token") == ["POST", "POST"]
    assert 401 not in oauth_hub.requests.statuses


def test_revoked_token(oauth_hub, connect):
    """
    A token that is refused is renewed once.
    """
    crm = connect(oauth_hub, token=signed("refresh-1", token="revoked"))

    assert crm.get_client_data("501").id == "501"
    assert oauth_hub.requests.statuses[401] == 1


def test_grant_gone(oauth_hub, connect):
    """
    A refresh token that is good no more asks for a new sign-in, and is not shown.
    """
    with pytest.raises(CredentialsError, match="sign in again") as caught:
        connect(oauth_hub, token=signed("refresh-9")).get_client_data("501")

    assert "refresh-9" not in str(caught.value)
    assert "s3cret" not in str(caught.value)
