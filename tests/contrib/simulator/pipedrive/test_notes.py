"""
Notes, which only version 1 has.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.contrib.simulator.pipedrive.conftest import client

from crmkit_simulator.pipedrive._sanitized import sanitized

NOTES = "/api/v1/notes"


def test_create(send, pipe):
    """
    A note is told with the names of its person and its author, its times as version 1 has.
    """
    made = send("POST", NOTES, {"content": "<p>Hi</p>", "person_id": 7}).json["data"]

    assert (made["content"], made["person_id"]) == ("<p>Hi</p>", 7)
    assert made["person"] == {"name": "Ana Alves"}
    assert made["user"] == {
        "email": "sam@example.com",
        "name": "Sam Seller",
        "icon_url": None,
        "is_you": True,
    }
    assert made["add_time"] == made["update_time"]
    assert len(made["add_time"]) == len("2026-03-23 18:45:38")
    assert send("GET", f"/v1/notes/{made['id']}").json["data"] == made
    (kept,) = pipe.activities("notes", "7")
    assert (kept["id"], kept["client_ids"]) == (str(made["id"]), ["7"])


def test_loose(send):
    """
    Version 1 reads numbers in texts, and ignores what it does not know.
    """
    body = {
        "content": "x",
        "person_id": "7",
        "nothing": 1,
        "add_time": "2026-01-31 10:00:00",
    }
    made = send("POST", NOTES, body).json["data"]

    assert (made["person_id"], made["add_time"]) == (7, "2026-01-31 10:00:00")


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"person_id": 7}, 400),
        ({"content": "  ", "person_id": 7}, 400),
        ({"content": 5, "person_id": 7}, 400),
        ({"content": "x"}, 400),
        ({"content": "x", "person_id": "Ana"}, 400),
        ({"content": "x", "person_id": 99}, 404),
        ({"content": "x", "deal_id": 99}, 404),
        ({"content": "x", "org_id": 99}, 404),
        ({"content": "x", "person_id": 7, "add_time": "2026-01-31T10:00:00Z"}, 400),
        ({"content": "x", "person_id": 7, "add_time": "2026-02-31 10:00:00"}, 400),
        ({"content": "x", "person_id": 7, "pinned_to_person_flag": 2}, 400),
        ({"content": "x", "person_id": 7, "pinned_to_deal_flag": 1}, 400),
        ({"content": "x", "person_id": 7, "user_id": 99}, 404),
    ],
)
def test_refused(send, body, status):
    """
    A note needs content and somebody or something that is there; the error is version 1's.
    """
    answer = send("POST", NOTES, body)

    assert answer.status == status
    assert set(answer.json) == {"success", "error", "error_info", "data", "additional_data"}
    assert send("GET", NOTES).json["data"] is None


def test_author(crm_simulator):
    """
    Only an admin writes in the name of another.
    """
    pipe = crm_simulator("pipedrive", contacts=[{"id": 7}])
    body = {"content": "x", "person_id": 7, "user_id": 102}
    other = client(pipe, pipe.add_token(user_id=102))

    assert client(pipe)("POST", NOTES, body).json["data"]["user_id"] == 102
    assert other("POST", NOTES, body | {"user_id": 101}).status == 403


def test_change(send, pipe):
    """
    A note is changed by PUT, which tells by whom.
    """
    id_ = send("POST", NOTES, {"content": "x", "person_id": 7}).json["data"]["id"]
    pipe.clock.advance(60)
    body = {"content": "y", "pinned_to_person_flag": 1}
    made = send("PUT", f"{NOTES}/{id_}", body).json["data"]

    assert (made["content"], made["pinned_to_person_flag"]) == ("y", True)
    assert made["last_update_user_id"] == 101
    assert made["update_time"] > made["add_time"]
    again = send("PUT", f"{NOTES}/{id_}", {"content": "z"}).json["data"]
    assert again["pinned_to_person_flag"] is True
    assert send("PUT", f"{NOTES}/{id_}", {"person_id": 99}).status == 404


def test_deleted(send, pipe):
    """
    Deleted, it is not found, and gone for who deletes it again.
    """
    made = send("POST", NOTES, {"content": "x", "person_id": 7}).json["data"]
    path = f"{NOTES}/{made['id']}"

    assert send("DELETE", path).json == {"success": True, "data": True}
    assert (send("DELETE", path).status, send("GET", path).status) == (410, 404)
    assert pipe.activities() == []


@pytest.fixture
def three(send):
    """
    Return a client of a Pipedrive with three notes, of two persons.
    """
    for day, person in ((3, 7), (1, 8), (2, 7)):
        moment = f"2026-01-0{day} 10:00:00"
        send("POST", NOTES, {"content": f"n{day}", "person_id": person, "add_time": moment})
    return send


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, ["n3", "n1", "n2"]),
        ({"person_id": 7}, ["n3", "n2"]),
        ({"sort": "add_time DESC"}, ["n3", "n2", "n1"]),
        ({"sort": "person_id, add_time"}, ["n2", "n3", "n1"]),
        ({"start_date": "2026-01-02"}, ["n3", "n2"]),
        ({"end_date": "2026-01-02"}, ["n1", "n2"]),
        ({"updated_since": "2020-01-01T00:00:00Z", "person_id": 8}, ["n1"]),
        ({"pinned_to_person_flag": 0, "limit": 1}, ["n3"]),
        ({"start": 2}, ["n2"]),
    ],
)
def test_listed(three, query, expected):
    """
    Lists are of a person, in an order, between days, from a start.
    """
    data = three("GET", NOTES, **query).json["data"]

    assert [one["content"] for one in data] == expected


@pytest.mark.parametrize(
    "query",
    [
        {"user_id": 102},
        {"pinned_to_person_flag": 1},
        {"updated_since": "2100-01-01T00:00:00Z"},
        {"start": 3},
    ],
)
def test_none(three, query):
    """
    A list without notes is null, not empty.
    """
    assert three("GET", NOTES, **query).json["data"] is None


@pytest.mark.parametrize(
    "query", [{"sort": "mood"}, {"start_date": "x"}, {"limit": 501}, {"start": "x"}]
)
def test_wrong(three, query):
    """
    What a list is asked for is checked.
    """
    assert three("GET", NOTES, **query).status == 400


def test_pages(three):
    """
    A page tells where it starts, and where the next one does if there is one.
    """
    first = three("GET", NOTES, limit=2).json["additional_data"]["pagination"]
    last = three("GET", NOTES, limit=2, start=2).json["additional_data"]["pagination"]

    assert first == {
        "start": 0,
        "limit": 2,
        "more_items_in_collection": True,
        "next_start": 2,
    }
    assert last == {"start": 2, "limit": 2, "more_items_in_collection": False}


@pytest.mark.parametrize(
    ("html", "kept"),
    [
        ("a < b", "a < b"),
        ("<p>a</p><!-- mark -->", "<p>a</p>"),
        ("<script>x</script><b>y</b>", "<b>y</b>"),
        ('<b onclick="x" class="y">z</b>', "<b>z</b>"),
        ('<a href="https://example.com/?a=1&amp;b=2">x</a>', None),
        ('<a href="javascript:x">y</a>', "<a>y</a>"),
        ("<form>x</form>", "x"),
        ("<p>&lt;b&gt; &amp; co</p>", None),
    ],
)
def test_sanitized(html, kept):
    """
    Formatting, links and text stay; comments, scripts and other attributes do not.
    """
    expected = html if kept is None else kept
    assert sanitized(html).replace("&lt; b", "< b") == expected


@given(st.text("ab<>/!-&; =\"'pscrit", max_size=40))
def test_sanitized_again(html):
    """
    What was sanitized stays as it is.
    """
    assert sanitized(once := sanitized(html)) == once
