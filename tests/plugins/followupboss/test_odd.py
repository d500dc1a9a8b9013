"""
Whatever an answer of Follow Up Boss's holds in place of what it should, nobody is lost.
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

import crmkit_followupboss
from crmkit import AmbiguousClientError, ProtocolError
from crmkit_followupboss._kinds import KINDS
from crmkit_followupboss._records import to_interaction
from crmkit_followupboss._settings import Settings

ANA = {
    "id": 10763,
    "created": "2013-10-31T23:04:30Z",
    "updated": "2014-06-27T13:11:23Z",
    "name": "Ana Núñez",
    "firstName": None,
    "lastName": "Núñez",
    "stage": "Lead",
    "price": "500000",
    "contacted": 0,
    "assignedUserId": 8,
    "assignedTo": "Agent White",
    "tags": ["VIP"],
    "emails": [{"value": "ana@example.com", "status": "Valid", "isPrimary": 1}],
    "phones": [{"value": "5552869155", "status": "Opted Out", "isPrimary": 1}],
    "addresses": [{"street": "1 Quay", "city": "Lisbon"}],
    "customHomeValue": 5,
    "customLikes": "Garden",
}
BO = {"id": 2, "name": "Bo"}
FIELDS = {
    "_metadata": {"collection": "customfields"},
    "customfields": [
        {"label": "Home Value", "name": "customHomeValue", "type": "number"},
        {
            "label": "Likes",
            "name": "customLikes",
            "type": "dropdown",
            "choices": ["Garden"],
        },
    ],
}
ACTIVITY = {
    **{entry.name: "x" for kind in KINDS.values() for entry in kind.entries},
    **{kind.body: "Hello" for kind in KINDS.values()},
    "id": 9,
    "created": "2026-05-14T10:05:00Z",
    "isIncoming": True,
    "isHtml": True,
    "duration": 60,
}
REFUSAL = {"errorMessage": f"Invalid fields: phone, {PERSONAL}", "error": PERSONAL}
INFO = crmkit_followupboss.crmkit_provider()


def page(collection, *records):
    """
    Make a page of a list.
    """
    about = {"collection": collection, "offset": 0, "total": len(records), "next": None}
    return {"_metadata": about, collection: list(records)}


PEOPLE = page("people", ANA, BO)


def account(answers):
    """
    Return an account with these answers above the usual ones.
    """
    lists = {f"/v1/{kind}": page(kind, ACTIVITY) for kind in KINDS}
    usual = {"customFields": FIELDS, "/v1/people/": ANA, "/v1/people": PEOPLE, **lists}
    settings = Settings(opted_out_tags={"email": ["VIP"]}, system="s", system_key="k")
    answers = {**usual, **answers, "": page("emCampaigns")}
    return Account(plugin=crmkit_followupboss, answers=answers, settings=settings)


@given(altered(PEOPLE["people"]), st.sampled_from([None, SINCE]))
def test_list(people, since):
    """
    Of a page everybody comes who has an id.
    """
    crm = account({"/v1/people": {**PEOPLE, "people": people}})
    found = crm.told(lambda host, crm: host.list_clients(crm, since, None))

    if isinstance(people, list):
        assert {client.id for client in found.items} == ids(people)


@given(
    one_altered(
        {
            "customFields": FIELDS,
            "/v1/people/": ANA,
            "/v1/people": PEOPLE,
            "/v1/notes": page("notes", ACTIVITY),
            "/v1/calls": page("calls", ACTIVITY),
            "/v1/emCampaigns": page("emCampaigns", {"id": 3, "origin": "s"}),
        }
    ),
    st.sampled_from(
        [
            lambda host, crm: host.fetch(crm, ["10763"]),
            lambda host, crm: host.fetch(crm, ["10763", "2"]),
            lambda host, crm: host.find_clients(crm, "email", "ana@example.com"),
            lambda host, crm: host.find_clients(crm, "Home Value", "5"),
            lambda host, crm: host.history(crm, "10763"),
            lambda host, crm: host.find_activity(crm, "notes", note("10763")),
            lambda host, crm: host.sync(crm, "notes", [note("10763")]),
            lambda host, crm: host.sync(crm, "calls", [note("10763", type="call")]),
            lambda host, crm: host.sync(crm, "tasks", [note("10763", type="task")]),
            lambda host, crm: host.sync(
                crm, "emEvents", [note("10763", type="email_sent")]
            ),
            lambda host, crm: host.check(crm),
        ]
    ),
)
def test_hooks(answers, ask):
    """
    Whatever the answers are, a hook ends, and with an error of a CRM's if with one.
    """
    account(answers).told(ask)


@given(altered(ACTIVITY), st.sampled_from(list(KINDS)))
def test_interactions(record, kind):
    """
    Whatever a record holds, it is an entry of the history.
    """
    record = {**(record if isinstance(record, dict) else {}), "id": 9}

    assert to_interaction(kind, record).id == f"{kind}/9"


@given(
    altered(REFUSAL),
    st.sampled_from(["people/7", "people?email=ana@example.com", "emCampaigns"]),
    headers(
        *("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Window"),
        *("X-RateLimit-Context", "Retry-After"),
    ),
)
def test_errors(body, path, said):
    """
    Whatever a refusal holds, it is an error of a CRM's, without a word that is personal.
    """
    for status in STATUSES:
        judged(
            INFO, answer(status, body, f"https://api.followupboss.com/v1/{path}", **said)
        )


@pytest.mark.parametrize("body", NO_JSON)
def test_no_json(body):
    """
    What is no JSON, or nothing at all, is no reason to fail otherwise.
    """
    for status in STATUSES:
        judged(INFO, answer(status, body, "https://api.followupboss.com/v1/people/7"))


@pytest.mark.parametrize(
    "said", [{"errorMessage": "Person not found."}, {}, [], (204, b"")]
)
def test_no_person(said):
    """
    What is no person is no answer, and does not say that there is none.
    """
    crm = account({"/v1/people/": said})
    found = crm.told(lambda host, crm: host.fetch(crm, ["10763"]))

    assert found.items == ()
    assert [type(error) for error in found.errors] == [ProtocolError]


def test_tags():
    """
    A tag is a text; what else stands among them is none, and a single one is one.
    """
    for tags in (["VIP", None, {"id": 1}, ["x"], 7], "VIP"):
        crm = account({"/v1/people/": {**ANA, "tags": tags}})
        (client,) = crm.told(lambda host, crm: host.fetch(crm, ["10763"])).items

        assert client.tags == ("VIP",)
        assert ("email", "tags") in {(one.channel, one.source) for one in client.consent}


def test_five(crm_simulator, connect):
    """
    Five people with one address are told as five, by their ids.
    """
    office = [{"value": "office@example.com"}]
    people = [{"id": i, "firstName": "B", "emails": office} for i in range(501, 506)]
    crm = connect(crm_simulator("followupboss", contacts=people, limit="off"))

    with pytest.raises(AmbiguousClientError, match=r"^5 clients") as caught:
        crm.find_client(email="office@example.com")
    assert len(caught.value.client_ids) == 5
    assert "office@example.com" not in str(caught.value)
