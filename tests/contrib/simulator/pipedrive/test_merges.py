"""
Merging two persons.
"""

import pytest

MERGE = "/api/v1/persons/8/merge"


def test_merge(send, pipe):
    """
    The person in the path goes; what it had, and what it did, is the other's.
    """
    bo = [{"person_id": 8, "primary": True}]
    send("POST", "/api/v2/activities", {"participants": bo})
    send("POST", "/v1/notes", {"content": "x", "person_id": 8})
    answer = send("PUT", MERGE, {"merge_with_id": 7}).json["data"]
    kept = send("GET", "/api/v2/persons/7").json["data"]

    assert (answer["id"], answer["merge_what_id"]) == (7, 8)
    assert send("GET", "/api/v2/persons/8").status == 404
    assert (kept["name"], kept["phones"][0]["value"]) == ("Ana Alves", "+45 1234")
    assert [one["client_ids"] for one in pipe.activities()] == [["7"], ["7"]]
    assert send("GET", "/api/v2/activities", person_id=7).json["data"]


def test_conflicts(send, code):
    """
    Where both have a value, that of the one that stays is kept; addresses are joined.
    """
    two = [{"value": "ANA@example.com"}, {"value": "bo@example.com", "primary": True}]
    custom = {code("Tier"): 27, code("Language"): "da"}
    send("PATCH", "/api/v2/persons/8", {"emails": two, "custom_fields": custom})
    send("PATCH", "/api/v2/persons/7", {"custom_fields": {code("Tier"): 28}})
    send("PUT", MERGE, {"merge_with_id": "7"})
    kept = send("GET", "/api/v2/persons/7").json["data"]

    assert [(one["value"], one["primary"]) for one in kept["emails"]] == [
        ("ana@example.com", True),
        ("bo@example.com", False),
    ]
    assert kept["custom_fields"][code("Tier")] == 28
    assert kept["custom_fields"][code("Language")] == "da"


def test_together(send):
    """
    Who took part in an activity together does so once, as the primary one if either was.
    """
    both = [{"person_id": 7}, {"person_id": 8, "primary": True}]
    id_ = send("POST", "/api/v2/activities", {"participants": both}).json["data"]["id"]
    send("PUT", MERGE, {"merge_with_id": 7})
    activity = send("GET", f"/api/v2/activities/{id_}").json["data"]

    assert activity["participants"] == [{"person_id": 7, "primary": True}]
    assert activity["person_id"] == 7


def test_search(send, pipe):
    """
    Search knows who stays by what both had, once the index has learnt of it.
    """
    send("PUT", MERGE, {"merge_with_id": 7})
    pipe.clock.advance(2)
    items = send("GET", "/api/v2/persons/search", term="1234").json["data"]["items"]

    assert [one["item"]["id"] for one in items] == [7]


@pytest.mark.parametrize(
    ("body", "status"),
    [({}, 400), ({"merge_with_id": 8}, 400), ({"merge_with_id": 99}, 404)],
)
def test_refused(send, body, status):
    """
    It takes another person that is there.
    """
    assert send("PUT", MERGE, body).status == status
    assert send("GET", "/api/v2/persons/8").status == 200
