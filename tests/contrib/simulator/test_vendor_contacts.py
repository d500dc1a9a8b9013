"""
HubSpot's own client reads, writes and pages through contacts.
"""

from datetime import UTC, datetime

import pytest
from hubspot.crm import contacts as wire
from tests.contrib.simulator.vendor import client

PEOPLE = [
    {"id": "201", "firstname": "Ana", "lastname": "Reyes", "email": "ana@example.com"},
    {"id": "202", "firstname": "Björn", "email": "bjorn@example.com", "phone": "555"},
    {"id": "203", "lastname": "Okafor", "member_no": "M-3"},
]
NOTHING = {"firstname": None, "lastname": None, "email": None}


@pytest.fixture
def hub(crm_simulator):
    """
    Return an account with three contacts, and a custom property of each kind.
    """
    own = [
        {"name": "member_no", "hasUniqueValue": True},
        {"name": "budget", "type": "number"},
        {"name": "colour", "type": "enumeration", "options": ["red", "blue"]},
    ]
    return crm_simulator("hubspot", contacts=PEOPLE, properties=own, search_lag=5)


@pytest.fixture
def contacts(hub):
    """
    Return the client's part for contacts.
    """
    return client(hub).crm.contacts


def new(properties, **options):
    """
    Make one input of a creation.
    """
    made = wire.SimplePublicObjectBatchInputForCreate
    return made(properties=properties, associations=[], **options)


def many(*inputs):
    """
    Make the request of a batch creation.
    """
    return wire.BatchInputSimplePublicObjectBatchInputForCreate(inputs=list(inputs))


def ids(*given, **options):
    """
    Make the request of a batch read.
    """
    inputs = [wire.SimplePublicObjectId(id=one) for one in given]
    options = {"properties": [], "properties_with_history": [], **options}
    return wire.BatchReadInputSimplePublicObjectId(inputs=inputs, **options)


def test_get(contacts):
    """
    A contact comes with the properties that HubSpot returns unasked, and with times.
    """
    found = contacts.basic_api.get_by_id("201")

    assert found.id == "201"
    assert found.archived is False
    assert found.created_at == found.updated_at
    assert abs(datetime.now(UTC) - found.created_at).total_seconds() < 60
    assert found.properties.keys() == {
        *NOTHING,
        "hs_object_id",
        "createdate",
        "lastmodifieddate",
    }
    assert found.properties["email"] == "ana@example.com"


def test_null(contacts):
    """
    A property without a value is null if it was asked for; an unknown one is left out.
    """
    wanted = ["phone", "budget", "no_such_property"]

    found = contacts.basic_api.get_by_id("201", properties=wanted).properties

    assert {name: found.get(name, "absent") for name in wanted} == {
        "phone": None,
        "budget": None,
        "no_such_property": "absent",
    }


@pytest.mark.parametrize(
    ("name", "value"), [("email", "BJORN@example.com"), ("member_no", "M-3")]
)
def test_unique(contacts, name, value):
    """
    A contact is found by its address, in any case, and by a unique property.
    """
    found = contacts.basic_api.get_by_id(value, id_property=name, properties=[name])

    assert found.properties[name].lower() == value.lower()


def test_archived(contacts):
    """
    An archived contact is found only among the archived ones, with the time.
    """
    contacts.basic_api.archive("201")

    assert [one.id for one in contacts.get_all()] == ["202", "203"]
    assert [one.id for one in contacts.get_all(archived=True)] == ["201"]
    found = contacts.basic_api.get_by_id("201", archived=True)
    assert found.archived is True
    assert found.archived_at >= found.created_at


def test_history(contacts):
    """
    The history of a property tells all its values, the latest first.
    """
    change = wire.SimplePublicObjectInput(properties={"firstname": "Anna"})
    contacts.basic_api.update("201", change)

    found = contacts.basic_api.get_by_id("201", properties_with_history=["firstname"])

    past = found.properties_with_history["firstname"]
    assert [one.value for one in past] == ["Anna", "Ana"]
    assert past[0].timestamp >= past[1].timestamp


@pytest.mark.parametrize("count", [0, 1, 99, 100, 101, 250])
def test_pages(crm_simulator, count):
    """
    Paging covers each contact once, however many pages that takes.
    """
    hub = crm_simulator("hubspot", contacts=count, limit="off")

    found = [one.id for one in client(hub).crm.contacts.get_all()]

    assert sorted(found) == sorted(one["id"] for one in hub.contacts())
    assert len(found) == count


def test_page_by_page(contacts):
    """
    A page that is not the last one tells where the next one begins.
    """
    first = contacts.basic_api.get_page(limit=2)
    second = contacts.basic_api.get_page(limit=2, after=first.paging.next.after)

    assert [one.id for one in (*first.results, *second.results)] == ["201", "202", "203"]
    assert second.paging is None


def test_create(hub, contacts):
    """
    A new contact gets an id and a time; all values are text.
    """
    given = {"email": "new@example.com", "budget": "1250.5", "colour": "red"}
    request = wire.SimplePublicObjectInputForCreate(properties=given, associations=[])

    made = contacts.basic_api.create(request)

    assert {name: made.properties[name] for name in given} == given
    assert made.id not in {"201", "202", "203"}
    assert {one["id"] for one in hub.contacts()} == {made.id, "201", "202", "203"}


def test_update(contacts):
    """
    A change tells the new value and a later time; an empty text clears a property.
    """
    change = wire.SimplePublicObjectInput(properties={"phone": "", "firstname": "Bo"})

    made = contacts.basic_api.update("202", change)

    found = contacts.basic_api.get_by_id("202", properties=["phone", "firstname"])
    assert (found.properties["phone"], found.properties["firstname"]) == (None, "Bo")
    assert made.updated_at == found.updated_at > found.created_at


def test_update_unique(contacts):
    """
    A contact can be changed by its address.
    """
    change = wire.SimplePublicObjectInput(properties={"lastname": "R."})

    made = contacts.basic_api.update("ana@example.com", change, id_property="email")

    assert made.id == "201"


def test_batch_read(contacts):
    """
    A batch read tells what it has; without history it needs none of its keys.
    """
    found = contacts.batch_api.read(ids("201", "203", properties=["lastname"]))

    assert {one.id: one.properties["lastname"] for one in found.results} == {
        "201": "Reyes",
        "203": "Okafor",
    }
    assert found.status == "COMPLETE"
    assert found.completed_at >= found.started_at


def test_batch_read_missing(contacts):
    """
    A batch read names all that is missing in one error, beside what it found.
    """
    found = contacts.batch_api.read(ids("201", "9001", "9002"))

    assert [one.id for one in found.results] == ["201"]
    assert (found.num_errors, found.errors[0].category) == (1, "OBJECT_NOT_FOUND")
    assert sorted(found.errors[0].context["ids"]) == ["9001", "9002"]


def test_batch_read_unique(contacts):
    """
    A batch read takes values of a unique property too.
    """
    asked = ids("ana@example.com", "nobody@example.com", id_property="email")

    found = contacts.batch_api.read(asked)

    assert [one.id for one in found.results] == ["201"]
    assert found.errors[0].context == {"ids": ["nobody@example.com"]}


def test_batch_create(hub, contacts):
    """
    A batch makes all its contacts.
    """
    made = contacts.batch_api.create(
        many(*(new({"firstname": f"P{n}"}) for n in range(100)))
    )

    assert {one.properties["firstname"] for one in made.results} == {
        f"P{n}" for n in range(100)
    }
    assert {one.id for one in made.results} < {one["id"] for one in hub.contacts()}


def test_batch_create_partly(hub, contacts):
    """
    With trace ids the good inputs are made, and each bad one is named by its trace id.
    """
    made = contacts.batch_api.create(
        many(
            new({"email": "good@example.com"}, object_write_trace_id="good"),
            new({"no_such_property": "1"}, object_write_trace_id="unknown"),
            new({"email": "ana@example.com"}, object_write_trace_id="twice"),
        )
    )

    assert [one.properties["email"] for one in made.results] == ["good@example.com"]
    assert made.num_errors == 2
    assert {one.context["objectWriteTraceId"][0]: one.category for one in made.errors} == {
        "unknown": "VALIDATION_ERROR",
        "twice": "CONFLICT",
    }
    assert len(hub.contacts()) == 4


@pytest.mark.parametrize("wrong", [{"no_such_property": "1"}, {"email": "ana@example.com"}])
def test_batch_create_whole(hub, contacts, wrong):
    """
    Without trace ids one bad input fails the whole batch, and nothing is made.
    """
    with pytest.raises(wire.ApiException) as raised:
        contacts.batch_api.create(many(new({"email": "good@example.com"}), new(wrong)))

    assert raised.value.status in {400, 409}
    assert len(hub.contacts()) == 3


def test_batch_update(contacts):
    """
    A batch changes what is there, and names what is not.
    """
    inputs = [
        wire.SimplePublicObjectBatchInput(id=one, properties={"phone": "1"})
        for one in ("201", "9001")
    ]

    made = contacts.batch_api.update(
        wire.BatchInputSimplePublicObjectBatchInput(inputs=inputs)
    )

    assert [one.properties["phone"] for one in made.results] == ["1"]
    assert made.errors[0].context == {"ids": ["9001"]}


def test_batch_upsert(contacts):
    """
    An upsert tells of each contact whether it is new.
    """
    inputs = [
        wire.SimplePublicObjectBatchInputUpsert(
            id=one, id_property="member_no", properties={"firstname": "Up"}
        )
        for one in ("M-3", "M-4")
    ]

    made = contacts.batch_api.upsert(
        wire.BatchInputSimplePublicObjectBatchInputUpsert(inputs=inputs)
    )

    assert {one.properties["member_no"]: one.new for one in made.results} == {
        "M-3": False,
        "M-4": True,
    }


def test_batch_archive(hub, contacts):
    """
    A batch archives its contacts; one that is not there is no error.
    """
    inputs = [wire.SimplePublicObjectId(id=one) for one in ("201", "9001")]

    contacts.batch_api.archive(wire.BatchInputSimplePublicObjectId(inputs=inputs))

    assert [one["id"] for one in hub.contacts()] == ["202", "203"]


def test_merge(contacts):
    """
    Merged contacts get one new id, and answer to their old ones.
    """
    request = wire.PublicMergeInput(primary_object_id="201", object_id_to_merge="202")

    made = contacts.basic_api.merge(request)

    assert made.id not in {"201", "202"}
    found = [contacts.basic_api.get_by_id(one).id for one in ("201", "202", made.id)]
    assert found == [made.id] * 3
    assert {one.id for one in contacts.get_all()} == {made.id, "203"}


def test_purge(contacts):
    """
    What the law on privacy had deleted is not even among the archived ones.
    """
    contacts.basic_api.purge(wire.PublicGdprDeleteInput(object_id="201"))

    assert contacts.get_all(archived=True) == []
    assert [one.id for one in contacts.get_all()] == ["202", "203"]


def search(contacts, *filters, **options):
    """
    Search for what passes all filters.
    """
    groups = [wire.FilterGroup(filters=[wire.Filter(**one) for one in filters])]
    request = wire.PublicObjectSearchRequest(
        filter_groups=groups if filters else None, **options
    )
    return contacts.search_api.do_search(request)


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        ({"operator": "EQ", "value": "ana@example.com"}, ["201"]),
        ({"operator": "NEQ", "value": "ana@example.com"}, ["202", "203"]),
        ({"operator": "IN", "values": ["bjorn@example.com"]}, ["202"]),
        ({"operator": "IN", "values": ["BJORN@example.com"]}, []),
        ({"operator": "HAS_PROPERTY"}, ["201", "202"]),
        ({"operator": "NOT_HAS_PROPERTY"}, ["203"]),
        ({"operator": "CONTAINS_TOKEN", "value": "*@example.com"}, ["201", "202"]),
    ],
)
def test_search(contacts, one, expected):
    """
    A search finds what passes its filter, and says how much that is.
    """
    found = search(contacts, {"property_name": "email", **one})

    assert (found.total, sorted(one.id for one in found.results)) == (
        len(expected),
        expected,
    )


def test_search_pages(crm_simulator):
    """
    The pages of a search cover each contact once, in the order that was asked for.
    """
    contacts = client(crm_simulator("hubspot", contacts=7, limit="off")).crm.contacts
    sort = {"propertyName": "email", "direction": "DESCENDING"}
    after, found = None, []
    for _ in range(4):
        page = search(contacts, sorts=[sort], limit=2, after=after)
        found += [one.properties["email"] for one in page.results]
        after = page.paging.next.after if page.paging else None

    assert found == [f"client{number}@example.com" for number in range(7, 0, -1)]
    assert after is None


def test_search_lag(hub, contacts):
    """
    What was just written is not found yet, and what was just archived is still counted.
    """
    contacts.basic_api.create(
        wire.SimplePublicObjectInputForCreate(properties={"email": "z@example.com"})
    )
    contacts.basic_api.archive("201")
    before = search(contacts)
    hub.clock.advance(6)
    after = search(contacts)

    assert (before.total, [one.id for one in before.results]) == (3, ["202", "203"])
    assert (after.total, len(after.results)) == (3, 3)


def test_batch_read_archived(contacts):
    """
    A batch read finds archived contacts if it asks for them.
    """
    contacts.basic_api.archive("201")

    found = contacts.batch_api.read(ids("201"), archived=True)

    assert [(one.id, one.archived) for one in found.results] == [("201", True)]


def test_batch_update_twins(hub, contacts):
    """
    A batch cannot give one address to two contacts.
    """
    inputs = [
        wire.SimplePublicObjectBatchInput(id=one, properties={"email": "same@example.com"})
        for one in ("201", "202")
    ]

    with pytest.raises(wire.ApiException):
        contacts.batch_api.update(
            wire.BatchInputSimplePublicObjectBatchInput(inputs=inputs)
        )

    assert [one["properties"].get("email") for one in hub.contacts()] == [
        "ana@example.com",
        "bjorn@example.com",
        None,
    ]
