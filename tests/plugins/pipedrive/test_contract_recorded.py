"""
Pipedrive keeps the contract of providers, as far as recorded answers show it.

With CRMKIT_TESTS=recorded they are recorded: from a simulated company, or from the one that
CRMKIT_PIPEDRIVE_TOKEN is for.
"""

import os

import pytest
from tests.plugins.pipedrive.accounts import NAMES, person
from tests.plugins.pipedrive.cassettes import OPTIONS
from tests.plugins.pipedrive.test_contract import Pipedrive

import crmkit_pipedrive
from crmkit.testing import ProviderContract
from crmkit_simulator import Simulator

PEOPLE = [person(name) for name in (*NAMES, "Di", "Eli")]


@pytest.fixture(autouse=True, scope="module")
def account():
    """
    Serve a simulated company, if there is something to record and no other to record from.
    """
    recording = os.environ.get("CRMKIT_TESTS") == "recorded"
    if not recording or "CRMKIT_PIPEDRIVE_TOKEN" in os.environ:
        yield
        return
    with (
        Simulator("pipedrive", contacts=PEOPLE, limit="off", search_lag=0) as hub,
        pytest.MonkeyPatch.context() as environment,
    ):
        environment.setenv("CRMKIT_PIPEDRIVE_URL", hub.base_url)
        environment.setenv("CRMKIT_PIPEDRIVE_TOKEN", hub.token)
        ids = ",".join(contact["id"] for contact in hub.contacts())
        environment.setenv("CRMKIT_PIPEDRIVE_CLIENTS", ids)
        yield


class TestPipedriveRecorded(ProviderContract):
    plugin = crmkit_pipedrive
    api = Pipedrive
    mode = "replayed"
    cassettes = OPTIONS
