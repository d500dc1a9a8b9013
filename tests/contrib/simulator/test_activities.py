"""
Activities: what they need, what HubSpot adds, and timeline events.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._wire import Request

OBJECTS = "/crm/objects/2026-09"
KINDS = ["notes", "calls", "emails", "meetings", "tasks", "communications"]
TIMELINE = "/integrators/timeline"
OLD = {"eventTemplateId": "t1", "tokens": {"plan": "gold"}, "id": "e1", "objectId": "7"}
NEW = {"eventTypeName": "visit", "properties": {"page": "/"}, "id": "e1", "objectId": "7"}


def create(send, kind, **properties):
    """
    Create an activity.
    """
    properties = {"hs_timestamp": "2026-05-01T10:00:00Z", **properties}
    return send("POST", f"{OBJECTS}/{kind}", {"properties": properties})


@pytest.mark.parametrize("kind", KINDS)
def test_timestamp(hub, send, kind):
    """
    Every kind needs a time.
    """
    answer = create(send, kind, hs_timestamp="")

    assert answer.status == 400
    assert answer.json["errors"][0]["context"] == {"propertyName": ["hs_timestamp"]}
    assert hub.activities() == []


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        ("calls", {"hs_call_direction": "INBOUND", "hs_call_status": "COMPLETED"}),
        ("calls", {"hs_call_disposition": "f240bbac-87c9-4f6e-bf70-924b57d47db7"}),
        ("emails", {"hs_email_direction": "INCOMING_EMAIL", "hs_email_status": "SENT"}),
        ("meetings", {"hs_meeting_outcome": "NO_SHOW"}),
        ("tasks", {"hs_task_status": "NOT_STARTED", "hs_task_priority": "HIGH"}),
    ],
)
def test_enumerations(send, kind, properties):
    """
    The documented values are taken, and none in another case of letters.
    """
    assert create(send, kind, **properties).status == 201
    for name, value in properties.items():
        wrong = create(send, kind, **{name: value.swapcase()})
        assert wrong.json["errors"][0]["code"] == "INVALID_OPTION"


@pytest.mark.parametrize("kind", KINDS)
def test_keeps_its_time(send, kind):
    """
    The time of an activity can be changed, but not taken away.
    """
    path = f"{OBJECTS}/{kind}/{create(send, kind).json['id']}"
    cleared = send("PATCH", path, {"properties": {"hs_timestamp": ""}})

    assert cleared.json["errors"][0]["code"] == "MISSING_REQUIRED_PROPERTY"
    found = send("PATCH", path, {"properties": {"hs_timestamp": "1000"}}).json
    assert found["properties"]["hs_timestamp"] == "1970-01-01T00:00:01.000Z"


def test_other_kind(send):
    """
    A property of another kind does not exist.
    """
    answer = create(send, "notes", hs_call_body="x")

    assert answer.json["errors"][0]["code"] == "PROPERTY_DOESNT_EXIST"


def test_long_note(hub, send):
    """
    A note has at most 65,536 characters.
    """
    assert create(send, "notes", hs_note_body="x" * 65_536).status == 201
    assert create(send, "notes", hs_note_body="x" * 65_537).status == 400
    assert len(hub.activities()) == 1


def test_added(send):
    """
    HubSpot adds a preview, coordinates and the owner's properties, all as strings.
    """
    made = create(send, "notes", hs_note_body="<p>Hi</p>", hubspot_owner_id="5").json
    properties = made["properties"]

    assert properties["hs_body_preview"] == "Hi"
    assert properties["hs_body_preview_is_truncated"] == "false"
    assert properties["hs_object_coordinates"] == f"0-46-{made['id']}"
    assert properties["hs_all_owner_ids"] == "5"
    assert {type(value) for value in properties.values()} == {str}


def test_headers(send):
    """
    An e-mail's headers fill the properties that tell who wrote to whom.
    """
    headers = {
        "from": {"email": "ana@example.com", "firstName": "Ana"},
        "to": [{"email": "bo@example.com"}, {"email": "cy@example.com"}],
    }
    properties = create(send, "emails", hs_email_headers=json.dumps(headers)).json

    assert properties["properties"]["hs_email_from_email"] == "ana@example.com"
    assert properties["properties"]["hs_email_from_firstname"] == "Ana"
    both = "bo@example.com;cy@example.com"
    assert properties["properties"]["hs_email_to_email"] == both
    assert create(send, "emails", hs_email_headers="{not json").status == 201
    assert create(send, "emails", hs_email_from_email="x@example.com").status == 400


def test_counted(hub, send, note):
    """
    What the CRM holds is told by kind and by contact, archived ones not.
    """
    for id_ in ("7", "8"):
        send("POST", f"{OBJECTS}/notes", note(id_))
    call = create(send, "calls", hs_call_title="Hi").json["id"]

    assert [one["kind"] for one in hub.activities()] == ["notes", "notes", "calls"]
    assert [one["id"] for one in hub.activities("calls")] == [call]
    assert [one["client_ids"] for one in hub.activities(client_id="8")] == [["8"]]
    assert hub.activities("tasks") == []
    send("DELETE", f"{OBJECTS}/calls/{call}")
    assert hub.activities("calls") == []


@pytest.fixture
def app(crm_simulator, clients):
    """
    Return a HubSpot with event types, and a client that may use them.
    """
    contacts = [{"id": 7, "email": "ana@example.com"}]
    hub = crm_simulator("hubspot", contacts=contacts, timeline=["t1", "visit"])
    return hub, clients(hub, hub.add_token(oauth=True, scopes=["timeline"]))


@pytest.mark.parametrize(
    ("version", "batch", "event"),
    [("v3", "batch/create", OLD), ("2026-03", "batch", NEW)],
)
def test_event(app, version, batch, event):
    """
    An event is put on a contact's timeline, and once more with its id replaces it.
    """
    hub, send = app
    path = f"{TIMELINE}/{version}/events"

    assert send("POST", path, event).status == 201
    assert send("POST", path, {**event, "email": "ana@example.com"}).status == 201
    (held,) = hub.activities("timeline", "7")
    assert held["id"] == "e1"
    more = [{**event, "id": f"e{number}"} for number in (2, 3)]
    assert send("POST", f"{path}/{batch}", {"inputs": more}).status == 201
    assert len(hub.activities("timeline")) == 3


def test_event_without_id(app):
    """
    An event without an id gets one.
    """
    hub, send = app
    event = {name: OLD[name] for name in ("eventTemplateId", "tokens", "objectId")}
    ids = {send("POST", f"{TIMELINE}/v3/events", event).json["id"] for _ in "ab"}

    assert len(ids) == len(hub.activities("timeline")) == 2


def test_event_by_address(app):
    """
    An event finds its contact by address, and can be read again.
    """
    _, send = app
    event = {**OLD, "objectId": None, "email": "Ana@example.com"}

    assert send("POST", f"{TIMELINE}/v3/events", event).json["objectId"] == "7"
    assert send("GET", f"{TIMELINE}/v3/events/t1/e1").json["tokens"] == {"plan": "gold"}
    assert send("GET", f"{TIMELINE}/v3/events/t1/e2").status == 404


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"eventTemplateId": "t9"}, 404),
        ({"eventTemplateId": None}, 400),
        ({"tokens": None}, 400),
        ({"objectId": "999"}, 400),
        ({"objectId": None}, 400),
        ({"timestamp": "tomorrow"}, 400),
    ],
)
def test_wrong_event(app, wrong, status):
    """
    An event needs a template, tokens, a contact and a time that there is.
    """
    hub, send = app
    event = {**OLD, **wrong}

    assert send("POST", f"{TIMELINE}/v3/events", event).status == status
    batch = send("POST", f"{TIMELINE}/v3/events/batch/create", {"inputs": [OLD, event]})
    assert batch.status == 207
    assert len(batch.json["results"]) == len(hub.activities("timeline")) == 1


@pytest.mark.parametrize("options", [{}, {"oauth": True, "scopes": ["oauth"]}])
def test_event_scope(app, clients, options):
    """
    Timeline events are for OAuth apps with the scope, and for no private app.
    """
    hub, _ = app
    answer = clients(hub, hub.add_token(**options))("POST", f"{TIMELINE}/v3/events", OLD)

    assert answer.json["errors"][0]["context"] == {"requiredGranularScopes": ["timeline"]}
    assert answer.status == 403


def test_owners(crm_simulator, clients):
    """
    Owners are listed, and found by id and address.
    """
    two = [{"id": "5", "email": "a@example.com"}, {"id": "6", "email": "b@example.com"}]
    send = clients(crm_simulator("hubspot", owners=two))

    assert len(send("GET", "/crm/owners/2026-09").json["results"]) == 2
    found = send("GET", "/crm/v3/owners/", email="b@example.com").json["results"]
    assert [one["id"] for one in found] == ["6"]
    assert send("GET", "/crm/v3/owners/5").json["email"] == "a@example.com"
    assert send("GET", "/crm/v3/owners/9").status == 404


@given(count=st.integers(0, 7), size=st.integers(1, 4))
def test_owner_pages(count, size):
    """
    Pages of any size show each owner once, in order.
    """
    owners = [{"id": str(one), "email": f"{one}@example.com"} for one in range(count)]
    hub = Simulator("hubspot", owners=owners, limit="off")
    headers = {"Authorization": f"Bearer {hub.token}"}
    seen, after = [], ""
    while after is not None:
        target = f"/crm/owners/2026-09?limit={size}{after and f'&after={after}'}"
        page = json.loads(hub.crm.respond(Request("GET", target, headers)).body)
        seen += [one["id"] for one in page["results"]]
        assert page["results"] or not owners
        after = page["paging"]["next"]["after"] if "paging" in page else None

    assert seen == [owner["id"] for owner in owners]


@pytest.mark.parametrize("query", [{"limit": "501"}, {"limit": "0"}, {"after": "x"}])
def test_wrong_owner_page(send, query):
    """
    A page of owners has up to 500, and starts at a cursor that HubSpot gave.
    """
    assert send("GET", "/crm/owners/2026-09", **query).status == 400
