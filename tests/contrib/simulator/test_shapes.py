"""
Answers have the keys and the types that HubSpot's documentation shows.
"""

import json

import pytest

CONTACTS = "/crm/objects/2026-09/contacts"
NOTES = "/crm/objects/2026-09/notes"
TIMES = {"createdAt": str, "updatedAt": str}
RECORD = {"id": str, "properties": dict, "archived": bool, **TIMES}
BATCH = {"status": str, "results": list, "startedAt": str, "completedAt": str}
PARTLY = {**BATCH, "numErrors": int, "errors": list}
IN_BATCH = {"status": str, "category": str, "message": str, "context": dict}
ERROR = {"status": str, "message": str, "correlationId": str, "category": str}


def shape(value):
    """
    Return the types of an object's values.
    """
    return {name: type(item) for name, item in value.items()}


def test_record(send):
    """
    A contact is a record: times, and properties that are strings or null.
    """
    found = send("GET", f"{CONTACTS}/7").json

    assert shape(found) == RECORD
    assert {type(value) for value in found["properties"].values()} == {str, type(None)}


def test_page(crm_simulator, clients):
    """
    A page has results, and where to go on.
    """
    page = clients(crm_simulator("hubspot", contacts=2))("GET", CONTACTS, limit="1").json

    assert shape(page) == {"results": list, "paging": dict}
    assert shape(page["paging"]["next"]) == {"after": str, "link": str}
    assert shape(page["results"][0]) == RECORD


def test_search(send):
    """
    A search has a total and results.
    """
    found = send("POST", f"{CONTACTS}/search", {}).json

    assert shape(found) == {"total": int, "results": list}
    assert shape(found["results"][0]) == RECORD


def test_batch(send, note):
    """
    A batch has its times; one that failed in part has errors beside, with trace ids.
    """
    whole = send("POST", f"{NOTES}/batch/create", {"inputs": [note()]}).json
    inputs = [note(objectWriteTraceId="a"), note("999", objectWriteTraceId="b")]
    part = send("POST", f"{NOTES}/batch/create", {"inputs": inputs}).json
    read = send("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": "999"}]}).json

    assert shape(whole) == BATCH
    assert shape(whole["results"][0]) == RECORD
    for answer in (part, read):
        assert shape(answer) == PARTLY
        assert shape(answer["errors"][0]) == IN_BATCH
        (values,) = answer["errors"][0]["context"].values()
        assert {type(value) for value in values} == {str}


def test_note(send, note):
    """
    A note that was made shows what HubSpot adds to it.
    """
    made = send("POST", NOTES, note()).json

    assert set(made["properties"]) == {
        *("hs_body_preview", "hs_body_preview_html", "hs_body_preview_is_truncated"),
        *("hs_createdate", "hs_lastmodifieddate", "hs_note_body", "hs_object_coordinates"),
        *("hs_object_id", "hs_object_source", "hs_object_source_id"),
        *("hs_object_source_label", "hs_timestamp"),
    }


@pytest.mark.parametrize(
    ("token", "more"),
    [("foreign", {}), ("expired", {"context": dict}), ("poor", {"errors": list})],
)
def test_refused(hub, clients, token, more):
    """
    An error of authentication has the common fields, and those of its own.
    """
    hub.add_token("expired", expires_in=0)
    hub.add_token("poor", scopes=["oauth"])

    assert shape(clients(hub, token)("GET", CONTACTS).json) == {**ERROR, **more}


def test_invalid(send):
    """
    A validation error lists message, code and property of each problem.
    """
    answer = send("POST", CONTACTS, {"properties": {"nothing": "1"}}).json

    assert shape(answer) == {**ERROR, "errors": list}
    detail = {"message": str, "code": str, "context": dict}
    assert shape(answer["errors"][0]) == detail
    listed = json.loads(answer["message"].partition(": ")[2])
    assert listed[0]["error"] == "PROPERTY_DOESNT_EXIST"


def test_tokens(crm_simulator, clients):
    """
    Tokens come with the account's id and what they are good for.
    """
    app = {"client_id": "a", "client_secret": "b", "refresh_token": "c"}
    form = {**app, "grant_type": "refresh_token"}
    send = clients(crm_simulator("hubspot", app=app))

    assert shape(send("POST", "/oauth/v3/token", form=form).json) == {
        "token_type": str,
        "access_token": str,
        "refresh_token": str,
        "hub_id": int,
        "scopes": list,
        "expires_in": int,
    }


def test_owner_and_property(crm_simulator, clients):
    """
    Owners and definitions have the fields that clients are generated from.
    """
    send = clients(crm_simulator("hubspot", owners=[{"id": "5", "email": "a@example.com"}]))
    owner = send("GET", "/crm/v3/owners/5").json
    found = send("GET", "/crm/v3/properties/contacts/email").json

    assert {"id", "type", "email", "archived", *TIMES} <= set(owner)
    texts = ("name", "label", "type", "fieldType", "groupName", "description")
    flags = ("hasUniqueValue", "calculated", "externalOptions", "hubspotDefined")
    assert {type(found[name]) for name in texts} == {str}
    assert {type(found[name]) for name in flags} == {bool}
    assert found["options"] == []
