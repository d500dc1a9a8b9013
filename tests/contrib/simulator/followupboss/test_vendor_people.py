"""
The community's client reads and changes people of the simulated Follow Up Boss.
"""

import pytest
from follow_up_boss.client import (
    FollowUpBossApiException,
    FollowUpBossAuthError,
    FollowUpBossNotFoundError,
    FollowUpBossRateLimitError,
    FollowUpBossValidationError,
)
from follow_up_boss.custom_fields import CustomFields
from follow_up_boss.identity import Identity
from follow_up_boss.pagination import NextLinkStrategy
from follow_up_boss.people import People
from tests.contrib.simulator.followupboss.conftest import client_of


def test_identity(vendor):
    """
    Who asks is told, with the account and its owner.
    """
    said = Identity(vendor).get_identity()

    assert said["user"]["isOwner"] is True
    assert said["account"]["owner"]["email"] == "broker@example.com"


def test_retrieve(vendor):
    """
    A person comes bare, and custom fields only to who asks for them.
    """
    people = People(vendor)

    assert people.retrieve_person(7)["name"] == "Ana Núñez"
    assert "customPetName" not in people.retrieve_person(7)
    assert people.retrieve_person(7, {"fields": "allFields"})["customPetName"] == "Rex"
    assert set(people.retrieve_person(7, {"fields": "firstName"})) - {"_rateLimit"} == {
        "id",
        "firstName",
    }


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"email": "ANA@example.com"}, {7}),
        ({"email": "a@example.org"}, {7}),
        ({"email": "ana"}, set()),
        ({"phone": "(555) 286 9155"}, {7}),
        ({"id": "7,8,999"}, {7, 8}),
        ({"tags": "Nobody,Los Angeles"}, {7}),
        ({"name": "núñ"}, {7}),
        ({"customPetName": "rex"}, {7}),
        ({"updatedAfter": "2999-01-01T00:00:00Z"}, set()),
        ({"assignedTo": "Broker Brown"}, {7, 8}),
    ],
)
def test_filters(vendor, query, found):
    """
    Lists are filtered: addresses and numbers exactly, names by likeness, tags by any.
    """
    assert {one["id"] for one in People(vendor).list_people(query)["people"]} == found


def test_next_links(crm_simulator):
    """
    Following the links gives everybody once, the newest first.
    """
    fub = crm_simulator("followupboss", contacts=25, limit="off")
    pages = NextLinkStrategy(client_of(fub), "people", {"limit": 10}).paginate()
    ids = [one["id"] for page in pages for one in page["people"]]

    assert ids == sorted({int(one["id"]) for one in fub.contacts()}, reverse=True)


def test_create(vendor, fub):
    """
    A person is made with what is given, and found again by the address.
    """
    made = People(vendor).create_person(
        {"firstName": "Chi", "emails": [{"value": "chi@example.com"}]}
    )

    assert made["emails"][0]["isPrimary"] == 1
    found = People(vendor).check_duplicate({"email": "chi@example.com"})
    assert (found["found"], found["matchedBy"]) == (True, "email")
    assert len(fub.contacts()) == 3


def test_update_replaces(vendor):
    """
    A change replaces tags and addresses, as data was lost by in real accounts.
    """
    people = People(vendor)
    people.update_person(7, {"tags": ["New"], "emails": [{"value": "new@example.com"}]})
    now = people.retrieve_person(7)

    assert now["tags"] == ["New"]
    assert [one["value"] for one in now["emails"]] == ["new@example.com"]


def test_delete(vendor):
    """
    Who is deleted is in the trash: left out of lists, unless they ask for it.
    """
    people = People(vendor)
    people.delete_person(7)

    assert [one["id"] for one in people.list_people()["people"]] == [8]
    trash = people.list_people({"includeTrash": "true"})["people"]
    assert [(one["id"], one["stage"]) for one in trash] == [(8, "Lead"), (7, "Trash")]


def test_custom_fields(vendor):
    """
    Custom fields are listed under a key in lower case, and named after their labels.
    """
    said = CustomFields(vendor).list_custom_fields()

    assert said["_metadata"]["collection"] == "customfields"
    assert [(f["label"], f["name"], f["type"]) for f in said["customfields"]] == [
        ("Pet Name", "customPetName", "text")
    ]


def test_errors(vendor, fub, capsys):
    """
    Each refusal is the exception that the client has for it; it prints what was said.
    """
    with pytest.raises(FollowUpBossNotFoundError):
        People(vendor).retrieve_person(999)
    with pytest.raises(FollowUpBossValidationError):
        People(vendor).create_person({"firstName": "Di", "shoeSize": 9})
    assert "Invalid fields in the request body: shoeSize." in capsys.readouterr().out
    with pytest.raises(FollowUpBossAuthError):
        People(client_of(fub, "fka_wrong")).list_people()
    fub.fault(429)
    with pytest.raises(FollowUpBossRateLimitError):
        People(vendor).list_people()
    fub.fault(503)
    with pytest.raises(FollowUpBossApiException) as failed:
        People(vendor).list_people()
    assert failed.value.status_code == 503


def test_rate_limit(crm_simulator):
    """
    The client reads from the headers how much is left.
    """
    fub = crm_simulator("followupboss", contacts=1)
    vendor = client_of(fub)
    People(vendor).list_people()

    assert vendor.get_last_rate_limit() == {"limit": 250, "remaining": 249}
