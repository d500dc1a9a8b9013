"""
A simulated HubSpot, and a client that hides nothing of what it answers.
"""

import json
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest


class Client:
    """
    Sends requests over one connection.
    """

    def __init__(self, hub, token=None):
        self.hub = hub
        self.token = hub.token if token is None else token
        self._connection = None

    def __call__(self, method, path, body=None, *, form=None, **query):
        """
        Send a request, and return status, headers and body; ``json`` is the body read.
        """
        target = f"{path}?{urlencode(query)}" if query else path
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        content = urlencode(form) if form is not None else None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body)
        connection = self._connected()
        try:
            connection.request(method, target, content, headers)
            answer = connection.getresponse()
            text = answer.read()
        except OSError:
            self.close()
            raise
        kind = answer.headers.get("Content-Type", "")
        return SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            text=text,
            json=json.loads(text) if text and kind.startswith("application/json") else None,
        )

    def close(self):
        """
        Leave the connection.
        """
        if self._connection:
            self._connection.close()
        self._connection = None

    def _connected(self):
        if self._connection is None:
            host = urlsplit(self.hub.base_url).netloc
            self._connection = HTTPConnection(host, timeout=10)
        return self._connection


@pytest.fixture
def clients():
    """
    Return a function that connects to a simulator; connections are closed at the end.
    """
    made = []

    def connect(hub, token=None):
        made.append(Client(hub, token))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture
def note():
    """
    Return a function that makes the input for a note on a contact.
    """

    def made(contact_id="7", **more):
        link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
        return {
            "properties": {"hs_timestamp": "1760000000000", "hs_note_body": "Called"},
            "associations": [{"to": {"id": contact_id}, "types": [link]}],
            **more,
        }

    return made


@pytest.fixture
def hub(crm_simulator):
    """
    Return a HubSpot with two contacts and no limit.
    """
    ana = {"id": "7", "firstname": "Ana", "email": "ana@example.com"}
    bo = {"id": "8", "firstname": "Bo", "lastname": "Berg", "phone": "+45 1234"}
    return crm_simulator("hubspot", contacts=[ana, bo], limit="off")


@pytest.fixture
def send(hub, clients):
    """
    Return a client of that HubSpot.
    """
    return clients(hub)
