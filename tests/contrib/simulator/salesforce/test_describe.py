"""
What objects and fields tell of themselves, and what is hidden.
"""

from email.utils import formatdate

import pytest
from tests.contrib.simulator.salesforce.people import ANA, PEOPLE

from crmkit_simulator import Simulator

FIELDS = {
    "Contact": [
        {"name": "Style__c", "type": "picklist", "label": "Style", "nillable": False}
        | {
            "picklistValues": [{"value": "f", "label": "Formal"}],
            "restrictedPicklist": True,
        }
    ],
}
HOUSE = {
    "name": "House__c",
    "labelPlural": "Houses",
    "fields": [
        {"name": "Buyer__c", "type": "reference", "referenceTo": ["Contact"]},
        {"name": "Key__c", "externalId": True, "unique": True},
    ],
}
FIELD_KEYS = {
    *("aggregatable", "aiPredictionField", "autoNumber", "byteLength", "calculated"),
    *("calculatedFormula", "cascadeDelete", "caseSensitive", "compoundFieldName"),
    *("controllerName", "createable", "custom", "defaultValue", "defaultValueFormula"),
    *("defaultedOnCreate", "dependentPicklist", "deprecatedAndHidden", "digits"),
    *("displayLocationInDecimal", "encrypted", "externalId", "extraTypeInfo", "filterable"),
    *("filteredLookupInfo", "formulaTreatNullNumberAsZero", "groupable", "highScaleNumber"),
    *("htmlFormatted", "idLookup", "inlineHelpText", "label", "length", "mask", "maskType"),
    *("name", "nameField", "namePointing", "nillable", "permissionable", "picklistValues"),
    *("polymorphicForeignKey", "precision", "queryByDistance", "referenceTargetField"),
    *("referenceTo", "relationshipName", "relationshipOrder", "restrictedDelete"),
    *("restrictedPicklist", "scale", "searchPrefilterable", "soapType", "sortable", "type"),
    *("unique", "updateable", "writeRequiresMasterRead"),
}
KIND_KEYS = {
    *("activateable", "associateEntityType", "associateParentEntity", "createable"),
    *("custom", "customSetting", "deepCloneable", "deletable", "deprecatedAndHidden"),
    *("feedEnabled", "hasSubtypes", "isInterface", "isSubtype", "keyPrefix", "label"),
    *("labelPlural", "layoutable", "mergeable", "mruEnabled", "name", "queryable"),
    *("replicateable", "retrieveable", "searchable", "triggerable", "undeletable"),
    *("updateable", "urls"),
}
MORE_KEYS = {
    *(
        "actionOverrides",
        "childRelationships",
        "compactLayoutable",
        "defaultImplementation",
    ),
    *("extendedBy", "extendsInterfaces", "fields", "implementedBy", "implementsInterfaces"),
    *("listviewable", "lookupLayoutable", "namedLayoutInfos", "networkScopeFieldName"),
    *("recordTypeInfos", "searchLayoutable", "sobjectDescribeOption", "supportedScopes"),
}


@pytest.fixture
def org(crm_simulator):
    """
    Return an organization with a custom object, and fields that the user does not see.
    """
    return crm_simulator(
        "salesforce",
        contacts=PEOPLE,
        fields=FIELDS,
        objects=[HOUSE],
        hidden=["Contact.Birthdate", "contact.phone", "Lead"],
        read_only=["Contact.Fax"],
    )


@pytest.fixture
def fields(ask):
    """
    Return the fields of a contact, by name.
    """
    described = ask("GET", "sobjects/contact/describe").json
    return {one["name"]: one for one in described["fields"]}


def test_keys(ask, fields):
    """
    An object and its fields have all the keys that Salesforce sends.
    """
    described = ask("GET", "sobjects/Contact/describe").json
    listed = ask("GET", "sobjects").json

    assert {frozenset(one) for one in fields.values()} == {frozenset(FIELD_KEYS)}
    assert set(described) == KIND_KEYS | MORE_KEYS
    assert {frozenset(one) for one in listed["sobjects"]} == {frozenset(KIND_KEYS)}
    assert (listed["encoding"], listed["maxBatchSize"]) == ("UTF-8", 200)


def test_field(fields):
    """
    A field tells what it takes.
    """
    style, name, owner = fields["Style__c"], fields["LastName"], fields["OwnerId"]

    assert (style["label"], style["custom"], style["restrictedPicklist"]) == (
        "Style",
        True,
        True,
    )
    (option,) = style["picklistValues"]
    assert (option["value"], option["label"], option["active"]) == ("f", "Formal", True)
    needed = {"createable": True, "nillable": False, "defaultedOnCreate": False}
    assert needed.items() <= style.items()
    assert needed.items() <= name.items()
    assert (name["length"], name["byteLength"], name["soapType"]) == (80, 240, "xsd:string")
    assert (owner["referenceTo"], owner["relationshipName"]) == (["User"], "Owner")
    assert owner["defaultedOnCreate"] is True
    assert fields["Email"]["idLookup"] is True
    assert (fields["Description"]["filterable"], fields["Description"]["sortable"]) == (
        False,
        False,
    )


def test_hidden(ask, fields):
    """
    What is hidden is nowhere, as if it were not there.
    """
    assert not {"Birthdate", "Phone"} & set(fields)
    assert not {"Birthdate", "Phone"} & set(ask("GET", f"sobjects/Contact/{ANA}").json)
    refused = [
        ask.refused("GET", f"sobjects/Contact/{ANA}", fields="Phone"),
        ask.refused("PATCH", f"sobjects/Contact/{ANA}", {"Phone": "1"}),
        ask.refused("GET", "sobjects/Lead/describe"),
        ask.refused("POST", "sobjects/Lead", {"LastName": "X", "Company": "Y"}),
    ]
    assert refused == [(400, "INVALID_FIELD", None)] * 2 + [(404, "NOT_FOUND", None)] * 2
    assert "Lead" not in [one["name"] for one in ask("GET", "sobjects").json["sobjects"]]


def test_read_only(ask, fields):
    """
    A field that the user only reads is seen, and refused when it is written.
    """
    assert (fields["Fax"]["createable"], fields["Fax"]["updateable"]) == (False, False)
    refused = ask.refused("PATCH", f"sobjects/Contact/{ANA}", {"Fax": "1"})
    assert refused == (400, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Fax"])


def test_unchanged(org, ask):
    """
    Who knows a description already gets none, until it was changed.
    """
    path = "sobjects/Contact/describe"
    first = ask("GET", path)
    known = {"If-Modified-Since": first.headers["Last-Modified"]}
    old = {"If-Modified-Since": formatdate(0, usegmt=True)}

    assert [ask("GET", path, headers=sent).status for sent in (known, old)] == [304, 200]
    assert ask("GET", "sobjects", headers=known).status == 304
    assert ask("GET", path, headers={"If-Modified-Since": "yesterday"}).status == 200
    org.clock.advance(60)
    org.add_contacts([{"LastName": "X", "New__c": "y"}])
    assert ask("GET", path, headers=known).status == 200


def test_custom_object(org, ask):
    """
    A custom object is used as any other; its records count as activities of a contact.
    """
    made = ask("POST", "sobjects/House__c", {"Name": "Mill Lane 1", "Buyer__c": ANA}).json
    again = ask("PATCH", "sobjects/House__c/Key__c/k1", {"Name": "Mill Lane 2"})
    described = ask("GET", "sobjects/House__c/describe").json

    assert made["id"].startswith(described["keyPrefix"])
    assert described["keyPrefix"][0] == "a"
    assert (again.status, described["custom"]) == (201, True)
    assert described["labelPlural"] == "Houses"
    (house,) = org.activities("House__c", ANA)
    assert (house["id"], house["properties"]["Name"]) == (made["id"], "Mill Lane 1")
    found = ask.soql("SELECT Buyer__r.Email FROM House__c WHERE Buyer__c != null")
    assert found[0]["Buyer__r"]["Email"] == "ana@example.com"


def test_about(ask):
    """
    A task can be about a custom object, an account, nothing else.
    """
    house = ask("POST", "sobjects/House__c", {"Name": "X"}).json["id"]
    account = ask("POST", "sobjects/Account", {"Name": "Co"}).json["id"]

    statuses = [
        ask("POST", "sobjects/Task", {"WhatId": id_}).status
        for id_ in (house, account, ANA)
    ]
    assert statuses == [201, 201, 400]


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"fields": {"Nothing": [{"name": "X__c"}]}}, "no object 'Nothing'"),
        ({"fields": {"Contact": [{"name": "X"}]}}, "ends with __c"),
        ({"fields": {"Contact": [{"name": "X__c", "type": "text"}]}}, "a type of"),
        ({"objects": [{"name": "House"}]}, "ends with __c"),
        ({"hidden": ["Contact.Nothing"]}, "no 'Contact.Nothing'"),
        ({"locked": {"x": 1}}, "15 or 18"),
        ({"contacts": [{"id": "7"}]}, "15 or 18"),
        ({"contacts": [{"id": "9995e00000AnaAA", "LastName": "X"}]}, "no object"),
        ({"contacts": [{"Nothing": "X"}]}, "No such column"),
        ({"contacts": [{"Email": "nobody"}]}, "invalid email"),
        ({"contacts": [{"id": ANA}, {"id": ANA}]}, "no other record has"),
        ({"contacts": [{"attributes": {"type": "Nothing"}}]}, "no object 'Nothing'"),
        ({"limit": "fast"}, "190/10s"),
    ],
)
def test_wrong(options, problem):
    """
    An option that is wrong is refused with what is wrong about it.
    """
    with pytest.raises(ValueError, match=problem):
        Simulator("salesforce", **options)


@pytest.mark.parametrize("option", ["hidden", "read_only"])
def test_text(option):
    """
    One name where several are expected is a mistake.
    """
    with pytest.raises(TypeError, match="collections of names"):
        Simulator("salesforce", **{option: "Contact.Phone"})


def test_seeds(crm_simulator, connect):
    """
    What is there from the start may lack what is required, and say when it was made.
    """
    org = crm_simulator(
        "salesforce",
        contacts=[
            {"FirstName": None, "LastName": None, "CreatedDate": "2020-01-01T00:00:00Z"},
            {"attributes": {"type": "Lead"}, "Email": "lea@example.com", "Own__c": "x"},
            {"attributes": {"type": "Account"}, "Name": "Co"},
        ],
        users=[{"LastName": "Agent", "Email": "agent@example.com"}],
    )
    ask = connect(org)

    assert [one["id"][:3] for one in org.contacts()] == ["003", "00Q"]
    assert org.contacts()[0]["properties"]["CreatedDate"] == "2020-01-01T00:00:00.000+0000"
    assert ask.soql("SELECT Own__c, Company FROM Lead") == [
        {"Own__c": "x", "Company": None}
    ]
    assert [one["Name"] for one in ask.soql("SELECT Name FROM User ORDER BY Name")] == [
        "Agent",
        "Integration User",
    ]
    assert (
        ask("PATCH", f"sobjects/Contact/{org.contacts()[0]['id']}", {"Fax": "1"}).status
        == 204
    )
