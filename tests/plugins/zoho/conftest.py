"""
A simulated Zoho CRM, and connectors to it whose waiting takes no time.
"""

import json
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from crmkit import CRMConnector

ANA = {
    "id": "5725767000000100001",
    "First_Name": "Ana",
    "Last_Name": "Núñez",
    "Email": "ana@example.com",
    "Phone": "+351 555 0107",
}
BO = {"id": "5725767000000100002", "Last_Name": "Bo", "Email": "bo@example.com"}
FIELDS = [
    {
        "api_name": "Preferred_Tone",
        "field_label": "Preferred Tone",
        "data_type": "picklist",
        "pick_list_values": [{"display_value": "Formal", "actual_value": "f1"}],
    },
    {"api_name": "Budget_Max", "data_type": "currency"},
]


class Clock:
    """
    A clock that passes only while somebody waits; Zoho's goes with it.
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
    Return Zoho with two contacts and without a limit.
    """
    return crm_simulator("zoho", contacts=[ANA, BO], fields=FIELDS, limit="off")


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to a simulated Zoho; settings are the plugin's.
    """
    made = []

    def connect(hub, /, *, token=None, clock=None, **settings):
        config = hub.config
        connector = CRMConnector(
            default_provider="zoho",
            settings={"zoho": {**config["settings"]["zoho"], **settings}},
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
    Return a connector to Zoho.
    """
    return connect(hub)


def ask(hub, method, path, body=None):
    """
    Do with the simulated Zoho what another program does there.
    """
    request = Request(
        f"{hub.base_url}/crm/v8/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Zoho-oauthtoken {hub.token}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=10) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def calls(hub, ending):
    """
    Return the methods of the requests whose path ends so.
    """
    paths = ((call.method, call.path.partition("?")[0]) for call in hub.requests)
    return [method for method, path in paths if path.endswith(ending)]
