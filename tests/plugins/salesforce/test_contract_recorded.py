"""
Salesforce keeps the contract of providers, as far as recorded answers show it.

With CRMKIT_TESTS=recorded they are recorded: from a simulated org, or from the one that
CRMKIT_SALESFORCE_TOKEN is for, at CRMKIT_SALESFORCE_URL.
"""

import os

import pytest
from tests.plugins.salesforce.accounts import ANA, OTHERS
from tests.plugins.salesforce.cassettes import OPTIONS
from tests.plugins.salesforce.test_contract import Salesforce

import crmkit_salesforce
from crmkit.testing import ProviderContract
from crmkit_simulator import Simulator

PEOPLE = [ANA, *OTHERS, *({"LastName": one, "Email": f"{one}@example.com"} for one in "de")]
SETTINGS = {"fields": ["Title"]}  # so that the org's own ones do not matter


@pytest.fixture(autouse=True, scope="module")
def account():
    """
    Serve a simulated org, if there is something to record and no other to record from.
    """
    if (
        os.environ.get("CRMKIT_TESTS") != "recorded"
        or "CRMKIT_SALESFORCE_TOKEN" in os.environ
    ):
        yield
        return
    with (
        Simulator("salesforce", contacts=PEOPLE, limit="off") as org,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("CRMKIT_SALESFORCE_URL", org.base_url)
        environment.setenv("CRMKIT_SALESFORCE_TOKEN", org.token)
        ids = ",".join(contact["id"] for contact in org.contacts())
        environment.setenv("CRMKIT_SALESFORCE_CLIENTS", ids)
        yield


class TestSalesforceRecorded(ProviderContract):
    plugin = crmkit_salesforce
    api = Salesforce
    mode = "replayed"
    settings = SETTINGS
    cassettes = OPTIONS
