"""
Whatever an answer of Salesforce's holds in place of what it should, nobody is lost.
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

import crmkit_salesforce
from crmkit import AmbiguousClientError, CredentialsError, ProtocolError
from crmkit_salesforce._kinds import READ
from crmkit_salesforce._records import to_interaction
from crmkit_salesforce._settings import Settings

ONE, TWO, LEAD = "003000000000001AAA", "003000000000002AAA", "00Q000000000001AAA"
ANA = {
    "attributes": {"type": "Contact", "url": "/services/data/v66.0/sobjects/Contact/1"},
    "Id": ONE,
    "Name": "Ana Núñez",
    "FirstName": None,
    "LastName": "Núñez",
    "Email": "ana@example.com",
    "Phone": None,
    "SystemModstamp": "2022-03-17T16:21:26.000+0000",
    "HasOptedOutOfEmail": True,
    "OwnerId": "005000000000001AAA",
    "IsDeleted": False,
    "Budget__c": 250000.0,
    "Level__c": "g",
    "Likes__c": "g;h",
}
BO = {**dict.fromkeys(ANA), "Id": TWO}
TYPES = {
    "Email": "email",
    "Phone": "phone",
    "HasOptedOutOfEmail": "boolean",
    "Budget__c": "double",
    "Level__c": "picklist",
    "Likes__c": "multipicklist",
}


def described(prefix, *more):
    """
    Make the describe of an object.
    """
    fields = [
        {
            "name": name,
            "type": TYPES.get(name, "string"),
            "custom": name.endswith("__c"),
            "filterable": True,
            "picklistValues": [{"value": "g", "label": "Gold"}],
        }
        for name in (*ANA, *more)
        if name != "attributes"
    ]
    return {"keyPrefix": prefix, "fields": fields}


def found(*records):
    """
    Make the answer to a query.
    """
    return {"totalSize": len(records), "done": True, "records": list(records)}


TASK = {
    **{name: "x" for names in READ.values() for name in names},
    "Id": "00T000000000001AAA",
    "Description": "Hello\nat: 2026-05-01T09:30:00+00:00",
    "ActivityDate": "2026-05-01",
    "TaskSubtype": "Call",
    "CallType": "Inbound",
    "CallDurationInSeconds": 60,
    "StartDateTime": "2026-05-01T09:30:00.000+0000",
    "EndDateTime": "2026-05-01T10:30:00.000+0000",
    "IsClosed": True,
}
WRITTEN = [
    {"id": "00T000000000001AAA", "success": True, "errors": []},
    {
        "success": False,
        "errors": [
            {"statusCode": "STRING_TOO_LONG", "message": PERSONAL, "fields": ["Subject"]}
        ],
    },
]
ANSWERS = {
    "Contact/describe": described("003"),
    "Lead/describe": described("00Q", "IsConverted", "ConvertedContactId"),
    "sobjects/Contact": [ANA, None, BO],
    "sobjects/Lead": [{**ANA, "Id": LEAD, "IsConverted": False}],
    "/query": found(ANA, BO),
}
INFO = crmkit_salesforce.crmkit_provider()


def account(answers):
    """
    Return an org with these answers above the usual ones.
    """
    usual = {
        "Contact/describe": None,
        "Lead/describe": None,
        "/describe": described("00T", *TASK),
        **{f"FROM {kind}": found(TASK) for kind in READ},
    }
    return Account(
        plugin=crmkit_salesforce,
        answers={**usual, **ANSWERS, **answers, "": WRITTEN},
        settings=Settings(my_domain="acme"),
        metadata={"client_id": "a", "client_secret": "b"},
    )


@given(altered([ANA, BO]), st.sampled_from([None, SINCE]))
def test_list(people, since):
    """
    Of a page everybody comes who has an id, or is told to be gone.
    """
    crm = account({"/query": {**found(), "records": people}})
    page = crm.told(lambda host, crm: host.list_clients(crm, since, None))

    if isinstance(people, list) and page.page:
        gone = ids(
            (
                one
                for one in people
                if isinstance(one, dict) and one.get("IsDeleted") is True
            ),
            "Id",
        )
        assert {client.id for client in page.items} == ids(people, "Id") - gone


@given(
    one_altered(ANSWERS),
    st.sampled_from(
        [
            lambda host, crm: host.fetch(crm, [ONE, TWO, LEAD, "003000000000003"]),
            lambda host, crm: host.find_clients(crm, "email", "ana@example.com"),
            lambda host, crm: host.find_clients(crm, "Budget", "250000"),
            lambda host, crm: host.list_clients(crm, SINCE, "Lead"),
            lambda host, crm: host.history(crm, ONE),
            lambda host, crm: host.find_activity(crm, "Task", note(ONE)),
            lambda host, crm: host.check(crm),
        ]
    ),
)
def test_hooks(answers, ask):
    """
    Whatever the answers are, a hook ends, and with an error of a CRM's if with one.
    """
    account(answers).told(ask)


@given(altered(WRITTEN))
def test_outcomes(said):
    """
    An activity has one outcome or none, whatever is said of it.
    """
    crm = account({"composite/sobjects": said})
    told = crm.told(lambda host, crm: host.sync(crm, "Task", [note(ONE, 0), note(ONE, 1)]))
    known = [outcome.activity_id for outcome in told.items]

    assert len(known) == len(set(known)) <= 2
    assert not any("example.com" in str(outcome.error) for outcome in told.items)


@given(altered(TASK), st.sampled_from(list(READ)))
def test_interactions(record, kind):
    """
    Whatever a task or an event holds, it is an entry of the history.
    """
    record = {**(record if isinstance(record, dict) else {}), "Id": TASK["Id"]}

    assert to_interaction(kind, record).id == TASK["Id"]


@given(
    altered([{"errorCode": "INVALID_FIELD", "message": PERSONAL, "fields": ["Foo__c"]}])
    | altered({"error": "invalid_grant", "error_description": PERSONAL}),
    st.sampled_from(
        [
            "acme.my.salesforce.com/services/data/v66.0/sobjects/Contact/describe",
            "acme.my.salesforce.com/services/data/v66.0/sobjects/Contact/ana@example.com",
            "login.salesforce.com/services/data/v66.0/query",
            "login.salesforce.com/services/oauth2/token",
        ]
    ),
    headers("Sforce-Limit-Info"),
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
    url = "https://acme.my.salesforce.com/services/data/v66.0/query"

    for status in STATUSES:
        judged(INFO, answer(status, body, url))


@pytest.mark.parametrize(
    ("said", "out"),
    [
        *((yes, True) for yes in (True, "true", 1, "1", "Yes", ["x"])),
        *((no, False) for no in (False, None, "False", 0, "0", "no", " ", [])),
    ],
    ids=repr,
)
def test_opted_out(said, out):
    """
    Anything but a no is an opt-out, and a no is no statement.
    """
    crm = account({"sobjects/Contact": [{**ANA, "HasOptedOutOfEmail": said}]})
    (client,) = crm.told(lambda host, crm: host.fetch(crm, [ONE])).items

    assert [one.channel for one in client.consent] == (["email"] if out else [])


@given(altered({"access_token": "t", "instance_url": "https://acme.my.salesforce.com"}))
def test_tokens(said):
    """
    A token's answer gives a token and an address that are texts, or says that it does not.
    """
    crm = account({"/oauth2/token": said})
    try:
        fresh = crmkit_salesforce.crmkit_refresh(crm)
    except (CredentialsError, ProtocolError):
        return

    assert isinstance(fresh.access_token.reveal(), str)
    assert isinstance(fresh.metadata.get("instance_url", ""), str)


def test_five(crm_simulator, connect):
    """
    Five people with one address are told as five, by their ids.
    """
    people = [{"LastName": f"B{i}", "Email": "office@example.com"} for i in range(5)]
    crm = connect(crm_simulator("salesforce", contacts=people, limit="off"))

    with pytest.raises(AmbiguousClientError, match=r"^5 clients") as caught:
        crm.find_client(email="office@example.com")
    assert len(caught.value.client_ids) == 5
    assert "office@example.com" not in str(caught.value)
