"""
Answers have the keys that were seen of Zoho, or that its documentation shows.
"""

from datetime import datetime

ANA, BO = "5725767000000524157", "5725767000000524158"
ERROR = {"code", "details", "message", "status"}
USER = {"name", "id", "email"}
PERSON = {
    *("Owner", "Email", "First_Name", "Last_Name", "Full_Name", "Salutation", "Phone"),
    *("Mobile", "Home_Phone", "Other_Phone", "Asst_Phone", "Assistant", "Fax", "Title"),
    *("Department", "Date_of_Birth", "Description", "Lead_Source", "Skype_ID", "Twitter"),
    *("Mailing_Street", "Mailing_City", "Mailing_State", "Mailing_Zip"),
    *("Mailing_Country", "Other_Street", "Other_City", "Other_State", "Other_Zip"),
    *("Other_Country", "Account_Name", "Vendor_Name", "Reporting_To", "Secondary_Email"),
    *("Email_Opt_Out", "Unsubscribed_Mode", "Unsubscribed_Time", "Last_Activity_Time"),
    *("Created_By", "Created_Time", "Modified_By", "Modified_Time", "Tag", "Locked__s"),
    *("id", "$approved", "$approval", "$editable", "$state", "$currency_symbol"),
    *("$locked_for_me", "$in_merge", "$approval_state", "$process_flow", "$review"),
}
CALL = {
    *("Subject", "Call_Type", "Call_Start_Time", "Call_Duration", "Description", "Tag"),
    *("Call_Duration_in_seconds", "Call_Status", "Call_Purpose", "Call_Result"),
    *("Call_Agenda", "Who_Id", "What_Id", "$se_module", "Owner", "Dialled_Number"),
    *("Caller_ID", "Created_By", "Created_Time", "Modified_By", "Modified_Time", "id"),
}
EVENT = {
    *("Event_Title", "Start_DateTime", "End_DateTime", "All_day", "Venue", "Who_Id"),
    *("What_Id", "$se_module", "Participants", "Check_In_Status", "Description", "Owner"),
}
NOTE = {
    *("Note_Title", "Note_Content", "Parent_Id", "Owner", "Created_By", "Created_Time"),
    *("Modified_By", "Modified_Time", "id", "$attachments", "$editable", "$se_module"),
    *("$size", "$state", "$voice_note", "$is_shared_to_client"),
}
INFO = {
    *("per_page", "next_page_token", "count", "sort_by", "page", "sort_order"),
    *("previous_page_token", "page_token_expiry", "more_records"),
}
DETAILS = {"Modified_Time", "Modified_By", "Created_Time", "id", "Created_By"}
FIELD = {
    *("id", "api_name", "field_label", "display_label", "data_type", "json_type"),
    *("length", "system_mandatory", "custom_field", "read_only", "visible", "unique"),
    *("pick_list_values", "decimal_place"),
}
TOKEN = {"access_token", "scope", "api_domain", "token_type", "expires_in"}


def test_records(send, note, call):
    """
    Records have at least the keys that were seen.
    """
    event = {
        "Event_Title": "Viewing",
        "Start_DateTime": "2026-05-15T10:00:00+05:30",
        "End_DateTime": "2026-05-15T11:00:00+05:30",
    }
    made = [("Notes", note(), NOTE), ("Calls", call(), CALL), ("Events", event, EVENT)]
    (ana,) = send("GET", f"Contacts/{ANA}").json["data"]

    assert set(ana) >= PERSON
    assert set(ana["Owner"]) == USER
    for module, row, keys in made:
        (result,) = send.rows("POST", module, row)
        (found,) = send("GET", f"{module}/{result['details']['id']}").json["data"]
        assert set(found) >= keys


def test_lists(send):
    """
    A list tells of its page all that there is to tell, a search less, a query least.
    """
    listed = send("GET", "Contacts", fields="id").json
    found = send("GET", "Contacts/search", word="Ana").json
    query = send.query("select id from Contacts where id is not null").json

    assert set(listed["info"]) == INFO
    assert set(found["info"]) == INFO - {
        *("next_page_token", "previous_page_token", "page_token_expiry"),
    }
    assert set(query["info"]) == {"count", "more_records"}
    assert {type(record["id"]) for record in listed["data"]} == {str}


def test_results(send, note):
    """
    A result tells who wrote a record, and when.
    """
    (contact,) = send.rows("PUT", "Contacts", {"id": ANA, "Phone": "1"})
    (written,) = send.rows("POST", "Notes", note())
    (upserted,) = send.rows("POST", "Contacts/upsert", {"Last_Name": "Ng"})

    assert set(contact) == ERROR
    assert set(contact["details"]) == DETAILS | {"$approval_state"}
    assert set(written["details"]) == DETAILS
    assert set(written["details"]["Created_By"]) == {"name", "id"}
    assert set(upserted) == ERROR | {"duplicate_field", "action"}
    assert datetime.fromisoformat(written["details"]["Created_Time"]).tzinfo


def test_errors(send):
    """
    Every refusal has the same four keys.
    """
    answers = [
        send("GET", "Contacts"),
        send("GET", "Nope"),
        send("GET", "/crm/v9/Contacts"),
        send.query("select"),
        send("POST", "Contacts", {}),
    ]

    assert [set(answer.json) for answer in answers] == [ERROR] * 5
    assert {answer.json["status"] for answer in answers} == {"error"}


def test_fields(send):
    """
    A field tells at least what was seen.
    """
    for module in ("Contacts", "Notes", "Calls"):
        fields = send("GET", "settings/fields", module=module).json["fields"]
        assert {frozenset(FIELD - set(field)) for field in fields} == {frozenset()}


def test_token(crm_simulator, clients):
    """
    A token's answer tells where it is good.
    """
    hub = crm_simulator("zoho", app={"refresh_token": "1000.r"})
    form = {
        "grant_type": "refresh_token",
        "refresh_token": "1000.r",
        "client_id": "1000.SIMULATEDAPP",
        "client_secret": "simulated-secret",
    }

    assert set(clients(hub, token="")("POST", "/oauth/v2/token", form=form).json) == TOKEN
