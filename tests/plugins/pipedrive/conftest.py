"""
A simulated Pipedrive, and connectors to it whose waiting takes no time.
"""

import json
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from crmkit import CRMConnector

ANA = {
    "id": "501",
    "name": "Ana Núñez",
    "emails": "ana@example.com",
    "phones": "+351 555 0107",
    "label_ids": [14],
    "custom_fields": {"Budget": {"value": 450_000, "currency": "EUR"}, "Tone": 100},
}
BO = {"id": "502", "name": "Bo", "emails": "bo@example.com"}
FIELDS = (
    {
        "field_name": "Tone",
        "field_type": "enum",
        "options": [{"label": "formal"}, {"label": "casual"}],
    },
    {"field_name": "Budget", "field_type": "monetary"},
    {"field_name": "Plot", "field_type": "varchar"},
)


class Clock:
    """
    A clock that passes only while somebody waits; Pipedrive's goes with it.
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
def company(crm_simulator):
    """
    Return a function that simulates a company with two persons.
    """

    def company(**options):
        given = {"contacts": [ANA, BO], "limit": "off", "fields": FIELDS, **options}
        return crm_simulator("pipedrive", **given)

    return company


@pytest.fixture
def hub(company):
    """
    Return a company without a limit, whose search knows what was just written.
    """
    return company(search_lag=0)


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to a simulated company; settings are the plugin's.
    """
    made = []

    def connect(hub, /, *, token=None, clock=None, daily_share=None, **settings):
        config = hub.config
        own = {**config["settings"]["pipedrive"], **settings}
        connector = CRMConnector(
            default_provider="pipedrive",
            settings={"pipedrive": own},
            credentials=token or config["credentials"],
            store=f"sqlite:///{tmp_path}/outbox-{len(made)}.db",
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
    Return a connector to the company.
    """
    return connect(hub)


def ask(hub, method, path, body=None):
    """
    Do at the company what another program does there.
    """
    request = Request(
        f"{hub.base_url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"x-api-token": hub.token, "Content-Type": "application/json"},
    )
    with urlopen(request, timeout=10) as answer:
        return json.load(answer)


def calls(hub, ending):
    """
    Return the methods of the requests whose path ends so.
    """
    paths = ((call.method, call.path.partition("?")[0]) for call in hub.requests)
    return [method for method, path in paths if path.endswith(ending)]
