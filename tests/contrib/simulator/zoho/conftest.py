"""
A simulated Zoho, and a client that hides nothing of what it answers.
"""

import json
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest

ANA, BO = "5725767000000524157", "5725767000000524158"


class Client:
    """
    Sends requests over one connection; a path that has no root is one of v8.
    """

    def __init__(self, hub, token=None):
        self.hub = hub
        self.token = hub.token if token is None else token
        self._connection = None

    def __call__(self, method, path, body=None, *, form=None, headers=None, **query):
        """
        Send a request, and return status, headers and body; ``json`` is the body read.
        """
        path = path if path.startswith("/") else f"/crm/v8/{path}"
        target = f"{path}?{urlencode(query)}" if query else path
        scheme = {"Authorization": f"Zoho-oauthtoken {self.token}"} if self.token else {}
        content = urlencode(form) if form is not None else None
        if body is not None:
            content = body if isinstance(body, bytes) else json.dumps(body)
        if self._connection is None:
            host = urlsplit(self.hub.base_url).netloc
            self._connection = HTTPConnection(host, timeout=10)
        self._connection.request(method, target, content, {**scheme, **(headers or {})})
        answer = self._connection.getresponse()
        text = answer.read()
        kind = answer.headers.get("Content-Type", "")
        return SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            text=text,
            json=json.loads(text) if text and kind.startswith("application/json") else None,
        )

    def rows(self, method, path, *rows, **more):
        """
        Send rows, and return the results of each.
        """
        return self(method, path, {"data": rows, **more}).json["data"]

    def query(self, text):
        """
        Send a query, and return the answer.
        """
        return self("POST", "coql", {"select_query": text})

    def close(self):
        """
        Leave the connection.
        """
        if self._connection:
            self._connection.close()


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
def hub(crm_simulator):
    """
    Return a Zoho with two contacts and no limit, whose office is in Athens.
    """
    ana = {"id": ANA, "First_Name": "Ana", "Last_Name": "Ruiz", "Email": "ana@example.com"}
    bo = {"id": BO, "Last_Name": "Berg", "Phone": "+45 1234", "Tag": ["VIP"]}
    return crm_simulator("zoho", contacts=[ana, bo], limit="off", time_zone="Europe/Athens")


@pytest.fixture
def send(hub, clients):
    """
    Return a client of that Zoho.
    """
    return clients(hub)


@pytest.fixture
def note():
    """
    Return a function that makes a note on a contact.
    """

    def made(id_=ANA, module="Contacts", **more):
        parent = {"module": {"api_name": module}, "id": id_}
        return {"Note_Content": "Asked of the garden", "Parent_Id": parent, **more}

    return made


@pytest.fixture
def call():
    """
    Return a function that makes a call of the past to a contact.
    """

    def made(id_=ANA, **more):
        return {
            "Subject": "Hello",
            "Call_Type": "Outbound",
            "Call_Start_Time": "2026-05-14T10:00:00+05:30",
            "Call_Duration": "10:05",
            "Who_Id": {"id": id_},
            **more,
        }

    return made


@pytest.fixture
def strict(monkeypatch):
    """
    Compare each answer with the models of Zoho's own client before that reads it.
    """
    from tests.contrib.simulator.zoho.vendor import be_strict

    be_strict(monkeypatch)
