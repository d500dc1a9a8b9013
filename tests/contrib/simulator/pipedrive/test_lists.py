"""
Lists of version 2: ids, times, order, cursors.
"""

import json
from base64 import urlsafe_b64encode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.contrib.simulator.pipedrive.conftest import client

from crmkit_simulator import Simulator

PERSONS = "/api/v2/persons"
TIMES = [f"2026-01-0{day}T10:00:00Z" for day in (3, 1, 2, 2, 1)]


@pytest.fixture(scope="module")
def five():
    """
    Return a client of a Pipedrive with five persons, changed in another order than made.
    """
    contacts = [
        {"id": id_, "name": f"P{id_}", "update_time": moment}
        for id_, moment in enumerate(TIMES, start=1)
    ]
    with Simulator("pipedrive", contacts=contacts, limit="off") as pipe:
        yield client(pipe)


def walked(send, **query):
    """
    Return the ids of all pages, page by page.
    """
    pages, cursor = [], {}
    while True:
        answer = send("GET", PERSONS, **query, **cursor).json
        pages.append([one["id"] for one in answer["data"]])
        following = answer["additional_data"]["next_cursor"]
        if following is None:
            return pages
        cursor = {"cursor": following}


def test_ids(five):
    """
    A list of ids leaves out those that there are not.
    """
    assert walked(five, ids="5,2,99") == [[2, 5]]


@pytest.mark.parametrize("ids", ["", "1,x", ",".join(["1"] * 101)])
def test_wrong_ids(five, ids):
    """
    Ids are at most a hundred numbers.
    """
    assert five("GET", PERSONS, ids=ids).status == 400


def test_since(five):
    """
    What was changed since a time includes that time, until a time leaves it out.
    """
    order = {"sort_by": "update_time"}

    assert walked(five, updated_since=TIMES[2], **order) == [[3, 4, 1]]
    assert walked(five, updated_until=TIMES[2], **order) == [[2, 5]]
    assert walked(
        five, updated_since="2026-01-02T12:00:00%2B02:00".replace("%2B", "+")
    ) == [[1, 3, 4]]


@pytest.mark.parametrize(
    "since", ["2026-01-02T10:00:00.000Z", "2026-01-02", "2026-01-02 10:00:00", "x", ""]
)
def test_wrong_since(five, since):
    """
    A time is RFC 3339 to the second: a fraction is refused, as the live server does.
    """
    answer = five("GET", PERSONS, updated_since=since)

    assert (answer.status, answer.json["code"]) == (400, "ERR_SCHEMA_VALIDATION_FAILED")


@given(
    limit=st.integers(1, 6),
    by=st.sampled_from(["id", "update_time", "add_time"]),
    direction=st.sampled_from(["asc", "desc"]),
)
def test_walk(five, limit, by, direction):
    """
    Pages of any size in any order have each person once, as asked for, and none is empty.
    """
    pages = walked(five, limit=limit, sort_by=by, sort_direction=direction)
    found = [id_ for page in pages for id_ in page]
    key = {"id": lambda id_: id_, "update_time": lambda id_: (TIMES[id_ - 1], id_)}
    expected = sorted(range(1, 6), key=key.get(by, key["id"]), reverse=direction == "desc")

    assert found == expected
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert pages[-1]


def test_moves(crm_simulator):
    """
    A cursor tells where the last one stood: who is changed meanwhile comes again.
    """
    pipe = crm_simulator("pipedrive", contacts=3, limit="off")
    send = client(pipe)
    order = {"sort_by": "update_time", "limit": 2}
    first = send("GET", PERSONS, **order).json
    pipe.clock.advance(5)
    send("PATCH", f"{PERSONS}/1", {"name": "X"})
    cursor = first["additional_data"]["next_cursor"]
    rest = send("GET", PERSONS, cursor=cursor, **order).json

    assert [one["id"] for one in first["data"]] == [1, 2]
    assert [one["id"] for one in rest["data"]] == [3, 1]


@pytest.mark.parametrize(
    "query",
    [
        {"limit": 501},
        {"limit": 0},
        {"limit": "x"},
        {"limit": -1},
        {"sort_by": "name"},
        {"sort_direction": "up"},
        {"cursor": "x"},
        {"cursor": "bnVsbA"},
        {"start": 0},
        {"api_token": "x", "fields": "name"},
        {"include_fields": "nothing"},
        {"include_labels": "1"},
    ],
)
def test_wrong_query(five, query):
    """
    A parameter that there is not, or a value that is wrong, is refused.
    """
    assert five("GET", PERSONS, **query).status == 400


VALUES = st.none() | st.integers() | st.text(max_size=5) | st.lists(st.integers())


@given(
    cursor=st.text(max_size=40)
    | st.builds(
        lambda said: urlsafe_b64encode(json.dumps(said).encode()).decode(),
        VALUES
        | st.fixed_dictionaries(
            {"field": st.just("id"), "sortDirection": st.just("asc")},
            optional={"fieldValue": VALUES, "id": VALUES},
        ),
    )
)
@example(cursor=urlsafe_b64encode(b'{"id": "1"}').decode())
def test_any_cursor(five, cursor):
    """
    Whatever a cursor is, the answer is a page or a refusal.
    """
    searched = five("GET", f"{PERSONS}/search", term="P1", cursor=cursor)

    assert searched.status in (200, 400)
    assert five("GET", PERSONS, cursor=cursor).status in (200, 400)


def test_other_order(five):
    """
    A cursor is good for the order that it was made in.
    """
    cursor = five("GET", PERSONS, limit=1).json["additional_data"]["next_cursor"]

    assert five("GET", PERSONS, cursor=cursor, sort_by="add_time").status == 400


def test_owner(crm_simulator):
    """
    Lists can be of one owner, or of one organization.
    """
    pipe = crm_simulator(
        "pipedrive",
        organizations=[{"id": 3, "name": "Acme"}],
        contacts=[{"owner_id": 102}, {"org_id": 3}, {}],
        limit="off",
    )
    send = client(pipe)

    assert walked(send, owner_id=102) == [[1]]
    assert walked(send, org_id=3) == [[2]]
    assert walked(send, deal_id=9) == [[]]
