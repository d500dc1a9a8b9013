"""
A person to a client, whatever the record holds.
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Consent, CustomField
from crmkit_followupboss._mapping import to_client
from crmkit_followupboss._settings import Settings

FIELDS = (
    CustomField(key="stage", name="stage"),
    CustomField(key="price", name="price", type="number"),
    CustomField(key="contacted", name="contacted", type="boolean"),
    CustomField(key="customHomeValue", name="Home Value", type="number"),
    CustomField(key="customClosing", name="Closing", type="date"),
)
RECORD = {
    "id": 10763,
    "updated": "2014-06-27T13:11:23Z",
    "name": "Tom Minch",
    "firstName": "Tom",
    "lastName": "Minch",
    "stage": "Lead",
    "price": "500000",
    "contacted": 0,
    "assignedUserId": 8,
    "assignedTo": "Agent White",
    "tags": ["Los Angeles", "VIP"],
    "emails": [
        {"value": "old@example.com", "status": "Invalid", "isPrimary": 0},
        {"value": "tom@example.com", "status": "Valid", "isPrimary": 1},
    ],
    "phones": [{"value": "555-286-9155", "status": "Not Validated"}],
    "addresses": [{"street": "322 S Broadway", "city": "Los Angeles", "code": "90003"}],
    "customHomeValue": 510000,
    "customClosing": "2020-06-30",
}


def client(record, **settings):
    """
    Return the client that a record is.
    """
    return to_client(record, fields=FIELDS, settings=Settings(**settings))


def test_record():
    """
    A whole record becomes a whole client: primary address, owner, custom fields by label.
    """
    found = client(RECORD)

    assert (found.id, found.name, found.first_name) == ("10763", "Tom Minch", "Tom")
    assert (found.email, found.phone) == ("tom@example.com", "555-286-9155")
    assert found.tags == ("Los Angeles", "VIP")
    assert found.updated_at == datetime(2014, 6, 27, 13, 11, 23, tzinfo=UTC)
    assert found.consent == ()
    assert found.custom_fields == {
        "stage": "Lead",
        "price": 500000,
        "contacted": False,
        "Home Value": 510000,
        "Closing": date(2020, 6, 30),
        "street": "322 S Broadway",
        "city": "Los Angeles",
        "state": None,
        "code": "90003",
        "country": None,
        "email_status": "Valid",
        "phone_status": "Not Validated",
        "owner_id": 8,
        "owner_name": "Agent White",
    }


def test_merged():
    """
    A person who answers for another id than the one asked for has that one as alias.
    """
    merged = to_client(RECORD, "7", fields=FIELDS, settings=Settings())
    same = to_client(RECORD, "10763", fields=FIELDS, settings=Settings())

    assert (merged.id, merged.aliases) == ("10763", ("7",))
    assert same.aliases == ()


ODD = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(), st.lists(st.integers()), st.just({})
)


@given(st.dictionaries(st.sampled_from(sorted(RECORD.keys() - {"id"})), ODD))
def test_odd(values):
    """
    Whatever a record holds in place of what it should, its client comes back.
    """
    assert client({**RECORD, **values}).id == "10763"


@given(
    st.lists(ODD | st.fixed_dictionaries({"value": ODD, "status": ODD, "isPrimary": ODD}))
)
def test_odd_items(items):
    """
    Whatever is among the addresses and numbers, the client comes back.
    """
    record = {"id": 1, "emails": items, "phones": items, "addresses": items, "tags": items}

    assert client(record, opted_out_tags={"email": ["No"]}).id == "1"


@given(st.sets(st.sampled_from(sorted(RECORD.keys() - {"id"}))))
def test_missing(names):
    """
    Whatever a record leaves out is None, and nobody is lost.
    """
    found = client({key: value for key, value in RECORD.items() if key not in names})

    assert ("emails" in names) == (found.email is None)
    assert ("stage" in names) == (found.custom_fields["stage"] is None)


def test_tags_refuse():
    """
    Tags that the setting names are refusals, whatever their case; others say nothing.
    """
    tags = {"email": ["no e-mail"], "sms": ["No Texts"], "*": ["Do not contact"]}
    record = {"id": 1, "tags": ["No E-Mail ", "VIP", "do not contact"]}

    assert set(client(record, opted_out_tags=tags).consent) == {
        Consent(channel="email", status="opted_out", source="tags"),
        Consent(channel="*", status="do_not_contact", source="tags"),
    }
    assert client(record).consent == ()


@pytest.mark.parametrize(
    ("name", "status", "channel"),
    [
        ("emails", "Unsubscribed", "email"),
        ("emails", "Invalid", None),
        ("emails", "Not Validated", None),
        ("phones", "Do Not Call", "phone"),
        ("phones", "Opted Out", "sms"),
        ("phones", "Unsubscribed", "sms"),
        ("phones", "Valid", None),
        ("phones", "Do not contact", "*"),
    ],
)
def test_statuses_refuse(name, status, channel):
    """
    The status of an address or number refuses its channel where it says so, else nothing.
    """
    found = client({"id": 1, name: [{"value": "x", "status": status}]}).consent

    assert [(one.channel, one.source) for one in found] == (
        [(channel, f"{name}.status")] if channel else []
    )
