"""
HubSpot's own client writes, finds and changes activities and their associations.
"""

from datetime import UTC, datetime
from importlib import import_module

import pytest
from hubspot.crm.associations import v4 as links
from tests.contrib.simulator.vendor import client

TO_CONTACT = {"notes": 202, "calls": 194, "emails": 198, "meetings": 200, "tasks": 204}
BODIES = {
    "notes": "hs_note_body",
    "calls": "hs_call_body",
    "emails": "hs_email_text",
    "meetings": "hs_meeting_body",
    "tasks": "hs_task_body",
}
MOMENT = "2026-05-04T09:30:00.250Z"
each_kind = pytest.mark.parametrize("kind", TO_CONTACT)


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with four contacts.
    """
    people = [{"id": str(number), "firstname": "P"} for number in range(301, 305)]
    return crm_simulator("hubspot", contacts=people)


@pytest.fixture
def crm(hub):
    """
    Return the client's part for the CRM.
    """
    return client(hub).crm


def models(kind):
    """
    Return the client's package of one kind: each has models of its own.
    """
    return import_module(f"hubspot.crm.objects.{kind}")


def association(kind, contact, type_id=None):
    """
    Make an association with a contact.
    """
    wire = models(kind)
    spec = wire.AssociationSpec(
        association_category="HUBSPOT_DEFINED",
        association_type_id=type_id or TO_CONTACT[kind],
    )
    to = wire.PublicObjectId(id=contact)
    return wire.PublicAssociationsForObject(to=to, types=[spec])


def create(crm, kind, contact="301", **properties):
    """
    Create one activity, associated with a contact.
    """
    properties = {"hs_timestamp": MOMENT, BODIES[kind]: "Hello", **properties}
    request = models(kind).SimplePublicObjectInputForCreate(
        properties=properties, associations=[association(kind, contact)]
    )
    return getattr(crm.objects, kind).basic_api.create(request)


@each_kind
def test_create(hub, crm, kind):
    """
    An activity is created with its association, and both are there to be read.
    """
    made = create(crm, kind)

    api = getattr(crm.objects, kind).basic_api
    found = api.get_by_id(made.id, properties=[BODIES[kind]], associations=["contacts"])
    assert found.properties[BODIES[kind]] == "Hello"
    assert [one.id for one in found.associations["contacts"].results] == ["301"]
    assert [(one["kind"], one["id"]) for one in hub.activities(client_id="301")] == [
        (kind, made.id)
    ]


@pytest.mark.parametrize("given", [MOMENT, "1777887000250"])
def test_timestamp(crm, given):
    """
    A time is taken as text or as milliseconds, and told as text.
    """
    made = create(crm, "notes", hs_timestamp=given)

    assert made.properties["hs_timestamp"] == MOMENT


def test_seconds(crm):
    """
    A time in seconds is taken for milliseconds, without a word, as the real one does.
    """
    made = create(crm, "notes", hs_timestamp="1777887000")

    assert made.properties["hs_timestamp"].startswith("1970-01-21T")


@each_kind
def test_batch_create(hub, crm, kind):
    """
    A batch of a hundred activities is created, each with its own association.
    """
    wire = models(kind)
    inputs = [
        wire.SimplePublicObjectBatchInputForCreate(
            object_write_trace_id=f"t{number}",
            properties={"hs_timestamp": MOMENT, BODIES[kind]: str(number)},
            associations=[association(kind, str(301 + number % 4))],
        )
        for number in range(100)
    ]

    made = getattr(crm.objects, kind).batch_api.create(
        wire.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    )

    texts = {str(number) for number in range(100)}
    assert {one.properties[BODIES[kind]] for one in made.results} == texts
    found = hub.activities(kind, "302")
    assert {one["properties"][BODIES[kind]] for one in found} == {
        str(number) for number in range(1, 100, 4)
    }


@pytest.mark.parametrize(
    ("properties", "contact", "type_id"),
    [
        pytest.param({"hs_timestamp": MOMENT, "nope": "1"}, "301", 202, id="property"),
        pytest.param({"hs_note_body": "No time"}, "301", 202, id="no time"),
        pytest.param(
            {"hs_timestamp": MOMENT, "hs_note_body": "x" * 65_537}, "301", 202, id="long"
        ),
        pytest.param({"hs_timestamp": "soon"}, "301", 202, id="time"),
        pytest.param({"hs_timestamp": MOMENT}, "9001", 202, id="no contact"),
        pytest.param({"hs_timestamp": MOMENT}, "301", 214, id="a deal's type"),
        pytest.param({"hs_timestamp": MOMENT}, "301", 194, id="a call's type"),
        pytest.param(
            {"hs_timestamp": MOMENT, "hs_object_id": "5"}, "301", 202, id="read only"
        ),
    ],
)
def test_batch_create_partly(hub, crm, properties, contact, type_id):
    """
    With trace ids one bad note is named by its own, and the others are created.
    """
    wire = models("notes")
    good = {"hs_timestamp": MOMENT, "hs_note_body": "Good"}
    rows = [("a", good, "301", 202), ("b", properties, contact, type_id)]
    inputs = [
        wire.SimplePublicObjectBatchInputForCreate(
            object_write_trace_id=trace,
            properties=values,
            associations=[association("notes", to, kind)],
        )
        for trace, values, to, kind in rows
    ]

    made = crm.objects.notes.batch_api.create(
        wire.BatchInputSimplePublicObjectBatchInputForCreate(inputs=inputs)
    )

    assert [one.properties["hs_note_body"] for one in made.results] == ["Good"]
    assert [one.context["objectWriteTraceId"] for one in made.errors] == [["b"]]
    assert [one.category for one in made.errors] == ["VALIDATION_ERROR"]
    assert len(hub.activities()) == 1


def test_change(crm):
    """
    A note can be changed, listed and archived.
    """
    first, second = create(crm, "notes"), create(crm, "notes")
    wire = models("notes")
    change = wire.SimplePublicObjectInput(properties={"hs_note_body": "Changed"})

    crm.objects.notes.basic_api.update(first.id, change)
    crm.objects.notes.basic_api.archive(second.id)

    page = crm.objects.notes.basic_api.get_page(properties=["hs_note_body"])
    assert [(one.id, one.properties["hs_note_body"]) for one in page.results] == [
        (first.id, "Changed")
    ]


def test_batch_read(crm):
    """
    Activities are read in a batch, with those missing named.
    """
    made = [create(crm, "calls", hs_call_body=str(number)).id for number in range(3)]
    wire = models("calls")
    asked = wire.BatchReadInputSimplePublicObjectId(
        inputs=[wire.SimplePublicObjectId(id=one) for one in (*made, "9001")],
        properties=["hs_call_body", "hs_call_title"],
        properties_with_history=[],
    )

    found = crm.objects.calls.batch_api.read(asked)

    bodies = {one.id: one.properties["hs_call_body"] for one in found.results}
    assert bodies == {id_: str(number) for number, id_ in enumerate(made)}
    assert {one.properties["hs_call_title"] for one in found.results} == {None}
    assert found.errors[0].context == {"ids": ["9001"]}


def test_headers(crm):
    """
    An e-mail's headers fill in who it is from and to, which cannot be set.
    """
    headers = '{"from": {"email": "me@example.com"}, "to": [{"email": "ana@example.com"}]}'

    made = create(crm, "emails", hs_email_headers=headers, hs_email_direction="EMAIL")

    assert made.properties["hs_email_from_email"] == "me@example.com"
    assert made.properties["hs_email_to_email"] == "ana@example.com"


def linked(crm, contact, kind="notes", **options):
    """
    Return one page of what a contact is associated with.
    """
    return crm.associations.v4.basic_api.get_page("contacts", contact, kind, **options)


def test_associations(crm):
    """
    A contact's associations lead back to its activities, by the type for that direction.
    """
    made = create(crm, "notes")

    (found,) = linked(crm, "301").results

    assert str(found.to_object_id) == made.id
    assert [(one.category, one.type_id) for one in found.association_types] == [
        ("HUBSPOT_DEFINED", 201)
    ]


def test_association_pages(crm):
    """
    Paging covers each association once.
    """
    made = {create(crm, "notes").id for _ in range(5)}
    after, found = None, []
    for _ in range(3):
        page = linked(crm, "301", limit=2, after=after)
        found += [str(one.to_object_id) for one in page.results]
        after = page.paging.next.after if page.paging else None

    assert sorted(found) == sorted(made)
    assert after is None


def test_association_batch(crm):
    """
    A batch tells of each contact what it is associated with, and which have nothing.
    """
    made = {contact: create(crm, "notes", contact).id for contact in ("301", "302")}
    inputs = [
        links.PublicFetchAssociationsBatchRequest(id=one) for one in ("301", "302", "303")
    ]

    found = crm.associations.v4.batch_api.get_page(
        "contacts",
        "notes",
        links.BatchInputPublicFetchAssociationsBatchRequest(inputs=inputs),
    )

    assert {
        one._from.id: [str(to.to_object_id) for to in one.to] for one in found.results
    } == {contact: [id_] for contact, id_ in made.items()}
    assert found.errors[0].context["fromObjectId"] == ["303"]


def test_associate(hub, crm):
    """
    An activity is associated later, one at a time, in a batch, by default or by type.
    """
    note = create(crm, "notes").id
    api = crm.associations.v4
    spec = links.AssociationSpec(
        association_category="HUBSPOT_DEFINED", association_type_id=202
    )
    from_, to = links.PublicObjectId(id=note), links.PublicObjectId(id="304")

    api.basic_api.create_default("notes", note, "contacts", "302")
    api.basic_api.create("notes", note, "contacts", "303", [spec])
    pair = links.PublicAssociationMultiPost(_from=from_, to=to, types=[spec])
    request = links.BatchInputPublicAssociationMultiPost(inputs=[pair])
    api.batch_api.create("notes", "contacts", request)

    assert hub.activities("notes")[0]["client_ids"] == ["301", "302", "303", "304"]


def test_associate_default(hub, crm):
    """
    A batch can associate by default too.
    """
    note = create(crm, "notes").id
    from_, to = links.PublicObjectId(id=note), links.PublicObjectId(id="302")
    pair = links.PublicDefaultAssociationMultiPost(_from=from_, to=to)
    request = links.BatchInputPublicDefaultAssociationMultiPost(inputs=[pair])

    made = crm.associations.v4.batch_api.create_default("notes", "contacts", request)

    assert made.results[0].association_spec.association_type_id == 202
    assert hub.activities("notes")[0]["client_ids"] == ["301", "302"]


def test_dissociate(hub, crm):
    """
    Associations are removed one at a time and in a batch.
    """
    note = create(crm, "notes").id
    api = crm.associations.v4
    api.basic_api.create_default("notes", note, "contacts", "302")
    ends = links.PublicObjectId(id=note), [links.PublicObjectId(id="302")]
    pair = links.PublicAssociationMultiArchive(_from=ends[0], to=ends[1])

    api.basic_api.archive("notes", note, "contacts", "301")
    api.batch_api.archive(
        "notes", "contacts", links.BatchInputPublicAssociationMultiArchive(inputs=[pair])
    )

    assert hub.activities("notes")[0]["client_ids"] == []


def test_company_labels(crm):
    """
    Contacts and companies have two associations, of which one is the primary.
    """
    found = crm.associations.v4.schema.definitions_api.get_all("contacts", "companies")

    assert {one.type_id: one.label for one in found.results} == {279: None, 1: "Primary"}


def test_times(hub, crm):
    """
    All times are the account's own clock's, in UTC.
    """
    hub.clock.advance(86_400)

    made = create(crm, "tasks")

    ahead = made.created_at - datetime.now(UTC)
    assert 86_300 < ahead.total_seconds() <= 86_400
    assert made.properties["hs_createdate"].endswith("Z")
