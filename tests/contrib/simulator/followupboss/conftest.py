"""
A simulated Follow Up Boss, a client that others wrote, and one that hides nothing.
"""

import json
from base64 import b64encode
from http.client import HTTPConnection
from types import SimpleNamespace
from urllib.parse import urlencode, urlsplit

import pytest
from follow_up_boss.client import FollowUpBossApiClient

SYSTEM = {"X-System": "simulated-system", "X-System-Key": "simulated-system-key"}
ANA = {
    "id": 7,
    "firstName": "Ana",
    "lastName": "Núñez",
    "emails": [{"value": "ana@example.com", "status": "Valid"}, {"value": "a@example.org"}],
    "phones": [{"value": "+1 555-286-9155"}],
    "tags": ["Los Angeles"],
    "customPetName": "Rex",
}
BO = {"id": 8, "firstName": "Bo", "emails": [{"value": "bo@example.com"}]}


@pytest.fixture
def fub(crm_simulator):
    """
    Return Follow Up Boss with two people and no limit.
    """
    return crm_simulator("followupboss", contacts=[ANA, BO], limit="off")


@pytest.fixture
def vendor(fub):
    """
    Return the community's client for it.
    """
    return client_of(fub)


def client_of(fub, token=None):
    """
    Return the community's client for a simulator, as a registered system.
    """
    return FollowUpBossApiClient(
        token or fub.token,
        base_url=f"{fub.base_url}/v1",
        x_system=SYSTEM["X-System"],
        x_system_key=SYSTEM["X-System-Key"],
    )


def basic(name, password=""):
    """
    Return the header of HTTP Basic.
    """
    return "Basic " + b64encode(f"{name}:{password}".encode()).decode()


def ask(fub, method, path, body=None, *, sign=None, system=True, form=None, **query):
    """
    Send a request; return status, headers and the JSON that came.

    *sign* is the header Authorization, by default that of the simulator's key. *system* is
    whether to name the registered one, or the key to name it with.
    """
    headers = {"Authorization": basic(fub.token) if sign is None else sign}
    headers |= SYSTEM if system else {}
    headers |= {"X-System-Key": system} if isinstance(system, str) else {}
    target = f"{path}?{urlencode(query)}" if query else path
    content = urlencode(form) if form is not None else None
    if body is not None:
        content = body if isinstance(body, bytes) else json.dumps(body)
    connection = HTTPConnection(urlsplit(fub.base_url).netloc, timeout=10)
    try:
        connection.request(method, target, content, headers)
        answer = connection.getresponse()
        text = answer.read()
    finally:
        connection.close()
    kind = answer.headers.get("Content-Type", "")
    said = json.loads(text) if text and kind.startswith("application/json") else None
    return SimpleNamespace(status=answer.status, headers=answer.headers, json=said)
