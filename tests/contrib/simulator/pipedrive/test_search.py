"""
Search: partial records, over an index that lags behind.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import ANA, FIELDS, client

PERSONS, SEARCH = "/api/v2/persons", "/api/v2/persons/search"


def found(send, term, **query):
    """
    Return the ids that a search finds.
    """
    items = send("GET", SEARCH, term=term, **query).json["data"]["items"]
    return [one["item"]["id"] for one in items]


def test_partial(send):
    """
    What is found is not the person: plain texts, another form of time, no custom fields.
    """
    (one,) = send(
        "GET", SEARCH, term="ANA@example.com", fields="email", exact_match="true"
    ).json["data"]["items"]
    item = one["item"]

    assert (item["id"], item["type"], item["emails"]) == (7, "person", ["ana@example.com"])
    assert item["owner"] == {"id": 101}
    assert len(item["update_time"]) == len("2026-03-23 18:45:38")
    assert (item["custom_fields"], item["notes"], item["organization"]) == ([], [], None)


def test_exact(send):
    """
    An exact search finds whole values only, others find parts, in the fields asked for.
    """
    assert found(send, "ana@example", fields="email", exact_match="true") == []
    assert found(send, "ana@example", fields="email") == [7]
    assert found(send, "example.com", fields="phone") == []
    assert found(send, "+45 1234", fields="phone", exact_match="true") == [8]
    assert found(send, "alves") == [7]


def test_custom(crm_simulator):
    """
    Texts in custom fields are found, and told; choices are not.
    """
    ana = ANA | {"custom_fields": {"Language": "Esperanto", "Tier": 27}}
    send = client(crm_simulator("pipedrive", contacts=[ana], fields=FIELDS, limit="off"))
    exact = {"fields": "custom_fields", "exact_match": "true"}
    (one,) = send("GET", SEARCH, term="esperanto", **exact).json["data"]["items"]

    assert one["item"]["custom_fields"] == ["Esperanto"]
    assert found(send, "27", **exact) == []


def test_lag(send, pipe):
    """
    What was made, changed or deleted is found as it was for some seconds.
    """
    body = {"name": "Cy", "emails": [{"value": "cy@example.com"}]}
    send("POST", PERSONS, body)
    send("DELETE", f"{PERSONS}/8")

    assert (found(send, "cy@example.com"), found(send, "Bo")) == ([], [8])
    pipe.clock.advance(2)
    assert (found(send, "cy@example.com"), found(send, "Bo")) == ([9], [])


def test_no_lag(crm_simulator):
    """
    The lag can be taken away.
    """
    send = client(crm_simulator("pipedrive", search_lag=0))
    send("POST", PERSONS, {"name": "Cyril"})

    assert found(send, "cyril") == [1]


def test_shared(crm_simulator):
    """
    Five persons with one address are all found, page by page.
    """
    shared = [{"name": f"P{number}", "emails": "us@example.com"} for number in range(5)]
    send = client(crm_simulator("pipedrive", contacts=shared, limit="off"))
    query = {"term": "us@example.com", "limit": 2}
    ids, cursor = [], {}
    for _ in range(3):
        page = send("GET", SEARCH, **query, **cursor).json
        ids += [one["item"]["id"] for one in page["data"]["items"]]
        cursor = {"cursor": page["additional_data"]["next_cursor"]}

    assert (ids, cursor) == ([1, 2, 3, 4, 5], {"cursor": None})


def test_organization(crm_simulator):
    """
    The organization is told with its name, and a search can be of one.
    """
    pipe = crm_simulator(
        "pipedrive",
        organizations=[{"id": 3, "name": "Acme"}],
        contacts=[{"name": "Ann", "org_id": 3}, {"name": "Ann"}],
    )
    send = client(pipe)
    (one,) = send("GET", SEARCH, term="ann", organization_id=3).json["data"]["items"]

    assert one["item"]["organization"] == {"id": 3, "name": "Acme", "address": None}


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"term": "a"},
        {"term": " a "},
        {"term": "", "exact_match": "true"},
        {"term": "ana", "fields": "nothing"},
        {"term": "ana", "exact_match": "1"},
        {"term": "ana", "limit": 501},
        {"term": "ana", "cursor": "x"},
        {"term": "ana", "start": 0},
    ],
)
def test_wrong(send, query):
    """
    A term has two characters, one if it is exact; parameters are checked.
    """
    assert send("GET", SEARCH, **query).status == 400


def test_short(crm_simulator):
    """
    An exact term may have one character.
    """
    send = client(crm_simulator("pipedrive", contacts=[{"name": "B"}, {"name": "Bo"}]))

    assert found(send, "b", exact_match="true") == [1]
