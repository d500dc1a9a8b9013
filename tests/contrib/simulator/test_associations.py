"""
Associations: which there can be, how they are made, read and removed.
"""

import pytest

LINKS = "/crm/associations/2026-09"
TO_CONTACT = {"notes": 202, "calls": 194, "emails": 198, "meetings": 200, "tasks": 204}


def link(type_id, to="7", category="HUBSPOT_DEFINED"):
    """
    Return an association as a creation asks for it.
    """
    spec = {"associationCategory": category, "associationTypeId": type_id}
    return {"to": {"id": to}, "types": [spec]}


def create(send, kind, *links):
    """
    Create an activity with these associations.
    """
    body = {"properties": {"hs_timestamp": "1760000000000"}, "associations": links}
    return send("POST", f"/crm/objects/2026-09/{kind}", body)


def notes_of(send, *ids, path=LINKS):
    """
    Return the answer to a batch read of the notes of contacts.
    """
    inputs = {"inputs": [{"id": id_} for id_ in ids]}
    return send("POST", f"{path}/contacts/notes/batch/read", inputs)


@pytest.mark.parametrize(("kind", "type_id"), TO_CONTACT.items())
def test_ids(hub, send, kind, type_id):
    """
    Each kind of activity has its own id for the association with a contact.
    """
    assert create(send, kind, link(type_id)).status == 201
    assert [one["kind"] for one in hub.activities(client_id="7")] == [kind]


@pytest.mark.parametrize("kind", TO_CONTACT)
@pytest.mark.parametrize("type_id", [*TO_CONTACT.values(), 214, 201, 0, None, "two"])
def test_wrong_ids(hub, send, kind, type_id):
    """
    The id of another association is refused, and nothing is created.
    """
    if type_id == TO_CONTACT[kind]:
        return
    answer = create(send, kind, link(type_id))

    assert (answer.status, answer.json["category"]) == (400, "VALIDATION_ERROR")
    assert hub.activities() == []


@pytest.mark.parametrize("category", ["USER_DEFINED", "HUBSPOT", None])
def test_wrong_category(send, category):
    """
    An id belongs to a category.
    """
    assert create(send, "notes", link(202, category=category)).status == 400


@pytest.mark.parametrize(
    "given", [[1], [{}], [{"to": {"id": "7"}}], [{"to": {"id": "7"}, "types": []}], 5]
)
def test_malformed(send, given):
    """
    An association without an end or a type is refused.
    """
    body = {"properties": {"hs_timestamp": "1"}, "associations": given}

    assert send("POST", "/crm/objects/2026-09/notes", body).status == 400


def test_nobody(hub, send):
    """
    An association with a contact that is not there, or archived, is refused by name.
    """
    send("DELETE", "/crm/objects/2026-09/contacts/8")
    for id_ in ("999", "8"):
        answer = create(send, "notes", link(202), link(202, to=id_))
        assert answer.status == 400
        assert f"CONTACT={id_} is not valid" in answer.text.decode()
    assert hub.activities() == []


def test_read(send):
    """
    Associations are seen from both ends; what has none is named in an error.
    """
    id_ = create(send, "notes", link(202)).json["id"]
    answer = notes_of(send, "7", "8")
    (result,) = answer.json["results"]
    (error,) = answer.json["errors"]

    assert answer.status == 207
    assert result["from"] == {"id": "7"}
    assert [one["toObjectId"] for one in result["to"]] == [id_]
    assert result["to"][0]["associationTypes"][0]["typeId"] == 201
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["context"]["fromObjectId"] == ["8"]
    back = send("GET", f"/crm/objects/2026-03/notes/{id_}/associations/contacts").json
    assert [one["toObjectId"] for one in back["results"]] == ["7"]
    assert back["results"][0]["associationTypes"][0]["typeId"] == 202


def test_archived(send):
    """
    An archived activity is associated with nobody.
    """
    id_ = create(send, "notes", link(202)).json["id"]
    send("DELETE", f"/crm/objects/2026-09/notes/{id_}")

    assert notes_of(send, "7").json["results"] == []


def test_with_contact(send):
    """
    A contact comes with its associations when they are asked for.
    """
    id_ = create(send, "notes", link(202)).json["id"]
    path = "/crm/objects/2026-09/contacts"
    alone = send("GET", f"{path}/7").json
    seven = send("GET", f"{path}/7", associations="notes,calls").json
    listed = send("GET", path, associations="notes").json["results"]

    assert "associations" not in alone
    found = {"notes": {"results": [{"id": id_, "type": "contact_to_note"}]}}
    assert seven["associations"] == found
    assert [one.get("associations") for one in listed] == [found, None]


def test_primary(send):
    """
    A contact's primary company appears once for each of its two associations.
    """
    firm = send("POST", "/crm/v3/objects/companies", {"properties": {"name": "Acme"}})
    path = f"/crm/v4/objects/contacts/7/associations/companies/{firm.json['id']}"
    specs = [
        {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
        for type_id in (1, 279)
    ]
    assert send("PUT", path, specs).json["labels"] == ["Primary"]
    found = send("GET", "/crm/v3/objects/contacts/7", associations="companies").json

    assert found["associations"]["companies"]["results"] == [
        {"id": firm.json["id"], "type": "contact_to_company"},
        {"id": firm.json["id"], "type": "contact_to_company_unlabeled"},
    ]


def test_later(hub, send):
    """
    Objects can be associated and dissociated later.
    """
    id_ = create(send, "notes").json["id"]
    path = f"/crm/objects/2026-09/notes/{id_}/associations"

    def seen():
        return hub.activities()[0]["client_ids"]

    assert seen() == []
    assert send("PUT", f"{path}/default/contacts/7").status == 200
    assert seen() == ["7"]
    assert send("DELETE", f"{path}/contacts/7").status == 204
    assert seen() == []
    assert notes_of(send, "7").json["results"] == []
    old = f"/crm/v3/objects/notes/{id_}/associations/contact/8/202"
    assert send("PUT", old).status == 200
    assert seen() == ["8"]
    listed = send("GET", f"/crm/v3/objects/notes/{id_}/associations/contacts").json
    assert listed["results"] == [{"id": "8", "type": "note_to_contact"}]
    assert send("PUT", f"{path}/default/contacts/999").status == 400
    assert send("PUT", f"{path}/contacts/7", [link(190)["types"][0]]).status == 400


def test_batches(hub, send):
    """
    Pairs are associated and dissociated in batches.
    """
    id_ = create(send, "notes").json["id"]
    pair = {"from": {"id": id_}, "to": {"id": "7"}}
    other = {"from": {"id": id_}, "to": {"id": "8"}, "types": link(202)["types"]}
    path = f"{LINKS}/notes/contacts/batch"

    assert send("POST", f"{path}/associate/default", {"inputs": [pair]}).status == 200
    assert send("POST", f"{path}/create", {"inputs": [other]}).status == 201
    assert hub.activities()[0]["client_ids"] == ["7", "8"]
    both = {"from": {"id": id_}, "to": [{"id": "7"}, {"id": "8"}]}
    assert send("POST", f"{path}/archive", {"inputs": [both]}).status == 204
    assert hub.activities()[0]["client_ids"] == []


def test_pages(send):
    """
    More than 500 associations of one object come in pages, each once.
    """
    note = {"properties": {"hs_timestamp": "1"}, "associations": [link(202)]}
    ids = []
    for _ in range(6):
        path = "/crm/objects/2026-09/notes/batch/create"
        answer = send("POST", path, {"inputs": [note] * 100})
        ids += [one["id"] for one in answer.json["results"]]
    first = notes_of(send, "7").json["results"][0]
    after = first["paging"]["next"]["after"]
    inputs = {"inputs": [{"id": "7", "after": after}]}
    path = "/crm/v4/associations/contacts/notes/batch/read"
    second = send("POST", path, inputs).json["results"][0]
    found = [one["toObjectId"] for one in first["to"] + second["to"]]

    assert len(first["to"]) == 500
    assert "paging" not in second
    assert sorted(found) == sorted(ids)
    assert len(set(found)) == 600


def test_most(send):
    """
    A read of associations has at most 1,000 inputs.
    """
    assert notes_of(send, *["7"] * 1001).status == 400


def test_labels(send):
    """
    Which associations there can be is told, and that there are none is refused.
    """
    found = send("GET", f"{LINKS}/notes/contacts/labels").json["results"]

    assert [one["typeId"] for one in found] == [202]
    assert send("GET", f"{LINKS}/notes/calls/labels").status == 400


def test_tickets(hub, send):
    """
    Activities, a message among them, are associated with tickets as with contacts.
    """
    path = "/crm/objects/2026-09"
    ticket = send("POST", f"{path}/tickets", {"properties": {"subject": "Key"}}).json["id"]
    links = [link(81), link(83, ticket)]

    assert create(send, "communications", *links).status == 201
    assert create(send, "notes", link(228, ticket)).status == 201
    (message,) = hub.activities(client_id="7")
    assert message["kind"] == "communications"
    found = send("GET", f"{path}/tickets/{ticket}/associations/communications").json
    assert [one["toObjectId"] for one in found["results"]] == [message["id"]]
