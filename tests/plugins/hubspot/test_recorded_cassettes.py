"""
What a cassette may hold, and how one is refused.
"""

import json
import re

import pytest
from tests.plugins.hubspot import test_recorded
from tests.plugins.hubspot.accounts import ANA, live_account
from tests.plugins.hubspot.cassettes import FOLDER, recording

from crmkit.testing import ProviderContract
from crmkit.testing.cassettes import leak

FILES = sorted(FOLDER.rglob("*.yaml"))


def kept_of(answer):
    """
    Return what is kept of an answer.
    """
    with recording() as config:
        return config["before_record_response"](answer)


def scrubbed(body):
    """
    Return the body that is kept of an answer.
    """
    content = json.dumps(body).encode()
    kept = kept_of({"headers": {}, "body": {"string": content}})
    return json.loads(kept["body"]["string"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_kept(file):
    """
    A cassette says what it was recorded from and when, and holds nobody's secrets.
    """
    text = file.read_text("utf-8")
    label = r"# Recorded from [^\n]+ on 20\d\d-\d\d-\d\d\.\n"

    assert re.match(label, text)
    assert leak([text]) is None


def test_all():
    """
    Each cassette is of a test that there is, or of a rule.
    """
    tests = {f"hubspot/{name}" for name in vars(test_recorded)}
    rules = {f"contract/{name.removeprefix('test_')}" for name in dir(ProviderContract)}

    assert FILES
    assert {f"{file.parent.name}/{file.stem}" for file in FILES} <= tests | rules


def test_answer():
    """
    Of an answer's headers, what tells of limits stays, and the type of the body.
    """
    kept = {"content-type": ["text/plain"], "X-HubSpot-RateLimit-Max": ["100"]}
    gone = {"Set-Cookie": ["x"], "Date": ["y"], "X-HubSpot-Correlation-Id": ["z"]}
    answer = {"headers": {**kept, **gone}, "body": {"string": b"<p>no JSON"}}

    assert kept_of(answer) == {"headers": kept, "body": {"string": b"<p>no JSON"}}


def test_tokens():
    """
    Of an answer, tokens and what tells the account go, in messages too.
    """
    error = {"message": 'wrong: [{"portalId":4711}]', "correlationId": "4712"}
    answer = {
        "access_token": "4713",
        "refresh_token": "4714",
        "hub_id": 4715,
        "url": "4716",
    }
    kept = scrubbed({**error, **answer, "url": "4716"})

    assert "471" not in json.dumps(kept)
    assert kept["message"].startswith("wrong: ")


def test_codes():
    """
    What an error names stays: its code, its property, its trace ids.
    """
    context = {"propertyName": ["city"], "objectWriteTraceId": ["t"]}
    errors = {"errors": [{"code": "INVALID_OPTION", "context": context}]}

    assert scrubbed(errors) == errors


@pytest.mark.parametrize("email", ["di@hotels.test", "", None])
def test_strangers(email):
    """
    Of a contact that was not made up for this, nothing is left but its id and times.
    """
    facts = {"hs_object_id": "9", "email": email, "firstname": "Di", "phone": "1"}
    (kept,) = scrubbed({"results": [{"id": "9", "properties": facts}]})["results"]
    nobody = {"hs_object_id": "9", "email": None, "firstname": None, "phone": None}

    assert kept == {"id": "9", "properties": nobody}


def test_people():
    """
    Who was made up stays as they are.
    """
    person = {"id": "8", "properties": {**ANA, "hs_object_id": "8"}}

    assert scrubbed(person) == person


def test_schema():
    """
    Of the schema, the account's own properties and its users go.
    """
    own = {"name": "margin", "fieldType": "number", "options": []}
    owner = {
        "name": "hubspot_owner_id",
        "fieldType": "select",
        "externalOptions": True,
        "options": [{"label": "Di", "value": "1"}],
    }
    kept = scrubbed({"results": [own, owner]})

    assert kept == {
        "results": [{"name": "hubspot_owner_id", "fieldType": "select", "options": []}]
    }


def test_live(crm_simulator):
    """
    A real account gets contacts of its own for each recording, that the search knows.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], search_lag=0)
    first, second = (live_account(hub.token, hub.base_url) for _ in range(2))
    addresses = {one["id"]: one["properties"]["email"] for one in hub.contacts()}
    told = [*first.people.values(), *second.people.values()]

    assert len(addresses) == 7
    assert len({person["email"] for person in told}) == 6
    assert all(addresses[person["id"]] == person["email"] for person in told)
    assert second.secrets == (hub.token,)
