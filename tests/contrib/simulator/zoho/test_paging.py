"""
Pages by number up to 2,000 records, by token beyond.
"""

import pytest

from crmkit_simulator import Simulator

DAY = 86_400


@pytest.fixture(scope="module")
def full():
    """
    Return a Zoho with 2,050 contacts, which no test changes.
    """
    with Simulator("zoho", contacts=2_050, limit="off") as hub:
        yield hub


@pytest.fixture
def pages(full, clients):
    """
    Return a function that reads a page of them.
    """
    send = clients(full)
    return lambda **query: send("GET", "Contacts", fields="Email", **query)


def test_numbers(pages):
    """
    Pages follow each other by number.
    """
    first, last = pages(per_page=3, page=1), pages(per_page=3, page=2)

    assert first.json["info"]["more_records"] is True
    assert first.json["info"]["next_page_token"]
    assert len({record["id"] for record in first.json["data"] + last.json["data"]}) == 6


def test_wall(pages):
    """
    The first 2,000 records are reached by number, and no more.
    """
    refused = pages(page=11)

    assert pages(page=10).status == 200
    assert refused.status == 400
    assert refused.json["code"] == "DISCRETE_PAGINATION_LIMIT_EXCEEDED"
    assert refused.json["details"] == {"limit": 2000}
    assert pages(page=21, per_page=100).status == 400
    assert pages(page=20, per_page=100).status == 200


@pytest.mark.parametrize("order", ["asc", "desc"])
def test_tokens(pages, order):
    """
    Tokens lead through all records, each once, in their order.
    """
    answer, found = pages(sort_order=order), []
    while True:
        found += [int(record["id"]) for record in answer.json["data"]]
        info = answer.json["info"]
        if not info["more_records"]:
            break
        answer = pages(sort_order=order, page_token=info["next_page_token"])

    assert found == sorted(set(found), reverse=order == "desc")
    assert len(found) == 2_050
    assert (info["page"], info["next_page_token"], info["count"]) == (11, None, 50)
    assert info["previous_page_token"]


def test_token_and_number(pages):
    """
    A token and a number at once are ambiguous.
    """
    token = pages().json["info"]["next_page_token"]
    refused = pages(page=2, page_token=token)

    assert refused.json["code"] == "AMBIGUITY_DURING_PROCESSING"
    names = {one["param_name"] for one in refused.json["details"]["ambiguity_due_to"]}
    assert names == {"page", "page_token"}


@pytest.mark.parametrize("change", [{"per_page": 100}, {"sort_by": "Created_Time"}])
def test_token_bound(pages, change):
    """
    A token is good for the parameters that it came from, and no others.
    """
    token = pages().json["info"]["next_page_token"]
    refused = pages(page_token=token, **change)

    assert (refused.status, refused.json["code"]) == (400, "TOKEN_BOUND_DATA_MISMATCH")
    assert pages(page_token="nope").json["code"] == "TOKEN_BOUND_DATA_MISMATCH"


def test_token_expires(crm_simulator, clients):
    """
    A token lives for a day.
    """
    hub = crm_simulator("zoho", contacts=3)
    send = clients(hub)
    query = {"fields": "id", "per_page": 1}
    info = send("GET", "Contacts", **query).json["info"]
    hub.clock.advance(DAY - 60)
    good = send("GET", "Contacts", page_token=info["next_page_token"], **query)
    hub.clock.advance(61)
    late = send("GET", "Contacts", page_token=info["next_page_token"], **query)

    assert info["page_token_expiry"]
    assert good.status == 200
    assert (late.status, late.json["code"]) == (400, "EXPIRED_VALUE")


def test_changes_between(crm_simulator, clients):
    """
    What is made or deleted between two pages moves none that is still to come.
    """
    send = clients(crm_simulator("zoho", contacts=4))
    query = {"fields": "id", "per_page": 2, "sort_order": "asc"}
    first = send("GET", "Contacts", **query).json
    send("DELETE", f"Contacts/{first['data'][1]['id']}")
    token = first["info"]["next_page_token"]
    second = send("GET", "Contacts", page_token=token, **query).json

    old = {record["id"] for record in first["data"]}
    assert len(second["data"]) == 2
    assert old.isdisjoint(record["id"] for record in second["data"])
