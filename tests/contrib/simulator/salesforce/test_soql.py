"""
Queries: what they find, and what is no query.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contrib.simulator.salesforce.people import ANA, BO, LEA

from crmkit_simulator import Simulator
from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._soql import parse
from crmkit_simulator.salesforce._tokens import read_text, tokens

FIELDS = {
    "Contact": [
        {"name": "Budget__c", "type": "currency"},
        {
            "name": "Interests__c",
            "type": "multipicklist",
            "picklistValues": ["a", "b", "c"],
        },
        {"name": "Agent__c", "type": "reference", "referenceTo": ["User"]},
        {"name": "Secret__c"},
    ]
}
PEOPLE = [
    {"LastName": "Adams", "Budget__c": 100, "Interests__c": "a;b", "DoNotCall": True},
    {
        "LastName": "adler",
        "Budget__c": 250.5,
        "Interests__c": "c",
        "Birthdate": "1990-05-01",
    },
    {"LastName": "Brown", "FirstName": "Cy", "Email": "Cy@example.com"},
    {"LastName": "50% off", "FirstName": "back\\slash"},
]


@pytest.fixture(scope="module")
def org():
    """
    Return an organization that the tests here only read.
    """
    options = {"fields": FIELDS, "hidden": ["Contact.Secret__c", "Account"]}
    with Simulator("salesforce", contacts=PEOPLE, limit="off", **options) as org:
        yield org


@pytest.fixture
def names(ask):
    """
    Return a function that finds the last names of contacts by a condition.
    """

    def found(condition):
        query = f"SELECT LastName FROM Contact WHERE {condition}"
        return [one["LastName"] for one in ask.soql(query)]

    return found


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("LastName = 'ADAMS'", ["Adams"]),
        ("lastname='adler'", ["adler"]),
        ("LastName != 'Adams'", ["adler", "Brown", "50% off"]),
        ("FirstName <> 'Cy'", ["Adams", "adler", "50% off"]),
        ("LastName < 'B' AND LastName > 'Ac'", ["Adams", "adler"]),
        ("Budget__c >= 100", ["Adams", "adler"]),
        ("Budget__c > 100", ["adler"]),
        ("Budget__c <= 250.5", ["Adams", "adler"]),
        ("Budget__c = null", ["Brown", "50% off"]),
        ("Budget__c != NULL", ["Adams", "adler"]),
        ("DoNotCall = true", ["Adams"]),
        ("DoNotCall != true", ["adler", "Brown", "50% off"]),
        ("Birthdate = 1990-05-01", ["adler"]),
        ("Birthdate < 1990-05-02 OR Email LIKE '%@EXAMPLE.com'", ["adler", "Brown"]),
        ("LastName IN ('Brown', 'adams')", ["Adams", "Brown"]),
        ("LastName NOT IN ('Brown', 'adams')", ["adler", "50% off"]),
        ("NOT LastName LIKE 'ad%'", ["Brown", "50% off"]),
        ("(NOT (LastName LIKE 'ad%')) AND FirstName = 'Cy'", ["Brown"]),
        ("LastName LIKE 'Ad_er'", ["adler"]),
        (r"LastName LIKE '50\%%'", ["50% off"]),
        (r"LastName LIKE '5_\% off'", ["50% off"]),
        (r"FirstName LIKE 'back\\%'", ["50% off"]),
        (r"FirstName = 'back\\slash'", ["50% off"]),
        (r"FirstName LIKE 'back\%'", []),
        ("Interests__c INCLUDES ('a')", ["Adams"]),
        ("Interests__c INCLUDES ('a;c', 'c')", ["adler"]),
        ("Interests__c EXCLUDES ('a')", ["adler", "Brown", "50% off"]),
        ("CreatedDate > 2020-01-01T00:00:00Z", ["Adams", "adler", "Brown", "50% off"]),
        ("CreatedDate > 2020-01-01T00:00:00+02:00 AND Budget__c = 100", ["Adams"]),
        ("CreatedDate > 2999-01-01T00:00:00.000Z", []),
        ("Owner.Email = 'sync@example.com' AND Budget__c = 100", ["Adams"]),
        ("Agent__r.Name = null AND LastName = 'Brown'", ["Brown"]),
        ("Contact.LastName = 'Brown'", ["Brown"]),
        ("(LastName = 'Brown' OR LastName = 'Adams') AND DoNotCall = false", ["Brown"]),
    ],
)
def test_conditions(names, condition, expected):
    """
    Conditions find what SOQL says: without regard to case, null equal to nothing but null.
    """
    assert names(condition) == expected


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        ("LastName", ["50% off", "Adams", "adler", "Brown"]),
        ("LastName DESC", ["Brown", "adler", "Adams", "50% off"]),
        ("Budget__c, LastName", ["50% off", "Brown", "Adams", "adler"]),
        ("Budget__c DESC, LastName DESC", ["adler", "Adams", "Brown", "50% off"]),
        ("Budget__c NULLS LAST, LastName ASC", ["Adams", "adler", "50% off", "Brown"]),
        ("Budget__c DESC NULLS FIRST, LastName", ["50% off", "Brown", "adler", "Adams"]),
        ("LastName LIMIT 2", ["50% off", "Adams"]),
        ("LastName LIMIT 2 OFFSET 1", ["Adams", "adler"]),
        ("LastName LIMIT 0", []),
    ],
)
def test_order(ask, order, expected):
    """
    Records are sorted by several fields, nulls first unless it goes down.
    """
    found = ask.soql(f"SELECT LastName FROM Contact ORDER BY {order}")

    assert [one["LastName"] for one in found] == expected


def test_names(ask):
    """
    Names ignore case, and answers have the right one.
    """
    found = ask.soql(
        "select id, LASTNAME, owner.NAME from contact where lastname = 'brown'"
    )

    assert set(found[0]) == {"Id", "LastName", "Owner"}
    assert found[0]["Owner"]["Name"] == "Integration User"


def test_relations(ask):
    """
    Several fields of one relation come together; where there is none, it is null.
    """
    query = (
        "SELECT Agent__r.Name, Owner.Name, Owner.Email, Owner.CreatedBy.Name FROM Contact"
    )
    found = ask.soql(f"{query} LIMIT 1")[0]

    assert found["Agent__r"] is None
    assert set(found["Owner"]) == {"attributes", "Name", "Email", "CreatedBy"}


def test_count(ask):
    """
    A count has no records.
    """
    answer = ask("GET", "query", q="SELECT COUNT() FROM Contact WHERE Budget__c != null")

    assert answer.json == {"totalSize": 2, "done": True, "records": []}


WRONG = [
    ("", "MALFORMED_QUERY"),
    ("SELECT Id", "MALFORMED_QUERY"),
    ("SELECT * FROM Contact", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact;", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact WHERE", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact WHERE LastName = 'O'Neil'", "MALFORMED_QUERY"),
    ('SELECT Id FROM Contact WHERE LastName = "x"', "MALFORMED_QUERY"),
    (r"SELECT Id FROM Contact WHERE LastName = 'a\d'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact WHERE LastName = 'a", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact WHERE (Id = null", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact WHERE Id IN ()", "MALFORMED_QUERY"),
    (
        "SELECT Id FROM Contact WHERE Id = null AND Id = null OR Id = null",
        "MALFORMED_QUERY",
    ),
    ("SELECT Id FROM Contact WHERE CreatedDate > 2020-01-01T00:00:00", "MALFORMED_QUERY"),
    (
        "SELECT Id FROM Contact WHERE CreatedDate > 2020-01-01T00:00:00 02:00",
        "MALFORMED_QUERY",
    ),
    ("SELECT Id FROM Contact WHERE LastName NOT LIKE 'a%'", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact LIMIT x", "MALFORMED_QUERY"),
    ("SELECT Id FROM Contact LIMIT 1 ORDER BY Id", "MALFORMED_QUERY"),
    ("DELETE FROM Contact", "MALFORMED_QUERY"),
    ("SELECT Id FROM Nothing", "INVALID_TYPE"),
    ("SELECT Id FROM Account", "INVALID_TYPE"),
    ("SELECT Nothing__c FROM Contact", "INVALID_FIELD"),
    ("SELECT Secret__c FROM Contact", "INVALID_FIELD"),
    ("SELECT Id, id FROM Contact", "INVALID_FIELD"),
    ("SELECT Boss.Name FROM Contact", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Secret__c = 'x'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact ORDER BY Secret__c", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Description = 'x'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Description LIKE '%x%'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact ORDER BY Description", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE LastName = 5", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE CreatedDate > '2020-01-01T00:00:00Z'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE CreatedDate > 2020-01-01", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Birthdate > 2020-01-01T00:00:00Z", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Birthdate > 2020-13-01", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE DoNotCall = 'true'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Budget__c = '5'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR"),
    ("SELECT Id FROM Contact WHERE Id LIKE '003%'", "INVALID_QUERY_FILTER_OPERATOR"),
    ("SELECT Id FROM Contact WHERE Budget__c LIKE '5'", "INVALID_FIELD"),
    ("SELECT Id FROM Contact WHERE DoNotCall > true", "INVALID_QUERY_FILTER_OPERATOR"),
    ("SELECT Id FROM Contact WHERE LastName > null", "INVALID_QUERY_FILTER_OPERATOR"),
    (
        "SELECT Id FROM Contact WHERE LastName INCLUDES ('a')",
        "INVALID_QUERY_FILTER_OPERATOR",
    ),
    ("SELECT Id FROM Contact LIMIT 1 OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE"),
]


@pytest.mark.parametrize(("query", "code"), WRONG)
def test_wrong(ask, query, code):
    """
    What is no query, or asks for what there is not, is refused by name.
    """
    assert ask.refused("GET", "query", q=query) == (400, code, None)


def test_place(ask):
    """
    A refusal shows where the mistake is.
    """
    (error,) = ask("GET", "query", q="SELECT Id,\nNothing FROM Contact").json

    assert "ERROR at Row:2:Column:1\nNo such column 'Nothing' on entity" in error["message"]


def test_too_long(ask):
    """
    A path of more than 16,384 characters is refused, in HTML.
    """
    ids = ", ".join([f"'{ANA}'"] * 900)
    answer = ask("GET", "query", q=f"SELECT Id FROM Contact WHERE Id IN ({ids})")

    assert (answer.status, answer.json) == (414, None)


@given(st.text("SELCTFROMWHIdABN ()=<>'\\\"%_,.0123456789-:TZ+!\n"))
def test_any(text):
    """
    Whatever is sent as a query is read or refused.
    """
    codes = set()
    for query in (text, f"SELECT Id FROM Contact WHERE {text}"):
        try:
            parse(query)
        except Refused as refused:
            codes.add(refused.code)

    assert codes <= {"MALFORMED_QUERY"}


@given(st.text(st.characters(exclude_characters="\0")))
def test_escapes(text):
    """
    A text with its backslashes and quotes escaped says what it said.
    """
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    token = next(tokens(f"'{escaped}'"))

    assert read_text("", token) == text


def test_deep(ask):
    """
    Conditions within conditions have an end.
    """
    query = f"SELECT Id FROM Contact WHERE {'(' * 5000}Id = null{')' * 5000}"

    with pytest.raises(Refused, match="too complex"):
        parse(query)
    with pytest.raises(Refused, match="too complex"):
        parse(f"SELECT Id FROM Contact WHERE {'NOT ' * 5000}Id = null")


def test_who(crm_simulator, connect):
    """
    A task tells the name of whom it is about, be it a contact or a lead.
    """
    people = [
        {"id": ANA, "LastName": "One"},
        {"id": LEA, "LastName": "Two", "Company": "Co"},
        {"id": BO, "LastName": "None"},
    ]
    ask = connect(crm_simulator("salesforce", contacts=people))
    for who in (ANA, LEA, None):
        ask("POST", "sobjects/Task", {"WhoId": who, "Subject": "S"})

    found = ask.soql("SELECT Who.Name FROM Task")

    names = [
        one["Who"] and (one["Who"]["attributes"]["type"], one["Who"]["Name"])
        for one in found
    ]
    assert names == [("Contact", "One"), ("Lead", "Two"), None]
    wrong = ask.refused("GET", "query", q="SELECT Who.Company FROM Task")
    assert wrong == (400, "INVALID_FIELD", None)
