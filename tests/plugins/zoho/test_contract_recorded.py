"""
Zoho keeps the contract of providers, as far as recorded answers show it.

With CRMKIT_TESTS=recorded they are recorded: from a simulated account, or from the one that
CRMKIT_ZOHO_TOKEN is for.
"""

import os

import pytest
from tests.plugins.zoho.accounts import ANA, OTHERS
from tests.plugins.zoho.cassettes import OPTIONS
from tests.plugins.zoho.test_contract import Zoho

import crmkit_zoho
from crmkit.testing import ProviderContract
from crmkit_simulator import Simulator

SETTINGS = {"fields": ["Title"]}  # so that the account's own ones do not matter
MORE = [{"Last_Name": name, "Email": f"{name}@example.com"} for name in ("di", "eli")]


@pytest.fixture(autouse=True, scope="module")
def account():
    """
    Serve a simulated account, if there is something to record and no other to record from.
    """
    if os.environ.get("CRMKIT_TESTS") != "recorded" or "CRMKIT_ZOHO_TOKEN" in os.environ:
        yield
        return
    with (
        Simulator("zoho", contacts=[ANA, *OTHERS, *MORE], limit="off") as hub,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("CRMKIT_ZOHO_URL", hub.base_url)
        environment.setenv("CRMKIT_ZOHO_TOKEN", hub.token)
        ids = ",".join(contact["id"] for contact in hub.contacts())
        environment.setenv("CRMKIT_ZOHO_CLIENTS", ids)
        yield


class TestZohoRecorded(ProviderContract):
    plugin = crmkit_zoho
    api = Zoho
    mode = "replayed"
    settings = SETTINGS
    cassettes = OPTIONS
