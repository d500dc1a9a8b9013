"""
Files that describe a CRM, and connectors to the CRMs that they describe.
"""

import json
from pathlib import Path

import pytest

import crmkit_rest
from crmkit import CRMConnector
from crmkit.testing import Answer, Clock, Server

EXAMPLES = Path(__file__).parents[3] / "plugins" / "providers" / "rest" / "examples"
MINIMAL = """
label = "Acme"
base_url = "https://api.acme.example/v1"
auth = "bearer"

[fetch]
path = "/people/{id}"

[client]
name = "full_name"
email = "mail"

[activities.note]
path = "/people/{client_id}/notes"
body = { text = "{text}" }
"""


class Played:
    """
    A CRM that answers with what is given for a path, and keeps what it was asked.
    """

    def __init__(self):
        self.answers, self.asked = {}, []

    def __call__(self, request):
        self.asked.append(request)
        told = self.answers.get(request.path, Answer(status=404, json={}))
        if callable(told):
            told = told(request)
        return told if isinstance(told, Answer) else Answer(json=told)

    @property
    def bodies(self):
        return [json.loads(request.body) for request in self.asked if request.body]


@pytest.fixture
def played():
    """
    Return a CRM that answers as a test says.
    """
    return Played()


@pytest.fixture
def written(tmp_path):
    """
    Return what writes a file: the minimal one, with more at its end, less what is dropped.
    """

    def write(more="", text=MINIMAL):
        path = tmp_path / "acme.toml"
        path.write_text(text + more, "utf-8")
        return str(path)

    return write


@pytest.fixture
def connect(tmp_path, written):
    """
    Return what connects to a CRM as a file describes it.
    """
    opened = []

    def connect(crm, more="", *, file=None, **options):
        server = Server(crm)
        arguments = {
            "default_provider": "acme",
            "plugins": {"acme": crmkit_rest.provider(file or written(more))},
            "settings": {"acme": {"base_url": server.url}},
            "credentials": "a-token",
            "store": f"sqlite:///{tmp_path}/outbox.db",
            "clock": Clock(),
        }
        connector = CRMConnector(**{**arguments, **options})
        opened.extend((connector, server))
        return connector

    yield connect
    for one in opened:
        one.close()
