"""
What happened is written as Follow Up Boss has it, once.
"""

from datetime import UTC, datetime, timedelta

import pytest
from attrs import evolve
from tests.plugins.followupboss.conftest import ANA, Clock, ask, calls

from crmkit import (
    ActivityRecord,
    ClientNotFoundError,
    CRMConnector,
    CRMCredentials,
    InvalidRequestError,
    NotSupportedError,
    RateLimitedError,
)
from crmkit.testing import Answer, Server

WHEN = datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


def activity(of, description="Hello", client_id="501", **metadata):
    """
    Make an activity of a type.
    """
    return ActivityRecord(
        type=of,
        description=description,
        client_id=client_id,
        timestamp=WHEN,
        metadata=metadata,
    )


def written(fub, kind):
    """
    Return what the only record of a kind holds.
    """
    (record,) = fub.activities(kind)
    return record["properties"]


def mark(text):
    """
    Return a body without its last line, which must be a mark.
    """
    said, _, last = text.rpartition("\n")
    assert last.startswith("[crmkit ")
    return said


def test_note(fub, crm):
    """
    A note has subject and text; what has no field, the time too, are lines, then the mark.
    """
    outcome = crm.sync_activity(activity("note", subject="Garden", score=5))
    note = written(fub, "notes")

    assert outcome.remote_id == fub.activities("notes")[0]["id"]
    assert (note["subject"], note["isHtml"], note["personId"]) == ("Garden", False, 501)
    assert mark(note["body"]) == "Hello\nscore: 5\nat: 2026-05-01T09:30:00Z"


def test_html_note(fub, crm):
    """
    HTML is a note's text where it is given.
    """
    crm.sync_activity(activity("note", html="<b>Hi</b>"))
    note = written(fub, "notes")

    assert note["isHtml"] is True
    assert note["body"].startswith("<b>Hi</b><br>at: ")


def test_unmarked(fub, connect):
    """
    Without the marker no line tells whose the text is.
    """
    connect(fub, marker=False).sync_activity(activity("note"))

    assert written(fub, "notes")["body"] == "Hello\nat: 2026-05-01T09:30:00Z"


def test_other_types(fub, crm):
    """
    A type that the table does not know is a note that says it.
    """
    crm.sync_activity(activity("tour"))

    assert mark(written(fub, "notes")["body"]).startswith("Hello\ntype: tour\n")


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, ("+1 555-286-9155", False, None)),
        ({"to": "5550001"}, ("5550001", False, "5550001")),
        ({"direction": "in", "from": "5550002"}, ("5550002", True, None)),
    ],
)
def test_call(fub, crm, metadata, expected):
    """
    A call's number is the other side's; without one it is the person's own.
    """
    crm.sync_activity(activity("call", duration_s=89.6, outcome="left message", **metadata))
    call = written(fub, "calls")

    assert (call["phone"], call["isIncoming"], call["toNumber"]) == expected
    assert (call["duration"], call["outcome"]) == (90, "Left Message")
    assert mark(call["note"]).startswith("Hello\n")


def test_call_without_a_number(fub, crm):
    """
    A call with somebody without a number is refused, and says what to give.
    """
    outcome = crm.sync_activity(activity("call", client_id="502"))

    assert isinstance(outcome.error, InvalidRequestError)
    assert "give 'to'" in str(outcome.error)
    assert fub.activities() == []


def test_text(fub, connect):
    """
    A text goes from the setting's number to the person's; a received one comes back.
    """
    crm = connect(fub, number="5550100")
    crm.sync_activity(activity("sms_sent", url="https://example.com/t"))
    crm.sync_activity(activity("sms_received", "Hello back"))
    sent, received = [one["properties"] for one in fub.activities("textMessages")]

    assert (sent["fromNumber"], sent["toNumber"]) == ("5550100", "+1 555-286-9155")
    assert (sent["isIncoming"], sent["externalUrl"]) == (False, "https://example.com/t")
    assert (received["toNumber"], received["isIncoming"]) == ("5550100", True)


def test_text_refused(fub, connect):
    """
    A text without a number of one's own, or of no registered system, is dead and says why.
    """
    unnumbered = connect(fub).sync_activity(activity("sms_sent"))
    unregistered = connect(fub, system_key="wrong", system=None, number="5").sync_activity(
        activity("sms_sent")
    )

    assert "the setting number" in str(unnumbered.error)
    assert isinstance(unregistered.error, NotSupportedError)
    assert "system_key" in str(unregistered.error)
    assert calls(fub, "POST", "/v1/textMessages") == 0


def test_task(fub, crm):
    """
    A task is its owner's, due when it says; name and text are one, for there is one field.
    """
    crm.sync_activity(
        activity("task", "Ask about it", subject="Call", due_at="2026-05-20T09:00:00+02:00")
    )
    task = written(fub, "tasks")

    assert mark(task["name"]) == "Call\nAsk about it"
    assert task["dueDateTime"] == "2026-05-20T07:00:00Z"
    assert (task["assignedUserId"], task["isCompleted"]) == (1, 0)


def test_task_of_somebody_else(fub, crm):
    """
    A task may name who does it, and that it is done; without a due time it has its own.
    """
    crm.sync_activity(activity("task", owner_id=8, outcome="completed"))
    task = written(fub, "tasks")

    assert (task["AssignedTo"], task["isCompleted"]) == ("Agent White", 1)
    assert task["dueDateTime"] == "2026-05-01T09:30:00Z"


def test_meeting(fub, crm):
    """
    A meeting is an appointment to which nobody is sent an invitation.
    """
    crm.sync_activity(activity("meeting", subject="Tour", duration_s=1800, url="Main St 1"))
    meeting = written(fub, "appointments")

    assert (meeting["title"], meeting["location"]) == ("Tour", "Main St 1")
    assert (meeting["start"], meeting["end"]) == (
        "2026-05-01T09:30:00Z",
        "2026-05-01T10:00:00Z",
    )
    assert meeting["invitees"] == [{"personId": 501}]
    (call,) = [one for one in fub.requests if one.method == "POST"]
    assert call.path.endswith("?sendInvitation=false")


def test_property_view(fub, connect):
    """
    What was viewed is the event's property, by its own names; the rest are lines.
    """
    house = {"street": "Main St 1", "price": "310000", "bedrooms": 3, "pool": True}
    connect(fub, source="Our site").sync_activity(
        activity("property_view", property=house, url="https://example.com/1", visit=2)
    )
    event = written(fub, "events")

    assert (event["type"], event["source"]) == ("Viewed Property", "Our site")
    assert event["occurred"] == "2026-05-01T09:30:00Z"
    known = {n: v for n, v in event["property"].items() if v is not None}
    assert known == {
        "street": "Main St 1",
        "price": "310000",
        "bedrooms": "3",
        "url": "https://example.com/1",
        "forRent": 0,
    }
    assert mark(event["message"]) == 'Hello\nproperty: {"pool":true}\nvisit: 2'


def test_page_view(fub, crm):
    """
    A page that was viewed has title, address and seconds.
    """
    crm.sync_activity(
        activity("video_view", subject="Garden", url="https://example.com/v", duration_s=74)
    )
    event = written(fub, "events")

    assert (event["type"], event["pageTitle"]) == ("Viewed Page", "Garden")
    assert (event["pageUrl"], event["pageDuration"]) == ("https://example.com/v", 74)


@pytest.mark.parametrize(
    ("of", "metadata", "expected"),
    [
        ("lead", {}, "General Inquiry"),
        ("seller_inquiry", {}, "Seller Inquiry"),
        ("property_view", {"event_type": "Saved property"}, "Saved Property"),
        ("saved_property_search", {"url": "https://example.com"}, "Saved Property Search"),
    ],
)
def test_leads(fub, crm, of, metadata, expected):
    """
    Each of the documented types of events has a word, and metadata may name it.
    """
    crm.sync_activity(activity(of, **metadata))

    assert written(fub, "events")["type"] == expected


def test_dropped(crm_simulator, connect):
    """
    An event that the account drops is dead and says so: it is not in the CRM.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], archived=["Old"], limit="off")
    outcome = connect(fub, source="Old").sync_activity(activity("property_view"))

    assert (outcome.status, type(outcome.error)) == ("dead", NotSupportedError)
    assert "archived" in str(outcome.error)
    assert fub.activities() == []


def test_of_nobody(fub, crm):
    """
    An activity of nobody, or of no id of Follow Up Boss's, is dead.
    """
    kinds = ("note", "property_view", "email_sent")
    for kind in kinds:
        outcome = crm.sync_activity(activity(kind, client_id="999"))
        assert isinstance(outcome.error, ClientNotFoundError)
    alone = crm.sync_activity(activity("note", client_id=None))
    odd = crm.sync_activity(activity("note", client_id="abc"))

    assert isinstance(alone.error, InvalidRequestError)
    assert isinstance(odd.error, ClientNotFoundError)
    assert fub.activities() == []


def test_emails_in_one_request(crm_simulator, connect):
    """
    A thousand e-mails of one mailing: one request for all, ten to look at who they are.
    """
    fub = crm_simulator("followupboss", contacts=1000, limit="off")
    mails = [
        activity("email_sent", f"Hello {n}", one["id"], campaign="may", subject="May")
        for n, one in enumerate(fub.contacts())
    ]
    report = connect(fub).batch_sync_activities(mails)

    assert all(report)
    assert calls(fub, "POST", "/v1/emEvents") == 1
    assert calls(fub, "GET", "/v1/people") == 10
    assert fub.requests.total == 13  # with two for the campaign
    assert len(fub.activities("emEvents")) == 1000


def test_campaigns(fub, crm):
    """
    E-mails with the same words are one campaign, which holds them; others are another.
    """
    for who in ("501", "502"):
        crm.sync_activity(activity("email_sent", client_id=who, subject="Hi", html="<p>Hi"))
    crm.sync_activity(activity("email_sent", "Other words"))
    events = [one["properties"] for one in fub.activities("emEvents")]

    assert [one["type"] for one in events] == ["delivered"] * 3
    assert events[0]["campaignId"] == events[1]["campaignId"] != events[2]["campaignId"]
    assert events[0]["campaign"]["bodyHtml"] == "<p>Hi"
    assert events[0]["occurred"] == "2026-05-01T09:30:00Z"


def test_named_campaign(fub, crm):
    """
    Sent and opened, a named mailing is one campaign, without the words to one client.
    """
    crm.sync_activity(activity("email_sent", "Hello Ana", campaign="may"))
    crm.sync_activity(activity("email_opened", "", campaign="may"))
    sent, opened = [one["properties"] for one in fub.activities("emEvents")]

    assert (sent["type"], opened["type"]) == ("delivered", "open")
    assert sent["campaignId"] == opened["campaignId"]
    assert sent["campaign"]["originId"] == "may"
    assert sent["campaign"]["bodyHtml"] is None


def test_email_to_the_trash(fub, crm):
    """
    An e-mail to who was deleted is dead.
    """
    ask(fub, "DELETE", "people/501")
    outcome = crm.sync_activity(activity("email_sent"))

    assert (outcome.status, fub.activities()) == ("dead", [])


def test_campaigns_of_others(tmp_path):
    """
    A campaign of another origin, that a list shows all the same, is none of ours.
    """
    sent = []

    def answer(request):
        if request.method == "POST":
            sent.append(request.json())
            return Answer(json={"id": 2})
        if request.path.endswith("emCampaigns"):
            return Answer(json={"emcampaigns": [{"id": 1, "origin": "x", "originId": "y"}]})
        return Answer(json={"id": 501, "emails": [{"value": "ana@example.com"}]})

    with Server(answer) as server:
        given = {"followupboss": {"base_url": server.url}}
        with CRMConnector(
            default_provider="followupboss",
            settings=given,
            credentials="fka_1",
            store=f"sqlite:///{tmp_path}/outbox.db",
        ) as crm:
            assert crm.sync_activity(activity("email_sent"))

    assert sent[-1]["emEvents"][0]["campaignId"] == 2


def test_recipient(fub, crm):
    """
    The recipient is the address that it went to, which must be one of theirs, or the first.
    """
    emails = [{"value": "ana@example.com"}, {"value": "second@example.com"}]
    ask(fub, "PUT", "people/501", {"emails": emails})
    given = [{"to": "SECOND@example.com"}, {}, {"to": "stranger@example.com"}]
    made = [crm.sync_activity(activity("email_sent", str(to), **to)) for to in given]

    addresses = [one["properties"]["recipient"] for one in fub.activities("emEvents")]
    assert addresses == ["second@example.com", "ana@example.com"]
    assert made[2].status == "dead"
    assert "no address of this person" in str(made[2].error)
    assert "stranger" not in str(made[2].error)


def test_email_to_who_has_no_address(fub, crm):
    """
    Of several e-mails those fail that nobody can get; the others are kept.
    """
    fub.add_contacts([{"id": 503}])
    report = crm.batch_sync_activities(
        [activity("email_sent", client_id=one) for one in ("501", "503", "999")]
    )

    assert [outcome.status for outcome in report] == ["synced", "dead", "dead"]
    assert "no e-mail address" in str(report[1].error)


def test_emails_as_notes(fub, connect):
    """
    With activity_types e-mails are notes, each with its text.
    """
    connect(fub, activity_types={"email_sent": "notes"}).sync_activity(
        activity("email_sent", subject="May")
    )

    assert mark(written(fub, "notes")["body"]).startswith("Hello\ntype: email_sent")


def test_agents_make_no_campaigns(fub, connect):
    """
    An agent's key leaves e-mails pending, and says what to do.
    """
    fub.add_contacts([{**ANA, "id": 504, "assignedUserId": 8}])
    crm = connect(fub, token={"followupboss": fub.add_token(user=8)})
    outcome = crm.sync_activity(activity("email_sent", client_id="504"))

    assert outcome.status == "pending"
    assert "owner or an admin" in str(outcome.error)


def test_not_ready(crm_simulator, connect):
    """
    A note about somebody made just now is pending, and there once after a flush.
    """
    fub = crm_simulator("followupboss", not_ready=3, limit="off")
    made = ask(fub, "POST", "people", {"firstName": "Fay"})["id"]
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    outcome = crm.sync_activity(activity("note", client_id=str(made)))

    assert (outcome.status, type(outcome.error)) == ("pending", RateLimitedError)
    clock.turn(6)
    assert all(crm.flush_pending())
    assert len(fub.activities("notes")) == 1


@pytest.mark.parametrize(
    "of",
    ["note", "call", "task", "property_view", "email_sent", "sms_sent"],
)
@pytest.mark.parametrize("fault", ["reset_before", "reset_after", "done_but_500"])
def test_uncertain(fub, connect, of, fault):
    """
    What may or may not be there is looked for by its mark, and is there once in the end.
    """
    clock = Clock(fub)
    crm = connect(fub, clock=clock, number="5550100")
    struck = fub.fault(fault, method="POST", path=r"/v1/(?!emCampaigns)")
    first = crm.sync_activity(activity(of, "One of many"))
    crm.sync_activity(activity(of, "Another one"))
    for _ in range(3):
        clock.turn(timedelta(hours=2).total_seconds())
        crm.flush_pending()

    assert struck.struck == 1
    assert first.status == "uncertain"
    assert crm.outcome_of(first.activity_id).status == "synced"
    found = [one for one in fub.activities() if "One of many" in str(one)]
    assert len(found) == 1


@pytest.mark.parametrize(("of", "known"), [("email_sent", True), ("note", False)])
def test_uncertain_without_marker(fub, connect, of, known):
    """
    E-mails need no mark: person, campaign and moment tell them apart. A note has nothing.
    """
    clock = Clock(fub)
    crm = connect(fub, clock=clock, marker=False)
    fub.fault("reset_after", method="POST", path=r"/v1/(?!emCampaigns)")
    outcome = crm.sync_activity(activity(of))
    clock.turn(7200)
    crm.flush_pending()

    now = crm.outcome_of(outcome.activity_id)
    assert (now.status == "synced", now.user_decides) == (known, not known)


def test_mailings_apart(fub, connect):
    """
    A lost e-mail is not taken for another of its mailing, of another moment.
    """
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    fub.fault("reset_before", method="POST", path="/v1/emEvents")
    first = crm.sync_activity(activity("email_sent", campaign="may"))
    later = evolve(
        activity("email_sent", campaign="may"), timestamp=WHEN + timedelta(seconds=1)
    )
    crm.sync_activity(later)
    for _ in range(2):
        clock.turn(7200)
        crm.flush_pending()

    assert crm.outcome_of(first.activity_id).status == "synced"
    assert len(fub.activities("emEvents")) == 2


def test_uncertain_appointment(fub, connect):
    """
    An appointment that is not shown may be there all the same: the user decides.
    """
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    fub.fault("reset_before", method="POST")
    outcome = crm.sync_activity(activity("meeting"))
    clock.turn(7200)
    crm.flush_pending()

    now = crm.outcome_of(outcome.activity_id)
    assert (now.status, now.user_decides) == ("uncertain", True)


def test_notes_are_not_listed(crm_simulator, connect):
    """
    Where notes cannot be listed, nobody can tell whether one is there.
    """
    fub = crm_simulator("followupboss", contacts=[ANA], list_notes=False, limit="off")
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    fub.fault("reset_after", method="POST")
    outcome = crm.sync_activity(activity("note"))
    clock.turn(7200)
    crm.flush_pending()

    assert crm.outcome_of(outcome.activity_id).user_decides


def test_found_after_a_merge(fub, connect):
    """
    An uncertain note is found with the person that its own became.
    """
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    fub.fault("reset_after", method="POST")
    outcome = crm.sync_activity(activity("note"))
    fub.crm.merge("502", "501")
    clock.turn(7200)
    crm.flush_pending()

    assert crm.outcome_of(outcome.activity_id).status == "synced"
    assert len(fub.activities("notes")) == 1


def test_limits(crm_simulator, connect):
    """
    Thirty notes and thirty events go without one refusal, each at the pace of its context.
    """
    fub = crm_simulator("followupboss", contacts=[ANA])
    clock = Clock(fub)
    crm = connect(fub, clock=clock)
    crm.batch_sync_activities([activity("property_view", f"{n}") for n in range(30)])
    free = sum(clock.waits)
    crm.batch_sync_activities([activity("note", f"{n}") for n in range(30)])

    assert fub.requests.limited == 0
    assert len(fub.activities()) == 60
    assert free == 0
    assert 20 <= sum(clock.waits) <= 21


def test_limits_of_strangers(crm_simulator, connect):
    """
    Without a registered system the halved limits are kept, too.
    """
    fub = crm_simulator("followupboss", contacts=[ANA])
    clock = Clock(fub)
    crm = connect(fub, clock=clock, system=None)
    crm.batch_sync_activities([activity("property_view", f"{n}") for n in range(25)])

    assert fub.requests.limited == 0
    assert sum(clock.waits) >= 20


def test_shared_account(crm_simulator, connect):
    """
    Two users of one account share its limits.
    """
    fub = crm_simulator("followupboss", contacts=[ANA])
    given = {
        ("followupboss", user): CRMCredentials(
            provider="followupboss",
            access_token=fub.add_token(),
            metadata={"account": "4242"},
        )
        for user in ("ana", "bo")
    }
    crm = connect(fub, token=given)
    for user in ("ana", "bo"):
        notes = [activity("note", f"{user} {n}") for n in range(10)]
        crm.batch_sync_activities(notes, user_id=user)

    assert fub.requests.limited == 0
    assert len(fub.activities("notes")) == 20


def test_protective_limit(fub, crm):
    """
    A 429 while much is left is waited for, and the note is there once.
    """
    fub.fault(429, seconds=4, method="POST")

    assert crm.sync_activity(activity("note"))
    assert len(fub.activities("notes")) == 1
