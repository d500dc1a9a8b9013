"""
Acme, its CRM that answers as a test says, and connectors that get closed.
"""

import pytest
from tests.core import acme
from tests.core.server import Server

from crmkit import CRMConnector
from crmkit.testing import Clock

TOKEN = "pl4nted-t0ken"


@pytest.fixture(scope="session")
def running():
    """
    Run the CRM, and a machine that has no business with its tokens.
    """
    crm, foreign = Server(), Server()
    yield crm, foreign
    crm.close()
    foreign.close()


@pytest.fixture
def server(running):
    """
    Return the CRM's server, fresh.
    """
    running[0].reset()
    return running[0]


@pytest.fixture
def foreign(running):
    """
    Return the server that must hear of nothing.
    """
    running[1].reset()
    return running[1]


@pytest.fixture
def connect(server, tmp_path):
    """
    Return a function that makes a connector to Acme; its arguments win.
    """
    made = []

    def connect(**arguments):
        own = {"base_url": server.url, **arguments.pop("own", {})}
        connector = CRMConnector(
            **{
                "default_provider": "acme",
                "plugins": {"acme": acme},
                "settings": {"acme": own},
                "credentials": TOKEN,
                "store": f"sqlite:///{tmp_path / 'outbox.db'}",
                "clock": Clock(),
                **arguments,
            }
        )
        made.append(connector)
        return connector

    yield connect
    for connector in made:
        connector.close()
