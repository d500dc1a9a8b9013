"""
Zoho's own client writes and reads activities, tags and queries.
"""

from datetime import UTC, date, datetime

import pytest
from tests.contrib.simulator.zoho.vendor import (
    choice,
    codes,
    connect,
    of,
    params,
    record,
    reference,
    rows,
)
from zohocrmsdk.src.com.zoho.crm.api import coql, modules, notes, related_records, tags
from zohocrmsdk.src.com.zoho.crm.api.record import Participants, SuccessResponse

ANA, BO, LEAD = 5725767000000524157, 5725767000000524158, 5725767000000524160
START, END = datetime(2026, 5, 14, 10, tzinfo=UTC), datetime(2026, 5, 14, 11, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("strict")


@pytest.fixture
def hub(crm_simulator, tmp_path):
    """
    Return a Zoho with two contacts and a lead, to which the client is connected.
    """
    people = [{"id": ANA, "Last_Name": "Ruiz"}, {"id": BO, "Last_Name": "Berg"}]
    leads = [{"id": LEAD, "Last_Name": "Lo"}]
    made = crm_simulator("zoho", contacts=people, records={"Leads": leads}, limit="off")
    connect(made, tmp_path)
    return made


def made(module, *records):
    """
    Make records, and return the one that was made last as it is read.
    """
    response = of(module).create_records(rows(*records))
    result = response.get_object().get_data()[-1]
    assert isinstance(result, SuccessResponse), result.get_details()
    found = of(module).get_record(int(result.get_details()["id"])).get_object()
    return found.get_data()[0]


def a_note(content, id_=ANA):
    """
    Return a note as the client writes one.
    """
    parent, module, note = notes.ParentId(), modules.MinifiedModule(), notes.Note()
    module.set_api_name("Contacts")
    parent.set_module(module)
    parent.set_id(id_)
    note.set_parent_id(parent)
    note.set_note_content(content)
    return note


def write(*written):
    """
    Write notes, and return the answer.
    """
    body = notes.BodyWrapper()
    body.set_data(list(written))
    return notes.NotesOperations().create_notes(body)


def test_notes(hub):
    """
    It writes notes, and reads them in a list and one by one.
    """
    response = write(a_note("one"), a_note("two", BO), a_note(""))
    good, _, bad = response.get_object().get_data()
    query = params(fields="Note_Title,Note_Content,Parent_Id,Owner,Created_Time")
    listed = notes.NotesOperations().get_notes(query).get_object()
    id_ = int(good.get_details()["id"])
    (note,) = notes.NotesOperations().get_note(id_).get_object().get_data()

    assert response.get_status_code() == 207
    assert bad.get_code().get_value() == "EXPECTED_FIELD_MISSING"
    assert [one.get_note_content() for one in listed.get_data()] == ["two", "one"]
    assert listed.get_info().get_more_records() is False
    assert (note.get_note_content(), note.get_parent_id().get_id()) == ("one", ANA)
    assert note.get_parent_id().get_module().get_api_name() == "Contacts"
    assert note.get_owner().get_name() == "Sam Owner"


def test_notes_of(hub):
    """
    It reads the notes of a contact as a related list.
    """
    write(a_note("one"), a_note("two", BO))
    related = related_records.RelatedRecordsOperations("Notes", "Contacts")
    response = related.get_related_records(ANA, params(fields="Note_Content"))
    nothing = related_records.RelatedRecordsOperations("Tasks", "Contacts")

    (note,) = response.get_object().get_data()
    assert note.get_key_value("Note_Content") == "one"
    empty = nothing.get_related_records(ANA, params(fields="Subject"))
    assert (empty.get_status_code(), empty.get_object()) == (204, None)


def test_note_changed(hub):
    """
    It changes a note, and deletes it.
    """
    (result,) = write(a_note("one")).get_object().get_data()
    id_ = int(result.get_details()["id"])
    body, change = notes.BodyWrapper(), notes.Note()
    change.set_note_content("two")
    body.set_data([change])
    changed = notes.NotesOperations().update_note(id_, body)

    assert codes(changed) == ["SUCCESS"]
    (note,) = hub.activities("Notes")
    assert note["properties"]["Note_Content"] == "two"
    assert codes(notes.NotesOperations().delete_note(id_)) == ["SUCCESS"]
    assert hub.activities() == []


def a_call(**more):
    """
    Return a call as the client writes one.
    """
    return record(
        Subject="Hello",
        Call_Type=choice("Outbound"),
        Call_Start_Time=START,
        Call_Duration="10:05",
        Who_Id=reference(ANA),
        **more,
    )


def test_call(hub):
    """
    It writes a call, and reads its length and whom it is about.
    """
    call = made("Calls", a_call(Outbound_Call_Status=choice("Completed")))

    assert call.get_key_value("Call_Duration_in_seconds") == 605
    assert call.get_key_value("Call_Start_Time") == START
    assert call.get_key_value("Who_Id").get_id() == ANA
    assert call.get_key_value("Call_Type").get_value() == "Outbound"


def test_event(hub):
    """
    It writes an event with who takes part.
    """
    part = Participants()
    part.set_type("contact")
    part.set_participant(str(BO))
    event = made(
        "Events",
        record(
            Event_Title="Viewing",
            Start_DateTime=START,
            End_DateTime=END,
            Participants=[part],
            Venue="12 Harbour Road",
        ),
    )

    assert event.get_key_value("Start_DateTime") == START
    assert event.get_key_value("Venue") == "12 Harbour Road"
    (found,) = event.get_key_value("Participants")
    assert (found.get_participant(), found.get_name()) == (str(BO), "Berg")
    assert hub.activities("Events", str(BO))


def test_task(hub):
    """
    It writes a task about a lead.
    """
    task = record(Subject="Call back", Due_Date=date(2026, 5, 20), What_Id=reference(LEAD))
    task.add_key_value("Status", choice("In Progress"))
    task.add_key_value("$se_module", "Leads")
    found = made("Tasks", task)

    assert found.get_key_value("Due_Date") == date(2026, 5, 20)
    assert found.get_key_value("What_Id").get_key_value("name") == "Lo"
    assert hub.activities("Tasks", str(LEAD))


def test_hundred(hub):
    """
    It writes a hundred calls at once; with one more none is written.
    """
    calls = [a_call() for _ in range(101)]
    refused = of("Calls").create_records(rows(*calls))
    response = of("Calls").create_records(rows(*calls[:100]))

    assert codes(refused) == ["LIMIT_EXCEEDED"]
    assert set(codes(response)) == {"SUCCESS"}
    assert len(hub.activities("Calls")) == 100


def query(text):
    """
    Return the answer to a query.
    """
    body = coql.BodyWrapper()
    body.set_select_query(text)
    return coql.CoqlOperations().get_records(body)


def test_query(hub):
    """
    It asks for calls by whom they are about, and is told if there are more.
    """
    made("Calls", a_call(), a_call())
    text = f"select Subject, Call_Start_Time from Calls where Who_Id = '{ANA}' limit 1"
    found = query(text).get_object()
    nobody = query("select id from Contacts where Last_Name = 'Nobody'")

    (call,) = found.get_data()
    assert call.get_key_value("Subject") == "Hello"
    assert datetime.fromisoformat(call.get_key_value("Call_Start_Time")) == START
    assert found.get_info().get_more_records() is True
    assert (nobody.get_status_code(), nobody.get_object()) == (204, None)


def test_query_refused(hub):
    """
    It is told what is wrong with a query.
    """
    response = query("select id from Contacts")

    assert response.get_status_code() == 400
    assert response.get_object().get_code().get_value() == "SYNTAX_ERROR"


def test_tags(hub):
    """
    It adds tags, takes them off, and lists them.
    """
    tag, body, several = (
        tags.Tag(),
        tags.NewTagRequestWrapper(),
        tags.NewTagRequestWrapper(),
    )
    tag.set_name("VIP")
    body.set_tags([tag])
    several.set_tags([tag])
    several.set_ids([ANA, BO])
    one = tags.TagsOperations().add_tags("Contacts", ANA, body)
    many = tags.TagsOperations().add_tags_to_multiple_records("Contacts", several)
    listed = tags.TagsOperations().get_tags(params(module="Contacts")).get_object()
    gone = tags.ExistingTagRequestWrapper()
    old = tags.ExistingTag()
    old.set_name("VIP")
    gone.set_tags([old])
    tags.TagsOperations().remove_tags("Contacts", ANA, gone)

    assert codes(one) == ["SUCCESS"]
    assert codes(many) == ["SUCCESS", "SUCCESS"]
    assert many.get_object().get_locked_count() == "0"
    assert [one.get_name() for one in listed.get_tags()] == ["VIP"]
    held = {one["id"]: one["properties"]["Tag"] for one in hub.contacts()}
    assert [len(held[str(id_)]) for id_ in (ANA, BO)] == [0, 1]
