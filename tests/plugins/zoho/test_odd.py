"""
Whatever an answer of Zoho's holds in place of what it should, nobody is lost.
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

import crmkit_zoho
from crmkit import AmbiguousClientError
from crmkit_zoho._records import KINDS, read_fields, to_interaction

ANA = {
    "id": "57001",
    "First_Name": None,
    "Last_Name": "Núñez",
    "Full_Name": "Ana Núñez",
    "Email": "ana@example.com",
    "Secondary_Email": None,
    "Phone": "5",
    "Email_Opt_Out": False,
    "Modified_Time": "2026-05-14T15:00:00+03:00",
    "Owner": {"name": "Sam", "id": "9", "email": "sam@example.com"},
    "Tag": [{"name": "VIP", "id": "3", "color_code": None}],
    "Account_Name": {"name": "Harbour", "id": "5"},
    "Tone": "f1",
    "Likes": ["g"],
    "Budget": 450000,
}
BO = {"id": "57002", "Last_Name": "Bo"}
TYPES = {"Tone": "picklist", "Likes": "multiselectpicklist", "Budget": "currency"}
FIELDS = {
    "fields": [
        {
            "api_name": name,
            "data_type": TYPES.get(name, "text"),
            "custom_field": name in TYPES,
            "pick_list_values": [{"display_value": "Formal", "actual_value": "f1"}],
        }
        for name in ANA
    ]
}
LIST = {"data": [ANA, BO], "info": {"more_records": False, "next_page_token": None}}
ACTIVITY = {
    **{name: "1" for kind in KINDS for name in read_fields(kind)},
    "id": "57009",
    "Created_Time": "2026-05-14T15:00:00+03:00",
    "Call_Type": "Missed",
}
WRITTEN = {
    "data": [
        {
            "code": "SUCCESS",
            "status": "success",
            "details": {"id": "9"},
            "message": PERSONAL,
        },
        {
            "code": "INVALID_DATA",
            "status": "error",
            "details": {"api_name": "Note_Title", "maximum_length": 120},
            "message": PERSONAL,
        },
    ]
}
REFUSAL = {
    "code": "MULTIPLE_OR_MULTI_ERRORS",
    "details": {
        "api_name": "Email",
        "expected_data_type": "email",
        "maximum_length": 5,
        "permissions": ["Crm_Implied_View"],
        "duplicate_record": {"id": "5"},
        "errors": [{"code": "X", "details": {"api_name": "Email"}}],
        "expected_fields": [{"api_name": "Phone"}],
    },
    "message": PERSONAL,
    "status": "error",
}
INFO = crmkit_zoho.crmkit_provider()


def account(answers):
    """
    Return an account with these answers above the usual ones.
    """
    usual = {"settings/fields": FIELDS, "/Notes": {"data": [ACTIVITY]}}
    return Account(plugin=crmkit_zoho, answers={**usual, **answers, "": LIST})


@given(altered(LIST["data"]), st.sampled_from([None, SINCE]))
def test_list(people, since):
    """
    Of a page everybody comes who has an id.
    """
    crm = account({"/Contacts": {**LIST, "data": people}})
    found = crm.told(lambda host, crm: host.list_clients(crm, since, None))

    if isinstance(people, list):
        assert {client.id for client in found.items} == ids(people)


@given(
    one_altered(
        {"settings/fields": FIELDS, "/Notes": LIST, "/Contacts": LIST, "coql": LIST}
    ),
    st.sampled_from(
        [
            lambda host, crm: host.fetch(crm, ["57001", "57002"]),
            lambda host, crm: host.find_clients(crm, "email", "ana@example.com"),
            lambda host, crm: host.find_clients(crm, "Budget", "450000"),
            lambda host, crm: host.list_clients(crm, SINCE, "deleted:1"),
            lambda host, crm: host.history(crm, "57001"),
            lambda host, crm: host.find_activity(crm, "Calls", note("57001")),
            lambda host, crm: host.check(crm),
        ]
    ),
)
def test_hooks(answers, ask):
    """
    Whatever the answers are, a hook ends, and with an error of a CRM's if with one.
    """
    account(answers).told(ask)


def test_empty_page():
    """
    A history ends with a page that is empty, though more is said to come.
    """
    more = {"data": [], "info": {"more_records": True}}
    crm = account({"/Notes": {"data": [ACTIVITY]}, "coql": more})
    found = crm.told(lambda host, crm: host.history(crm, "57001"))

    assert [one.id for one in found.items] == ["57009"]


@given(altered(WRITTEN), st.sampled_from([200, 201, 202, 207, 400]))
def test_outcomes(said, status):
    """
    An activity has one outcome or none, whatever is said of it.
    """
    notes = [note("57001", 0), note("57001", 1)]
    crm = account({"/Notes": (status, said)})
    found = crm.told(lambda host, crm: host.sync(crm, "Notes", notes))
    told = [outcome.activity_id for outcome in found.items]

    assert len(told) == len(set(told)) <= 2
    assert not any("example.com" in str(outcome.error) for outcome in found.items)


@given(altered(ACTIVITY), st.sampled_from(list(KINDS)))
def test_interactions(record, kind):
    """
    Whatever a note, call, meeting or task holds, it is an entry of the history.
    """
    record = {**(record if isinstance(record, dict) else {}), "id": "57009"}

    assert to_interaction(kind, record).id == "57009"


@given(
    altered(REFUSAL) | altered({"data": [REFUSAL, REFUSAL]}) | altered({"error": "x"}),
    st.sampled_from(
        ["www.zohoapis.eu/crm/v8/Contacts/5", "accounts.zoho.eu/oauth/v2/token"]
    ),
    headers("X-API-CREDITS-REMAINING", "Content-Type"),
)
def test_errors(body, place, said):
    """
    Whatever a refusal holds, it is an error of a CRM's, without a word that is personal.
    """
    for status in STATUSES:
        judged(INFO, answer(status, body, f"https://{place}", **said))


@pytest.mark.parametrize("body", NO_JSON)
def test_no_json(body):
    """
    What is no JSON, or nothing at all, is no reason to fail otherwise.
    """
    for status in STATUSES:
        judged(INFO, answer(status, body, "https://www.zohoapis.eu/crm/v8/Contacts"))


def test_five(crm_simulator, connect):
    """
    Five people with one address are told as five, by their ids.
    """
    people = [{"Last_Name": f"B{i}", "Email": "office@example.com"} for i in range(5)]
    crm = connect(crm_simulator("zoho", contacts=people, limit="off"))

    with pytest.raises(AmbiguousClientError, match=r"^5 clients") as caught:
        crm.find_client(email="office@example.com")
    assert len(caught.value.client_ids) == 5
    assert "office@example.com" not in str(caught.value)
