"""
Activities as the connector writes them to a simulated Zoho CRM.
"""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.zoho.conftest import ANA, BO, Clock, ask, calls

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    ClientNotFoundError,
    CRMConnector,
    InvalidRequestError,
    NotSupportedError,
    RateLimitedError,
)

KINDS = {
    "note": "Notes",
    "call": "Calls",
    "meeting": "Events",
    "task": "Tasks",
    "email_sent": "Notes",
}
LOST = ["reset_before", "reset_after", "done_but_500", "truncated", "broken_json", "html"]
KEY = {"api_name": "Crmkit_Id", "data_type": "text", "unique": {"case_sensitive": False}}


def made(count, of="note", client_id=ANA["id"], **fields):
    """
    Make so many activities with texts of their own.
    """
    return [
        ActivityRecord(type=of, client_id=client_id, description=f"Number {i}", **fields)
        for i in range(count)
    ]


def statuses(report):
    """
    Return the statuses of a report's outcomes.
    """
    return [outcome.status for outcome in report]


@pytest.mark.parametrize(("of", "kind"), KINDS.items())
def test_kinds(hub, crm, of, kind):
    """
    Each type of activity is a record of its kind, with its client, and fires no workflow.
    """
    outcome = crm.sync_activity(made(1, of)[0])
    (found,) = hub.activities()

    assert (found["kind"], found["id"]) == (kind, outcome.remote_id)
    assert found["client_ids"] == [ANA["id"]]
    assert "Number 0" in str(found["properties"])
    assert found["fired"] == []


def test_workflows(hub, connect):
    """
    Where the settings say so Zoho's automations run.
    """
    connect(hub, workflows=True).batch_sync_activities(made(1))

    assert hub.activities()[0]["fired"] != []


def test_thousand(hub, crm):
    """
    A thousand activities are ten requests.
    """
    report = crm.batch_sync_activities(made(1000))

    assert set(statuses(report)) == {"synced"}
    assert calls(hub, "/Notes") == ["POST"] * 10
    assert hub.requests.total == 10
    bodies = {one["id"]: one["properties"]["Note_Content"] for one in hub.activities()}
    assert all(
        bodies[o.remote_id].startswith(f"Number {i}\n") for i, o in enumerate(report)
    )


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """
    Run one Zoho and one connector for many examples.
    """
    from crmkit_simulator import Simulator

    with Simulator("zoho", contacts=[ANA, BO], limit="off") as hub:
        store = tmp_path_factory.mktemp("shared") / "outbox.db"
        with CRMConnector(
            **hub.config, store=f"sqlite:///{store}", clock=Clock(hub)
        ) as crm:
            yield hub, crm


@settings(max_examples=20)
@given(st.lists(st.booleans(), min_size=1, max_size=8), st.sampled_from(sorted(KINDS)))
def test_failure_masks(shared, mask, of):
    """
    Whichever rows Zoho refuses, all of them too, exactly these fail, in one request.
    """
    hub, crm = shared
    hub.reset()
    activities = [
        ActivityRecord(type=of, client_id="5725767000000999999" if bad else BO["id"])
        for bad in mask
    ]
    report = crm.batch_sync_activities(activities)

    assert statuses(report) == ["dead" if bad else "synced" for bad in mask]
    assert len(hub.activities()) == mask.count(False)
    assert len(calls(hub, f"/{KINDS[of]}")) == 1
    errors = [outcome.error for outcome in report if outcome.error]
    assert all(isinstance(error, ClientNotFoundError) for error in errors)


def test_old_statuses(crm_simulator, connect):
    """
    Answers of older routes hide failures behind good statuses; they are found all the same.
    """
    hub = crm_simulator("zoho", contacts=[ANA], limit="off", old_statuses=True)
    report = connect(hub).batch_sync_activities([*made(1), *made(2, client_id="57")])

    assert statuses(report) == ["synced", "dead", "dead"]


def test_refused_here(hub, crm):
    """
    What Zoho could only refuse fails alone, and never leaves.
    """
    too_long = ActivityRecord(type="note", client_id=ANA["id"], description="x" * 70_000)
    nobody = ActivityRecord(type="note", client_id="ana@example.com")
    alone = ActivityRecord(type="note", description="to whom?")
    report = crm.batch_sync_activities([too_long, *made(1), nobody, alone])

    assert statuses(report) == ["dead", "synced", "dead", "dead"]
    assert "65,535" in str(report[0].error)
    assert isinstance(report[2].error, ClientNotFoundError)
    assert "ana" not in str(report[2].error)
    assert isinstance(report[3].error, InvalidRequestError)
    assert len(hub.activities()) == 1


def test_cut(hub, connect):
    """
    Where the settings say so what is too long is cut, and found again by its mark.
    """
    crm = connect(hub, cut_long_text=True)
    hub.fault("reset_after", method="POST", path="/Notes")
    long = ActivityRecord(type="note", client_id=ANA["id"], description="x" * 70_000)
    first = crm.sync_activity(long)
    crm._clock.turn(60)

    assert (first.status, statuses(crm.flush_pending())) == ("uncertain", ["synced"])
    assert len(hub.activities()) == 1


def test_unknown_kind(hub, connect):
    """
    A kind that Zoho does not have is named, with those that it has.
    """
    crm = connect(hub, activity_types={"viewing": "Viewings"})

    outcome = crm.sync_activity(ActivityRecord(type="viewing", client_id=ANA["id"]))
    assert outcome.status != "synced"
    assert "Viewings" in str(outcome.error)


def test_unknown_choice(crm_simulator, connect):
    """
    A choice that the account does not have is refused by its field's name.
    """
    choices = [{"display_value": "Sold", "actual_value": "Sold"}]
    results = {"api_name": "Call_Result", "module": "Calls", "data_type": "picklist"}
    own = [{**results, "pick_list_values": choices}]
    hub = crm_simulator("zoho", contacts=[ANA], fields=own, limit="off")
    given = made(1, "call", metadata={"outcome": "invalid_number"})
    outcome = connect(hub).sync_activity(given[0])

    assert outcome.status == "dead"
    assert "Call_Result" in str(outcome.error)


def test_missing_scope(hub, connect):
    """
    A scope that is missing is named, and activities wait for it.
    """
    token = hub.add_token(scopes=["ZohoCRM.modules.contacts.ALL"])
    outcome = connect(hub, token=token).sync_activity(made(1)[0])

    assert outcome.status == "pending"
    assert isinstance(outcome.error, AccessDeniedError)
    assert "ZohoCRM.modules.notes.ALL" in str(outcome.error)


@pytest.mark.parametrize("of", ["note", "call", "meeting", "task"])
@pytest.mark.parametrize("fault", LOST)
def test_once(hub, crm, fault, of):
    """
    After a failure that leaves it open, the CRM holds each activity once all the same.
    """
    hub.fault(fault, method="POST", path=f"/{KINDS[of]}$")
    report = crm.batch_sync_activities(made(3, of))
    crm._clock.turn(60)
    again = crm.flush_pending()

    assert statuses(report) == ["uncertain"] * 3
    assert statuses(again) == ["synced"] * 3
    assert sorted(o.remote_id for o in again) == sorted(a["id"] for a in hub.activities())
    assert len(hub.activities()) == 3


@pytest.mark.parametrize("of", ["note", "call"])
def test_found_among_many(crm_simulator, connect, of):
    """
    An activity is found among more of its client's than one request reads.
    """
    hub = crm_simulator("zoho", contacts=[ANA], limit="off")
    crm = connect(hub)
    hub.fault("reset_after", method="POST", path=f"/{KINDS[of]}$")
    crm.batch_sync_activities(made(1, of))
    crm.batch_sync_activities(made(450, of))

    assert all(crm.flush_pending())
    assert len(hub.activities()) == 451
    history = crm.get_client_data(ANA["id"], include=["history"]).history
    assert len({one.id for one in history}) == len(history) == 451


def test_lead(crm_simulator, connect):
    """
    Activities of a lead are written, found again, and read back.
    """
    lead = {"id": "5725767000000100009", "Last_Name": "Li", "Company": "Li & Co"}
    hub = crm_simulator("zoho", records={"Leads": [lead]}, limit="off")
    crm = connect(hub, module="Leads")
    hub.fault("reset_after", method="POST", path="/Calls$")
    crm.batch_sync_activities([*made(1, "call", lead["id"]), *made(1, "note", lead["id"])])
    crm._clock.turn(60)

    assert all(crm.flush_pending())
    history = crm.get_client_data(lead["id"], include=["history"]).history
    assert sorted(one.type for one in history) == ["call", "note"]


def test_client_gone(hub, crm):
    """
    What cannot be looked for since its client is gone is left to the user.
    """
    hub.fault("reset_before", method="POST", path="/Calls$")
    crm.batch_sync_activities(made(1, "call"))
    ask(hub, "DELETE", f"Contacts/{ANA['id']}")
    crm._clock.turn(60)
    report = crm.flush_pending()

    assert statuses(report) == ["uncertain"]
    assert isinstance(report[0].error, NotSupportedError)


@pytest.mark.parametrize("settings", [{"marker": False}, {}], ids=["unmarked", "nobody"])
def test_not_to_be_found(hub, connect, settings):
    """
    What bears no mark, or has no client, stays uncertain, and the user is told why.
    """
    crm = connect(hub, **settings)
    client_id = ANA["id"] if settings else None
    hub.fault("reset_before", method="POST", path="/Tasks$")
    crm.batch_sync_activities(made(1, "task", client_id))
    crm._clock.turn(60)

    assert statuses(crm.flush_pending()) == ["uncertain"]
    assert hub.activities() == []


@pytest.fixture
def unique(crm_simulator, connect):
    """
    Return a Zoho whose calls have a unique field, and a connector that writes by it.
    """
    hub = crm_simulator(
        "zoho", contacts=[ANA], fields=[{**KEY, "module": "Calls"}], limit="off"
    )
    return hub, connect(hub, unique_fields={"Calls": "Crmkit_Id"})


@pytest.mark.parametrize("fault", LOST)
def test_unique_field(unique, fault):
    """
    By a unique field an activity is there once, however often it is sent, without a look.
    """
    hub, crm = unique
    hub.fault(fault, method="POST", path="/Calls/upsert", times=2)
    crm.batch_sync_activities([*made(2, "call"), *made(1)])
    for _ in range(2):
        crm._clock.turn(600)
        crm.flush_pending()

    assert crm.outbox.check().counts["synced"] == 3
    assert len(hub.activities("Calls")) == 2
    assert len({one["properties"]["Crmkit_Id"] for one in hub.activities("Calls")}) == 2
    assert calls(hub, "/coql") == []
    assert calls(hub, "/Notes") == ["POST"]


def test_unique_field_at_once(unique):
    """
    What is written by a unique field is sent again at once when its answer is lost.
    """
    hub, crm = unique
    hub.fault("reset_after", method="POST", path="/Calls/upsert")

    assert crm.sync_activity(made(1, "call")[0])
    assert len(hub.activities("Calls")) == 1


def test_history(hub, crm):
    """
    The history has all kinds, the newest first, in the caller's words, without marks.
    """
    for day, of in enumerate(KINDS, start=1):
        moment = datetime(2026, 5, day, 9, 30, tzinfo=UTC)
        crm.batch_sync_activities(made(1, of, timestamp=moment, metadata={"subject": of}))
    history = crm.get_client_data(ANA["id"], include=["history"]).history

    assert [one.timestamp.day for one in history] == [5, 4, 3, 2, 1]
    assert [one.type for one in history] == ["note", "task", "meeting", "call", "note"]
    assert [one.metadata["subject"] for one in history] == list(reversed(KINDS))
    assert history[-1].description == "Number 0"
    assert history[3].direction == "out"


class TestLimits:
    def test_too_many_at_once(self, crm_simulator, connect):
        """
        Too many requests at once are waited for, without a word of Zoho's for how long.
        """
        hub = crm_simulator("zoho", contacts=[ANA], limit="off")
        hub.fault("429", times=2)
        crm = connect(hub)

        assert crm.sync_activity(made(1)[0])
        assert crm._clock.waits == [1, 2]
        assert len(hub.activities()) == 1

    def test_day_spent(self, crm_simulator, connect):
        """
        When the day's credits are spent nothing is sent, and activities wait.
        """
        hub = crm_simulator("zoho", contacts=[ANA], daily=20)
        crm = connect(hub)
        report = crm.batch_sync_activities(made(300))

        assert statuses(report) == ["synced"] * 200 + ["pending"] * 100
        assert isinstance(report[-1].error, RateLimitedError)
        assert report[-1].error.retry_after > 60
        assert crm._clock.waits == []
        assert hub.requests.limited == 0

    def test_share_of_a_day(self, crm_simulator, connect):
        """
        A flush that may use half of the day stops there.
        """
        hub = crm_simulator("zoho", contacts=[ANA], daily=100)
        crm = connect(hub)
        crm.batch_sync_activities(made(1000), deadline=0)
        report = crm.flush_pending(daily_share=0.5)

        assert report.counts["synced"] == 500
        assert "50% of the day's requests are used" in str(report[-1].error)
