"""
A simulated Salesforce, and connectors to it whose waiting takes no time.
"""

import json
from datetime import UTC, datetime, timedelta
from urllib.request import Request, urlopen

import pytest

from crmkit import CRMConnector

ANA, BO, LIA = "003000000000001AAA", "003000000000002AAA", "00Q000000000003EAA"
PEOPLE = [
    {
        "Id": ANA,
        "FirstName": "Ana",
        "LastName": "Núñez",
        "Email": "ana@example.com",
        "Phone": "+351 555 0107",
    },
    {"Id": BO, "FirstName": "Bo", "LastName": "Li", "Email": "bo@example.com"},
    {"Id": LIA, "LastName": "Mar", "Company": "Mar & Co", "Email": "lia@example.com"},
]


class Clock:
    """
    A clock that passes only while somebody waits; Salesforce's goes with it.
    """

    def __init__(self, org):
        self._org = org
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
        self._org.clock.advance(seconds)


@pytest.fixture
def org(crm_simulator):
    """
    Return Salesforce with two contacts, a lead, and without a limit.
    """
    return crm_simulator("salesforce", contacts=PEOPLE, limit="off")


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to a simulated Salesforce; settings are the plugin's.
    """
    made = []

    def connect(org, /, *, token=None, clock=None, core=(), **settings):
        config = org.config
        own = {**config["settings"]["salesforce"], **dict(core), **settings}
        connector = CRMConnector(
            default_provider="salesforce",
            settings={"salesforce": own},
            credentials=token or config["credentials"],
            store=f"sqlite:///{tmp_path}/outbox.db",
            clock=clock or Clock(org),
        )
        made.append(connector)
        return connector

    connect.folder = tmp_path
    yield connect
    for connector in made:
        connector.close()


@pytest.fixture
def crm(org, connect):
    """
    Return a connector to Salesforce.
    """
    return connect(org)


def ask(org, method, path, body=None):
    """
    Do with the simulated Salesforce what another program does there.
    """
    request = Request(
        f"{org.base_url}/services/data/v66.0/{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={
            "Authorization": f"Bearer {org.token}",
            "Content-Type": "application/json",
        },
    )
    with urlopen(request, timeout=10) as answer:
        content = answer.read()
    return json.loads(content) if content else None


def calls(org, part):
    """
    Return the methods of the requests whose path holds this part.
    """
    return [call.method for call in org.requests if part in call.path]
