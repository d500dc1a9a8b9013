"""
Batches: all or none, or one by one where each input has a trace id.
"""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._wire import Request

CONTACTS = "/crm/objects/2026-09/contacts/batch"
NOTES = "/crm/objects/2026-09/notes/batch"
BAD = {"properties": {"hs_timestamp": "1760000000000", "nothing": "1"}}
TRACE = "objectWriteTraceId"


def test_create(hub, send, note):
    """
    A batch of notes is created, each on its contact.
    """
    answer = send("POST", f"{NOTES}/create", {"inputs": [note(), note("8")]})

    assert answer.status == 201
    assert answer.json["status"] == "COMPLETE"
    assert "errors" not in answer.json
    ids = {one["id"] for one in answer.json["results"]}
    assert {one["id"] for one in hub.activities("notes")} == ids
    assert [one["client_ids"] for one in hub.activities("notes")] == [["7"], ["8"]]


@pytest.mark.parametrize("traces", [(None, None), ("a", None), (None, "b")])
def test_all_or_none(hub, send, note, traces):
    """
    Unless every input has a trace id, one that is wrong stops the whole batch.
    """
    inputs = [note(), {**BAD}]
    for one, trace in zip(inputs, traces, strict=True):
        one.update({TRACE: trace} if trace else {})
    answer = send("POST", f"{NOTES}/create", {"inputs": inputs})

    assert answer.status == 400
    assert "results" not in answer.json
    assert hub.activities() == []


def test_partly(hub, send, note):
    """
    With trace ids those that are right are created, and each error names its input.
    """
    inputs = [note(**{TRACE: "a"}), {**BAD, TRACE: "b"}, note("999", **{TRACE: "c"})]
    answer = send("POST", f"{NOTES}/create", {"inputs": inputs})

    assert answer.status == 207
    assert len(answer.json["results"]) == len(hub.activities()) == 1
    assert answer.json["numErrors"] == 2
    assert [one["context"] for one in answer.json["errors"]] == [
        {TRACE: ["b"]},
        {TRACE: ["c"]},
    ]


def test_trace_twice(hub, send, note):
    """
    A trace id that two inputs have is refused.
    """
    inputs = [note(**{TRACE: "a"}), note(**{TRACE: "a"})]

    assert send("POST", f"{NOTES}/create", {"inputs": inputs}).status == 400
    assert hub.activities() == []


def test_twins(hub, send):
    """
    Two contacts of one batch cannot have the same address.
    """
    twin = {"properties": {"email": "twin@example.com"}}

    assert send("POST", f"{CONTACTS}/create", {"inputs": [twin, twin]}).status == 400
    assert len(hub.contacts()) == 2
    traced = [{**twin, TRACE: "a"}, {**twin, TRACE: "b"}]
    assert send("POST", f"{CONTACTS}/create", {"inputs": traced}).status == 207
    assert len(hub.contacts()) == 3


@pytest.mark.parametrize("verb", ["create", "read", "update", "upsert", "archive"])
def test_most(hub, send, verb):
    """
    A batch has at most 100 inputs.
    """
    one = {"id": "7", "idProperty": "email", "properties": {"lastname": "X"}}
    answer = send("POST", f"{CONTACTS}/{verb}", {"inputs": [one] * 101})

    assert answer.status == 400
    assert len(hub.contacts()) == 2


@pytest.mark.parametrize("verb", ["create", "read", "update", "upsert", "archive"])
@pytest.mark.parametrize("body", [{}, {"inputs": 1}, {"inputs": [1]}, {"inputs": [{}]}])
def test_wrong_inputs(send, verb, body):
    """
    Inputs that are none are a validation error.
    """
    assert send("POST", f"{CONTACTS}/{verb}", body).status == 400


def test_read(send):
    """
    A read by id or by address returns what is there, and one error names all the rest.
    """
    by_id = {"inputs": [{"id": "7"}, {"id": "98"}, {"id": "99"}], "properties": ["phone"]}
    answer = send("POST", f"{CONTACTS}/read", by_id)
    (error,) = answer.json["errors"]

    assert answer.status == 207
    assert [one["id"] for one in answer.json["results"]] == ["7"]
    assert "phone" in answer.json["results"][0]["properties"]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["context"] == {"ids": ["98", "99"]}
    by_email = {"inputs": [{"id": "Ana@example.com"}], "idProperty": "email"}
    answer = send("POST", f"{CONTACTS}/read", by_email)
    assert (answer.status, answer.json["results"][0]["id"]) == (200, "7")


def test_read_merged(send):
    """
    Of two ids that have become one contact, a read returns one, without an error.
    """
    merge = {"primaryObjectId": "7", "objectIdToMerge": "8"}
    merged = send("POST", "/crm/objects/2026-09/contacts/merge", merge).json["id"]
    answer = send("POST", f"{CONTACTS}/read", {"inputs": [{"id": "7"}, {"id": "8"}]})

    assert answer.status == 200
    assert [one["id"] for one in answer.json["results"]] == [merged]


@pytest.mark.parametrize("verb", ["read", "update"])
def test_vanished(crm_simulator, clients, verb):
    """
    Where merged ids vanish, a batch tells nothing of them, and of others all.
    """
    hub = crm_simulator("hubspot", contacts=3, merged_vanish=True, limit="off")
    send = clients(hub)
    merge = {"primaryObjectId": "101", "objectIdToMerge": "102"}
    merged = send("POST", "/crm/objects/2026-09/contacts/merge", merge).json["id"]
    ids = ["101", "102", "103", "999"]
    inputs = [{"id": id_, "properties": {"city": "Rome"}} for id_ in ids]
    answer = send("POST", f"{CONTACTS}/{verb}", {"inputs": inputs})

    assert [one["id"] for one in answer.json["results"]] == ["103"]
    assert [one["context"] for one in answer.json["errors"]] == [{"ids": ["999"]}]
    assert send("GET", "/crm/objects/2026-09/contacts/101").json["id"] == merged
    now = {"inputs": [{"id": merged, "properties": {}}]}
    assert len(send("POST", f"{CONTACTS}/{verb}", now).json["results"]) == 1


@pytest.mark.parametrize(
    ("version", "statuses"), [("2026-09", (201, 200)), ("2026-03", (207, 207))]
)
def test_without_207(crm_simulator, clients, note, version, statuses):
    """
    Where there is no 207, a batch of 2026-09 that failed in part is 201 or 200.
    """
    send = clients(crm_simulator("hubspot", contacts=[{"id": "7"}], no_207=True))
    inputs = [note(**{TRACE: "a"}), {**BAD, TRACE: "b"}]
    path = f"/crm/objects/{version}"
    made = send("POST", f"{path}/notes/batch/create", {"inputs": inputs})
    ids = {"inputs": [{"id": "7"}, {"id": "999"}]}
    read = send("POST", f"{path}/contacts/batch/read", ids)

    assert (made.status, read.status) == statuses
    for answer in (made, read):
        assert len(answer.json["results"]) == answer.json["numErrors"] == 1


def test_read_archived(send):
    """
    A read finds either the archived ones or the others.
    """
    send("DELETE", "/crm/objects/2026-09/contacts/7")
    inputs = {"inputs": [{"id": "7"}, {"id": "8"}]}
    found = [
        [
            one["id"]
            for one in send("POST", f"{CONTACTS}/read{query}", inputs).json["results"]
        ]
        for query in ("", "?archived=true")
    ]

    assert found == [["8"], ["7"]]


def test_update(hub, send):
    """
    An update changes those that are there, and names those that are not.
    """
    inputs = [{"id": id_, "properties": {"city": "Rome"}} for id_ in ("7", "99", "8")]
    answer = send("POST", f"{CONTACTS}/update", {"inputs": inputs})

    assert answer.status == 207
    assert answer.json["errors"][0]["context"] == {"ids": ["99"]}
    assert [one["properties"]["city"] for one in hub.contacts()] == ["Rome", "Rome"]


def test_upsert(crm_simulator, clients):
    """
    An upsert by a unique property changes what has it and makes what is missing.
    """
    code = {"name": "code", "hasUniqueValue": True}
    ana = {"id": 7, "lastname": "Alves", "code": "c7"}
    hub = crm_simulator("hubspot", contacts=[ana], properties=[code])
    inputs = [
        {"id": id_, "idProperty": "code", "properties": {"city": "Rome", "lastname": "X"}}
        for id_ in ("c7", "c8")
    ]
    answer = clients(hub)("POST", f"{CONTACTS}/upsert", {"inputs": inputs})

    assert answer.status == 200
    new = {one["properties"]["code"]: one["new"] for one in answer.json["results"]}
    assert new == {"c7": False, "c8": True}
    assert [one["properties"]["city"] for one in hub.contacts()] == ["Rome", "Rome"]


def test_upsert_by_email(hub, send):
    """
    By address an upsert is all or none, trace ids or not.
    """
    inputs = [
        {"id": "x@example.com", "properties": {"city": "Rome"}, TRACE: "a"},
        {"id": "y@example.com", "properties": {"nothing": "1"}, TRACE: "b"},
    ]
    inputs = [{**one, "idProperty": "email"} for one in inputs]

    assert send("POST", f"{CONTACTS}/upsert", {"inputs": inputs}).status == 400
    assert len(hub.contacts()) == 2


def test_archive(hub, send):
    """
    A batch is archived, whether all of it is there or not.
    """
    inputs = {"inputs": [{"id": "7"}, {"id": "99"}]}

    assert send("POST", f"{CONTACTS}/archive", inputs).status == 204
    assert [one["id"] for one in hub.contacts()] == ["8"]


@pytest.mark.parametrize(
    ("version", "status"), [("2026-09", 400), ("2026-03", 201), ("v3", 201)]
)
def test_required(crm_simulator, clients, note, version, status):
    """
    What an administrator requires on creation is enforced since 2026-09.
    """
    hub = crm_simulator("hubspot", contacts=1, required={"notes": ["hubspot_owner_id"]})
    place = "v3/objects/notes" if version == "v3" else f"objects/{version}/notes"
    answer = clients(hub)("POST", f"/crm/{place}/batch/create", {"inputs": [note("101")]})

    assert answer.status == status


def test_echo(crm_simulator, clients, note):
    """
    Trace ids come back in results only where that is asked of the simulator.
    """
    inputs = {"inputs": [note("101", **{TRACE: "a"})]}
    plain = clients(crm_simulator("hubspot", contacts=1))
    echo = clients(crm_simulator("hubspot", contacts=1, echo_trace_ids=True))

    assert TRACE not in plain("POST", f"{NOTES}/create", inputs).json["results"][0]
    assert echo("POST", f"{NOTES}/create", inputs).json["results"][0][TRACE] == "a"


@given(st.lists(st.sampled_from(["fine", "property", "contact"]), max_size=9))
def test_each_once(kinds):
    """
    Of a batch with trace ids each input is either created or named in an error, once.
    """
    hub = Simulator("hubspot", contacts=[{"id": 7, "lastname": "X"}], limit="off")
    link = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 202}
    inputs = [
        {
            TRACE: f"t{place}",
            "properties": {
                "hs_timestamp": "1760000000000",
                "hs_note_body": f"t{place}",
                **({"nothing": "1"} if kind == "property" else {}),
            },
            "associations": [
                {"to": {"id": "99" if kind == "contact" else "7"}, "types": [link]}
            ],
        }
        for place, kind in enumerate(kinds)
    ]
    headers = {"Authorization": f"Bearer {hub.token}"}
    body = json.dumps({"inputs": inputs}).encode()
    found = json.loads(
        hub.crm.respond(Request("POST", f"{NOTES}/create", headers, body)).body
    )
    made = [one["properties"]["hs_note_body"] for one in found["results"]]
    failed = [one["context"][TRACE] for one in found.get("errors", ())]

    assert sorted(made) == [f"t{n}" for n, kind in enumerate(kinds) if kind == "fine"]
    assert failed == [[f"t{n}"] for n, kind in enumerate(kinds) if kind != "fine"]
    assert len(hub.activities("notes", "7")) == len(made)
