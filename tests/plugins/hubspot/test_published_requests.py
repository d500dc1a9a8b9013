"""
What is sent has the form that HubSpot's own client gives to its requests.
"""

import json
import re
from datetime import UTC, datetime

import pytest
from hubspot.crm import contacts, timeline
from hubspot.crm.associations import v4 as links
from hubspot.crm.objects import calls, emails, meetings, notes, tasks
from tests.contrib.simulator.vendor import client, misfits

from crmkit import ActivityRecord, stable_id

MOMENT = datetime(2026, 5, 4, 9, 30, tzinfo=UTC)
PEOPLE = [
    {"id": "701", "firstname": "Ana", "email": "ana@example.com", "phone": "555-0101"},
    {"id": "702", "firstname": "Björn", "email": "bjorn@example.com"},
]
PACKAGES = {
    "notes": notes,
    "calls": calls,
    "emails": emails,
    "meetings": meetings,
    "tasks": tasks,
    "contacts": contacts,
}
OBJECTS = re.compile(r"/crm/objects/2026-09/(\w+)/(batch/create|batch/read|search)")
MODELS = {
    "batch/create": "BatchInputSimplePublicObjectBatchInputForCreate",
    "batch/read": "BatchReadInputSimplePublicObjectId",
    "search": "PublicObjectSearchRequest",
}
LINKS = re.compile(r"/crm/associations/2026-09/contacts/\w+/batch/read")
EVENTS = "/integrators/timeline/v3/events/batch/create"
DOCUMENTED = {"$.sorts.0: dict is no str"}  # the model has texts, the guide objects
METADATA = {
    "note": {"mood": "fine", "hubspot_owner_id": "77"},
    "call": {"duration_s": 61.5, "direction": "in", "outcome": "connected", "to": "555"},
    "email_sent": {"subject": "Hi", "from": "me@example.com", "to": ["ana@example.com"]},
    "email_received": {"html": "<p>Hello</p>", "message_id": "<1@example.com>"},
    "meeting": {"duration_s": 1800, "url": "https://meet.example.com/1"},
    "task": {"due_at": "2026-06-01T08:00:00Z", "subject": "Call back"},
    "property_view": {"url": "https://homes.example.com/7", "rooms": 3, "tags": ["a", "b"]},
}


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with two contacts and an event template.
    """
    return crm_simulator("hubspot", contacts=PEOPLE, search_lag=0, timeline=["1001"])


@pytest.fixture
def sent(hub, monkeypatch):
    """
    Return the requests that the account is sent: method, path and body of each.
    """
    found = []
    respond = hub.crm.respond

    def recorded(request):
        body = json.loads(request.body) if request.body else None
        found.append((request.method, request.path, body))
        return respond(request)

    monkeypatch.setattr(hub.crm, "respond", recorded)
    return found


def model_of(path):
    """
    Return the vendor's model of what is posted to a path.
    """
    if found := OBJECTS.fullmatch(path):
        kind, verb = found.groups()
        return getattr(PACKAGES[kind], MODELS[verb])
    if LINKS.fullmatch(path):
        return links.BatchInputPublicFetchAssociationsBatchRequest
    return {EVENTS: timeline.BatchInputTimelineEvent}[path]


def checked(sent):
    """
    Return the bodies that were posted, by path, once each fits the vendor's model.
    """
    posted = [(path, body) for method, path, body in sent if method == "POST"]
    wrong = {line for path, body in posted for line in misfits(model_of(path), body)}
    assert wrong <= DOCUMENTED
    return dict(posted)


def activity(kind, **changes):
    """
    Make an activity of a type, with all the metadata that it knows.
    """
    given = {"client_id": "701", "description": "Said\nhello", "timestamp": MOMENT}
    return ActivityRecord(
        type=kind, id=stable_id(kind), metadata=METADATA[kind], **{**given, **changes}
    )


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        ("note", "notes"),
        ("call", "calls"),
        ("email_sent", "emails"),
        ("email_received", "emails"),
        ("meeting", "meetings"),
        ("task", "tasks"),
        ("property_view", "notes"),
    ],
)
@pytest.mark.parametrize("client_id", ["701", None])
def test_sync(connect, hub, sent, type_, kind, client_id):
    """
    Activities of each kind are posted as the vendor's client would; a list of links always.
    """
    report = connect(hub).batch_sync_activities([activity(type_, client_id=client_id)])

    (path, body), *_ = checked(sent).items()
    assert [outcome.status for outcome in report] == ["synced"]
    assert path == f"/crm/objects/2026-09/{kind}/batch/create"
    assert len(body["inputs"][0]["associations"]) == (client_id is not None)
    assert {type(value) for value in body["inputs"][0]["properties"].values()} == {str}


def test_batch(connect, hub, sent):
    """
    A hundred activities go in one request, each input with a trace id of its own.
    """
    records = [
        ActivityRecord(type="note", client_id="701", description=f"{one}", timestamp=MOMENT)
        for one in range(100)
    ]

    report = connect(hub).batch_sync_activities(records)

    (body,) = checked(sent).values()
    traces = {one["objectWriteTraceId"] for one in body["inputs"]}
    assert len(traces) == len(report) == len(hub.activities("notes", "701")) == 100


def test_events(connect, hub, sent):
    """
    Timeline events have the keys that the vendor's client knows.
    """
    token = hub.add_token(oauth=True, scopes=["timeline"])
    own = {"timeline_template": "1001", "activity_types": {"property_view": "timeline"}}

    connect(hub, token=token, **own).sync_activity(activity("property_view"))

    assert list(checked(sent)) == [EVENTS]


def test_fetch(connect, hub, sent):
    """
    Several contacts are read in a batch that the vendor's client could have sent.
    """
    found = connect(hub).get_clients_data(["701", "702", "9001"])

    assert found["701"].email == "ana@example.com"
    assert list(checked(sent)) == ["/crm/objects/2026-09/contacts/batch/read"]


def test_history(connect, hub, sent):
    """
    A history is read through requests that the vendor's client could have sent.
    """
    connector = connect(hub)
    connector.batch_sync_activities(map(activity, METADATA))

    client = connector.get_client_data("701", include=["history"])

    kinds = {path.split("/")[-3] for path in checked(sent) if LINKS.fullmatch(path)}
    assert len(client.history) == len(METADATA)
    assert kinds == PACKAGES.keys() - {"contacts"}


def test_search(connect, hub, sent):
    """
    What searches send fits the vendor's model, and the bounds of a search.
    """
    connector = connect(hub)

    found = connector.find_client(phone="555-0101")
    listed = list(connector.iter_clients(updated_since=datetime(2020, 1, 1, tzinfo=UTC)))

    assert found.id == "701"
    assert {client.id for client in listed} == {"701", "702"}
    body = checked(sent)["/crm/objects/2026-09/contacts/search"]
    assert len(json.dumps(body)) < 3000


def test_both_ways(connect, hub):
    """
    What the vendor's client writes is read here, and it reads what is written here.
    """
    vendor = client(hub).crm
    given = {"firstname": "Chiara", "email": "chiara@example.com", "hs_language": "pt-br"}
    request = contacts.SimplePublicObjectInputForCreate(properties=given, associations=[])
    made = vendor.contacts.basic_api.create(request)
    connector = connect(hub)

    found = connector.get_client_data(made.id)
    connector.sync_activity(activity("note", client_id=made.id))

    assert (found.first_name, found.email, found.language) == (
        "Chiara",
        "chiara@example.com",
        "pt-BR",
    )
    (read,) = vendor.objects.notes.basic_api.get_page(
        properties=["hs_note_body", "hs_timestamp", "hubspot_owner_id"],
        associations=["contacts"],
    ).results
    assert read.properties["hs_note_body"].startswith("Said<br>hello<br>mood: fine")
    assert read.properties["hs_timestamp"] == "2026-05-04T09:30:00.000Z"
    assert read.properties["hubspot_owner_id"] == "77"
    assert [one.id for one in read.associations["contacts"].results] == [made.id]
