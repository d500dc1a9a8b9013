"""
simple-salesforce queries over TLS, page by page.
"""

import pytest
from simple_salesforce import (
    SalesforceExpiredSession,
    SalesforceGeneralError,
    SalesforceMalformedRequest,
    SalesforceRefusedRequest,
    format_soql,
)
from tests.contrib.simulator.salesforce.people import ANA, PEOPLE
from tests.contrib.simulator.salesforce.vendor import client, session_for

from crmkit_simulator import Simulator


@pytest.fixture(scope="module")
def served():
    """
    Return one organization for all tests here, and a session with it.
    """
    org = Simulator("salesforce", tls=True, page_size=3, limit="1000")
    with org, session_for(org) as session:
        yield org, session


@pytest.fixture
def org(served):
    """
    Return the organization, as it was at the start.
    """
    org, _ = served
    org.reset()
    org.add_contacts(PEOPLE)
    return org


@pytest.fixture
def sf(org, served):
    """
    Return the client.
    """
    return client(served[1], org)


@pytest.mark.parametrize("count", [0, 1, 3, 4, 10])
def test_pages(org, sf, count):
    """
    Paging covers each record once, however many pages that takes.
    """
    org.add_contacts(count)

    found = sf.query_all("SELECT Id FROM Contact")

    ids = [one["Id"] for one in found["records"]]
    contacts = [one["id"] for one in org.contacts() if one["id"].startswith("003")]
    assert sorted(ids) == sorted(contacts)
    assert found["totalSize"] == len(ids) == count + 2


def test_page_by_page(org, sf):
    """
    A page that is not the last one tells where the next one is, without a host.
    """
    org.add_contacts(2)

    first = sf.query("SELECT Id FROM Contact")
    second = sf.query_more(first["nextRecordsUrl"], identifier_is_url=True)

    assert (first["done"], second["done"]) == (False, True)
    assert first["nextRecordsUrl"].startswith("/services/data/v66.0/query/01g")
    assert "nextRecordsUrl" not in second
    assert len(first["records"]) + len(second["records"]) == first["totalSize"] == 4


@pytest.mark.parametrize(
    "name",
    ["O'Neil", "back\\slash", 'double "quotes"', "line\nbreak", "tab\t", "%_", "Ünï 李"],
)
def test_quoted(sf, name):
    """
    A text that the client quotes is found as it is, and only that.
    """
    made = sf.Contact.create({"LastName": name})["id"] if name != "O'Neil" else ANA

    found = sf.query(format_soql("SELECT Id FROM Contact WHERE LastName = {}", name))

    assert [one["Id"] for one in found["records"]] == [made]


def test_like(sf):
    """
    What the client quotes for a pattern stands for itself.
    """
    sf.Contact.create({"LastName": "100% sure"})
    sf.Contact.create({"LastName": "100 sure"})

    query = format_soql(
        "SELECT LastName FROM Contact WHERE LastName LIKE '{:like}%'", "100%"
    )

    assert [one["LastName"] for one in sf.query(query)["records"]] == ["100% sure"]


def test_relations(sf):
    """
    What a record refers to comes inside of it.
    """
    (found,) = sf.query(f"SELECT Id, Owner.Email FROM Contact WHERE Id = '{ANA}'")[
        "records"
    ]

    assert found["Owner"]["Email"] == "sync@example.com"
    assert found["Owner"]["attributes"]["type"] == "User"


def test_deleted(sf):
    """
    Only a query for everything finds what was deleted.
    """
    sf.Contact.delete(ANA)
    query = f"SELECT Id, IsDeleted FROM Contact WHERE Id = '{ANA}'"

    assert sf.query(query)["totalSize"] == 0
    (found,) = sf.query(query, include_deleted=True)["records"]
    assert found["IsDeleted"] is True


def test_malformed(sf):
    """
    A query that cannot be read is refused with the place of the mistake.
    """
    with pytest.raises(SalesforceMalformedRequest) as raised:
        sf.query("SELECT Id FRM Contact")

    (error,) = raised.value.content
    assert error["errorCode"] == "MALFORMED_QUERY"
    assert "ERROR at Row:1:Column:11" in error["message"]


def test_expired(org, served):
    """
    A session that was idle too long is refused as one that never was.
    """
    late = client(served[1], org, org.add_token(expires_in=10))
    late.query("SELECT Id FROM Contact")
    org.clock.advance(10)

    for sf in (late, client(served[1], org, "wrong")):
        with pytest.raises(SalesforceExpiredSession) as raised:
            sf.query("SELECT Id FROM Contact")
        assert raised.value.content == [
            {"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}
        ]


def test_usage(org, sf):
    """
    What the day still allows is told with each answer.
    """
    sf.query("SELECT Id FROM Contact")
    first = sf.api_usage["api-usage"]
    sf.query("SELECT Id FROM Contact")
    second = sf.api_usage["api-usage"]

    assert second.used == first.used + 1
    assert (first.total, second.total) == (1000, 1000)
    assert sf.limits()["DailyApiRequests"] == {"Max": 1000, "Remaining": 999 - second.used}


@pytest.mark.parametrize("policy", ["TotalRequests", "ConcurrentPerOrgLongTxn"])
def test_limited(org, sf, policy):
    """
    A limit that is used up refuses with 403, and says which one it is.
    """
    org.fault(429, policy=policy)

    with pytest.raises(SalesforceRefusedRequest) as raised:
        sf.query("SELECT Id FROM Contact")

    (error,) = raised.value.content
    assert error["errorCode"] == "REQUEST_LIMIT_EXCEEDED"
    assert error["message"] == f"{policy} Limit exceeded."
    assert (org.requests.limited, org.requests.statuses) == (1, {403: 1})


def test_down(org, sf):
    """
    A fault that is a status is answered in Salesforce's own form.
    """
    org.fault(503)

    with pytest.raises(SalesforceGeneralError) as raised:
        sf.query("SELECT Id FROM Contact")

    assert raised.value.content[0]["errorCode"] == "SERVER_UNAVAILABLE"
