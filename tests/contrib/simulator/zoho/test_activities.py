"""
Notes, calls, events and tasks, and whom they are about.
"""

import pytest

ANA, BO = "5725767000000524157", "5725767000000524158"
EVENT = {
    "Event_Title": "Viewing",
    "Start_DateTime": "2026-05-15T10:00:00+05:30",
    "End_DateTime": "2026-05-15T11:00:00+05:30",
}
STRANGER = {"type": "contact", "participant": "9"}
DOG = {"type": "dog", "participant": BO}
TASK = {"Subject": "Call back", "Who_Id": {"id": ANA}}


def one(send, module, id_):
    """
    Return one record.
    """
    return send("GET", f"{module}/{id_}").json["data"][0]


def made(send, module, row):
    """
    Make a record, and return it.
    """
    (result,) = send.rows("POST", module, row)
    assert result["code"] == "SUCCESS", result
    return one(send, module, result["details"]["id"])


def problem(send, module, row):
    """
    Return what is wrong with a row: its code, and the field.
    """
    (result,) = send.rows("POST", module, row)
    return result["code"], result["details"].get("api_name")


def test_note(hub, send, note):
    """
    A note is on its parent, which it tells with its module.
    """
    found = made(send, "Notes", note(Note_Title="Video"))

    assert (found["Note_Title"], found["Note_Content"]) == ("Video", "Asked of the garden")
    assert found["Parent_Id"]["id"] == ANA
    assert found["Parent_Id"]["name"] == "Ana Ruiz"
    assert found["Parent_Id"]["module"]["api_name"] == "Contacts"
    assert found["$se_module"] == "Contacts"
    (kept,) = hub.activities("notes", ANA)
    assert (kept["kind"], kept["id"], kept["client_ids"]) == ("Notes", found["id"], [ANA])


def test_note_of_path(hub, send):
    """
    A note is made at its parent's path too.
    """
    answer = send("POST", f"Contacts/{BO}/Notes", {"data": [{"Note_Content": "Hi"}]})

    assert answer.status == 201
    assert [note["client_ids"] for note in hub.activities("Notes")] == [[BO]]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ({"Note_Content": None}, "EXPECTED_FIELD_MISSING"),
        ({"Note_Title": "x" * 121}, "INVALID_DATA"),
        ({"Note_Content": "x" * 65_536}, "INVALID_DATA"),
        ({"Parent_Id": None}, "MANDATORY_NOT_FOUND"),
        ({"Parent_Id": ANA}, "INVALID_DATA"),
        ({"Parent_Id": {"id": ANA}}, "MANDATORY_NOT_FOUND"),
        ({"Parent_Id": {"id": "9", "module": {"api_name": "Contacts"}}}, "INVALID_DATA"),
        ({"Parent_Id": {"id": ANA, "module": {"api_name": "Leads"}}}, "INVALID_DATA"),
        ({"Parent_Id": {"id": "x", "module": {"api_name": "Contacts"}}}, "INVALID_DATA"),
    ],
)
def test_note_refused(hub, send, note, row, code):
    """
    A note without text or parent, or too long, or on nobody, is refused.
    """
    assert problem(send, "Notes", note(**row))[0] == code
    assert hub.activities() == []


def test_note_longest(send, note):
    """
    A note takes a title of 120 and a text of 65,535 characters.
    """
    longest = {"Note_Title": "t" * 120, "Note_Content": "c" * 65_535}

    assert len(made(send, "Notes", note(**longest))["Note_Content"]) == 65_535


def test_note_v2(hub, send):
    """
    In v2 the parent is an id, and its module stands beside it.
    """
    row = {"Note_Content": "Hi", "Parent_Id": ANA, "se_module": "Contacts"}
    (result,) = send.rows("POST", "/crm/v2/Notes", row)

    assert result["code"] == "SUCCESS"
    assert [note["client_ids"] for note in hub.activities()] == [[ANA]]


def test_call(send, call):
    """
    A call tells its length in seconds too, and its moment in the account's time zone.
    """
    found = made(send, "Calls", call())

    assert (found["Call_Duration"], found["Call_Duration_in_seconds"]) == ("10:05", 605)
    assert found["Call_Start_Time"] == "2026-05-14T07:30:00+03:00"
    assert found["Who_Id"] == {"id": ANA, "name": "Ana Ruiz"}
    assert found["Owner"]["email"] == "sam.owner@example.com"


@pytest.mark.parametrize(
    ("row", "code", "name"),
    [
        ({"Call_Duration": None}, "MANDATORY_NOT_FOUND", "Call_Duration"),
        ({"Call_Duration": "605"}, "INVALID_DATA", "Call_Duration"),
        ({"Call_Duration": "1:75"}, "INVALID_DATA", "Call_Duration"),
        ({"Call_Duration": 605}, "INVALID_DATA", "Call_Duration"),
        ({"Call_Duration_in_seconds": 5}, "INVALID_DATA", "Call_Duration_in_seconds"),
        ({"Call_Type": "Whispered"}, "INVALID_DATA", "Call_Type"),
        ({"Call_Start_Time": None}, "MANDATORY_NOT_FOUND", "Call_Start_Time"),
        ({"Subject": ""}, "MANDATORY_NOT_FOUND", "Subject"),
        ({"Subject": "x" * 256}, "INVALID_DATA", "Subject"),
        ({"Who_Id": {"id": "9"}}, "INVALID_DATA", "Who_Id"),
    ],
)
def test_call_refused(send, call, row, code, name):
    """
    A call of the past needs a duration as Zoho writes one, a type and a moment.
    """
    assert problem(send, "Calls", call(**row)) == (code, name)


@pytest.mark.parametrize(
    "row", [{"Call_Type": "Missed"}, {"Call_Start_Time": "2099-01-01T10:00:00+00:00"}]
)
def test_call_without_duration(send, call, row):
    """
    A call that was missed, or is still to come, needs no duration.
    """
    found = made(send, "Calls", {**call(**row), "Call_Duration": None})

    assert found["Call_Duration"] is found["Call_Duration_in_seconds"] is None


@pytest.mark.parametrize("duration", ["", "15", None])
def test_old_calls(crm_simulator, clients, duration):
    """
    An old call may have a blank or a plain number for its duration.
    """
    old = {"id": "5", "Subject": "Old", "Call_Duration": duration, "Who_Id": {"id": "7"}}
    hub = crm_simulator("zoho", contacts=[{"id": "7"}], records={"Calls": [old]})
    found = one(clients(hub), "Calls", "5")

    assert (found["Call_Duration"], found["Call_Duration_in_seconds"]) == (duration, None)
    assert [call["client_ids"] for call in hub.activities()] == [["7"]]


def test_event(hub, send):
    """
    An event is about its contact, and about those who take part.
    """
    part = [
        {"type": "contact", "participant": BO},
        {"type": "email", "participant": "a@b.cd"},
    ]
    found = made(send, "Events", {**EVENT, "Who_Id": {"id": ANA}, "Participants": part})

    assert found["Start_DateTime"] == "2026-05-15T07:30:00+03:00"
    assert [one["participant"] for one in found["Participants"]] == [BO, "a@b.cd"]
    assert [one["name"] for one in found["Participants"]] == ["Berg", None]
    assert [event["client_ids"] for event in hub.activities()] == [[ANA, BO]]


@pytest.mark.parametrize(
    ("row", "code", "name"),
    [
        ({"End_DateTime": None}, "MANDATORY_NOT_FOUND", "End_DateTime"),
        ({"End_DateTime": "2026-05-15T09:00:00+05:30"}, "INVALID_DATA", "End_DateTime"),
        ({"Participants": {}}, "INVALID_DATA", "Participants"),
        ({"Participants": [STRANGER]}, "INVALID_DATA", "Participants"),
        ({"Participants": [DOG]}, "INVALID_DATA", "Participants"),
    ],
)
def test_event_refused(send, row, code, name):
    """
    An event ends after it began, and those who take part are there.
    """
    assert problem(send, "Events", {**EVENT, **row}) == (code, name)


def test_task(hub, send):
    """
    A task that is completed tells when.
    """
    found = made(send, "Tasks", {**TASK, "Status": "Completed", "Due_Date": "2026-05-20"})
    (kept,) = hub.activities("Tasks", ANA)

    assert (found["Due_Date"], found["Status"]) == ("2026-05-20", "Completed")
    assert found["Closed_Time"]
    assert kept["properties"]["Subject"] == "Call back"


def test_what(crm_simulator, clients):
    """
    What an activity is about besides, a lead or a deal, needs its module beside it.
    """
    leads, deals = [{"id": "5", "Last_Name": "Lo"}], [{"id": "6", "Deal_Name": "Flat"}]
    hub = crm_simulator("zoho", records={"Leads": leads, "Deals": deals}, limit="off")
    send = clients(hub)
    row = {"Subject": "Call back", "What_Id": {"id": "5"}}
    found = made(send, "Tasks", {**row, "$se_module": "Leads"})

    assert (found["What_Id"], found["$se_module"]) == ({"id": "5", "name": "Lo"}, "Leads")
    assert [task["client_ids"] for task in hub.activities()] == [["5"]]
    assert problem(send, "Tasks", row) == ("DEPENDENT_FIELD_MISSING", "What_Id")
    wrong = {**row, "$se_module": "Deals"}
    assert problem(send, "Tasks", wrong) == ("INVALID_DATA", "What_Id")
    made(send, "Tasks", {**row, "What_Id": "6", "$se_module": "Deals"})
    assert [task["client_ids"] for task in hub.activities()] == [["5"], []]


def test_related(send, note, call):
    """
    What is open is listed apart from what is done, and notes by themselves.
    """
    send.rows("POST", "Notes", note(), note(BO))
    later = {"Call_Start_Time": "2099-01-01T10:00:00+00:00", "Call_Duration": None}
    planned = {**later, "Outbound_Call_Status": "Scheduled", "Subject": "Later"}
    send.rows("POST", "Calls", call(), call(**planned))
    send.rows("POST", "Tasks", TASK, {**TASK, "Status": "Completed", "Subject": "Done"})
    send.rows("POST", "Events", {**EVENT, "Who_Id": ANA})

    def subjects(name, field="Subject"):
        answer = send("GET", f"Contacts/{ANA}/{name}", fields=field)
        return [record[field] for record in answer.json["data"]] if answer.json else []

    assert subjects("Notes", "Note_Content") == ["Asked of the garden"]
    assert subjects("Calls") == ["Later"]
    assert subjects("Calls_History") == ["Hello"]
    assert subjects("Tasks") == ["Call back"]
    assert subjects("Tasks_History") == ["Done"]
    assert subjects("Events", "Event_Title") == []
    assert subjects("Events_History", "Event_Title") == ["Viewing"]
    assert subjects("Emails") == []


@pytest.mark.parametrize(
    ("path", "index"),
    [(f"Contacts/{ANA}/Nope", 2), ("Contacts/9/Notes", 1), ("Contacts/x/Notes", 1)],
)
def test_related_refused(send, path, index):
    """
    A list that there is not, or of nobody, is refused with its place in the path.
    """
    refused = send("GET", path, fields="id")

    assert (refused.status, refused.json["code"]) == (400, "INVALID_DATA")
    assert refused.json["details"] == {"resource_path_index": index}


def test_related_needs_fields(send):
    """
    Related lists need fields, as others do.
    """
    assert send("GET", f"Contacts/{ANA}/Notes").json["code"] == "REQUIRED_PARAM_MISSING"


def test_hundred(hub, send, note):
    """
    A hundred notes go in one request, and are all there.
    """
    rows = [note(Note_Title=str(number)) for number in range(100)]
    results = send.rows("POST", "Notes", *rows, trigger=[])
    titles = [one["properties"]["Note_Title"] for one in hub.activities()]

    assert {result["code"] for result in results} == {"SUCCESS"}
    assert titles == [str(number) for number in range(100)]
