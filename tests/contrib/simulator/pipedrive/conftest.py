"""
A simulated Pipedrive, and a client that hides nothing of what it answers.
"""

import json
from types import SimpleNamespace
from urllib.parse import urlencode

import pytest
import urllib3

POOL = urllib3.PoolManager()
ANA = {"id": 7, "name": "Ana Alves", "emails": "ana@example.com"}
BO = {"id": 8, "name": "Bo", "phones": "+45 1234"}
FIELDS = [
    {"field_name": "Budget", "field_type": "monetary"},
    {
        "field_name": "Tier",
        "field_type": "enum",
        "options": [{"id": 27, "label": "Gold"}, {"id": 28, "label": "Silver"}],
    },
    {
        "field_name": "Likes",
        "field_type": "set",
        "options": [{"id": 31, "label": "Sea"}, {"id": 32, "label": "Hills"}],
    },
    {"field_name": "Language", "field_type": "varchar"},
]


def client(pipe, token=None, *, bearer=False):
    """
    Return what sends a request, and returns status, headers, text and ``json``.
    """
    value = token or pipe.token
    signed = {"Authorization": f"Bearer {value}"} if bearer else {"x-api-token": value}

    def send(method, path, body=None, *, headers=signed, form=None, **query):
        content = body if body is None or isinstance(body, bytes) else json.dumps(body)
        kind = "application/json"
        if form is not None:
            content, kind = urlencode(form), "application/x-www-form-urlencoded"
        target = f"{pipe.base_url}{path}" + (f"?{urlencode(query)}" if query else "")
        answer = POOL.request(
            method,
            target,
            body=content,
            headers={"Content-Type": kind, **headers},
            redirect=False,
            retries=False,
        )
        text = answer.data.decode()
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return SimpleNamespace(
            status=answer.status,
            headers=answer.headers,
            text=text,
            json=json.loads(text) if is_json else None,
        )

    return send


@pytest.fixture
def pipe(crm_simulator):
    """
    Return a Pipedrive with two persons, custom fields and no limit.
    """
    return crm_simulator("pipedrive", contacts=[ANA, BO], fields=FIELDS, limit="off")


@pytest.fixture
def send(pipe):
    """
    Return a client of that Pipedrive.
    """
    return client(pipe)


@pytest.fixture
def code(send):
    """
    Return a function that tells a custom field's code by its name.
    """
    fields = send("GET", "/api/v2/personFields").json["data"]
    codes = {field["field_name"]: field["field_code"] for field in fields}
    return codes.__getitem__
