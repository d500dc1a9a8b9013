"""
The community's client writes what happened, and reads it back.
"""

import pytest
from follow_up_boss.appointments import Appointments
from follow_up_boss.calls import Calls
from follow_up_boss.client import FollowUpBossAuthError, FollowUpBossValidationError
from follow_up_boss.email_marketing import EmailMarketing
from follow_up_boss.events import Events
from follow_up_boss.notes import Notes
from follow_up_boss.tasks import Tasks
from follow_up_boss.text_messages import TextMessages
from tests.contrib.simulator.followupboss.conftest import client_of


def test_notes(vendor, fub):
    """
    A note is made, changed, listed by its person and deleted.
    """
    notes = Notes(vendor)
    made = notes.create_note(7, "Garden", "Asked about it")
    notes.update_note(made["id"], body="Asked twice")

    assert [one["body"] for one in notes.list_notes({"personId": 7})["notes"]] == [
        "Asked twice"
    ]
    assert notes.list_notes({"personId": 8})["notes"] == []
    assert notes.delete_note(made["id"]) == ""
    assert fub.activities() == []


def test_calls(vendor):
    """
    A call is made and read; an outcome that is none of the six is refused.
    """
    calls = Calls(vendor)
    made = calls.create_call(7, "5552869155", 135, "Interested", is_incoming=False)

    assert calls.retrieve_call(made["id"])["duration"] == 135
    assert [one["id"] for one in calls.list_calls(person_id=7)["calls"]] == [made["id"]]
    with pytest.raises(FollowUpBossValidationError):
        calls.create_call(7, "5552869155", 5, "Delighted", is_incoming=False)


def test_text_messages(vendor, capsys):
    """
    A text is logged with both numbers, and listed for who names a person.
    """
    texts = TextMessages(vendor)
    texts.create_text_message(7, "Here it is", "5552869155", "5550100100")

    (said,) = texts.list_text_messages(7)["textmessages"]
    assert (said["message"], said["isIncoming"]) == ("Here it is", False)
    with pytest.raises(FollowUpBossValidationError):
        vendor._get("textMessages")
    assert "personId, threadId, phone" in capsys.readouterr().out


def test_tasks(vendor):
    """
    A task needs somebody to do it, and answers with a capital A.
    """
    tasks = Tasks(vendor)
    made = tasks.create_task("Call Ana", 7, assignedUserId=8, type="Call")

    assert (made["AssignedTo"], made["isCompleted"]) == ("Agent White", 0)
    assert [one["id"] for one in tasks.list_tasks(person_id=7)["tasks"]] == [made["id"]]
    with pytest.raises(FollowUpBossValidationError):
        tasks.create_task("Call Ana", 7)


def test_client_is_wrong(vendor, capsys):
    """
    What the client sends by names that are not documented is refused, as it found itself.
    """
    with pytest.raises(FollowUpBossValidationError):
        Tasks(vendor).create_task("Call", 7, assigned_to=8)

    assert "Invalid fields in the request body: assigneeId." in capsys.readouterr().out


def test_appointments(vendor, fub):
    """
    An appointment is shown to who made it, and to no other user.
    """
    appointments = Appointments(vendor)
    made = appointments.create_appointment(
        {
            "title": "Viewing",
            "start": "2026-05-15T17:00:00Z",
            "end": "2026-05-15T18:00:00Z",
            "invitees": [{"personId": 7}],
        },
        {"sendInvitation": "false"},
    )
    agent = client_of(fub, fub.add_token(user=8))

    assert [
        one["id"] for one in appointments.list_appointments({"personId": 7})["appointments"]
    ] == [made["id"]]
    assert Appointments(agent).list_appointments({"personId": 7})["appointments"] == []


def test_events(vendor):
    """
    An event answers with its person; read, its price is a text and forRent a number.
    """
    said = Events(vendor).create_event(
        type="Viewed Property",
        person_id=7,
        property={"street": "6825 Mulholland Dr", "price": 310000, "forRent": False},
    )
    (event,) = Events(vendor).list_events(person_id=7)["events"]

    assert said["id"] == 7
    assert (event["property"]["price"], event["property"]["forRent"]) == ("310000", 0)
    assert event["personId"] == 7


def test_lead(vendor, fub):
    """
    An event of somebody new makes a person; of somebody known by address it does not.
    """
    for number in ("5550001", "5550002"):
        Events(vendor).create_event(
            type="Registration", first_name="Eli", email="eli@example.com", phone=number
        )

    (eli,) = [one for one in fub.contacts() if one["properties"]["firstName"] == "Eli"]
    assert len(fub.activities("events", eli["id"])) == 2


def test_email_marketing(vendor, fub):
    """
    A campaign is made once, and its events are of those who are known alone.
    """
    marketing = EmailMarketing(vendor)
    made = marketing.create_email_marketing_campaign("May", "Hello", "", originId="may")
    with pytest.raises(FollowUpBossValidationError):
        marketing.create_email_marketing_campaign("May", "Hello", "", originId="may")
    for person, address in ((7, "ana@example.com"), (7, "nobody@example.com")):
        marketing.create_email_marketing_event(
            "open",
            person,
            made["id"],
            email_address=address,
            occurred="2026-05-14T09:30:00Z",
        )

    (event,) = marketing.list_email_marketing_events({"personId": 7})["emevents"]
    assert (event["campaignId"], event["recipient"]) == (made["id"], "ana@example.com")
    assert len(fub.activities("emEvents")) == 1


def test_campaigns_of_agents(fub):
    """
    An agent may make no campaign.
    """
    agent = client_of(fub, fub.add_token(user=8))

    with pytest.raises(FollowUpBossAuthError):
        EmailMarketing(agent).create_email_marketing_campaign(
            "May", "Hello", "", originId="m"
        )
