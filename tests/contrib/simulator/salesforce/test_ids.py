"""
Ids of 15 and of 18 characters.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator.salesforce._ids import full, numbering, read_id

SHORT = st.text("0123456789ABCXYZabcxyz", min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001D000000IqhSL", "001D000000IqhSLIAZ"),
        ("000000000000000", "000000000000000AAA"),
        ("AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAA555"),
    ],
)
def test_checksum(short, long):
    """
    Three characters tell which of the fifteen are capitals.
    """
    assert full(short) == long


@given(SHORT)
def test_case_safe(short):
    """
    An id of 18 characters is the same in any case, one of 15 is not.
    """
    long = full(short)

    assert read_id(short) == read_id(long) == long
    assert read_id(long.lower()) == read_id(long.upper()) == long
    assert (read_id(short.swapcase()) == long) is (short.swapcase() == short)


@pytest.mark.parametrize(
    "wrong", [None, 7, "", "8", "003", "0035e00000AnaAA5AZ", "0035e00000Ana-AAAZ", "x" * 19]
)
def test_no_id(wrong):
    """
    What has another length, other characters or another checksum is no id.
    """
    assert read_id(wrong) is None


def test_numbering():
    """
    Each new id is another one, and begins as its object's do.
    """
    next_id = numbering()
    ids = [next_id("003") for _ in range(5000)]

    assert len(set(ids)) == len({id_[:15] for id_ in ids}) == 5000
    assert all(id_.startswith("003") and read_id(id_) == id_ for id_ in ids)


def test_order(ask):
    """
    Ids go up with each new record, so a query can go on after one.
    """
    made = [ask("POST", "sobjects/Task", {}).json["id"] for _ in range(70)]
    query = f"SELECT Id FROM Task WHERE Id > '{made[9]}' AND Id <= '{made[65]}' ORDER BY Id"

    assert [one["Id"] for one in ask.soql(query)] == made[10:66]


def test_short_ids(ask):
    """
    A record is read by either form of its id, and answers with the long one.
    """
    found = ask("GET", "sobjects/Contact/0035e00000AnaAA", fields="Name").json

    assert found["attributes"]["url"].endswith("/0035e00000AnaAAAAZ")
    assert found["Name"] == "Ana O'Neil"
    assert ask.soql("SELECT Id FROM Contact WHERE Id = '0035e00000AnaAA'") == [
        {"Id": "0035e00000AnaAAAAZ"}
    ]
