"""
Search: its operators, its bounds, and its lag.
"""

import json

import pytest

CONTACTS = "/crm/objects/2026-09/contacts"
SEARCH = f"{CONTACTS}/search"
PEOPLE = [
    {"id": 1, "firstname": "Ana", "email": "ana@example.com", "level": "2", "size": "9"},
    {"id": 2, "firstname": "Bo", "email": "bo@example.org", "level": "1", "size": "10"},
    {"id": 3, "firstname": "Ana", "lastname": "Bo-Berg", "lifecyclestage": "lead"},
]
SIZE = {"name": "size", "type": "number"}


@pytest.fixture
def hub(crm_simulator):
    """
    Return a HubSpot with the people above.
    """
    return crm_simulator("hubspot", contacts=PEOPLE, properties=[SIZE], limit="off")


def search(send, *filters, **body):
    """
    Return the answer to a search with one group of filters.
    """
    groups = [{"filters": list(filters)}] if filters else []
    return send("POST", f"{CONTACTS}/search", {"filterGroups": groups, **body})


def one(name, operator, **values):
    """
    Return a filter.
    """
    return {"propertyName": name, "operator": operator, **values}


def ids(answer):
    """
    Return the ids that were found.
    """
    assert answer.status == 200, answer.text
    return [int(found["id"]) for found in answer.json["results"]]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (one("email", "EQ", value="ANA@example.com"), [1]),
        (one("email", "NEQ", value="ana@example.com"), [2, 3]),
        (one("size", "LT", value="10"), [1]),
        (one("size", "LTE", value="10"), [1, 2]),
        (one("size", "GT", value="9"), [2]),
        (one("size", "GTE", value="9"), [1, 2]),
        (one("size", "BETWEEN", value="9.5", highValue="11"), [2]),
        (one("firstname", "IN", values=["ana"]), [1, 3]),
        (one("firstname", "IN", values=["Ana"]), []),
        (one("firstname", "NOT_IN", values=["ana"]), [2]),
        (one("lifecyclestage", "IN", values=["lead"]), [3]),
        (one("lifecyclestage", "EQ", value="Lead"), []),
        (one("lastname", "HAS_PROPERTY"), [3]),
        (one("lastname", "NOT_HAS_PROPERTY"), [1, 2]),
        (one("email", "CONTAINS_TOKEN", value="*@example.com"), [1]),
        (one("email", "NOT_CONTAINS_TOKEN", value="*@example.com"), [2, 3]),
        (one("createdate", "GT", value="1000"), [1, 2, 3]),
        (one("hs_object_id", "GT", value="1"), [2, 3]),
    ],
)
def test_operators(send, asked, expected):
    """
    Each operator finds what it should: numbers as numbers, texts without case.
    """
    assert ids(search(send, asked)) == expected


def test_groups(send):
    """
    Filters of a group must all hold, of several groups one is enough.
    """
    both = [one("firstname", "EQ", value="Ana"), one("lastname", "HAS_PROPERTY")]
    groups = [{"filters": both}, {"filters": [one("email", "EQ", value="bo@example.org")]}]

    assert ids(search(send, *both)) == [3]
    assert ids(search(send, filterGroups=groups)) == [2, 3]


def test_query(send):
    """
    A query looks at names and addresses.
    """
    assert ids(search(send, query="bo")) == [2, 3]
    assert ids(search(send, query="ana bo-berg")) == [3]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ({"propertyName": "size", "direction": "DESCENDING"}, [2, 1, 3]),
        ({"propertyName": "size", "direction": "ASCENDING"}, [1, 2, 3]),
        ("-hs_object_id", [3, 2, 1]),
    ],
)
def test_sort(send, sort, expected):
    """
    Results are sorted by one property; those without a value come last.
    """
    assert ids(search(send, sorts=[sort])) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"filterGroups": [{"filters": [one("nothing", "HAS_PROPERTY")]}]},
        {"filterGroups": [{"filters": [one("email", "LIKE", value="x")]}]},
        {"filterGroups": [{"filters": [one("email", "EQ")]}]},
        {"filterGroups": [{"filters": [one("email", "IN", values="x")]}]},
        {"filterGroups": [{"filters": [one("size", "GT", value="x")]}]},
        {"filterGroups": [{"filters": [1]}]},
        {"filterGroups": [{}]},
        {"filterGroups": [{"filters": [one("email", "HAS_PROPERTY")]}] * 6},
        {"filterGroups": [{"filters": [one("email", "HAS_PROPERTY")] * 7}]},
        {"filterGroups": [{"filters": [one("email", "HAS_PROPERTY")] * 5}] * 4},
        {"sorts": ["email", "phone"]},
        {"sorts": ["nothing"]},
        {"limit": 201},
        {"after": "x"},
        {"after": 9_995},
        {"query": "x" * 3_000},
        {"properties": "email"},
    ],
)
def test_bounds(send, body):
    """
    What goes beyond the bounds of a search, or is no search, is refused.
    """
    answer = search(send, **body)

    assert answer.status == 400
    assert answer.json["category"] == "VALIDATION_ERROR"


def test_pages(crm_simulator, clients):
    """
    Pages of a search show each result once, and tell how many there are in all.
    """
    send = clients(crm_simulator("hubspot", contacts=450, limit="off"))
    found, after, totals = [], None, set()
    while after is not None or not found:
        page = search(send, limit=200, after=after)
        totals.add(page.json["total"])
        found += ids(page)
        after = page.json.get("paging", {}).get("next", {}).get("after")

    assert totals == {450}
    assert found == list(range(101, 551))


def test_lag_of_new(hub, send):
    """
    What was just made is found when the index has caught up.
    """
    made = send("POST", CONTACTS, {"properties": {"email": "new@example.com"}}).json["id"]
    asked = one("email", "EQ", value="new@example.com")

    assert search(send, asked).json["total"] == 0
    hub.clock.advance(10)
    assert ids(search(send, asked)) == [int(made)]


def test_lag_of_archived(hub, send):
    """
    What was just archived is still counted, though it is not among the results.
    """
    send("DELETE", f"{CONTACTS}/1")
    asked = one("email", "EQ", value="ana@example.com")
    answer = search(send, asked).json

    assert (answer["total"], answer["results"]) == (1, [])
    hub.clock.advance(10)
    assert search(send, asked).json["total"] == 0


def test_lag_of_changed(hub, send):
    """
    What was just changed is found by its old value, and shows the new one.
    """
    hub.clock.advance(10)
    search(send)
    send("PATCH", f"{CONTACTS}/1", {"properties": {"firstname": "Zoë"}})
    answer = search(send, one("email", "EQ", value="ana@example.com")).json

    assert answer["results"][0]["properties"]["firstname"] == "Zoë"
    assert ids(search(send, one("firstname", "EQ", value="Ana"))) == [1, 3]
    hub.clock.advance(10)
    assert ids(search(send, one("firstname", "EQ", value="Ana"))) == [3]


def test_lag_is_chosen(crm_simulator, clients):
    """
    The index need not lag.
    """
    send = clients(crm_simulator("hubspot", contacts=1, search_lag=0))
    send("POST", CONTACTS, {"properties": {"email": "new@example.com"}})

    assert search(send).json["total"] == 2


def test_length(send):
    """
    The bound of a body is in characters, however many bytes they take.
    """
    empty = json.dumps({"query": ""})
    fits, longer = ("é" * (length - len(empty)) for length in (3_000, 3_001))
    statuses = [
        send(
            "POST", SEARCH, json.dumps({"query": text}, ensure_ascii=False).encode()
        ).status
        for text in (fits, longer)
    ]

    assert statuses == [200, 400]


def test_changed_long_ago(crm_simulator, clients):
    """
    A contact of the start may have been changed long before, and the search knows it.
    """
    then = "2026-01-02T03:04:05.000Z"
    old = {"id": "7", "firstname": "Ana", "lastmodifieddate": "2026-01-02T04:04:05+01:00"}
    hub = crm_simulator("hubspot", contacts=[old, {"id": "8"}])
    hub.clock.advance(60)
    send = clients(hub)

    assert hub.contacts()[0]["properties"]["lastmodifieddate"] == then
    assert ids(search(send, one("lastmodifieddate", "EQ", value=then))) == [7]
    send("PATCH", "/crm/objects/2026-09/contacts/7", {"properties": {"firstname": "Bo"}})
    assert hub.contacts()[0]["properties"]["lastmodifieddate"] > then
