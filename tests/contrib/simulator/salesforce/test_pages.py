"""
Answers in pages, and how long a place in one can be asked for.
"""

import pytest

ALL = "SELECT Id FROM Contact"


@pytest.fixture
def org(crm_simulator):
    """
    Return an organization with 450 contacts.
    """
    return crm_simulator("salesforce", contacts=450, limit="off", locator_lifetime=100)


@pytest.mark.parametrize(
    ("asked", "size"),
    [(None, 450), ("batchSize=200", 200), ("batchSize=5", 200), ("batchSize=400", 400)],
)
def test_size(ask, asked, size):
    """
    A page has 2,000 records, or as many as are wished, but at least 200.
    """
    headers = {"Sforce-Query-Options": asked} if asked else {}
    answer = ask("GET", "query", q=ALL, headers=headers).json

    assert len(answer["records"]) == size
    assert ("nextRecordsUrl" in answer) is (size < 450)
    assert answer["totalSize"] == 450


def first(ask):
    """
    Return the way to the second page.
    """
    headers = {"Sforce-Query-Options": "batchSize=200"}
    return ask("GET", "query", q=ALL, headers=headers).json["nextRecordsUrl"]


def test_wish_ends(ask):
    """
    The size of a page was chosen by the first request.
    """
    answer = ask("GET", first(ask))

    assert len(answer.json["records"]) == 200


def test_expired(org, ask):
    """
    A place that was not asked for in time is lost.
    """
    place = first(ask)
    org.clock.advance(99)
    third = ask("GET", place).json["nextRecordsUrl"]
    org.clock.advance(99)
    assert ask("GET", third).status == 200
    org.clock.advance(1)

    assert ask.refused("GET", third) == (400, "INVALID_QUERY_LOCATOR", None)


def test_many(ask):
    """
    Ten answers can be open; one more closes the oldest.
    """
    places = [first(ask) for _ in range(11)]

    assert [ask("GET", place).status for place in places] == [400, *[200] * 10]


@pytest.mark.parametrize("change", ["-0", "-450", "-x", "-9999", ""])
def test_wrong(ask, change):
    """
    A place that was never told is none.
    """
    place = first(ask).rpartition("-")[0] + change

    assert ask.refused("GET", place)[:2] == (400, "INVALID_QUERY_LOCATOR")


def test_deleted_pages(ask):
    """
    A query for everything goes on where queries for everything do.
    """
    headers = {"Sforce-Query-Options": "batchSize=200"}
    answer = ask("GET", "queryAll", q=ALL, headers=headers).json

    assert answer["nextRecordsUrl"].startswith("/services/data/v66.0/queryAll/01g")
    assert ask("GET", answer["nextRecordsUrl"]).status == 200


def test_older(ask):
    """
    The way to the next page has the version that was asked.
    """
    headers = {"Sforce-Query-Options": "batchSize=200"}
    answer = ask("GET", "/services/data/v59.0/query/", q=ALL, headers=headers).json

    assert answer["nextRecordsUrl"].startswith("/services/data/v59.0/")
    assert answer["records"][0]["attributes"]["url"].startswith("/services/data/v59.0/")
