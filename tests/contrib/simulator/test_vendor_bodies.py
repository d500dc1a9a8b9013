"""
Whatever is sent, the simulator answers as HubSpot does: it never breaks.
"""

import pytest
from hubspot.crm import contacts as wire
from hypothesis import given
from hypothesis import strategies as st
from tests.contrib.simulator.vendor import misfits, send

from crmkit_simulator import Simulator

OBJECTS, LINKS = "/crm/objects/2026-09", "/crm/associations/2026-09"
PATHS = [
    f"{OBJECTS}/contacts",
    f"{OBJECTS}/contacts/search",
    f"{OBJECTS}/contacts/merge",
    f"{OBJECTS}/contacts/gdpr-delete",
    *(
        f"{OBJECTS}/notes/batch/{verb}"
        for verb in ("create", "read", "update", "upsert", "archive")
    ),
    f"{LINKS}/contacts/notes/batch/read",
    f"{LINKS}/notes/contacts/batch/create",
    f"{LINKS}/notes/contacts/batch/associate/default",
    f"{LINKS}/notes/contacts/batch/archive",
    "/crm/properties/2026-09/contacts",
    "/crm/properties/2026-09/contacts/batch/read",
    "/integrators/timeline/v3/events",
    "/integrators/timeline/v3/events/batch/create",
    "/integrators/timeline/2026-03/events/batch",
]
KEYS = [
    *("inputs", "properties", "propertiesWithHistory", "id", "idProperty", "associations"),
    *("objectWriteTraceId", "to", "from", "types", "associationCategory", "name", "type"),
    *("associationTypeId", "filterGroups", "filters", "propertyName", "operator", "value"),
    *("values", "highValue", "sorts", "query", "limit", "after", "options", "objectId"),
    *("primaryObjectId", "objectIdToMerge", "eventTemplateId", "tokens", "timestamp"),
    *("eventTypeName", "email", "hs_timestamp", "hs_note_body", "firstname"),
]
WORDS = ["601", "email", "EQ", "IN", "notes", "HUBSPOT_DEFINED", "1001", "", "a@b.example"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.sampled_from(WORDS),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4)
    ),
    max_leaves=8,
)


@pytest.fixture(scope="module")
def hub():
    """
    Return an account without limits, for all examples.
    """
    people = [{"id": "601", "email": "ana@example.com"}]
    with Simulator("hubspot", contacts=people, limit="off", timeline=["1001"]) as hub:
        yield hub


def post(hub, path, body):
    """
    Send a body, and return the answer's status and what is in it.
    """
    token = hub.add_token(oauth=True) if "timeline" in path else None
    return send(hub, "POST", path, body, token)


@pytest.mark.parametrize("path", PATHS)
@given(body=VALUES)
def test_any_body(hub, path, body):
    """
    Any JSON is taken or refused, and a refusal has the form of HubSpot's errors.
    """
    status, answer = post(hub, path, body)

    assert status < 500
    if status >= 400:
        fields = {key: value for key, value in answer.items() if key != "status"}
        assert list(misfits(wire.Error, fields)) == []


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff", b"null", b'{"properties":{"firstname":NaN}}', b"[" * 100_000],
    ids=["empty", "half", "no text", "null", "no number", "deep"],
)
@pytest.mark.parametrize("path", PATHS)
def test_no_json(hub, path, body):
    """
    What is no JSON object is refused.
    """
    status, answer = post(hub, path, body)

    assert (status, answer["status"]) == (400, "error")
