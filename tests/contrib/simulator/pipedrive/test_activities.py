"""
Activities of version 2: participants, types, times.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

ACTIVITIES = "/api/v2/activities"
ANA = [{"person_id": 7, "primary": True}]


@pytest.fixture
def make(send):
    """
    Return a function that makes an activity with Ana, and returns the answer.
    """

    def make(**body):
        return send("POST", ACTIVITIES, {"participants": ANA, **body})

    return make


def test_create(make, send, pipe):
    """
    The primary participant is the activity's person; what is not said is null.
    """
    made = make(subject="Call Ana", type="call", due_date="2026-12-31").json["data"]

    assert (made["person_id"], made["participants"]) == (7, ANA)
    assert (made["due_time"], made["duration"], made["note"]) == (None, None, None)
    assert (made["done"], made["marked_as_done_time"]) == (False, None)
    assert "attendees" not in made
    assert send("GET", f"{ACTIVITIES}/{made['id']}").json["data"] == made
    (kept,) = pipe.activities("activities", "7")
    assert (kept["id"], kept["client_ids"]) == (str(made["id"]), ["7"])


def test_person_id(send):
    """
    A person is refused in the words of the live server; participants are the way.
    """
    answer = send("POST", ACTIVITIES, {"subject": "X", "person_id": 7})

    assert (answer.status, answer.json["code"]) == (400, "ERR_BAD_REQUEST")
    assert answer.json["error"].startswith("'person_id' is a read-only field.")


def test_no_primary(make, send):
    """
    Without a primary participant there is no person, and a list by person leaves it out.
    """
    made = make(participants=[{"person_id": 7}]).json["data"]

    assert (made["person_id"], made["participants"][0]["primary"]) == (None, False)
    assert send("GET", ACTIVITIES, person_id=7).json["data"] == []


def test_two_primary(make):
    """
    Only one participant can be the primary one.
    """
    two = [{"person_id": 7, "primary": True}, {"person_id": 8, "primary": True}]

    assert make(participants=two).status == 400


@pytest.mark.parametrize("deleted", [False, True])
def test_nobody(make, send, deleted):
    """
    A participant who is not there, or was deleted, is not found, and nothing is made.
    """
    if deleted:
        send("DELETE", "/api/v2/persons/8")
    answer = make(participants=[{"person_id": 8 if deleted else 99, "primary": True}])

    assert (answer.status, answer.json["error"]) == (404, "Person not found")
    assert send("GET", ACTIVITIES).json["data"] == []


def test_done(make, send, pipe):
    """
    What is done has a time, which is taken back with it.
    """
    id_ = make(done=True).json["data"]["id"]
    first = send("GET", f"{ACTIVITIES}/{id_}").json["data"]["marked_as_done_time"]
    pipe.clock.advance(60)
    send("PATCH", f"{ACTIVITIES}/{id_}", {"note": "x"})
    same = send("GET", f"{ACTIVITIES}/{id_}").json["data"]
    undone = send("PATCH", f"{ACTIVITIES}/{id_}", {"done": False}).json["data"]

    assert first
    assert same["marked_as_done_time"] == first
    assert same["update_time"] > first
    assert undone["marked_as_done_time"] is None


def test_times(make):
    """
    Times of day and durations are told with seconds; a duration may be long.
    """
    made = make(due_date="2026-12-31", due_time="09:05", duration="30:00").json["data"]

    assert (made["due_time"], made["duration"]) == ("09:05:00", "30:00:00")


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({"type": "dance"}, "type"),
        ({"type": "Call"}, "type"),
        ({"due_date": "31.12.2026"}, "due_date"),
        ({"due_time": "24:00"}, "due_time"),
        ({"due_time": "9:05"}, "due_time"),
        ({"duration": 30}, "duration"),
        ({"duration": "30"}, "duration"),
        ({"done": 1}, "done"),
        ({"busy": "true"}, "busy"),
        ({"subject": ""}, "subject"),
        ({"subject": "x" * 256}, "subject"),
        ({"deal_id": "1"}, "deal_id"),
        ({"note": 5}, "note"),
        ({"location": "here"}, "location"),
        ({"participants": [{"id": 7}]}, "participants[0].id"),
        ({"participants": [{"primary": True}]}, "participants[0].person_id"),
        ({"participants": [{"person_id": "7"}]}, "participants[0].person_id"),
        ({"attendees": [{"name": "X"}]}, "attendees[0].email"),
        ({"add_time": "2026-01-01T00:00:00Z"}, "add_time"),
        ({"user_id": 101}, "user_id"),
    ],
)
def test_strict(make, body, place):
    """
    Types are strict, and a parameter that there is not is refused; the error names it.
    """
    answer = make(**body)

    assert (answer.status, answer.json["code"]) == (400, "ERR_SCHEMA_VALIDATION_FAILED")
    assert answer.json["error"].startswith(f"Validation failed: {place}: ")


@pytest.mark.parametrize(
    ("body", "status"),
    [({"deal_id": 5}, 404), ({"org_id": 5}, 404), ({"owner_id": 5}, 400)],
)
def test_unknown(make, body, status):
    """
    Deals, organizations and owners must be there.
    """
    assert make(**body).status == status


def test_types(crm_simulator):
    """
    The types are the six of every company and its own, which get keys of their names.
    """
    send = client(crm_simulator("pipedrive", activity_types=["Text message"]))
    types = send("GET", "/v1/activityTypes").json["data"]
    own = send("POST", ACTIVITIES, {"type": "text_message"}).json["data"]

    assert [one["key_string"] for one in types] == [
        *("call", "meeting", "task", "deadline", "email", "lunch", "text_message")
    ]
    assert [one["is_custom_flag"] for one in types] == [False] * 6 + [True]
    assert own["subject"] == "Text message"


def test_default(make):
    """
    Without type and subject it is a call of that name.
    """
    made = make().json["data"]

    assert (made["type"], made["subject"]) == ("call", "Call")


def test_lists(make, send):
    """
    Lists are by person, by what is done, and by day.
    """
    make(subject="a", due_date="2026-03-02", done=True)
    make(subject="b", due_date="2026-03-01")
    make(subject="c", participants=[{"person_id": 8, "primary": True}])

    def subjects(**query):
        return [one["subject"] for one in send("GET", ACTIVITIES, **query).json["data"]]

    assert subjects() == ["a", "b", "c"]
    assert subjects(person_id=7) == ["a", "b"]
    assert subjects(done="false") == ["b", "c"]
    assert subjects(sort_by="due_date") == ["c", "b", "a"]
    assert subjects(owner_id=102) == []
    assert subjects(ids="2") == ["b"]


def test_attendees(make, send):
    """
    Attendees are told on demand.
    """
    id_ = make(attendees=[{"email": "ana@example.com"}]).json["data"]["id"]
    answer = send("GET", f"{ACTIVITIES}/{id_}", include_fields="attendees").json["data"]

    assert answer["attendees"] == [{"email": "ana@example.com"}]
    assert send("GET", ACTIVITIES, include_fields="all").status == 400


def test_deleted(make, send, pipe):
    """
    Deleted, it is in no list, and gone for who deletes it again.
    """
    path = f"{ACTIVITIES}/{make().json['data']['id']}"

    assert send("DELETE", path).json == {"success": True, "data": {"id": 1}}
    assert send("DELETE", path).status == 410
    assert send("GET", path).json["data"]["is_deleted"] is True
    assert send("GET", ACTIVITIES).json["data"] == []
    assert pipe.activities() == []


def test_note(make):
    """
    HTML is kept without what is not formatting.
    """
    made = make(note="<p>Hi<!-- mark --></p>").json["data"]

    assert made["note"] == "<p>Hi</p>"
