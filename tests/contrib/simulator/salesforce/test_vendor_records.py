"""
simple-salesforce reads and writes records over TLS.
"""

from datetime import UTC, datetime, timedelta

import pytest
from simple_salesforce import (
    SalesforceMalformedRequest,
    SalesforceMoreThanOneRecord,
    SalesforceResourceNotFound,
)
from tests.contrib.simulator.salesforce.people import ANA, BO, LEA, NOBODY, PEOPLE
from tests.contrib.simulator.salesforce.vendor import client, session_for

from crmkit_simulator import Simulator

FIELDS = {
    "Contact": [{"name": "Member_No__c", "externalId": True}],
    "Activity": [{"name": "Sync_Key__c", "externalId": True, "unique": True}],
}


@pytest.fixture(scope="module")
def served():
    """
    Return one organization for all tests here, and a session with it.
    """
    org = Simulator("salesforce", tls=True, limit="off", fields=FIELDS)
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


def test_get(sf):
    """
    A record comes whole, with null where nothing is, and a time with offset and ms.
    """
    found = sf.Contact.get(ANA)

    assert found["attributes"] == {
        "type": "Contact",
        "url": f"/services/data/v66.0/sobjects/Contact/{ANA}",
    }
    assert (found["Id"], found["Name"], found["Phone"]) == (ANA, "Ana O'Neil", None)
    assert found["HasOptedOutOfEmail"] is False
    assert found["SystemModstamp"].endswith(".000+0000")
    made = datetime.strptime(found["CreatedDate"], "%Y-%m-%dT%H:%M:%S.%f%z")
    assert abs(datetime.now(UTC) - made) < timedelta(minutes=1)


@pytest.mark.parametrize("id_", [NOBODY, "00Q5e00000LeaAAEAZ", "nothing"])
def test_get_missing(sf, id_):
    """
    What is no contact's id is not found, whether it is another record's or none at all.
    """
    with pytest.raises(SalesforceResourceNotFound) as raised:
        sf.Contact.get(id_)

    assert raised.value.content[0]["errorCode"] == "NOT_FOUND"


def test_create(org, sf):
    """
    A new record gets an id and defaults, and a task knows whether it is done.
    """
    made = sf.Task.create({"WhoId": ANA, "Subject": "Call", "Status": "Completed"})

    assert set(made) == {"id", "success", "errors"}
    assert (made["success"], made["errors"]) == (True, [])
    assert made["id"].startswith("00T")
    (task,) = org.activities("Task", ANA[:15])
    assert (task["id"], task["client_ids"]) == (made["id"], [ANA])
    given = {"IsClosed": True, "Priority": "Normal", "TaskSubtype": "Task"}
    assert given.items() <= task["properties"].items()


def test_update(sf):
    """
    A change answers nothing, and stamps the record.
    """
    assert sf.Contact.update(BO, {"FirstName": "Bo", "Phone": None}) == 204

    found = sf.Contact.get(BO)
    assert (found["Name"], found["Phone"]) == ("Bo Berg", None)
    assert found["SystemModstamp"] >= found["CreatedDate"]


def test_delete(sf):
    """
    A deleted record is gone, and a second time it is told so.
    """
    assert sf.Contact.delete(BO) == 204

    for act in (sf.Contact.get, sf.Contact.delete):
        with pytest.raises(SalesforceResourceNotFound) as raised:
            act(BO)
        assert raised.value.content[0]["errorCode"] == "ENTITY_IS_DELETED"


def test_upsert(sf):
    """
    By an external id a record is made, changed and found; a slash in it is no matter.
    """
    key = "Member_No__c/7%2F1"

    assert sf.Contact.upsert(key, {"LastName": "New"}) == 201
    assert sf.Contact.upsert(key, {"LastName": "Newer"}) == 200
    found = sf.Contact.get_by_custom_id("Member_No__c", "7/1")
    assert (found["LastName"], found["Member_No__c"]) == ("Newer", "7/1")


def test_several(sf):
    """
    An external id that is not unique leads to all that have it.
    """
    ids = [sf.Contact.create({"LastName": "X", "Member_No__c": "9"})["id"] for _ in "ab"]

    with pytest.raises(SalesforceMoreThanOneRecord) as raised:
        sf.Contact.get_by_custom_id("Member_No__c", "9")

    path = "/services/data/v66.0/sobjects/Contact/"
    assert raised.value.content == [f"{path}{id_}" for id_ in ids]


def test_unknown_external_id(sf):
    """
    A field that is no external id finds nothing.
    """
    with pytest.raises(SalesforceResourceNotFound, match="Provided external ID field"):
        sf.Contact.get_by_custom_id("FirstName", "Ana")


def test_describe(sf):
    """
    An object tells its fields: custom ones, lengths, what may be written.
    """
    fields = {one["name"]: one for one in sf.Task.describe()["fields"]}

    assert (fields["Subject"]["type"], fields["Subject"]["length"]) == ("combobox", 255)
    assert fields["Description"]["length"] == 32_000
    assert fields["Sync_Key__c"]["externalId"] is fields["Sync_Key__c"]["unique"] is True
    assert fields["TaskSubtype"]["createable"] is True
    assert fields["TaskSubtype"]["updateable"] is False
    assert fields["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert fields["Status"]["defaultValue"] == "Not Started"


def test_describe_all(sf):
    """
    The organization tells its objects, with the prefixes of their ids.
    """
    found = {one["name"]: one["keyPrefix"] for one in sf.describe()["sobjects"]}

    assert found == {
        "Account": "001",
        "Contact": "003",
        "Event": "00U",
        "Lead": "00Q",
        "Task": "00T",
        "User": "005",
    }


def test_metadata(sf):
    """
    An object without its fields is told, too.
    """
    found = sf.Lead.metadata()

    assert found["objectDescribe"]["keyPrefix"] == "00Q"
    assert found["recentItems"] == []


def test_changes(org, sf):
    """
    What was changed and what was deleted is told for a stretch of time.
    """
    org.clock.advance(120)
    sf.Contact.update(ANA, {"Title": "Owner"})
    sf.Contact.delete(BO)
    org.clock.advance(120)
    start, end = datetime.now(UTC) + timedelta(seconds=60), org.clock.moment()

    assert sf.Contact.updated(start, end)["ids"] == [ANA]
    found = sf.Contact.deleted(start, end)
    assert [one["id"] for one in found["deletedRecords"]] == [BO]
    assert found["latestDateCovered"].endswith(":00.000+0000")


def test_refused(sf):
    """
    What is wrong with a record is told with the field.
    """
    with pytest.raises(SalesforceMalformedRequest) as raised:
        sf.Lead.create({"LastName": "No company"})

    (error,) = raised.value.content
    assert error["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert error["fields"] == ["Company"]
    assert error["message"] == "Required fields are missing: [Company]"


def test_users(sf):
    """
    Who owns a record can be read.
    """
    owner = sf.User.get(sf.Lead.get(LEA)["OwnerId"])

    assert (owner["Email"], owner["IsActive"]) == ("sync@example.com", True)
