"""
Call logs, which only version 1 has.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

CALLS = "/api/v1/callLogs"
CALL = {
    "outcome": "connected",
    "to_phone_number": "+45 1234",
    "start_time": "2026-01-31 10:00:00",
    "end_time": "2026-01-31 10:01:30",
    "duration": "90",
    "person_id": 7,
}


def test_create(send, pipe):
    """
    A call is logged with an activity of its own, which is done; both are one activity here.
    """
    made = send("POST", CALLS, CALL | {"subject": "Hello", "note": "n"}).json["data"]
    path = f"/api/v2/activities/{made['activity_id']}"
    activity = send("GET", path).json["data"]

    assert (made["duration"], made["start_time"]) == ("90", "2026-01-31T10:00:00.000Z")
    assert (made["person_id"], made["has_recording"]) == (7, False)
    assert (activity["type"], activity["done"], activity["subject"]) == (
        "call",
        True,
        "Hello",
    )
    assert (activity["due_date"], activity["due_time"]) == ("2026-01-31", "10:00:00")
    assert send("GET", f"{CALLS}/{made['id']}").json["data"] == made
    (kept,) = pipe.activities(client_id="7")
    assert (kept["kind"], kept["id"]) == ("callLogs", made["id"])


def test_of_activity(send):
    """
    A call can be logged on an activity, whose links count then.
    """
    body = {"type": "task", "participants": [{"person_id": 8, "primary": True}]}
    activity = send("POST", "/api/v2/activities", body).json["data"]
    made = send("POST", CALLS, CALL | {"activity_id": activity["id"]}).json["data"]
    after = send("GET", f"/api/v2/activities/{activity['id']}").json["data"]

    assert (made["activity_id"], made["person_id"]) == (activity["id"], 8)
    assert (after["type"], after["done"]) == ("call", True)


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"outcome": "fine"}, 400),
        ({"outcome": None}, 400),
        ({"to_phone_number": None}, 400),
        ({"start_time": None}, 400),
        ({"end_time": None}, 400),
        ({"start_time": "2026-01-31T10:00:00Z"}, 400),
        ({"end_time": "2026-01-31 09:00:00"}, 400),
        ({"duration": 90}, 400),
        ({"duration": "a minute"}, 400),
        ({"deal_id": 1, "lead_id": "x"}, 400),
        ({"person_id": 99}, 404),
        ({"activity_id": 99}, 404),
        ({"user_id": 99}, 404),
    ],
)
def test_refused(send, more, status):
    """
    Numbers, times and outcome must be there; a duration is a text of seconds.
    """
    answer = send("POST", CALLS, CALL | more)

    assert (answer.status, answer.json["success"]) == (status, False)
    assert send("GET", CALLS).json["data"] == []
    assert send("GET", "/api/v2/activities").json["data"] == []


def test_mine(crm_simulator):
    """
    A list has the user's own calls, at most 50; only an admin logs those of others.
    """
    pipe = crm_simulator("pipedrive", contacts=[{"id": 7}], limit="off")
    send, other = client(pipe), client(pipe, pipe.add_token(user_id=102))
    send("POST", CALLS, CALL)
    other("POST", CALLS, CALL)
    send("POST", CALLS, CALL | {"user_id": 102})

    assert [len(one("GET", CALLS).json["data"]) for one in (send, other)] == [1, 2]
    assert other("POST", CALLS, CALL | {"user_id": 101}).status == 403
    assert other("GET", CALLS, limit=51).status == 400
    told = other("GET", CALLS, limit=1).json["additional_data"]["pagination"]
    assert told["next_start"] == 1


def test_deleted(send):
    """
    Deleted, it is gone for who deletes it again; the activity stays.
    """
    made = send("POST", CALLS, CALL).json["data"]
    path = f"{CALLS}/{made['id']}"

    assert send("DELETE", path).json == {"success": True}
    assert (send("DELETE", path).status, send("GET", path).status) == (410, 404)
    assert send("GET", f"/api/v2/activities/{made['activity_id']}").status == 200


def test_recording(send):
    """
    A recording is noted.
    """
    path = f"{CALLS}/{send('POST', CALLS, CALL).json['data']['id']}"
    send("POST", f"{path}/recordings", b"sound")

    assert send("GET", path).json["data"]["has_recording"] is True
    assert send("POST", f"{CALLS}/nothing/recordings", b"").status == 404
