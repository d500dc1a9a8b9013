"""
What a cassette may hold, and how one is refused.
"""

import json
import re
from urllib.error import HTTPError
from urllib.parse import parse_qs
from urllib.request import Request as Asking
from urllib.request import urlopen

import pytest
from tests.plugins.hubspot import test_recorded
from tests.plugins.hubspot.accounts import ANA, live_account
from tests.plugins.hubspot.cassettes import (
    FOLDER,
    HOST,
    Cassettes,
    Leak,
    leak,
    scrub_request,
    scrub_response,
)
from vcr import VCR
from vcr.request import Request
from vcr.serializers import yamlserializer

FILES = sorted(FOLDER.glob("*.yaml"))


def scrubbed(body):
    """
    Return the body that is kept of an answer.
    """
    content = json.dumps(body).encode()
    response = scrub_response({"headers": {}, "body": {"string": content}})
    return json.loads(response["body"]["string"])


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_kept(file):
    """
    A cassette says what it was recorded from and when, and holds nobody's secrets.
    """
    text = file.read_text("utf-8")
    label = r"# Recorded from .*HubSpot 20\d\d-\d\d.* on 20\d\d-\d\d-\d\d\.\n"

    assert re.match(label, text)
    assert leak([text]) is None


def test_all():
    """
    Each cassette is of a test that there is.
    """
    assert FILES
    assert {file.stem for file in FILES} <= set(vars(test_recorded))


@pytest.mark.parametrize(
    "text",
    [
        "Authorization: Bearer x",
        '{"token":"pat-na1-11111111-2222-3333-4444-555555555555"}',
        "…the-secret-of-app-1…",
        '{"to":"ana@hotels.test"}',
        "/contacts/ana%40hotels.test?idProperty=email",
        "q=ana%2Bnews%40hotels.test",
        r'{"to":"ana\u0040hotels.test"}',
        "ana@example.com.hotels.test",
        "ana@notexample.com, bo@example.com",
    ],
)
def test_leak(text):
    """
    A token, a secret in use or an address is found however it is spelled, and not shown.
    """
    found = leak(["innocent", text], ["the-secret-of-app-1"])

    assert found
    assert not re.search("hotels|pat-|app-1", found)


@pytest.mark.parametrize(
    "text",
    ["ana@example.com", "bo@crm.example", "ana%40mail.example.com", "a compat-mode bearer"],
)
def test_no_leak(text):
    """
    Addresses of nobody are no leak, nor is a word that only looks like a token.
    """
    assert leak([text], ["secret"]) is None


@pytest.mark.parametrize("said", ["ana@hotels.test", "{token}"])
@pytest.mark.parametrize("where", ["sent", "answered"])
def test_not_saved(hub, tmp_path, said, where):
    """
    A recording in which something leaks fails, and leaves no cassette.
    """
    said = said.format(token=hub.token)
    hub.add_contacts([{"id": "7", "email": "chi@example.com", "city": said}])
    contact = "/crm/objects/2026-09/contacts/7"
    headers = {"Authorization": f"Bearer {hub.token}", "Content-Type": "application/json"}
    asking = {
        "sent": Asking(f"{hub.base_url}{contact}", said.encode(), headers, method="PATCH"),
        "answered": Asking(f"{hub.base_url}{contact}?properties=city,email", None, headers),
    }
    path = tmp_path / "leak.yaml"

    with pytest.raises(Leak):
        record(path, asking[where], hub.token)
    assert not path.exists()


def record(path, asking, token):
    """
    Record one request and its answer.
    """
    cassettes = Cassettes("A label", [token])
    config = {
        "before_record_request": scrub_request,
        "before_record_response": scrub_response,
        "persister": cassettes,
    }
    with VCR(record_mode="all").use_cassette(str(path), **config):
        try:
            urlopen(asking, timeout=5).close()
        except HTTPError as refused:
            refused.close()
    cassettes.close()


def test_saved(hub, tmp_path):
    """
    A recording without a leak is saved under its label.
    """
    headers = {"Authorization": f"Bearer {hub.token}"}
    asking = Asking(f"{hub.base_url}/crm/objects/2026-09/contacts/501", headers=headers)
    path = tmp_path / "new" / "one.yaml"
    record(path, asking, hub.token)

    assert path.read_text("utf-8").startswith("# A label\ninteractions:\n")


@pytest.mark.parametrize("content", [b"\xff ana@hotels.test", "é ana@hotels.test".encode()])
def test_bytes(tmp_path, content):
    """
    A leak is found in what is no text too.
    """
    cassettes = Cassettes("A label")
    response = {"status": {}, "headers": {}, "body": {"string": content}}
    asked = Request("GET", HOST, None, {})
    cassette = {"requests": [asked], "responses": [response]}
    cassettes.save_cassette(tmp_path / "one.yaml", cassette, yamlserializer)

    with pytest.raises(Leak):
        cassettes.close()


def test_answer():
    """
    Of an answer's headers, what tells of limits stays, and the type of the body.
    """
    kept = {"content-type": ["text/plain"], "X-HubSpot-RateLimit-Max": ["100"]}
    gone = {"Set-Cookie": ["x"], "Date": ["y"], "X-HubSpot-Correlation-Id": ["z"]}
    answer = {"headers": {**kept, **gone}, "body": {"string": b"<p>no JSON"}}

    assert scrub_response(answer) == {"headers": kept, "body": {"string": b"<p>no JSON"}}


def test_signature():
    """
    Of a request, a simulator's place and the signature go; all else stays.
    """
    headers = {"Authorization": "Bearer x", "User-Agent": "y", "Content-Type": "text/plain"}
    request = scrub_request(Request("POST", "http://127.0.0.1:1/a%20b?c=d", "e", headers))

    assert request.uri == f"{HOST}/a%20b?c=d"
    assert request.body == b"e"
    assert dict(request.headers) == {"Content-Type": "text/plain"}


def test_host():
    """
    A host that is no simulator's stays: what is replayed goes where it was recorded.
    """
    asked = Request("GET", "https://api.hubapi.test/a", None, {})

    assert scrub_request(asked).uri == "https://api.hubapi.test/a"


def test_form():
    """
    Of a sign-in, who and what proves it goes.
    """
    body = "grant_type=refresh_token&refresh_token=r&client_id=i&client_secret=s"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    request = scrub_request(Request("POST", f"{HOST}/oauth", body, headers))
    kept = parse_qs(request.body.decode())

    assert kept.pop("grant_type") == ["refresh_token"]
    assert list(kept.values()) == [["scrubbed"]] * 3


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
