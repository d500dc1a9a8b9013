"""
Records are made, changed and deleted in batches, each row by itself.
"""

import pytest

ANA, BO = "5725767000000524157", "5725767000000524158"
NOBODY = "5725767000000999999"
ALL = ["workflow", "approval", "blueprint", "pathfinder", "orchestration"]
GOOD, BAD = {"Last_Name": "Ng"}, {"First_Name": "Mei"}


def test_insert(hub, send):
    """
    A contact is made: 201, and its id is a text of digits.
    """
    answer = send(
        "POST", "Contacts", {"data": [{"Last_Name": "Ng", "Email": "ng@a.example"}]}
    )
    (result,) = answer.json["data"]
    id_ = result["details"]["id"]

    assert (answer.status, result["code"]) == (201, "SUCCESS")
    assert result["message"] == "record added"
    assert id_.isdecimal()
    assert len(id_) == 19
    (made,) = send("GET", f"Contacts/{id_}").json["data"]
    assert (made["Email"], made["Full_Name"]) == ("ng@a.example", "Ng")
    assert len(hub.contacts()) == 3


def test_order(send):
    """
    Results come in the order of the rows; what is wrong with one stops no other: 207.
    """
    rows = [GOOD, BAD, {"Last_Name": "O", "Email": "no address"}, {"Last_Name": "P"}]
    answer = send("POST", "Contacts", {"data": rows})
    results = answer.json["data"]

    assert answer.status == 207
    codes = [result["code"] for result in results]
    assert codes == ["SUCCESS", "MANDATORY_NOT_FOUND", "INVALID_DATA", "SUCCESS"]
    at = {"api_name": "Last_Name", "json_path": "$.data[1].Last_Name"}
    assert results[1]["details"] == at
    assert results[2]["details"] == {
        "expected_data_type": "email",
        "api_name": "Email",
        "json_path": "$.data[2].Email",
    }


def test_all_failed(hub, send):
    """
    Where each row failed the status is 400, with the results.
    """
    answer = send("POST", "Contacts", {"data": [BAD, BAD]})

    assert answer.status == 400
    assert [result["status"] for result in answer.json["data"]] == ["error", "error"]
    assert len(hub.contacts()) == 2


@pytest.mark.parametrize(
    ("path", "options"),
    [("Contacts", {"old_statuses": True}), ("/crm/v2/Contacts", {})],
    ids=["old", "v2"],
)
def test_old_statuses(crm_simulator, clients, path, options):
    """
    Older routes hide failures behind 202 for what is made, and 200 for what is changed.
    """
    send = clients(crm_simulator("zoho", **options))
    made = [send("POST", path, {"data": rows}) for rows in ([GOOD, BAD], [BAD], [GOOD])]
    id_ = made[0].json["data"][0]["details"]["id"]
    rows = [{"id": id_, "Last_Name": None}]

    assert [answer.status for answer in made] == [202, 202, 201]
    assert send("PUT", path, {"data": rows}).status == 200


def test_several_errors(send):
    """
    Several things wrong with one row are told at once, in a shape of their own.
    """
    row = {"Email": "x", "Phone": "1" * 31}
    (result,) = send.rows("POST", "Contacts", row)
    errors = result["details"]["errors"]

    assert result["code"] == "MULTIPLE_OR_MULTI_ERRORS"
    assert {one["details"]["api_name"] for one in errors} == {"Email", "Phone", "Last_Name"}
    (old,) = send.rows("POST", "/crm/v2/Contacts", row)
    assert old["code"] == "INVALID_DATA"


def test_update(send):
    """
    What a row does not name stays as it is; null takes a value away.
    """
    answer = send("PUT", "Contacts", {"data": [{"id": ANA, "Phone": "1", "Email": None}]})
    (ana,) = send("GET", f"Contacts/{ANA}").json["data"]

    assert (answer.status, answer.json["data"][0]["message"]) == (200, "record updated")
    assert (ana["Phone"], ana["Email"], ana["Last_Name"]) == ("1", None, "Ruiz")


def test_update_one(hub, send):
    """
    The path may name the record; the name that is made of others follows.
    """
    hub.clock.advance(5)
    before = send("GET", f"Contacts/{ANA}").json["data"][0]
    send("PUT", f"Contacts/{ANA}", {"data": [{"Last_Name": "Reyes"}]})
    after = send("GET", f"Contacts/{ANA}").json["data"][0]

    assert after["Full_Name"] == "Ana Reyes"
    assert after["Created_Time"] == before["Created_Time"]
    assert after["Modified_Time"] > before["Modified_Time"]


@pytest.mark.parametrize(
    ("row", "code"), [({"id": NOBODY}, "INVALID_DATA"), ({}, "MANDATORY_NOT_FOUND")]
)
def test_update_nobody(send, row, code):
    """
    A row without an id, or with that of nobody, is refused.
    """
    (result,) = send.rows("PUT", "Contacts", {**row, "Phone": "1"})

    assert result["code"] == code
    assert result["details"]["api_name"] == "id"


def test_update_takes_nothing_required(send):
    """
    A field that is needed cannot be made empty.
    """
    (result,) = send.rows("PUT", "Contacts", {"id": ANA, "Last_Name": None})

    assert result["code"] == "MANDATORY_NOT_FOUND"
    assert send("GET", f"Contacts/{ANA}").json["data"][0]["Last_Name"] == "Ruiz"


def test_refused_changes_nothing(send):
    """
    Of a row that is refused nothing is stored.
    """
    send.rows("PUT", "Contacts", {"id": ANA, "Phone": "1", "Email": "x"})

    assert send("GET", f"Contacts/{ANA}").json["data"][0]["Phone"] is None


def test_delete(send):
    """
    Records are deleted by ids, each with its result; one that is gone is refused.
    """
    answer = send("DELETE", "Contacts", ids=f"{ANA},{NOBODY}")

    assert answer.status == 207
    assert [result["code"] for result in answer.json["data"]] == ["SUCCESS", "INVALID_DATA"]
    assert answer.json["data"][0]["message"] == "record deleted"
    assert send("DELETE", f"Contacts/{ANA}").status == 400
    assert send("DELETE", "Contacts").json["code"] == "REQUIRED_PARAM_MISSING"


def test_most_rows(hub, send):
    """
    A batch has at most 100 rows; with more nothing is done.
    """
    refused = send("POST", "Contacts", {"data": [GOOD] * 101})
    (error,) = refused.json["data"]

    assert (refused.status, error["code"]) == (400, "LIMIT_EXCEEDED")
    assert error["details"] == {"maximum_length": 100, "api_name": "data"}
    assert len(hub.contacts()) == 2
    assert send("POST", "Contacts", {"data": [GOOD] * 100}).status == 201


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"{", "INVALID_DATA"),
        (b"[]", "INVALID_DATA"),
        ({}, "MANDATORY_NOT_FOUND"),
        ({"data": {}}, "INVALID_DATA"),
        ({"data": []}, "INVALID_DATA"),
        ({"data": [GOOD], "trigger": "workflow"}, "INVALID_DATA"),
        ({"data": [GOOD], "trigger": ["nope"]}, "INVALID_DATA"),
    ],
)
def test_body(hub, send, body, code):
    """
    A body that is no batch is refused as a whole.
    """
    refused = send("POST", "Contacts", body)

    assert (refused.status, refused.json["code"]) == (400, code)
    assert len(hub.contacts()) == 2


def test_row_no_object(send):
    """
    A row that is no object is told in its place.
    """
    first, second = send.rows("POST", "Contacts", "x", GOOD)

    assert (first["code"], second["code"]) == ("INVALID_DATA", "SUCCESS")
    assert first["details"]["json_path"] == "$.data[0]"


@pytest.mark.parametrize(
    ("more", "fired"),
    [({}, ALL), ({"trigger": []}, []), ({"trigger": ["approval"]}, ["approval"])],
)
def test_trigger(hub, send, note, more, fired):
    """
    Every automation is set off where a request says nothing, and none if it says so.
    """
    send.rows("POST", "Notes", note(), **more)
    send.rows("PUT", "Contacts", {"id": ANA, "Phone": "1"}, **more)

    assert [one["fired"] for one in hub.activities()] == [fired]
    assert {one["id"]: one["fired"] for one in hub.contacts()} == {ANA: fired, BO: []}


def test_locked(crm_simulator, clients, note, call):
    """
    A locked contact takes no change, and nothing that is written about it.
    """
    locked = {"id": ANA, "Last_Name": "Ruiz", "Locked__s": True}
    send = clients(crm_simulator("zoho", contacts=[locked]))
    results = [
        *send.rows("PUT", "Contacts", {"id": ANA, "Phone": "1"}),
        *send.rows("POST", "Notes", note()),
        *send.rows("POST", "Calls", call()),
        *send("DELETE", f"Contacts/{ANA}").json["data"],
        *send("POST", f"Contacts/{ANA}/actions/add_tags", {"tags": [{"name": "a"}]}).json[
            "data"
        ],
    ]

    assert {result["code"] for result in results} == {"RECORD_LOCKED"}
    assert {result["details"]["action"] for result in results} == {"record_locking"}
    assert send("GET", f"Contacts/{ANA}").json["data"][0]["Locked__s"] is True


def test_method(send):
    """
    A method that a path does not have is refused.
    """
    for method, path in [("PATCH", "Contacts"), ("POST", f"Contacts/{ANA}")]:
        refused = send(method, path, {"data": [GOOD]})
        assert (refused.status, refused.json["code"]) == (405, "INVALID_REQUEST_METHOD")
