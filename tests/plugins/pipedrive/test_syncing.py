"""
Activities, notes and call logs: written, found again, read as history.
"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.plugins.pipedrive.conftest import Clock, ask, calls

from crmkit import ActivityRecord, InvalidRequestError, NotSupportedError, UnavailableError
from crmkit.writing import mark_line
from crmkit_pipedrive._kinds import TYPES

NOON = datetime(2026, 5, 1, 12, 30, 45, tzinfo=UTC)
FAR = timezone(timedelta(hours=13))
LONGEST = 65_000


def record(of="call", **fields):
    """
    Make an activity of Ana's.
    """
    given = {"type": of, "client_id": "501", "timestamp": NOON, "id": f"id-{of}", **fields}
    return ActivityRecord(**given)


def written(hub, crm, *args, **fields):
    """
    Sync an activity, and return what Pipedrive has of it.
    """
    assert crm.sync_activity(record(*args, **fields))
    (made,) = hub.activities()
    return made["properties"]


def history(crm, client_id="501"):
    """
    Return a person's history, read anew.
    """
    crm.clear_cache()
    return crm.get_client_data(client_id, include=["history"]).history


def lost(hub, crm, given, path):
    """
    Sync an activity whose answer is lost, and return what a flush makes of it.
    """
    hub.fault("reset_after", method="POST", path=path)
    assert crm.sync_activity(given).status == "uncertain"
    (outcome,) = crm.flush_pending()
    return outcome


def test_call(hub, crm):
    """
    A call is an activity of its person, done, at its time to the minute, in UTC.
    """
    there = NOON.astimezone(FAR).isoformat()
    said = {"subject": "Tuesday", "duration_s": 5400, "direction": "out"}
    made = written(hub, crm, timestamp=there, description="At nine <3", metadata=said)

    assert (made["type"], made["subject"], made["done"]) == ("call", "Tuesday", True)
    assert (made["due_date"], made["due_time"][:5]) == ("2026-05-01", "12:30")
    assert made["duration"][:5] == "01:30"
    assert made["participants"] == [{"person_id": 501, "primary": True}]
    assert made["note"].startswith("At nine &lt;3<br>direction: out<br>[crmkit ")


@pytest.mark.parametrize("of", [of for of in TYPES if of != "*"])
def test_types(hub, crm, of):
    """
    Each type is what the table says, and says its type where that does not.
    """
    written(hub, crm, of, description="What happened")
    (made,) = hub.activities()
    said = made["properties"]
    kind = "notes" if TYPES[of] == "notes" else "activities"
    tells = of not in {"note", "call", "meeting", "task", "email_sent"}

    assert made["kind"] == kind
    assert made["client_ids"] == ["501"]
    assert said.get("type", "notes") == TYPES[of]
    assert (f"type: {of}" in (said.get("note") or said.get("content"))) is tells


def test_own_type(company, connect):
    """
    A kind that is none of the table is a type of activity that the company has made.
    """
    hub = company(activity_types=["Viewing"])
    crm = connect(hub, activity_types={"property_view": "viewing"})
    made = written(hub, crm, "property_view", description="12 Harbour Road")

    assert (made["type"], made["subject"]) == ("viewing", "12 Harbour Road")
    assert history(crm)[0].type == "viewing"


def test_unknown_type(hub, connect):
    """
    A type that the company has not made is refused, and named.
    """
    crm = connect(hub, activity_types={"property_view": "viewing"})
    outcome = crm.sync_activity(record("property_view"))

    assert outcome.status == "dead"
    assert "type: no such value" in str(outcome.error)


@pytest.mark.parametrize(
    ("days", "of", "outcome", "done"),
    [
        (-1, "meeting", None, True),
        (1, "meeting", None, False),
        (-1, "task", None, False),
        (-1, "task", "Completed", True),
        (1, "task", "not started", False),
    ],
)
def test_done(hub, crm, days, of, outcome, done):
    """
    What was is done, and what is to come is not; of a task its outcome says so.
    """
    moment = datetime.now(UTC) + timedelta(days=days)
    made = written(hub, crm, of, timestamp=moment, metadata={"outcome": outcome})

    assert made["done"] is done


def test_task_is_due(hub, crm):
    """
    A task is due when its metadata say, else at its time.
    """
    due = {"due_at": "2026-06-02T01:00:00+02:00"}
    made = written(hub, crm, "task", metadata=due)

    assert (made["due_date"], made["due_time"][:5]) == ("2026-06-01", "23:00")


@pytest.mark.parametrize(
    ("of", "metadata"),
    [
        ("task", {"due_at": "tomorrow"}),
        ("task", {"due_at": "2026-06-02T01:00:00"}),
        ("call", {"duration_s": "long"}),
        ("meeting", {"duration_s": -1}),
    ],
)
def test_wrong_metadata(hub, crm, of, metadata):
    """
    Metadata that Pipedrive would misread are refused, and nothing is sent.
    """
    outcome = crm.sync_activity(record(of, metadata=metadata))

    assert outcome.status == "dead"
    assert next(iter(metadata)) in str(outcome.error)
    assert calls(hub, "/activities") == []


@pytest.mark.parametrize("seconds", [90, 86_400, 0.5])
def test_odd_durations(hub, crm, seconds):
    """
    A duration that hours and minutes cannot tell is a line of the text.
    """
    made = written(hub, crm, metadata={"duration_s": seconds})

    assert made["duration"] is None
    assert f"duration_s: {seconds}<br>" in made["note"]


def test_note(hub, crm):
    """
    A note has its text in HTML, its person, and its time to the second, in UTC.
    """
    moment = NOON.astimezone(FAR).isoformat()
    said = {"html": "<b>See</b> you", "url": "https://example.com/?a=1&b=2"}
    made = written(hub, crm, "note", timestamp=moment, description="See", metadata=said)

    assert made["person_id"] == 501
    assert made["add_time"] == "2026-05-01T12:30:45Z"
    assert made["content"].startswith(
        "<b>See</b> you<br>url: https://example.com/?a=1&amp;"
    )


@pytest.mark.parametrize("of", ["note", "callLogs"])
def test_without_a_client(hub, connect, of):
    """
    An activity may be of nobody; a note or a call log may not.
    """
    crm = connect(hub, activity_types={"callLogs": "callLogs"})
    free = crm.sync_activity(record("call", client_id=None))
    bound = crm.sync_activity(record(of, client_id=None, metadata={"to": "+351 555"}))

    assert free
    assert (bound.status, "client_id" in str(bound.error)) == ("dead", True)


@pytest.mark.parametrize("client_id", ["ana", "501/", "٥٠١", "0501"])
def test_odd_client(hub, crm, client_id):
    """
    What is no number of Pipedrive's is nobody there, and nothing is sent.
    """
    assert crm.sync_activity(record(client_id=client_id)).status == "dead"
    assert len(hub.requests) == 0


def test_own_fields(company, connect):
    """
    Metadata that name Pipedrive's fields go through, and are refused by name if wrong.
    """
    hub = company(deals=[7])
    crm = connect(hub)
    bad = crm.sync_activity(record(id="bad", metadata={"pipedrive_person_id": 501}))
    made = written(hub, crm, metadata={"pipedrive_deal_id": 7, "deal_id": 8})

    assert "person_id: read-only" in str(bad.error)
    assert made["deal_id"] == 7
    assert "deal_id: 8" in made["note"]


def test_meeting(hub, crm):
    """
    A meeting is where its address says.
    """
    made = written(hub, crm, "meeting", metadata={"url": "https://meet.example.com/7"})

    assert made["location"]["value"] == "https://meet.example.com/7"
    assert history(crm)[0].metadata["url"] == "https://meet.example.com/7"


def test_call_log(hub, connect):
    """
    A call log has its numbers, its outcome, its times, and seconds as a text.
    """
    said = {"to": "+351 555 0107", "from": "+351 555 0100", "duration_s": 75}
    crm = connect(hub, activity_types={"call": "callLogs"})
    outcome = crm.sync_activity(
        record(description="Not there", metadata={**said, "outcome": "No answer"})
    )
    (made,) = hub.activities("callLogs", "501")
    log = made["properties"]

    assert outcome.remote_id == made["id"]
    assert (log["to_phone_number"], log["from_phone_number"]) == (said["to"], said["from"])
    assert (log["duration"], log["outcome"], log["subject"]) == (
        "75",
        "no_answer",
        "Not there",
    )
    assert (log["start_time"][:19], log["end_time"][:19]) == (
        "2026-05-01T12:30:45",
        "2026-05-01T12:32:00",
    )


def test_call_log_without_a_number(hub, connect):
    """
    A call log without the number that was called is refused before it is sent.
    """
    crm = connect(hub, activity_types={"call": "callLogs"})
    outcome = crm.sync_activity(record())

    assert (outcome.status, "`to`" in str(outcome.error)) == ("dead", True)
    assert calls(hub, "/callLogs") == []


@pytest.mark.parametrize("of", ["call", "note"])
def test_too_long(hub, connect, of):
    """
    A text that is too long is refused, or cut by the setting, never its mark.
    """
    given = record(of, description="x" * (LONGEST + 1), id="long")
    refused = connect(hub).sync_activity(given)
    cut = connect(hub, cut_long_text=True).sync_activity(given)
    (made,) = hub.activities()
    text = made["properties"].get("note") or made["properties"]["content"]

    assert isinstance(refused.error, InvalidRequestError)
    assert "65,000" in str(refused.error)
    assert cut
    assert len(text) == LONGEST
    assert text.endswith(f"x<br>{mark_line(given)}")


def test_empty(hub, crm):
    """
    An activity without a text says what it is.
    """
    made = written(hub, crm, "email_received")

    assert made["subject"] == "email received"
    assert made["note"].startswith("type: email_received<br>[crmkit ")


def test_unmarked(hub, connect):
    """
    Without the marker no line is added, and nothing can be looked for.
    """
    crm = connect(hub, marker=False)
    outcome = lost(hub, crm, record(description="At nine"), "/activities")
    (made,) = hub.activities()

    assert made["properties"]["note"] == "At nine"
    assert (outcome.status, outcome.user_decides) == ("uncertain", True)
    assert isinstance(outcome.error, NotSupportedError)


@pytest.mark.parametrize(
    ("of", "path"),
    [("call", "/activities"), ("note", "/notes"), ("sms_sent", "/callLogs")],
)
def test_found_again(hub, connect, of, path):
    """
    What was written, though its answer was lost, is found by its mark, not written twice.
    """
    crm = connect(hub, activity_types={"sms_sent": "callLogs"})
    for n in range(60):  # more than a page of call logs
        crm.sync_activity(record(of, id=f"id-{of}-{n}", metadata={"to": "+351 555"}))
    outcome = lost(hub, crm, record(of, metadata={"to": "+351 555"}), path)
    kinds = {"/activities": "activities", "/notes": "notes", "/callLogs": "callLogs"}
    newest = hub.activities(kinds[path])[-1]

    assert (outcome.status, outcome.remote_id) == ("synced", newest["id"])
    assert len(hub.activities(kinds[path])) == 61


def test_not_there(hub, connect):
    """
    What did not reach Pipedrive is sent again after a minute, and is there once.
    """
    clock = Clock(hub)
    crm = connect(hub, clock=clock)
    hub.fault("reset_before", method="POST")
    first = crm.sync_activity(record())
    crm.sync_activity(record(id="id-call-1", description="another"))
    for _ in range(2):
        clock.turn(120)
        crm.flush_pending()

    assert (first.status, crm.outcome_of(first.activity_id).status) == (
        "uncertain",
        "synced",
    )
    assert len(hub.activities()) == 2


@pytest.mark.parametrize("how", ["deleted", "merged"])
def test_client_gone(hub, crm, how):
    """
    What was written of a client who is gone since is left to the user.
    """
    hub.fault("reset_after", method="POST")
    crm.sync_activity(record())
    if how == "deleted":
        ask(hub, "DELETE", "/api/v2/persons/501")
        ask(hub, "DELETE", f"/api/v2/activities/{hub.activities()[0]['id']}")
    else:
        ask(hub, "PUT", "/api/v1/persons/501/merge", {"merge_with_id": 502})
    (outcome,) = crm.flush_pending()

    assert (outcome.status, outcome.user_decides) == ("uncertain", True)
    assert "gone" in str(outcome.error)


def test_history(hub, crm):
    """
    What was written is read back, the newest first, in the caller's words.
    """
    said = {"subject": "Tuesday", "duration_s": 5400}
    crm.batch_sync_activities(
        [
            record("note", description="About <b>"),
            record("call", timestamp=NOON + timedelta(hours=1), metadata=said),
            record("task", timestamp=NOON - timedelta(hours=1), description="Send papers"),
            record("email_sent", client_id="502"),
        ]
    )
    found = history(crm)

    assert [one.type for one in found] == ["call", "note", "task"]
    assert dict(found[0].metadata) == said
    assert found[0].timestamp == NOON.replace(second=0) + timedelta(hours=1)
    assert (found[1].description, found[1].timestamp) == ("About <b>", NOON)
    assert dict(found[2].metadata) == {"subject": "Send papers", "outcome": "not_started"}
    assert {one.id.partition("/")[0] for one in found} == {"notes", "activities"}


def test_history_of_others(hub, crm):
    """
    Activities that people made themselves are read too, without a time as with one.
    """
    person = [{"person_id": 501, "primary": True}]
    for more in ({}, {"due_date": "2026-05-02"}, {"note": "<p>Two<br>lines</p>"}):
        body = {"type": "lunch", "participants": person, **more}
        ask(hub, "POST", "/api/v2/activities", body)
    found = {one.description: one for one in history(crm)}

    assert set(found) == {"", "Two\nlines"}
    assert {one.type for one in history(crm)} == {"lunch"}
    assert datetime(2026, 5, 2, tzinfo=UTC) in {one.timestamp for one in history(crm)}


def test_long_history(hub, crm):
    """
    All pages of notes are read.
    """
    for number in range(250):
        note = {"content": f"No {number}", "person_id": 501}
        ask(hub, "POST", "/api/v1/notes", note)

    assert len({one.id for one in history(crm)}) == 250
    assert calls(hub, "/notes").count("GET") == 3


def test_server_error(hub, crm):
    """
    A failure after which nobody knows is not sent again at once.
    """
    hub.fault("done_but_500", method="POST")
    outcome = crm.sync_activity(record())

    assert outcome.status == "uncertain"
    assert isinstance(outcome.error, UnavailableError)
    assert len(hub.activities()) == 1
