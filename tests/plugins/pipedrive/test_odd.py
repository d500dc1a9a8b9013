"""
Whatever an answer of Pipedrive's holds in place of what it should, nobody is lost.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.odd import (
    NO_JSON,
    PERSONAL,
    SINCE,
    STATUSES,
    Account,
    altered,
    answer,
    headers,
    ids,
    judged,
    note,
    one_altered,
)

import crmkit_pipedrive
from crmkit import AmbiguousClientError, ClientNotFoundError, ProtocolError
from crmkit_pipedrive._kinds import KINDS
from crmkit_pipedrive._records import to_interaction

KINDS_OF_FIELDS = ("varchar", "double", "enum", "set", "monetary", "daterange", "address")
SCHEMA = {
    "success": True,
    "data": [
        {"field_code": "owner_id", "field_name": "Owner", "field_type": "user"},
        {
            "field_code": "label_ids",
            "field_name": "Labels",
            "field_type": "set",
            "options": [{"id": 14, "label": "Customer"}],
        },
        *(
            {
                "field_code": f"{kind:0>40}",
                "field_name": kind.title(),
                "field_type": kind,
                "is_custom_field": True,
                "options": [{"id": 1, "label": "A"}],
            }
            for kind in KINDS_OF_FIELDS
        ),
    ],
    "additional_data": {"next_cursor": None},
}
ANA = {
    "id": 201,
    "name": "Ana Núñez",
    "first_name": None,
    "last_name": "Núñez",
    "emails": [{"value": "ana@example.com", "primary": True, "label": "work"}],
    "phones": [],
    "owner_id": 101,
    "label_ids": [14],
    "update_time": "2026-05-01T09:30:00Z",
    "custom_fields": {
        f"{'varchar':0>40}": "x",
        f"{'set':0>40}": [1],
        f"{'monetary':0>40}": {"value": 5, "currency": "EUR"},
    },
}
OLD = {  # as version 1 has them
    "id": 202,
    "name": "Bo",
    "email": [{"value": "bo@example.com", "primary": True}],
    "owner_id": {"id": 101, "name": "Sam", "value": 101},
    f"{'set':0>40}": "1,2",
    "active_flag": True,
    "update_time": "2026-05-01 09:30:00",
}
LIST = {"success": True, "data": [ANA, OLD], "additional_data": {"next_cursor": None}}
FOUND = {"success": True, "data": {"items": [{"result_score": 1, "item": {"id": 201}}]}}
ACTIVITY = {
    "id": 9,
    "content": "<p>Hello</p>",
    "note": None,
    "subject": "Hello",
    "due_date": "2026-05-01",
    "due_time": "09:30",
    "duration": "01:00",
    "location": {"value": "Lisbon"},
    "done": False,
    "outcome": "busy",
    "add_time": "2026-05-01 09:30:00",
}
OLD_LIST = {
    "success": True,
    "data": [ACTIVITY],
    "additional_data": {"pagination": {"more_items_in_collection": False, "start": 0}},
}
REFUSAL = {
    "success": False,
    "error": f"Validation failed: subject: {PERSONAL} is required",
    "error_info": PERSONAL,
    "errorCode": 400,
    "code": "ERR_SCHEMA_VALIDATION_FAILED",
    "data": None,
}
INFO = crmkit_pipedrive.crmkit_provider()


def account(answers):
    """
    Return an account with these answers above the usual ones.
    """
    usual = {"personFields": SCHEMA, "/search": FOUND, "/notes": OLD_LIST}
    return Account(plugin=crmkit_pipedrive, answers={**usual, **answers, "": LIST})


@given(altered(LIST["data"]), st.sampled_from([None, SINCE]))
def test_list(people, since):
    """
    Of a page everybody comes who has an id, or is told to be deleted.
    """
    crm = account({"/persons": {**LIST, "data": people}})
    found = crm.told(lambda host, crm: host.list_clients(crm, since, None))

    if isinstance(people, list):
        told = {client.id for client in found.items} | set(found.page.deleted)
        assert ids(people) <= told


@given(
    one_altered(
        {"personFields": SCHEMA, "/search": FOUND, "/notes": OLD_LIST, "/persons": LIST}
    ),
    st.sampled_from(
        [
            lambda host, crm: host.fetch(crm, ["201"]),
            lambda host, crm: host.fetch(crm, ["201", "202"]),
            lambda host, crm: host.find_clients(crm, "email", "ana@example.com"),
            lambda host, crm: host.find_clients(crm, "Varchar", "x"),
            lambda host, crm: host.history(crm, "201"),
            lambda host, crm: host.find_activity(crm, "notes", note("201")),
            lambda host, crm: host.sync(crm, "notes", [note("201")]),
            lambda host, crm: host.check(crm),
        ]
    ),
)
def test_hooks(answers, ask):
    """
    Whatever the answers are, a hook ends, and with an error of a CRM's if with one.
    """
    account(answers).told(ask)


@given(altered(ACTIVITY), st.sampled_from([*KINDS, "lunch"]))
def test_interactions(record, kind):
    """
    Whatever a note or activity holds, it is an entry of the history.
    """
    record = {**(record if isinstance(record, dict) else {}), "id": 9, "type": kind}

    assert to_interaction("activities", record).id == "activities/9"


@given(
    altered(REFUSAL),
    st.sampled_from(["api/v2/persons/7", "api/v2/persons/search", "api/v1/notes", ""]),
    headers(
        *("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
        *("X-Daily-RateLimit-Token-Limit", "X-Daily-RateLimit-Token-Remaining"),
        *("X-Daily-Requests-Left", "X-Correlation-Id"),
    ),
)
def test_errors(body, path, said):
    """
    Whatever a refusal holds, it is an error of a CRM's, without a word that is personal.
    """
    for status in STATUSES:
        judged(INFO, answer(status, body, f"https://acme.pipedrive.com/{path}", **said))


@pytest.mark.parametrize("body", NO_JSON)
def test_no_json(body):
    """
    What is no JSON, or nothing at all, is no reason to fail otherwise.
    """
    for status in STATUSES:
        judged(INFO, answer(status, body, "https://acme.pipedrive.com/api/v2/persons/7"))


@pytest.mark.parametrize(
    ("said", "gone"),
    [
        ({"success": False, "error": "Person not found", "errorCode": 404}, True),
        ({"success": False, "error": "Person not found"}, True),
        ({"success": False, "error": "x", "code": "ERR_NOT_FOUND"}, True),
        ({"success": False, "error": "x", "errorCode": 410}, True),
        ({"success": True, "data": None}, True),
        ((204, b""), True),
        ({"status": 404, "error": "x"}, False),
        ({}, False),
        ([], False),
    ],
)
def test_gone(said, gone):
    """
    Who is not there is nobody, however that is told; what tells nothing is no answer.
    """
    crm = account({"/persons/201": said})
    found = crm.told(lambda host, crm: host.fetch(crm, ["201"]))

    assert found.items == ()
    assert [type(error) for error in found.errors] == ([] if gone else [ProtocolError])


def test_wrong_address(hub, connect):
    """
    An address where no API is makes nobody missing.
    """
    crm = connect(hub, base_url=f"{hub.base_url}/elsewhere")

    with pytest.raises(ProtocolError, match="base_url"):
        crm.get_client_data("501")


def test_five(company, connect):
    """
    Five people with one address are told as five, by their ids.
    """
    people = [{"name": f"B{i}", "emails": "office@example.com"} for i in range(5)]
    crm = connect(company(contacts=people))

    with pytest.raises(AmbiguousClientError, match=r"^5 clients") as caught:
        crm.find_client(email="office@example.com")
    assert len(caught.value.client_ids) == 5
    assert "office@example.com" not in str(caught.value)


def test_nobody(company, connect):
    """
    A note of nobody says who is missing.
    """
    crm = connect(company(soft_errors=True))
    error = crm.sync_activity(note("999")).error

    assert isinstance(error, ClientNotFoundError)
    assert "the client" in str(error)
