"""
Records to clients: whatever they hold, nobody is lost.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import CustomField
from crmkit_salesforce._fields import Plan
from crmkit_salesforce._mapping import to_client

TYPES = {
    "Budget__c": "number",
    "Vip__c": "boolean",
    "Born__c": "date",
    "Seen__c": "datetime",
    "Level__c": "choice",
    "Likes__c": "choices",
    "Note__c": "text",
}
OWN = ("Name", "FirstName", "LastName", "Email", "Phone", "SystemModstamp")
PLAN = Plan(
    object="Contact",
    prefix="003",
    names=(*OWN, *TYPES),
    columns=None,
    email="Email",
    phones=("Phone", "MobilePhone"),
    consent=(),
    fields={
        key: CustomField(key=key, name=key[:-3], type=type_, options={"g": "Gold"})
        for key, type_ in TYPES.items()
    },
    filterable=frozenset(),
)
ID = "003000000000001AAA"


def client(**said):
    """
    Return the client that a record with these values is.
    """
    return to_client(PLAN, {"Id": ID, **said})


def test_plain():
    """
    Each part has its place, in its type.
    """
    found = client(
        Name="Dr. Ana Núñez",
        FirstName="Ana",
        LastName="Núñez",
        Email="ana@example.com",
        MobilePhone="5",
        SystemModstamp="2022-03-17T16:21:26.000+0000",
        LanguageLocaleKey="pt_BR",
        TimeZoneSidKey="America/Sao_Paulo",
    )

    assert (found.name, found.first_name, found.last_name) == (
        "Dr. Ana Núñez",
        "Ana",
        "Núñez",
    )
    assert (found.email, found.phone) == ("ana@example.com", "5")
    assert (found.language, found.timezone) == ("pt-BR", "America/Sao_Paulo")
    assert found.updated_at == datetime(2022, 3, 17, 16, 21, 26, tzinfo=UTC)


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        ("Budget__c", 250000.0, 250000),
        ("Budget__c", 0.1, 0.1),
        ("Budget__c", 0, 0),
        ("Budget__c", "7", 7),
        ("Vip__c", False, False),
        ("Born__c", "1990-02-01", datetime(1990, 2, 1, tzinfo=UTC).date()),
        (
            "Seen__c",
            "2022-03-17T16:21:26.000+0000",
            datetime(2022, 3, 17, 16, 21, 26, tzinfo=UTC),
        ),
        ("Level__c", "g", "Gold"),
        ("Level__c", "other", "other"),
        ("Likes__c", "g;other", ("Gold", "other")),
        ("Note__c", "07", "07"),
        ("Note__c", None, None),
    ],
)
def test_values(key, value, expected):
    """
    A value has its field's type, and a choice its label.
    """
    found = client(**{key: value}).custom_fields[key[:-3]]

    assert (found, type(found)) == (expected, type(expected))


def test_absent():
    """
    What a record leaves out is left out.
    """
    found = client()

    assert (found.name, found.email, found.phone, found.updated_at) == (
        "",
        None,
        None,
        None,
    )
    assert found.custom_fields == {}


ODD = st.none() | st.text(max_size=9) | st.integers() | st.floats() | st.booleans()


@given(
    st.dictionaries(st.sampled_from([*OWN, *TYPES, "MobilePhone", "TimeZoneSidKey"]), ODD)
)
def test_odd(said):
    """
    Numbers for texts, texts for numbers, nulls: the client is there.
    """
    assert client(**said).id == ID
