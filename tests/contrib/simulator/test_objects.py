"""
Objects one by one: what is read and written, and what is refused.
"""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._wire import Request

CONTACTS = "/crm/objects/2026-09/contacts"
NOTES = "/crm/objects/2026-09/notes"
ALWAYS = {"createdate", "hs_object_id", "lastmodifieddate"}
DEFAULTS = ALWAYS | {"email", "firstname", "lastname"}


@pytest.mark.parametrize(
    "path",
    [
        "/crm/objects/2026-09/contacts/7",
        "/crm/objects/2026-03/0-1/7",
        "/crm/v3/objects/contacts/7",
        "/crm/v3/objects/contact/7",
    ],
)
def test_paths(send, path):
    """
    Dated and older paths, by a type's name or its id, lead to the same contact.
    """
    assert send("GET", path).json["properties"]["email"] == "ana@example.com"


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/crm/objects/2025-09/contacts/7", 404),
        ("/crm/v9/objects/contacts/7", 404),
        ("/crm/v3/nothing/contacts/7", 404),
        ("/crm/v4/objects/contacts/7", 404),
        ("/crm/v4/properties/contacts", 404),
        ("/crm/v3/associations/notes/contacts/labels", 404),
        ("/nothing", 404),
        ("/crm/v3/objects/unicorns/7", 400),
    ],
)
def test_wrong_paths(send, path, status):
    """
    A version, an area or a type that HubSpot does not have is refused.
    """
    assert send("GET", path).status == status


def test_defaults(send):
    """
    Without a choice the documented properties come back, empty ones as null.
    """
    found = send("GET", f"{CONTACTS}/7").json

    assert set(found["properties"]) == DEFAULTS
    assert found["properties"]["lastname"] is None


def test_selection(send):
    """
    What is asked for comes back beside what always does; unknown names are left out.
    """
    found = send("GET", f"{CONTACTS}/8", properties="phone,city,nothing").json

    assert set(found["properties"]) == ALWAYS | {"phone", "city"}
    assert found["properties"]["phone"] == "+45 1234"
    assert found["properties"]["city"] is None


def test_by_email(send):
    """
    A contact is found by its address, in any case of letters.
    """
    found = send("GET", f"{CONTACTS}/ANA%40example.com", idProperty="email")

    assert found.json["id"] == "7"


def test_by_no_key(send):
    """
    A property that is not unique is no key.
    """
    assert send("GET", f"{CONTACTS}/Ana", idProperty="firstname").status == 400


@pytest.mark.parametrize("method", ["GET", "PATCH"])
def test_absent(send, method):
    """
    An object that is not there is 404, to read and to change.
    """
    body = {"properties": {"firstname": "X"}} if method == "PATCH" else None

    assert send(method, f"{CONTACTS}/999", body).status == 404


def test_long_uri(send):
    """
    A URI that is too long is 414, as real ones with 900 properties are.
    """
    names = ",".join(f"a_property_with_a_name_{number}" for number in range(900))

    assert send("GET", f"{CONTACTS}/7", properties=names).status == 414


def test_create(hub, send):
    """
    A created contact is there, with what was written as strings.
    """
    made = send("POST", CONTACTS, {"properties": {"email": "New@Example.com", "city": 5}})

    assert made.status == 201
    assert made.json["properties"]["city"] == "5"
    kept = {one["id"]: one["properties"] for one in hub.contacts()}
    assert kept[made.json["id"]]["email"] == "new@example.com"


def test_given_ids(crm_simulator, clients):
    """
    An id that a contact was given is not given again.
    """
    hub = crm_simulator("hubspot", contacts=[{"id": id_} for id_ in (101, 103, 104)])
    send = clients(hub)
    body = {"properties": {"lastname": "New"}}

    assert [send("POST", CONTACTS, body).json["id"] for _ in range(2)] == ["102", "105"]


def test_create_twice(hub, send):
    """
    A second contact with an address is a conflict that names the first, and is not made.
    """
    answer = send("POST", CONTACTS, {"properties": {"email": "ANA@example.com"}})

    assert answer.status == 409
    assert answer.json["category"] == "CONFLICT"
    assert answer.json["message"] == "Contact already exists. Existing ID: 7"
    assert len(hub.contacts()) == 2


@pytest.mark.parametrize(
    ("properties", "code"),
    [
        ({"emial": "x@example.com"}, "PROPERTY_DOESNT_EXIST"),
        ({"hs_object_id": "5"}, "READ_ONLY_VALUE"),
        ({"email": "no address"}, "INVALID_EMAIL"),
        ({"lifecyclestage": "Lead"}, "INVALID_OPTION"),
        ({"firstname": ["Ana"]}, "INVALID_TYPE"),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_refused(hub, send, method, properties, code):
    """
    A value that is wrong is named with its code, and nothing is written.
    """
    before = hub.contacts()
    path = CONTACTS if method == "POST" else f"{CONTACTS}/7"
    answer = send(method, path, {"properties": {"lastname": "X", **properties}})
    (error,) = answer.json["errors"]

    assert (answer.status, answer.json["category"]) == (400, "VALIDATION_ERROR")
    assert error["code"] == code
    assert error["context"]["propertyName"] == list(properties)
    assert hub.contacts() == before


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b'{"properties": 1}', b"{}", b"[" * 100_000]
)
def test_no_object(send, body):
    """
    A body that is no object with properties is a validation error.
    """
    answer = send("POST", CONTACTS, body)

    assert answer.status == 400
    assert answer.json["message"].startswith("Invalid input JSON")


def test_nobody(send):
    """
    A contact needs an address or a name.
    """
    assert send("POST", CONTACTS, {"properties": {"city": "Rome"}}).status == 400


def test_change(hub, send):
    """
    A change keeps what it does not name, clears with "", and moves the date.
    """
    before = send("GET", f"{CONTACTS}/7").json
    hub.clock.advance(5)
    body = {"properties": {"lastname": "Alves", "firstname": ""}}
    answer = send("PATCH", f"{CONTACTS}/7", body).json
    after = send("GET", f"{CONTACTS}/7").json

    assert answer["properties"]["lastname"] == "Alves"
    assert after["properties"]["firstname"] is None
    assert after["properties"]["email"] == "ana@example.com"
    assert after["updatedAt"] > before["updatedAt"]
    assert after["createdAt"] == before["createdAt"]


def test_change_of_address(send):
    """
    An old address is free again, and the new one is taken.
    """
    send("PATCH", f"{CONTACTS}/7", {"properties": {"email": "ana2@example.com"}})

    assert send("GET", f"{CONTACTS}/ana@example.com", idProperty="email").status == 404
    body = {"properties": {"email": "ana2@example.com"}}
    assert send("PATCH", f"{CONTACTS}/8", body).status == 409
    assert send("PATCH", f"{CONTACTS}/7", body).status == 200


def test_stage(hub, send):
    """
    The lifecycle stage moves forward only, unless it is cleared first.
    """

    def moved(stage):
        body = {"properties": {"lifecyclestage": stage}}
        return send("PATCH", f"{CONTACTS}/7", body).json["properties"].get("lifecyclestage")

    stages = ["lead", "customer", "lead", "", "lead"]

    assert list(map(moved, stages)) == ["lead", "customer", "customer", None, "lead"]


def test_history(hub, send):
    """
    A property's history has every value, the newest first.
    """
    for name in ("Anna", "Anne"):
        hub.clock.advance(1)
        send("PATCH", f"{CONTACTS}/7", {"properties": {"firstname": name}})
    found = send("GET", f"{CONTACTS}/7", propertiesWithHistory="firstname,email").json
    history = found["propertiesWithHistory"]

    assert [one["value"] for one in history["firstname"]] == ["Anne", "Anna", "Ana"]
    times = [one["timestamp"] for one in history["firstname"]]
    assert times == sorted(times, reverse=True)
    assert [one["value"] for one in history["email"]] == ["ana@example.com"]


def test_archive(hub, send):
    """
    An archived contact is read only when archived ones are asked for, and holds no address.
    """
    assert send("DELETE", f"{CONTACTS}/7").status == 204
    assert send("DELETE", f"{CONTACTS}/7").status == 204
    assert send("GET", f"{CONTACTS}/7").status == 404
    archived = send("GET", f"{CONTACTS}/7", archived="true").json
    assert archived["archived"] is True
    assert archived["archivedAt"]
    assert send("GET", f"{CONTACTS}/8", archived="true").status == 404
    assert [one["id"] for one in hub.contacts()] == ["8"]
    body = {"properties": {"email": "ana@example.com"}}
    assert send("POST", CONTACTS, body).status == 201


def test_gone(hub, send):
    """
    What was archived is gone after 90 days, and no day earlier.
    """
    note = {"properties": {"hs_timestamp": "1"}}
    id_ = send("POST", "/crm/v3/objects/notes", note).json["id"]
    paths = [f"{CONTACTS}/7", f"/crm/v3/objects/notes/{id_}", f"{CONTACTS}/8"]
    for path in paths:
        send("DELETE", path)
    send("POST", f"{CONTACTS}/gdpr-delete", {"objectId": "8"})
    found = []
    for days in (89, 1):
        hub.clock.advance(days * 86_400)
        found.append([send("GET", path, archived="true").status for path in paths])

    assert found == [[200, 200, 404], [404, 404, 404]]
    assert send("GET", CONTACTS, archived="true").json["results"] == []
    assert send("POST", CONTACTS, {"properties": {"lastname": "New"}}).status == 201


def test_delete_for_good(send):
    """
    A contact that is deleted for privacy is not among the archived ones.
    """
    body = {"objectId": "ana@example.com", "idProperty": "email"}

    assert send("POST", f"{CONTACTS}/gdpr-delete", body).status == 204
    assert send("GET", f"{CONTACTS}/7", archived="true").status == 404


def test_merge(hub, send, note):
    """
    Two contacts become one with a new id, to which both ids and their notes lead.
    """
    for id_ in ("7", "8"):
        assert send("POST", NOTES, note(id_)).status == 201
    ids = {"primaryObjectId": "7", "objectIdToMerge": "8"}
    merged = send("POST", f"{CONTACTS}/merge", ids).json

    assert merged["id"] not in {"7", "8"}
    assert send("GET", f"{CONTACTS}/7").json["id"] == merged["id"]
    assert send("GET", f"{CONTACTS}/8").json["id"] == merged["id"]
    assert merged["properties"]["firstname"] == "Ana"
    assert merged["properties"]["lastname"] == "Berg"
    assert merged["properties"]["hs_merged_object_ids"] == "7;8"
    assert [one["id"] for one in hub.contacts()] == [merged["id"]]
    assert len(hub.activities("notes", merged["id"])) == 2


def test_merge_addresses(crm_simulator, clients):
    """
    After a merge a contact is found by both of its addresses.
    """
    two = [{"id": 1, "email": "a@example.com"}, {"id": 2, "email": "b@example.com"}]
    send = clients(crm_simulator("hubspot", contacts=two))
    ids = {"primaryObjectId": "1", "objectIdToMerge": "2"}
    merged = send("POST", f"{CONTACTS}/merge", ids).json["id"]
    found = [
        send("GET", f"{CONTACTS}/{address}@example.com", idProperty="email").json["id"]
        for address in "ab"
    ]

    assert found == [merged, merged]


def test_merge_again(send):
    """
    The ids of all that were merged, one after the other, lead to what became of them.
    """
    third = send("POST", CONTACTS, {"properties": {"lastname": "Third"}}).json["id"]
    ids = {"primaryObjectId": "7", "objectIdToMerge": "8"}
    first = send("POST", f"{CONTACTS}/merge", ids).json["id"]
    ids = {"primaryObjectId": third, "objectIdToMerge": "8"}
    last = send("POST", f"{CONTACTS}/merge", ids).json

    assert last["properties"]["hs_merged_object_ids"] == f"{third};{first};7;8"
    found = {send("GET", f"{CONTACTS}/{id_}").json["id"] for id_ in ("7", "8", first)}
    assert found == {last["id"]}


def test_merge_wrong(send):
    """
    A merge needs two contacts that are there.
    """
    wrong = [
        ({"primaryObjectId": "7"}, 400),
        ({"primaryObjectId": "7", "objectIdToMerge": "7"}, 400),
        ({"primaryObjectId": "7", "objectIdToMerge": "999"}, 404),
    ]

    for body, status in wrong:
        assert send("POST", f"{CONTACTS}/merge", body).status == status


@given(
    gone=st.sets(st.integers(1, 12)),
    ids=st.sets(st.integers(1, 10**12), max_size=12),
    size=st.integers(1, 5),
)
def test_pages(gone, ids, size):
    """
    Pages of any size show each contact that is not archived once, in order of id.
    """
    contacts = [{"id": id_, "lastname": "X"} for id_ in sorted(ids, key=hash)]
    hub = Simulator("hubspot", contacts=contacts, limit="off")
    headers = {"Authorization": f"Bearer {hub.token}"}
    ordered = sorted(ids)
    left = [id_ for place, id_ in enumerate(ordered) if place not in gone]
    for id_ in ids.difference(left):
        hub.crm.respond(Request("DELETE", f"{CONTACTS}/{id_}", headers))
    seen, after = [], ""
    while after is not None:
        target = f"{CONTACTS}?limit={size}{after and f'&after={after}'}"
        page = json.loads(hub.crm.respond(Request("GET", target, headers)).body)
        seen += [int(one["id"]) for one in page["results"]]
        after = page["paging"]["next"]["after"] if "paging" in page else None

    assert seen == left


@pytest.mark.parametrize("query", [{"limit": "101"}, {"limit": "0"}, {"after": "x"}])
def test_wrong_page(send, query):
    """
    A page has up to 100 objects, and starts at a cursor that HubSpot gave.
    """
    assert send("GET", CONTACTS, **query).status == 400


def test_page_size(crm_simulator, clients):
    """
    A page has ten objects unless it is said else, and a link to the next.
    """
    send = clients(crm_simulator("hubspot", contacts=11))
    first = send("GET", CONTACTS).json
    link = first["paging"]["next"]["link"]
    rest = send("GET", link.removeprefix(send.hub.base_url)).json

    assert (len(first["results"]), len(rest["results"])) == (10, 1)
    assert "paging" not in rest


def test_page_with_history(send):
    """
    A page with the history of properties has 50 objects at most.
    """
    history = {"propertiesWithHistory": "email"}

    assert send("GET", CONTACTS, limit="50", **history).status == 200
    assert send("GET", CONTACTS, limit="51", **history).status == 400
    assert send("GET", CONTACTS, limit="51").status == 200


def test_next_link(crm_simulator, clients):
    """
    The link to the next page keeps what was asked for, whatever characters it has.
    """
    send = clients(crm_simulator("hubspot", contacts=3))
    asked = {"limit": "1", "properties": "a&b,c d,100%,é#?"}
    link = send("GET", CONTACTS, **asked).json["paging"]["next"]["link"]
    query = parse_qs(urlsplit(link).query)

    assert {name: value for name, (value,) in query.items()} == {**asked, "after": "101"}


def test_method(send):
    """
    A method that a path does not have is 405.
    """
    assert send("PUT", f"{CONTACTS}/7", {}).status == 405
