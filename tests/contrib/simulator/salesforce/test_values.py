"""
What fields take, and how a value that they do not take is refused.
"""

import pytest
from tests.contrib.simulator.salesforce.people import ANA, BO, LEA, NOBODY, PEOPLE

from crmkit_simulator import Simulator

FIELDS = {
    "Contact": [
        {"name": "Budget__c", "type": "currency"},
        {"name": "Rooms__c", "type": "int", "length": 3},
        {"name": "Since__c", "type": "datetime"},
        {"name": "At__c", "type": "time"},
        {"name": "Style__c", "type": "picklist", "picklistValues": ["formal", "casual"]}
        | {"restrictedPicklist": True},
        {"name": "Likes__c", "type": "multipicklist", "picklistValues": ["a", "b"]}
        | {"restrictedPicklist": True},
        {"name": "Member__c", "unique": True},
        {"name": "Score__c", "type": "double", "createable": False, "updateable": False},
        {"name": "Notes__c", "type": "textarea", "length": 1000},
    ]
}


@pytest.fixture(scope="module")
def org():
    """
    Return one organization for all tests here.
    """
    options = {"fields": FIELDS, "read_only": ["Contact.Title", "Event"]}
    with Simulator("salesforce", limit="off", **options) as org:
        yield org


@pytest.fixture
def ask(org, connect):
    """
    Return a client of it, with the contacts of the start.
    """
    org.reset()
    org.add_contacts(PEOPLE)
    return connect(org)


KEPT = [
    ("Phone", "", None),
    ("Budget__c", 5, 5.0),
    ("Budget__c", "1250.50", 1250.5),
    ("Rooms__c", "12", 12),
    ("Rooms__c", -999, -999),
    ("Birthdate", "1990-05-01", "1990-05-01"),
    ("Since__c", "2026-05-01T12:00:00Z", "2026-05-01T12:00:00.000+0000"),
    ("Since__c", "2026-05-01T12:00:00.987+02:00", "2026-05-01T10:00:00.000+0000"),
    ("Since__c", "2026-05-01T12:00:00-0130", "2026-05-01T13:30:00.000+0000"),
    ("At__c", "12:30:00", "12:30:00.000Z"),
    ("Style__c", "formal", "formal"),
    ("Likes__c", "b;a", "b;a"),
    ("LeadSource", "Other than the list", "Other than the list"),
    ("HasOptedOutOfEmail", True, True),
    ("AccountId", None, None),
    ("ReportsToId", BO[:15], BO),
    ("Notes__c", "x" * 1000, "x" * 1000),
    ("phone", "123", "123"),
]


@pytest.mark.parametrize(("name", "given", "kept"), KEPT)
def test_kept(ask, name, given, kept):
    """
    A value is kept in its field's own form.
    """
    assert ask("PATCH", f"sobjects/Contact/{ANA}", {name: given}).status == 204

    found = ask("GET", f"sobjects/Contact/{ANA}", fields=name).json
    assert list(found.values())[1] == kept


WRONG = [
    ("Nothing__c", "x", "INVALID_FIELD", None),
    ("Phone", 123, "JSON_PARSER_ERROR", None),
    ("Phone", ["x"], "JSON_PARSER_ERROR", None),
    ("Budget__c", "much", "JSON_PARSER_ERROR", None),
    ("Budget__c", True, "JSON_PARSER_ERROR", None),
    ("Rooms__c", 1.5, "JSON_PARSER_ERROR", None),
    ("Rooms__c", 1000, "NUMBER_OUTSIDE_VALID_RANGE", ["Rooms__c"]),
    ("Birthdate", "1.5.1990", "JSON_PARSER_ERROR", None),
    ("Birthdate", "1990-02-30", "JSON_PARSER_ERROR", None),
    ("Since__c", "2026-05-01T12:00:00", "JSON_PARSER_ERROR", None),
    ("Since__c", "9999-05-01T12:00:00Z", "JSON_PARSER_ERROR", None),
    ("HasOptedOutOfEmail", "true", "JSON_PARSER_ERROR", None),
    ("HasOptedOutOfEmail", None, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["HasOptedOutOfEmail"]),
    ("LastName", None, "REQUIRED_FIELD_MISSING", ["LastName"]),
    ("LastName", "", "REQUIRED_FIELD_MISSING", ["LastName"]),
    ("FirstName", "x" * 41, "STRING_TOO_LONG", ["FirstName"]),
    ("Description", "x" * 32_001, "STRING_TOO_LONG", ["Description"]),
    ("Notes__c", "x" * 1001, "STRING_TOO_LONG", ["Notes__c"]),
    ("Email", "ana@", "INVALID_EMAIL_ADDRESS", ["Email"]),
    ("Email", "ana example.com", "INVALID_EMAIL_ADDRESS", ["Email"]),
    ("Style__c", "Formal", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Style__c"]),
    ("Likes__c", "a;c", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Likes__c"]),
    ("ReportsToId", "x", "MALFORMED_ID", ["ReportsToId"]),
    ("ReportsToId", LEA, "MALFORMED_ID", ["ReportsToId"]),
    (
        "ReportsToId",
        NOBODY,
        "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
        ["ReportsToId"],
    ),
    (
        "CreatedDate",
        "2020-01-01T00:00:00Z",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        ["CreatedDate"],
    ),
    ("Name", "Ana", "INVALID_FIELD_FOR_INSERT_UPDATE", ["Name"]),
    ("Score__c", 1, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Score__c"]),
    ("Title", "Dr", "INVALID_FIELD_FOR_INSERT_UPDATE", ["Title"]),
    ("Id", ANA, "INVALID_FIELD", ["Id"]),
]


@pytest.mark.parametrize(("name", "value", "code", "fields"), WRONG)
def test_wrong(ask, name, value, code, fields):
    """
    A value that does not fit is refused by name, and nothing is changed.
    """
    before = ask("GET", f"sobjects/Contact/{ANA}").json

    refused = ask.refused("PATCH", f"sobjects/Contact/{ANA}", {name: value, "Fax": "1"})

    assert refused == (400, code, fields)
    assert ask("GET", f"sobjects/Contact/{ANA}").json == before


def test_unique(ask):
    """
    A unique value is taken by one record, in any case; the other's id is told.
    """
    ask("PATCH", f"sobjects/Contact/{ANA}", {"Member__c": "M-1"})
    again = {"LastName": "X", "Member__c": "m-1"}

    (error,) = ask("POST", "sobjects/Contact", again).json
    assert error["errorCode"] == "DUPLICATE_VALUE"
    assert error["message"].endswith(f"duplicates value on record with id: {ANA}")
    assert ask("PATCH", f"sobjects/Contact/{ANA}", {"Member__c": "m-1"}).status == 204
    ask("PATCH", f"sobjects/Contact/{ANA}", {"Member__c": "other"})
    assert ask("POST", "sobjects/Contact", again).status == 201


def test_deleted_parent(ask):
    """
    A record that was deleted cannot be referred to.
    """
    ask("DELETE", f"sobjects/Contact/{BO}")

    refused = ask.refused("POST", "sobjects/Task", {"WhoId": BO})
    assert refused == (400, "ENTITY_IS_DELETED", ["WhoId"])


@pytest.mark.parametrize(
    ("values", "code", "fields"),
    [
        ({}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"LastName": "X", "Id": ANA}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Id"]),
        (
            {"LastName": "X", "IsDeleted": True},
            "INVALID_FIELD_FOR_INSERT_UPDATE",
            ["IsDeleted"],
        ),
    ],
)
def test_create_wrong(ask, values, code, fields):
    """
    A new record needs what is required, and brings no id.
    """
    assert ask.refused("POST", "sobjects/Contact", values) == (400, code, fields)


def test_read_only_object(ask):
    """
    An object that the user may not write is refused as such.
    """
    refused = ask.refused("POST", "sobjects/Event", {"Subject": "S"})

    assert refused == (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", [])
    described = ask("GET", "sobjects/Event/describe").json
    assert (described["createable"], described["deletable"]) == (False, False)


def test_create_only(ask):
    """
    What is set on creation stays.
    """
    made = ask("POST", "sobjects/Task", {"TaskSubtype": "Call"}).json["id"]

    refused = ask.refused("PATCH", f"sobjects/Task/{made}", {"TaskSubtype": "Email"})
    assert refused == (400, "INVALID_FIELD_FOR_INSERT_UPDATE", ["TaskSubtype"])


def test_addresses(ask):
    """
    An address is composed of its parts, and cannot be written whole.
    """
    path = f"sobjects/Contact/{ANA}"
    ask("PATCH", path, {"MailingCity": "Bonn"})

    found = ask("GET", path, fields="MailingAddress,OtherAddress").json
    assert found["MailingAddress"]["city"] == "Bonn"
    assert (found["MailingAddress"]["street"], found["OtherAddress"]) == (None, None)
    refused = ask.refused("PATCH", path, {"MailingAddress": "Bonn"})
    assert refused[:2] == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")


@pytest.mark.parametrize(
    ("body", "type_", "status", "code"),
    [
        (b"{", "application/json", 400, "JSON_PARSER_ERROR"),
        (b"[]", "application/json", 400, "JSON_PARSER_ERROR"),
        (b'{"Phone": NaN}', "application/json", 400, "JSON_PARSER_ERROR"),
        (b"\xff", "application/json", 400, "JSON_PARSER_ERROR"),
        (b"[" * 100_000, "application/json", 400, "JSON_PARSER_ERROR"),
        (b"LastName=X", "application/x-www-form-urlencoded", 415, "UNSUPPORTED_MEDIA_TYPE"),
    ],
)
def test_bodies(ask, body, type_, status, code):
    """
    A body that is no JSON object is refused.
    """
    headers = {"Content-Type": type_}

    refused = ask.refused("POST", "sobjects/Contact", body, headers=headers)
    assert refused == (status, code, None)
