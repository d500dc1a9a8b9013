"""
HubSpot keeps the contract of providers, as far as recorded answers show it.

With CRMKIT_TESTS=recorded they are recorded: from a simulated account, or from the one that
CRMKIT_HUBSPOT_TOKEN is for.
"""

import os

import pytest
from tests.plugins.hubspot.accounts import ANA, OTHERS
from tests.plugins.hubspot.cassettes import OPTIONS
from tests.plugins.hubspot.test_contract import HubSpot

import crmkit_hubspot
from crmkit.testing import ProviderContract
from crmkit_simulator import Simulator

PEOPLE = [ANA, *OTHERS, {"email": "di@example.com"}, {"email": "eli@example.com"}]
SETTINGS = {"properties": ["jobtitle"]}  # so that the account's own ones do not matter


@pytest.fixture(autouse=True, scope="module")
def account():
    """
    Serve a simulated account, if there is something to record and no other to record from.
    """
    if os.environ.get("CRMKIT_TESTS") != "recorded" or "CRMKIT_HUBSPOT_TOKEN" in os.environ:
        yield
        return
    with (
        Simulator("hubspot", contacts=PEOPLE, limit="off") as hub,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("CRMKIT_HUBSPOT_URL", hub.base_url)
        environment.setenv("CRMKIT_HUBSPOT_TOKEN", hub.token)
        ids = ",".join(contact["id"] for contact in hub.contacts())
        environment.setenv("CRMKIT_HUBSPOT_CLIENTS", ids)
        yield


class TestHubSpotRecorded(ProviderContract):
    plugin = crmkit_hubspot
    api = HubSpot
    mode = "replayed"
    settings = SETTINGS
    cassettes = OPTIONS
