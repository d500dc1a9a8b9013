"""
A simulated Follow Up Boss, and connectors to it whose waiting takes no time.
"""

import json
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from crmkit import CRMConnector

ANA = {
    "id": 501,
    "firstName": "Ana",
    "lastName": "Núñez",
    "emails": [{"value": "ana@example.com"}],
    "phones": [{"value": "+1 555-286-9155"}],
    "tags": ["Los Angeles"],
}
BO = {"id": 502, "firstName": "Bo", "emails": [{"value": "bo@example.com"}]}


class Clock:
    """
    A clock that passes only while somebody waits; Follow Up Boss's goes with it.
    """

    def __init__(self, fub):
        self._fub = fub
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
        self._fub.clock.advance(seconds)


@pytest.fixture
def fub(crm_simulator):
    """
    Return Follow Up Boss with two people and without a limit.
    """
    return crm_simulator("followupboss", contacts=[ANA, BO], limit="off")


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to a simulated account; settings are the plugin's.
    """
    made = []

    def connect(fub, /, *, token=None, clock=None, **settings):
        config = fub.config
        own = {**config["settings"]["followupboss"], **settings}
        connector = CRMConnector(
            default_provider="followupboss",
            settings={"followupboss": own},
            credentials=token or config["credentials"],
            store=f"sqlite:///{tmp_path}/outbox.db",
            clock=clock or Clock(fub),
        )
        made.append(connector)
        return connector

    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(fub, connect):
    """
    Return a connector to Follow Up Boss.
    """
    return connect(fub)


def ask(fub, method, path, body=None):
    """
    Do with the simulated account what another program does there.
    """
    signed = b64encode(f"{fub.token}:".encode()).decode()
    request = Request(
        f"{fub.base_url}/v1/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Basic {signed}", "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def calls(fub, method, path):
    """
    Return how many requests of a method were made of a path, whatever their query.
    """
    return sum(
        (call.method, call.path.partition("?")[0]) == (method, path)
        for call in fub.requests
    )
