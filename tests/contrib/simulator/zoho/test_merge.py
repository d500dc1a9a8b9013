"""
Of records that are merged one stays, and the ids of the others lead nowhere.
"""

import pytest

ANA, BO, CY = "5725767000000524157", "5725767000000524158", "5725767000000524159"
MERGE = f"Contacts/{ANA}/actions/merge"


@pytest.fixture
def hub(crm_simulator):
    """
    Return a Zoho with three contacts.
    """
    ana = {"id": ANA, "Last_Name": "Ruiz", "Email": "ana@a.example"}
    bo = {"id": BO, "Last_Name": "Reyes", "Phone": "1", "Email": "bo@a.example"}
    return crm_simulator("zoho", contacts=[ana, bo, {"id": CY}], limit="off")


def body(*ids, **more):
    """
    Return a request to merge these into a master.
    """
    return {"merge": [{"data": [{"id": id_, **more} for id_ in ids]}]}


def test_merge(hub, send, note, call):
    """
    The master takes what it lacks, and all that was about the others.
    """
    send.rows("POST", "Notes", note(BO))
    send.rows("POST", "Calls", call(CY))
    answer = send("POST", MERGE, body(BO, CY))
    (ana,) = send("GET", f"Contacts/{ANA}").json["data"]

    assert (answer.status, answer.json["merge"][0]["code"]) == (201, "SUCCESS")
    assert (ana["Last_Name"], ana["Email"], ana["Phone"]) == ("Ruiz", "ana@a.example", "1")
    assert [one["client_ids"] for one in hub.activities()] == [[ANA], [ANA]]


def test_gone(send):
    """
    The id of a record that was merged away is nobody's, and is not told as deleted.
    """
    send("POST", MERGE, body(BO))

    assert send("GET", f"Contacts/{BO}").status == 204
    assert send("GET", "Contacts", fields="id", ids=BO).status == 204
    assert send("GET", "Contacts/deleted").status == 204


def test_told(crm_simulator, clients):
    """
    By option it is told as deleted.
    """
    people = [{"id": ANA}, {"id": BO}]
    send = clients(crm_simulator("zoho", contacts=people, merged_deleted=True))
    send("POST", MERGE, body(BO))

    assert [one["id"] for one in send("GET", "Contacts/deleted").json["data"]] == [BO]


def test_fields(send):
    """
    The master takes the values of fields that are named, though it has its own.
    """
    send("POST", MERGE, body(BO, _fields=[{"api_name": "Last_Name"}]))
    (ana,) = send("GET", f"Contacts/{ANA}").json["data"]

    assert (ana["Last_Name"], ana["Full_Name"]) == ("Reyes", "Reyes")
    assert ana["Email"] == "ana@a.example"


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (body(), "INVALID_DATA"),
        (body(BO, CY, "9"), "INVALID_DATA"),
        (body(ANA), "NOT_ALLOWED"),
        (body("9"), "NOT_ALLOWED"),
        (body(None), "MANDATORY_NOT_FOUND"),
        ({"merge": []}, "INVALID_DATA"),
    ],
)
def test_refused(hub, send, sent, code):
    """
    One or two others are merged, and never a record with itself.
    """
    refused = send("POST", MERGE, sent)
    error = refused.json["merge"][0] if "merge" in refused.json else refused.json

    assert (refused.status, error["code"]) == (400, code)
    assert len(hub.contacts()) == 3


def test_no_master(send):
    """
    A master that is not there is refused.
    """
    refused = send("POST", "Contacts/9/actions/merge", body(BO))

    assert refused.json["details"] == {"resource_path_index": 1}
