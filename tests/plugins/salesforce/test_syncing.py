"""
How activities are written: as what, in how many requests, and never twice.
"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from tests.plugins.salesforce.conftest import ANA, BO, LIA, PEOPLE, Clock, ask, calls
from tests.plugins.salesforce.test_fetching import BUYER, add

from crmkit import ActivityRecord, UnavailableError, hookimpl
from crmkit.writing import mark_line

NOON = datetime(2026, 5, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
KEY = {"name": "crmkit_Id__c", "type": "string", "length": 16} | {
    "externalId": True,
    "unique": True,
}
VIEW = {
    "name": "View__c",
    "fields": [
        {"name": "Who__c", "type": "reference", "referenceTo": ["Contact"]},
        {"name": "Notes__c", "type": "textarea", "length": 32000},
        {"name": "Seen__c", "type": "datetime"},
        {"name": "Link__c", "type": "url"},
        {"name": "Key__c", "type": "string", "length": 16, "externalId": True}
        | {"unique": True},
    ],
}
TABLE = {"client_id": "Who__c", "timestamp": "Seen__c", "url": "Link__c"}
TEXT = {"description": "Notes__c"}


class Lost:
    """
    Loses the answer to what was written.
    """

    @hookimpl(wrapper=True)
    def crmkit_sync(self):
        yield
        msg = "the answer was lost"
        raise UnavailableError(msg, sent=True)


def activity(of="note", client_id=ANA, **fields):
    """
    Make an activity.
    """
    said = {"description": "About it", "timestamp": NOON, **fields}
    return ActivityRecord(type=of, client_id=client_id, **said)


def only(org, kind="Task"):
    """
    Return what the only record of a kind holds.
    """
    (one,) = org.activities(kind)
    return one["properties"]


@pytest.mark.parametrize(
    ("of", "metadata", "expected"),
    [
        ("note", {}, {"TaskSubtype": "Task", "Status": "Completed"}),
        (
            "call",
            {"direction": "out", "duration_s": 90.4, "outcome": "left a message"},
            {
                "TaskSubtype": "Call",
                "Status": "Completed",
                "CallType": "Outbound",
                "CallDurationInSeconds": 90,
                "CallDisposition": "left a message",
            },
        ),
        ("email_sent", {"subject": "Hi"}, {"TaskSubtype": "Email", "Subject": "Hi"}),
        ("email_received", {}, {"TaskSubtype": "Email", "Status": "Completed"}),
        (
            "task",
            {"due_at": "2026-06-02T00:00:00+02:00"},
            {"Status": "Not Started", "ActivityDate": "2026-06-02"},
        ),
        ("task", {"outcome": "completed"}, {"Status": "Completed"}),
        ("property_view", {}, {"TaskSubtype": "Task", "Status": "Completed"}),
    ],
)
def test_tasks(org, crm, of, metadata, expected):
    """
    Each type becomes a task of its subtype; what happened is completed.
    """
    assert crm.sync_activity(activity(of, metadata=metadata))
    said = only(org)

    assert expected.items() <= said.items()
    assert said["WhoId"] == ANA
    assert said["Description"].startswith("About it\n")
    assert said["ActivityDate"] == expected.get("ActivityDate", "2026-05-01")


def test_planned(org, crm):
    """
    A meeting that lies ahead is a task that is not over.
    """
    ahead = datetime.now(UTC) + timedelta(days=3)
    crm.sync_activity(ActivityRecord(type="meeting", client_id=ANA, timestamp=ahead))

    assert only(org)["Status"] == "Not Started"


def test_lines(org, crm):
    """
    What has no field becomes a line; the moment and the mark are the last ones.
    """
    said = {"url": "https://example.com", "due_at": "2026-06-02T09:00:00Z", "html": "<p>x"}
    note = activity("sms_sent", metadata=said)
    crm.sync_activity(note)

    assert only(org)["Description"].splitlines() == [
        "About it",
        "x",
        "type: sms_sent",
        "url: https://example.com",
        "due_at: 2026-06-02T09:00:00Z",
        "at: 2026-05-01T10:30:00Z",
        mark_line(note),
    ]


def test_due_hour(org, crm):
    """
    A task's field takes the day that it is due; the hour is told by a line.
    """
    crm.sync_activity(activity("task", metadata={"due_at": "2026-06-02T09:00:00Z"}))

    assert only(org)["ActivityDate"] == "2026-06-02"
    assert "\ndue_at: 2026-06-02T09:00:00Z\n" in only(org)["Description"]


def test_nothing_said(org, crm):
    """
    Metadata that are null say nothing.
    """
    said = dict.fromkeys(("duration_s", "subject", "url", "html"))

    assert crm.sync_activity(activity("call", metadata=said))
    assert "url" not in only(org)["Description"]


def test_day(org, crm):
    """
    The day is the one that it was where it happened, not in another zone.
    """
    night = datetime(2026, 5, 1, 0, 30, tzinfo=timezone(timedelta(hours=2)))
    crm.sync_activity(activity(timestamp=night))

    assert only(org)["ActivityDate"] == "2026-05-01"


def test_html_alone(org, crm):
    """
    Where there is markup alone, the text that it shows is written.
    """
    crm.sync_activity(activity(description="", metadata={"html": "<p>Tom &amp; Ana"}))

    assert only(org)["Description"].startswith("Tom & Ana\n")


def test_event(org, connect):
    """
    With `activity_types` a meeting is an event, with beginning, end and place.
    """
    crm = connect(org, core={"activity_types": {"meeting": "Event"}})
    said = {"subject": "Visit", "duration_s": 5400, "url": "https://example.com/m"}
    crm.sync_activity(activity("meeting", metadata=said))
    event = only(org, "Event")

    assert event["StartDateTime"].startswith("2026-05-01T10:30:00.000")
    assert event["EndDateTime"].startswith("2026-05-01T12:00:00.000")
    assert (event["Subject"], event["Location"]) == ("Visit", "https://example.com/m")


def test_requests(org, crm):
    """
    A thousand activities of all types are five requests, and nothing else is asked for.
    """
    types = ("note", "call", "email_sent", "task", "property_view")
    report = crm.batch_sync_activities(
        [activity(types[n % 5], (ANA, BO, LIA)[n % 3]) for n in range(1000)]
    )

    assert all(report)
    assert org.requests.total == 5
    assert len(org.activities("Task")) == 1000


def test_neighbours(org, crm):
    """
    Within a request those of one client are neighbours, and each gets its own id.
    """
    clients = [ANA, LIA, BO] * 4
    batch = [activity(client_id=c, description=f"n{n}") for n, c in enumerate(clients)]
    report = crm.batch_sync_activities(batch)
    there = {one["id"]: one["properties"] for one in org.activities("Task")}
    order = [one["WhoId"] for one in there.values()]

    assert order == sorted(order)
    for outcome, one in zip(report, batch, strict=True):
        assert there[outcome.remote_id]["Description"].startswith(f"{one.description}\n")


def test_locked_row(org, crm):
    """
    Of a batch, what finds a locked record is pending, the others are there.
    """
    org.crm.lock(BO)
    report = crm.batch_sync_activities([activity(client_id=one) for one in (ANA, BO, LIA)])
    again = crm.flush_pending()

    assert [one.status for one in report] == ["synced", "pending", "synced"]
    assert "UNABLE_TO_LOCK_ROW" in str(report[1].error)
    assert [one.status for one in again] == ["synced"]
    assert len(org.activities("Task")) == 3


def test_lock_holds_nobody_up(org, crm):
    """
    What finds a record locked waits alone: the batches after it are sent.
    """
    org.crm.lock(ANA)
    batch = [activity(client_id=ANA if n == 0 else BO) for n in range(450)]
    report = crm.batch_sync_activities(batch)

    assert [one.status for one in report].count("pending") == 1
    assert len(org.activities("Task")) == 449


def test_refused_rows(org, crm):
    """
    Of a batch, what Salesforce refuses is dead alone, and the field is named.
    """
    wrong = {"CallType": "Sideways"}
    good, bad, gone = crm.batch_sync_activities(
        [
            activity("call"),
            activity("call", metadata=wrong),
            activity(client_id="003000000000009AAA"),
        ]
    )

    assert (good.status, bad.status, gone.status) == ("synced", "dead", "dead")
    assert "CallType" in str(bad.error)
    assert "Sideways" not in str(bad.error)


@pytest.mark.parametrize("client_id", ["7", "ANA", f"{ANA}/x"])
def test_no_id(org, crm, client_id):
    """
    What is no id of Salesforce's is dead without a request.
    """
    assert crm.sync_activity(activity(client_id=client_id)).status == "dead"
    assert org.requests.total == 0


def test_fields_pass(crm_simulator, connect):
    """
    Metadata named like a field of the task go through; others, spelt alike, are lines.
    """
    fields = {"Activity": [{"name": "Mood__c", "type": "string"}]}
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", fields=fields)
    said = {"Priority": "High", "Mood__c": "good", "Whim__c": "x", "Subject": "S"}
    connect(org).sync_activity(activity(metadata=said))
    task = only(org)

    assert (task["Priority"], task["Mood__c"], task["Subject"]) == ("High", "good", "S")
    assert "\nWhim__c: x\n" in task["Description"]


def test_fields_kept(org, crm):
    """
    The fields that tell whose an activity is, and which, are no metadata.
    """
    said = {"Description": "other", "WhoId": BO, "Id": "00T000000000001AAA"}
    note = activity(metadata=said)

    assert crm.sync_activity(note)
    assert only(org)["WhoId"] == ANA
    assert only(org)["Description"].endswith(mark_line(note))
    assert "\nDescription: other\n" in only(org)["Description"]


def test_read_only_field(org, crm):
    """
    A field that cannot be written is named.
    """
    outcome = crm.sync_activity(activity(metadata={"IsClosed": True}))

    assert outcome.status == "dead"
    assert "IsClosed" in str(outcome.error)
    assert "read-only" in str(outcome.error)


def test_long(org, connect):
    """
    What is too long is refused, or cut if that is wanted: never the lines at its end.
    """
    long = activity(description="x" * 32_000, metadata={"url": "https://example.com"})
    titled = activity(metadata={"subject": "y" * 256})
    refused = connect(org).batch_sync_activities([long, titled])
    crm = connect(org, cut_long_text=True)
    copies = [
        activity(description=one.description, metadata=one.metadata)
        for one in (long, titled)
    ]
    cut = crm.batch_sync_activities(copies)
    text = next(d for d in map(_text, org.activities("Task")) if d.startswith("xxx"))

    assert [one.status for one in refused] == ["dead", "dead"]
    assert "Description would have 32," in str(refused[0].error)
    assert "Subject would have 256 characters" in str(refused[1].error)
    assert [one.status for one in cut] == ["synced", "synced"]
    assert len(text) == 32_000
    assert text.endswith(mark_line(copies[0]))
    assert "\nurl: https://example.com\n" in text


def _text(record):
    return record["properties"]["Description"]


def test_found_again(org, connect):
    """
    An activity whose answer was lost is found by its mark, and not written twice.
    """
    first = _with(connect, org, Lost()).sync_activity(activity())
    (outcome,) = connect(org).flush_pending()

    assert (first.status, outcome.status) == ("uncertain", "synced")
    assert outcome.remote_id == org.activities("Task")[0]["id"]
    assert len(org.activities("Task")) == 1


def _with(connect, org, wrapper):
    crm = connect(org)
    crm.close()
    return type(crm)(
        default_provider="salesforce",
        settings=org.config["settings"],
        credentials=org.config["credentials"],
        store=f"sqlite:///{connect.folder}/outbox.db",
        wrappers=[wrapper],
    )


def test_found_after_merge(org, connect):
    """
    It is found, too, where its client was merged meanwhile, and among many, and archived.
    """
    lost = _with(connect, org, Lost())
    lost.sync_activity(activity())
    org.crm.merge(BO, ANA)
    (outcome,) = connect(org).flush_pending()

    assert outcome.status == "synced"
    assert len(org.activities("Task")) == 1


def test_not_there(org, connect):
    """
    What is not there is sent again; another activity of the client is not taken for it.
    """
    clock = Clock(org)
    crm = connect(org, clock=clock)
    crm.sync_activity(activity())
    org.fault("reset_before", path="composite/sobjects")
    first = crm.sync_activity(activity())
    clock.turn(61)
    (outcome,) = crm.flush_pending()

    assert (first.status, outcome.status) == ("uncertain", "synced")
    assert len(org.activities("Task")) == 2


@pytest.mark.parametrize("own", [{"marker": False}, {}])
def test_nobody_can_tell(org, connect, own):
    """
    Without a mark, or without a client, an uncertain activity is the user's to decide.
    """
    lost = _with(connect, org, Lost())
    lost.sync_activity(activity(client_id=ANA if own else None))
    (outcome,) = connect(org, **own).flush_pending()

    assert (outcome.status, outcome.user_decides) == ("uncertain", True)


@pytest.fixture
def keyed(crm_simulator):
    """
    Return Salesforce whose activities have an external id, and with a custom object.
    """
    return crm_simulator(
        "salesforce",
        contacts=PEOPLE,
        limit="off",
        fields={"Activity": [KEY]},
        objects=[VIEW],
    )


@pytest.mark.parametrize(
    "fault", ["reset_after", "done_but_500", "truncated", "broken_json"]
)
def test_external_id(keyed, connect, fault):
    """
    With an external id a write is repeated without harm, and told with the record's id.
    """
    clock = Clock(keyed)
    crm = connect(keyed, clock=clock, external_id_field="crmkit_Id__c")
    keyed.fault(fault, path="crmkit_Id__c")
    batch = [activity(of, one) for of, one in (("note", ANA), ("call", BO), ("task", LIA))]
    report = list(crm.batch_sync_activities(batch))
    if not all(report):
        clock.turn(61)
        report = list(crm.flush_pending())

    assert {one.status for one in report} == {"synced"}
    assert {one.remote_id for one in report} == {
        one["id"] for one in keyed.activities("Task")
    }
    assert calls(keyed, "/crmkit_Id__c") == ["PATCH", "PATCH"]
    assert "[crmkit " not in only_text(keyed)


def only_text(org):
    """
    Return the texts of all tasks.
    """
    return "\n".join(map(_text, org.activities("Task")))


def test_external_id_absent(org, connect):
    """
    An external id that the org does not have holds activities up, and names the setting.
    """
    outcome = connect(org, external_id_field="crmkit_Id__c").sync_activity(activity())

    assert outcome.status == "pending"
    assert "external_id_field" in str(outcome.error)


@pytest.mark.parametrize("more", [{"id": "Key__c"}, {}])
def test_custom_object(keyed, connect, more):
    """
    With `records` a type is written to a custom object, and found again there.
    """
    core = {"activity_types": {"property_view": "View__c"}}
    own = {"records": {"View__c": {**TABLE, **TEXT, **more}}}
    said = {"url": "https://example.com/17", "rooms": 4}
    crm = connect(keyed, core=core, **own)
    keyed.fault("reset_after", path="View__c" if more else "composite/sobjects$")
    report = [crm.sync_activity(activity("property_view", metadata=said))]
    if not all(report):
        report = list(crm.flush_pending())
    view = only(keyed, "View__c")

    assert [one.status for one in report] == ["synced"]
    assert (view["Who__c"], view["Link__c"]) == (ANA, "https://example.com/17")
    assert view["Seen__c"].startswith("2026-05-01T10:30:00.000")
    assert view["Notes__c"].splitlines()[:2] == ["About it", "rooms: 4"]
    assert ("Key__c" in view) is bool(more)


def test_custom_object_without_text(keyed, connect):
    """
    Where the custom object has no field for the text, nothing is dropped in silence.
    """
    core = {"activity_types": {"property_view": "View__c"}}
    crm = connect(keyed, core=core, records={"View__c": TABLE})
    kept = crm.sync_activity(
        activity("property_view", description="", metadata={"url": "https://example.com"})
    )
    refused = crm.sync_activity(activity("property_view"))

    assert (kept.status, refused.status) == ("synced", "dead")
    assert "name a description" in str(refused.error)


def test_unknown_kind(org, connect):
    """
    A kind that there is not is named, with those that there are.
    """
    crm = connect(org, core={"activity_types": {"viewing": "Viewing__c"}})
    outcome = crm.sync_activity(activity("viewing"))

    assert outcome.status == "pending"
    assert "'Viewing__c'" in str(outcome.error)
    assert "Task, Event" in str(outcome.error)


def test_account(org, connect):
    """
    What is neither contact nor lead is what an activity is about.
    """
    (account,) = org.add_contacts([{"attributes": {"type": "Account"}, "Name": "Mar & Co"}])
    connect(org).sync_activity(activity(client_id=account))

    assert only(org)["WhatId"] == account


def test_history(org, connect):
    """
    What was written is read back, newest first, in the caller's words.
    """
    crm = connect(org, core={"activity_types": {"meeting": "Event"}})
    said = {"subject": "S", "direction": "in", "duration_s": 90, "outcome": "ok"}
    crm.batch_sync_activities(
        [
            activity("call", metadata=said),
            activity(
                "meeting", timestamp=NOON + timedelta(hours=1), metadata={"duration_s": 60}
            ),
            activity("task", timestamp=NOON - timedelta(hours=1)),
            activity("email_sent", timestamp=NOON - timedelta(hours=2)),
            activity("note", BO),
        ]
    )
    history = crm.get_client_data(ANA, include=["history"]).history
    meeting, call, task, email = history

    assert [one.type for one in history] == ["meeting", "call", "task", "email_sent"]
    assert (call.timestamp, call.direction, call.description) == (NOON, "in", "About it")
    assert call.metadata == {"subject": "S", "duration_s": 90, "outcome": "ok"}
    assert (meeting.timestamp, meeting.metadata["duration_s"]) == (
        NOON + timedelta(hours=1),
        60,
    )
    assert task.metadata["outcome"] == "not_started"
    assert email.timestamp == NOON - timedelta(hours=2)


def test_strange_history(org, crm):
    """
    Tasks that others wrote are history, too: without a text, without a date.
    """
    ask(org, "POST", "sobjects/Task/", {"WhoId": ANA, "Subject": "S"})
    done = {"WhoId": ANA, "Description": "d\nat: noon", "Status": "Completed"}
    ask(org, "POST", "sobjects/Task/", {**done, "ActivityDate": "2026-01-02"})
    dated, plain = sorted(
        crm.get_client_data(ANA, include=["history"]).history,
        key=lambda one: one.type,
    )

    assert (dated.type, plain.type) == ("note", "task")
    assert (dated.description, dated.timestamp) == (
        "d\nat: noon",
        datetime(2026, 1, 2, tzinfo=UTC),
    )
    assert plain.metadata["subject"] == "S"
    assert plain.timestamp


def test_deleted_task(org, crm):
    """
    A task that somebody deleted is no history; archived ones, which few queries see, are.
    """
    outcome = crm.sync_activity(activity())
    ask(org, "DELETE", f"sobjects/Task/{outcome.remote_id}")

    assert crm.get_client_data(ANA, include=["history"]).history == ()
    assert calls(org, "/queryAll") == ["GET", "GET"]


def test_client_object(crm_simulator, connect):
    """
    Clients of a custom object have activities, where it may have some.
    """
    org = crm_simulator("salesforce", contacts=PEOPLE, limit="off", objects=[BUYER])
    mine = add(org, "Buyer__c", Name="Ana")
    crm = connect(org, object="Buyer__c")
    crm.sync_activity(activity(client_id=mine))

    assert only(org)["WhatId"] == mine
    assert len(crm.get_client_data(mine, include=["history"]).history) == 1
