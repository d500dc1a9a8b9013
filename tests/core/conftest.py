"""
What the core's tests share: a clock, a server, and connectors that get closed.
"""

import pytest
from tests.core import acme
from tests.core.acme_crm import TOKEN, AcmeCrm
from tests.core.server import Server

from crmkit import CRMConnector
from crmkit.testing import Clock


@pytest.fixture
def clock():
    """
    Return a clock that only the test turns.
    """
    return Clock()


@pytest.fixture(scope="session")
def running_server():
    """
    Run one server for all tests.
    """
    server = Server()
    yield server
    server.close()


@pytest.fixture
def server(running_server):
    """
    Return the server, fresh.
    """
    running_server.reset()
    yield running_server
    running_server.reset()


@pytest.fixture
def crm(server):
    """
    Return Acme's CRM, which the server serves.
    """
    server.answer = AcmeCrm()
    return server.answer


@pytest.fixture
def store(tmp_path):
    """
    Return the path of a store that does not exist yet.
    """
    return tmp_path / "outbox.db"


@pytest.fixture
def connect(clock, running_server, store):
    """
    Return a function that makes a connector to Acme; its arguments win.
    """
    made = []

    def connect(plugin=acme, **arguments):
        own = {"base_url": running_server.url, **arguments.pop("own", {})}
        connector = CRMConnector(
            **{
                "default_provider": "acme",
                "plugins": {"acme": plugin},
                "settings": {"acme": own},
                "credentials": TOKEN,
                "store": f"sqlite:///{store}",
                "clock": clock,
                **arguments,
            }
        )
        made.append(connector)
        return connector

    yield connect
    for connector in made:
        connector.close()
