"""
A simulated Salesforce, and a client that hides nothing of what it answers.
"""

import json
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest
from tests.contrib.simulator.salesforce.people import PEOPLE

DATA = "/services/data/v66.0"


class Client:
    """
    Sends requests over one connection; a path that begins with a word is below DATA.
    """

    def __init__(self, org, token=None):
        self.org = org
        self.token = org.token if token is None else token
        host = urlsplit(org.base_url).netloc
        self._connection = HTTPConnection(host, timeout=10)

    def __call__(self, method, path, body=None, *, form=None, headers=None, **query):
        """
        Send a request, and return status, headers and body; ``json`` is the body read.
        """
        target = path if path.startswith("/") else f"{DATA}/{path}"
        target += f"?{urlencode(query)}" if query else ""
        sent = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        if form is not None:
            content = urlencode(form)
        else:
            content = body if isinstance(body, bytes | None) else json.dumps(body)
            sent |= {"Content-Type": "application/json"} if content else {}
        try:
            self._connection.request(method, target, content, sent | (headers or {}))
            answer = self._connection.getresponse()
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

    def soql(self, query, **more):
        """
        Send a query, and return the records without their attributes.
        """
        answer = self("GET", "query", q=query, **more)
        assert answer.status == 200, answer.text
        records = answer.json["records"]
        return [
            {name: one[name] for name in one if name != "attributes"} for one in records
        ]

    def refused(self, *arguments, **options):
        """
        Send what is refused, and return status, code, and the fields that are named.
        """
        answer = self(*arguments, **options)
        (error,) = answer.json
        assert set(error) in ({"message", "errorCode"}, {"message", "errorCode", "fields"})
        return answer.status, error["errorCode"], error.get("fields")

    def close(self):
        """
        Leave the connection.
        """
        self._connection.close()


@pytest.fixture
def connect():
    """
    Return a function that connects to a simulator; connections are closed at the end.
    """
    made = []

    def connected(org, token=None):
        made.append(Client(org, token))
        return made[-1]

    yield connected
    for client in made:
        client.close()


@pytest.fixture
def org(crm_simulator):
    """
    Return an organization with two contacts and a lead.
    """
    return crm_simulator("salesforce", contacts=PEOPLE, limit="off")


@pytest.fixture
def ask(org, connect):
    """
    Return a client of that organization.
    """
    return connect(org)
