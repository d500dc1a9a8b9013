"""
A simulated HubSpot, and connectors to it whose waiting takes no time.
"""

import json
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from crmkit import CRMConnector

ANA = {
    "id": "501",
    "firstname": "Ana",
    "lastname": "Núñez",
    "email": "ana@example.com",
    "phone": "+351 555 0107",
}
BO = {"id": "502", "firstname": "Bo", "email": "bo@example.com"}


class Clock:
    """
    A clock that passes only while somebody waits; HubSpot's goes with it.
    """

    def __init__(self, hub):
        self._hub = hub
        self._start = datetime.now(UTC)
        self._passed = 0.0
        self.waits = []

    def now(self):
        return self._start + timedelta(seconds=self._passed)

    def monotonic(self):
        return self._passed

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.turn(seconds)

    def turn(self, seconds):
        self._passed += seconds
        self._hub.clock.advance(seconds)


@pytest.fixture
def hub(crm_simulator):
    """
    Return HubSpot with two contacts and without a limit.
    """
    return crm_simulator("hubspot", contacts=[ANA, BO], limit="off")


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to a simulated HubSpot; settings are the plugin's.
    """
    made = []

    def connect(hub, /, *, token=None, clock=None, **settings):
        config = hub.config
        own = {**config["settings"]["hubspot"], **settings}
        connector = CRMConnector(
            default_provider="hubspot",
            settings={"hubspot": own},
            credentials=token or config["credentials"],
            store=f"sqlite:///{tmp_path}/outbox.db",
            clock=clock or Clock(hub),
        )
        made.append(connector)
        return connector

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(hub, connect):
    """
    Return a connector to HubSpot.
    """
    return connect(hub)


def ask(hub, method, path, body=None):
    """
    Do with the simulated HubSpot what another program does there.
    """
    request = Request(
        f"{hub.base_url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {hub.token}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=10) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def merge(hub, primary, other):
    """
    Merge a contact into another, and return the id that both have now.
    """
    body = {"primaryObjectId": primary, "objectIdToMerge": other}
    return ask(hub, "POST", "/crm/objects/2026-09/contacts/merge", body)["id"]


def calls(hub, ending):
    """
    Return the methods of the requests whose path ends so.
    """
    return [call.method for call in hub.requests if call.path.endswith(ending)]
