"""
Whatever is sent, HubSpot answers.
"""

import json

from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._wire import Request

CONTACTS = "/crm/objects/2026-09/contacts"
NOTES = "/crm/objects/2026-09/notes"
LINKS = "/crm/v4/associations"
LINK = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
TIME = {"hs_timestamp": "1760000000000"}
NOTE = {"properties": TIME, "associations": [{"to": {"id": "7"}, "types": [LINK]}]}
CHANGE = {"id": "7", "properties": {"city": "Rome"}}
BY_EMAIL = {"id": "z@example.com", "idProperty": "email", "properties": {"city": "Rome"}}
FILTER = {"propertyName": "email", "operator": "IN", "values": ["x"], "value": "x"}
SEARCH = {
    "filterGroups": [{"filters": [FILTER]}],
    "sorts": [{"propertyName": "email", "direction": "ASCENDING"}],
    "query": "x",
    "limit": 5,
    "after": "0",
    "properties": ["city"],
}
PAIR = {"from": {"id": "101"}, "to": {"id": "7"}, "types": [LINK]}
DEFINITION = {"name": "a", "type": "enumeration", "options": [{"value": "x", "label": "X"}]}
EVENT = {"eventTemplateId": "t", "tokens": {"a": "b"}, "objectId": "7", "timestamp": "1"}
REQUESTS = [
    ("POST", CONTACTS, {"properties": {"email": "x@example.com", "city": "Rome"}}),
    ("PATCH", f"{CONTACTS}/7", {"properties": {"lastname": "Y", "lifecyclestage": "lead"}}),
    ("POST", NOTES, NOTE),
    ("POST", f"{NOTES}/batch/create", {"inputs": [{**NOTE, "objectWriteTraceId": "a"}]}),
    ("POST", f"{CONTACTS}/batch/read", {"inputs": [{"id": "7"}], "properties": ["city"]}),
    ("POST", f"{CONTACTS}/batch/update", {"inputs": [CHANGE]}),
    ("POST", f"{CONTACTS}/batch/upsert", {"inputs": [BY_EMAIL]}),
    ("POST", f"{CONTACTS}/batch/archive", {"inputs": [{"id": "7"}]}),
    ("POST", f"{CONTACTS}/merge", {"primaryObjectId": "7", "objectIdToMerge": "8"}),
    ("POST", f"{CONTACTS}/gdpr-delete", {"objectId": "7", "idProperty": "email"}),
    ("POST", f"{CONTACTS}/search", SEARCH),
    ("POST", f"{LINKS}/contacts/notes/batch/read", {"inputs": [{"id": "7", "after": "1"}]}),
    ("POST", f"{LINKS}/notes/contacts/batch/create", {"inputs": [PAIR]}),
    ("POST", f"{LINKS}/notes/contacts/batch/associate/default", {"inputs": [PAIR]}),
    ("POST", f"{LINKS}/notes/contacts/batch/archive", {"inputs": [PAIR]}),
    ("PUT", "/crm/v4/objects/notes/101/associations/contacts/7", [LINK]),
    ("POST", "/crm/v3/properties/contacts", DEFINITION),
    ("PATCH", "/crm/v3/properties/contacts/own", DEFINITION),
    ("POST", "/crm/v3/properties/contacts/batch/read", {"inputs": [{"name": "email"}]}),
    ("POST", "/integrators/timeline/v3/events", EVENT),
    ("POST", "/integrators/timeline/v3/events/batch/create", {"inputs": [EVENT]}),
]
JUNK = st.one_of(
    st.sampled_from([None, True, 0, -1, 10**40, 0.5, "", "x", "\ud800", [], {}, ";", "7"]),
    st.sampled_from([[None], [1], ["x"], [[]], [{}], {"x": []}, {"id": {}}]),
    st.text(max_size=4),
)


def places(value, path=()):
    """
    Return the path of each value within a value.
    """
    items = value.items() if isinstance(value, dict) else ()
    items = enumerate(value) if isinstance(value, list) else items
    return [path, *(found for key, item in items for found in places(item, (*path, key)))]


def replaced(value, path, junk):
    """
    Return a copy of a value with something else in one place.
    """
    if not path:
        return junk
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], junk)
    return copy


@given(st.sampled_from(REQUESTS), st.data())
def test_robust(chosen, data):
    """
    Whatever is wrong about a body, the answer is HubSpot's, not an error of the simulator.
    """
    contacts = [{"id": 7, "lastname": "X"}, {"id": 8, "lastname": "Y"}]
    note = json.dumps(NOTE).encode()
    own = {"limit": "off", "timeline": ["t"], "properties": [{"name": "own"}]}
    hub = Simulator("hubspot", contacts=contacts, **own)
    headers = {"Authorization": f"Bearer {hub.add_token(oauth=True)}"}
    hub.crm.respond(Request("POST", NOTES, headers, note))
    method, path, body = chosen
    place = data.draw(st.sampled_from(places(body)))
    text = json.dumps(replaced(body, place, data.draw(JUNK)))
    answer = hub.crm.respond(Request(method, path, headers, text.encode()))

    assert answer.status in {200, 201, 204, 207, 400, 404, 409}
    assert answer.status < 300 or json.loads(answer.body)["status"] == "error"


KNOWN = st.sampled_from(["crm", "v3", "objects", "contacts"])


@given(st.lists(st.text(max_size=6) | KNOWN))
def test_any_path(parts):
    """
    Whatever is asked for, the answer is HubSpot's.
    """
    hub = Simulator("hubspot", limit="off")
    headers = {"Authorization": f"Bearer {hub.token}"}
    answer = hub.crm.respond(Request("GET", "/" + "/".join(parts), headers))

    assert answer.status in {200, 400, 404, 405}
