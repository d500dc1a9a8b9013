"""
Activities as the connector writes them to a simulated HubSpot.
"""

import json
import threading

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins.hubspot.conftest import ANA, BO, Clock, ask, calls, merge

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    ConfigurationError,
    CRMConnector,
    InvalidRequestError,
    NotSupportedError,
    RateLimitedError,
)

OBJECTS = "/crm/objects/2026-09"
KINDS = {
    "note": "notes",
    "call": "calls",
    "meeting": "meetings",
    "task": "tasks",
    "email_sent": "emails",
}
BAD = {"hs_no_such_property": "1"}


def made(count, of="note", client_id="501", **fields):
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
    Each type of activity is a record of its kind, with its client and its text.
    """
    outcome = crm.sync_activity(made(1, of)[0])
    (found,) = hub.activities()

    assert (outcome.status, outcome.remote_id) == ("synced", found["id"])
    assert (found["kind"], found["client_ids"]) == (kind, ["501"])
    assert "Number 0" in str(found["properties"])


def test_other_types(hub, crm):
    """
    A type that HubSpot has no kind for is a note that says the type.
    """
    assert crm.sync_activity(ActivityRecord(type="fair_visit", client_id="501"))
    (found,) = hub.activities("notes")
    assert "type: fair_visit" in found["properties"]["hs_note_body"]


def test_routed_types(hub, connect):
    """
    The user's own types go where the user says; a kind that is none is named.
    """
    crm = connect(hub, activity_types={"viewing": "meetings", "visit": "visits"})
    viewing, visit = crm.batch_sync_activities(made(1, "viewing") + made(1, "visit"))

    assert hub.activities("meetings")[0]["id"] == viewing.remote_id
    assert visit.status == "pending"
    assert isinstance(visit.error, ConfigurationError)
    assert "'visits'" in str(visit.error)


def test_batches(hub, crm):
    """
    A hundred activities are one request.
    """
    report = crm.batch_sync_activities(made(250))

    assert statuses(report) == ["synced"] * 250
    assert calls(hub, "/notes/batch/create") == ["POST"] * 3
    assert {outcome.remote_id for outcome in report} == {
        one["id"] for one in hub.activities("notes")
    }


def test_unattributed(hub, crm):
    """
    Records of one batch are told apart by trace, whatever their order.
    """
    activities = made(5)
    report = crm.batch_sync_activities(activities)
    bodies = {one["id"]: one["properties"]["hs_note_body"] for one in hub.activities()}

    for activity, outcome in zip(activities, report, strict=True):
        assert bodies[outcome.remote_id].startswith(activity.description)


def test_unmarked(crm_simulator, connect):
    """
    Without marks and without traces in the answer, all are synced, though none by name.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off")
    several = connect(hub, marker=False).batch_sync_activities(made(3))
    one = connect(hub, marker=False).sync_activity(made(1)[0])

    assert [(o.status, o.remote_id) for o in several] == [("synced", None)] * 3
    assert one.remote_id == hub.activities()[-1]["id"]


def test_echoed_traces(crm_simulator, connect):
    """
    Where HubSpot tells the trace, no mark is needed to know which is which.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off", echo_trace_ids=True)
    report = connect(hub, marker=False).batch_sync_activities(made(3))
    bodies = [one["properties"]["hs_note_body"] for one in hub.activities()]

    assert bodies == ["Number 0", "Number 1", "Number 2"]
    assert [o.remote_id for o in report] == [one["id"] for one in hub.activities()]


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """
    Run one HubSpot and one connector for many examples.
    """
    from crmkit_simulator import Simulator

    with Simulator("hubspot", contacts=[ANA, BO], limit="off") as hub:
        store = tmp_path_factory.mktemp("shared") / "outbox.db"
        with CRMConnector(
            **hub.config, store=f"sqlite:///{store}", clock=Clock(hub)
        ) as crm:
            yield hub, crm


@settings(max_examples=30)
@given(st.lists(st.booleans(), min_size=1, max_size=12), st.sampled_from(sorted(KINDS)))
def test_failure_masks(shared, mask, of):
    """
    Whichever rows HubSpot refuses, exactly these fail, in one request.
    """
    hub, crm = shared
    hub.reset()
    activities = [
        ActivityRecord(type=of, client_id="501", metadata=BAD if bad else {})
        for bad in mask
    ]
    report = crm.batch_sync_activities(activities)

    assert statuses(report) == ["dead" if bad else "synced" for bad in mask]
    assert len(hub.activities()) == mask.count(False)
    assert len(calls(hub, "/batch/create")) == 1
    for outcome, bad in zip(report, mask, strict=True):
        if bad:
            assert isinstance(outcome.error, InvalidRequestError)
            assert "PROPERTY_DOESNT_EXIST: hs_no_such_property" in str(outcome.error)


def test_refused_here(hub, crm):
    """
    What HubSpot could only refuse fails alone, and never leaves.
    """
    too_long = ActivityRecord(type="note", client_id="501", description="x" * 70_000)
    seconds = ActivityRecord(
        type="note", client_id="501", metadata={"hs_timestamp": 1_777_593_600}
    )
    nobody = ActivityRecord(type="note", client_id="ana@example.com")
    report = crm.batch_sync_activities([too_long, *made(1), seconds, nobody])

    assert statuses(report) == ["dead", "synced", "dead", "dead"]
    assert "65,536" in str(report[0].error)
    assert "seconds" in str(report[2].error)
    assert isinstance(report[3].error, ClientNotFoundError)
    assert "ana" not in str(report[3].error)
    assert len(hub.activities()) == 1


@pytest.mark.parametrize("client_id", ["999999", "502"])
def test_absent_clients(hub, crm, client_id):
    """
    An activity of a contact that is not there, or archived, fails alone.
    """
    ask(hub, "DELETE", f"{OBJECTS}/contacts/502")
    report = crm.batch_sync_activities(made(1, client_id=client_id) + made(1))

    assert statuses(report) == ["dead", "synced"]


def test_required(crm_simulator, connect):
    """
    A property that the account's rules require is named.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], required={"notes": ["hubspot_owner_id"]})
    report = connect(hub).batch_sync_activities(
        [*made(1), *made(1, metadata={"hubspot_owner_id": 7})]
    )

    assert report[0].status == "dead"
    assert "hubspot_owner_id" in str(report[0].error)


def test_read_only(hub, crm):
    """
    A property that cannot be written is named.
    """
    outcome = crm.sync_activity(made(1, metadata={"hs_createdate": "2026-05-01"})[0])

    assert outcome.status == "dead"
    assert "hs_createdate" in str(outcome.error)


def test_no_client(hub, crm):
    """
    An activity without a client is written to nobody.
    """
    assert crm.sync_activity(ActivityRecord(type="note", description="All"))
    assert hub.activities()[0]["client_ids"] == []


def test_unicode(hub, crm):
    """
    All of Unicode arrives as it was.
    """
    text = "Ngũgĩ 🏡 <naïve> & ﷽ \u202e"
    crm.sync_activity(ActivityRecord(type="note", client_id="501", description=text))
    (found,) = crm.get_client_data("501", include=["history"]).history

    assert found.description == text


@pytest.mark.parametrize("of", KINDS)
@pytest.mark.parametrize(
    "fault",
    ["reset_before", "reset_after", "done_but_500", "truncated", "broken_json", "html"],
)
def test_once(hub, crm, fault, of):
    """
    After a failure that leaves it open, the CRM holds each activity once all the same.
    """
    hub.fault(fault, path="/batch/create")
    activities = made(3, of)
    report = crm.batch_sync_activities(activities)
    crm._clock.turn(60)
    again = crm.flush_pending()

    assert statuses(report) == ["uncertain"] * 3
    assert statuses(again) == ["synced"] * 3
    assert sorted(o.remote_id for o in again) == sorted(a["id"] for a in hub.activities())
    assert len(hub.activities()) == 3


def test_taken_away(hub, crm):
    """
    HubSpot is taken away and comes back: every activity is there once.
    """
    hub.stop()
    report = crm.batch_sync_activities(made(150))
    hub.start()
    crm._clock.turn(3600)

    assert statuses(report) == ["pending"] * 150
    assert all(crm.flush_pending())
    assert len(hub.activities()) == 150


def test_index_lags(crm_simulator, connect):
    """
    An activity is found again though no search knows of it yet.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off", search_lag=1e9)
    crm = connect(hub)
    hub.fault("reset_after", path="/batch/create")
    crm.sync_activity(made(1)[0])

    assert all(crm.flush_pending())
    assert len(hub.activities()) == 1


def test_found_among_many(hub, crm):
    """
    An activity is found among more of its client's than one request reads.
    """
    hub.fault("reset_after", path="/batch/create")
    crm.batch_sync_activities(made(1))
    crm.batch_sync_activities(made(600))

    assert all(crm.flush_pending())
    assert len(hub.activities()) == 601


def test_found_after_merge(hub, crm):
    """
    An activity is found though its client was merged away meanwhile.
    """
    hub.fault("reset_after", path="/batch/create")
    crm.batch_sync_activities(made(1, client_id="502"))
    merge(hub, "501", "502")

    assert all(crm.flush_pending())
    assert len(hub.activities()) == 1


def test_daily_share(crm_simulator, connect):
    """
    A flush stops at its share of the day; the rest waits, and goes when it may.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], daily=10)
    crm = connect(hub)
    crm.batch_sync_activities(made(1000), deadline=0)
    report = crm.flush_pending(daily_share=0.5)

    assert hub.requests.total == 5
    assert report.counts["synced"] == 500
    assert "50% of the day's requests are used" in str(report[-1].error)
    assert report.exit_code == 4
    crm._clock.turn(3600)
    assert crm.flush_pending().counts["synced"] == 500


def test_others_marks(hub, crm):
    """
    The mark of another user's activity of the same id is not taken for one's own.
    """
    note = ActivityRecord(type="note", client_id="501", id="a", user_id=None)
    crm.sync_activity(note)
    hub.fault("reset_before", path="/batch/create")
    crm.sync_activity(ActivityRecord(type="note", client_id="501", id="b"))
    crm._clock.turn(60)
    crm.flush_pending()

    assert len(hub.activities()) == 2


def test_found_for_user(hub, crm):
    """
    A user's activity is found again by the mark that it was written with.
    """
    hub.fault("reset_after", path="/batch/create")
    crm.sync_activity(made(1)[0], user_id="u-1")

    assert all(crm.flush_pending())
    assert len(hub.activities()) == 1


@pytest.mark.parametrize(
    ("lost", "settings"),
    [({"client_id": None}, {}), ({"client_id": "501"}, {"marker": False})],
)
def test_not_to_be_found(hub, connect, lost, settings):
    """
    What cannot be looked up stays uncertain, and holds nothing else up.
    """
    crm = connect(hub, **settings)
    hub.fault("reset_after", path="/batch/create")
    crm.sync_activity(ActivityRecord(type="note", **lost))
    hub.fault("423", path="/batch/create", times=4)
    later = crm.sync_activity(made(1)[0])
    crm._clock.turn(60)
    report = crm.flush_pending()

    assert later.status == "pending"
    assert sorted(statuses(report)) == ["synced", "uncertain"]
    (unknown,) = (outcome for outcome in report if outcome.status == "uncertain")
    assert isinstance(unknown.error, NotSupportedError)
    assert len(hub.activities()) == 2


def test_client_gone(hub, crm):
    """
    An activity whose client is gone cannot be looked up, and is not sent blindly.
    """
    hub.fault("reset_before", path="/batch/create")
    crm.sync_activity(made(1)[0])
    ask(hub, "DELETE", f"{OBJECTS}/contacts/501")

    assert statuses(crm.flush_pending()) == ["uncertain"]


def test_hidden_email(hub, crm):
    """
    An e-mail whose text may not be read is not taken for absent, and holds nothing up.
    """
    hub.fault("reset_after", path="/batch/create")
    crm.sync_activity(made(1, "email_sent")[0])
    (email,) = hub.activities("emails")
    hidden = {"properties": {"hs_email_text": ""}}
    ask(hub, "PATCH", f"{OBJECTS}/emails/{email['id']}", hidden)
    hub.fault(423, path="/batch/create", times=8)
    crm.batch_sync_activities([*made(1), *made(1, "email_received")])
    crm._clock.turn(60)
    outcome, *others = sorted(crm.flush_pending(), key=bool)

    assert outcome.status == "uncertain"
    assert "sales-email-read" in str(outcome.error)
    assert statuses(others) == ["synced", "synced"]
    assert len(hub.activities("emails")) == 2


@pytest.mark.parametrize("place", ["/emails/batch/read", "/crm/associations"])
def test_unreadable_emails(hub, crm, place):
    """
    A token that may not read e-mails leaves one of them uncertain, and holds nothing up.
    """
    hub.fault("reset_after", path="/batch/create")
    hub.fault(403, path=place, times=None)
    crm.sync_activity(made(1, "email_sent")[0])
    hub.fault(423, path="/batch/create", times=4)
    crm.sync_activity(made(1)[0])
    crm._clock.turn(60)
    outcome, *others = sorted(crm.flush_pending(), key=bool)

    assert (outcome.status, outcome.user_decides) == ("uncertain", True)
    assert "403 - Forbidden" in str(outcome.error)
    assert statuses(others) == ["synced"]


def test_limits(hub, crm):
    """
    A limit is waited for, and the batch sent once.
    """
    hub.fault(429, policy="TEN_SECONDLY_ROLLING", times=2, path="/batch/create")

    assert statuses(crm.batch_sync_activities(made(3))) == ["synced"] * 3
    assert crm._clock.waits == [10, 10]
    assert len(hub.activities()) == 3


@pytest.mark.parametrize("fault", [{"name": 429, "policy": "DAILY"}, {"name": 477}])
def test_long_limits(hub, crm, fault):
    """
    A long wait is not slept: the activities are safe, and sent when it is over.
    """
    hub.fault(**fault, path="/batch/create")
    report = crm.batch_sync_activities(made(3))
    clock = crm._clock
    early = crm.flush_pending()
    clock.turn(4000)

    assert statuses(report) == ["pending"] * 3
    assert isinstance(report[0].error, RateLimitedError)
    assert clock.waits == []
    assert "synced" not in statuses(early)
    assert statuses(crm.flush_pending()) == ["synced"] * 3


@pytest.mark.parametrize("threads", [4])
def test_rate(crm_simulator, connect, threads):
    """
    Against HubSpot's own limit no request is refused.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="100/10s")
    crm = connect(hub)
    crm.get_client_data("501")
    workers = [
        threading.Thread(target=crm.batch_sync_activities, args=(made(1500),))
        for _ in range(threads)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(hub.activities()) == 1500 * threads
    assert hub.requests.limited == 0


def test_refused_whole(hub, crm):
    """
    A batch that HubSpot refuses without naming rows is sent again in parts.
    """
    hub.fault(400, path="/batch/create")

    assert statuses(crm.batch_sync_activities(made(4))) == ["synced"] * 4
    assert len(calls(hub, "/batch/create")) == 3
    assert len(hub.activities()) == 4


@pytest.mark.parametrize(
    ("scopes", "kind"),
    [(None, AuthenticationError), (["crm.objects.contacts.read"], AccessDeniedError)],
)
def test_refused_tokens(hub, connect, scopes, kind):
    """
    What the token may not do waits for a better one, and the scope is named.
    """
    token = hub.add_token(scopes=scopes) if scopes else "pat-foreign"
    outcome = connect(hub, token=token).sync_activity(made(1)[0])

    assert outcome.status == "pending"
    assert isinstance(outcome.error, kind)
    assert scopes is None or "crm.objects.contacts.write" in str(outcome.error)
    assert all(connect(hub).flush_pending())


def test_wrong_version(hub, connect):
    """
    A wrong version kills no activity.
    """
    outcome = connect(hub, api_version="2031-03").sync_activity(made(1)[0])

    assert outcome.status == "uncertain"
    assert "api_version" in str(outcome.error)
    later = connect(hub)
    later._clock.turn(60)
    assert all(later.flush_pending())


@pytest.mark.parametrize("setting", ["timeline_template", "timeline_event"])
def test_timeline(crm_simulator, connect, setting):
    """
    A type that is sent to the timeline is an event, with the activity's id as its own.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off", timeline=["7001"])
    token = hub.add_token(oauth=True)
    crm = connect(
        hub, token=token, activity_types={"property_view": "timeline"}, **{setting: "7001"}
    )
    viewed = ActivityRecord(type="property_view", client_id="501", metadata={"rooms": "3"})
    hub.fault("reset_after", path="/integrators/timeline")
    outcome = crm.sync_activity(viewed)

    assert (outcome.status, outcome.remote_id) == ("synced", viewed.id)
    assert len(hub.requests) == 2
    assert [one["id"] for one in hub.activities("timeline")] == [viewed.id]


def test_timeline_later(crm_simulator, connect):
    """
    An event of uncertain fate is sent again, and is there once.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off", timeline=["7001"])
    token = hub.add_token(oauth=True)
    routed = {"note": "timeline"}
    crm = connect(hub, token=token, activity_types=routed, timeline_event="7001")
    hub.fault("reset_after", path="/integrators/timeline", times=4)
    outcome = crm.sync_activity(made(1)[0])

    assert outcome.status == "uncertain"
    crm._clock.turn(60)
    assert all(crm.flush_pending())
    assert len(hub.activities("timeline")) == 1


@pytest.mark.parametrize("setting", ["timeline_template", "timeline_event"])
def test_timeline_failures(crm_simulator, connect, setting):
    """
    An event that HubSpot refuses fails alone.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], limit="off", timeline=["7001"])
    token = hub.add_token(oauth=True)
    crm = connect(
        hub, token=token, activity_types={"note": "timeline"}, **{setting: "7001"}
    )
    report = crm.batch_sync_activities(made(1) + made(1, client_id="999999") + made(1))

    assert statuses(report) == ["synced", "dead", "synced"]
    assert len(hub.activities("timeline")) == 2


def test_timeline_refused(crm_simulator, connect):
    """
    A private app's token has no timeline, and the scope is named.
    """
    hub = crm_simulator("hubspot", contacts=[ANA], timeline=["7001"])
    crm = connect(hub, activity_types={"note": "timeline"}, timeline_event="7001")
    outcome = crm.sync_activity(made(1)[0])

    assert outcome.status == "pending"
    assert "the scope timeline" in str(outcome.error)


def test_no_timeline(hub, connect):
    """
    Without an event type the setting that is lacking is named, and nothing is lost.
    """
    crm = connect(hub, activity_types={"property_view": "timeline"})
    outcome = crm.sync_activity(made(1, "property_view")[0])

    assert outcome.status == "pending"
    assert "timeline_template" in str(outcome.error)


def test_no_personal_data(hub, crm, caplog):
    """
    Nothing that a report or a log says holds a text or an address.
    """
    caplog.set_level("DEBUG")
    metadata = {"hs_no_such_property": "ana@example.com", "to": "ana@example.com"}
    bad = made(1, "email_sent", metadata=metadata)
    report = crm.batch_sync_activities(bad + made(1))
    said = json.dumps(report.as_dict()) + repr(report) + caplog.text

    assert report.counts["dead"] == 1
    assert "ana@example.com" not in said
    assert "Number 0" not in said
