"""
Upsert: a row changes the record that has the same value, or makes one.
"""

import pytest

ANA, BO, CY = "5725767000000524157", "5725767000000524158", "5725767000000524159"


@pytest.fixture
def hub(crm_simulator):
    """
    Return a Zoho with three contacts, of whom two share an address.
    """
    return crm_simulator(
        "zoho",
        contacts=[
            {"id": ANA, "Last_Name": "Ruiz", "Email": "ana@example.com", "Member": "1"},
            {"id": BO, "Last_Name": "Berg", "Email": "both@example.com", "Member": "2"},
            {"id": CY, "Last_Name": "Cyr", "Email": "both@example.com"},
        ],
        fields=[{"api_name": "Member", "unique": True}],
        limit="off",
    )


def test_update(hub, send):
    """
    By the address, which needs not be named, a record is changed, in whatever case it is.
    """
    answer = send("POST", "Contacts/upsert", {"data": [{"Email": "ANA@example.com"}]})
    (result,) = answer.json["data"]

    assert (answer.status, result["action"]) == (200, "update")
    assert result["duplicate_field"] == "Email"
    assert (result["details"]["id"], result["message"]) == (ANA, "record updated")
    assert len(hub.contacts()) == 3


def test_insert(send):
    """
    Where there is none a record is made: 201, and 200 if others were changed.
    """
    new = {"Last_Name": "Ng", "Email": "ng@example.com"}
    made = send("POST", "Contacts/upsert", {"data": [new]})
    again = send("POST", "Contacts/upsert", {"data": [{**new, "Phone": "1"}]})
    mixed = send("POST", "Contacts/upsert", {"data": [new, {"Last_Name": "Op"}]})

    assert (made.status, again.status, mixed.status) == (201, 200, 200)
    assert made.json["data"][0]["action"] == "insert"
    assert made.json["data"][0]["duplicate_field"] is None
    ids = {answer.json["data"][0]["details"]["id"] for answer in (made, again, mixed)}
    assert len(ids) == 1


def test_checked_by(send):
    """
    The fields by which is looked can be named.
    """
    row = {"Last_Name": "Ruiz", "Email": "new@example.com", "Member": "1"}
    more = {"duplicate_check_fields": ["Member"]}
    (result,) = send.rows("POST", "Contacts/upsert", row, **more)

    assert (result["action"], result["duplicate_field"]) == ("update", "Member")
    assert result["details"]["id"] == ANA


@pytest.mark.parametrize("given", [["Phone"], ["Nope"], "Email"])
def test_not_unique(send, given):
    """
    A field whose values may be twice is none to look by.
    """
    body = {"data": [{"Last_Name": "Ng"}], "duplicate_check_fields": given}
    refused = send("POST", "Contacts/upsert", body)

    assert (refused.status, refused.json["code"]) == (400, "INVALID_DATA")
    assert refused.json["details"]["api_name"] == "duplicate_check_fields"


@pytest.mark.parametrize(
    "row",
    [{"Email": "both@example.com"}, {"Email": "ana@example.com", "Member": "2"}],
    ids=["one field", "two fields"],
)
def test_ambiguous(hub, send, row):
    """
    Two records that a row could mean are refused: nobody says which one it is.
    """
    before = hub.contacts()
    (result,) = send.rows("POST", "Contacts/upsert", {"Last_Name": "X", **row})

    assert result["code"] == "AMBIGUITY_DURING_PROCESSING"
    assert hub.contacts() == before


def test_by_id(send):
    """
    A row with an id changes that record.
    """
    good, bad = send.rows("POST", "Contacts/upsert", {"id": CY, "Phone": "1"}, {"id": "9"})

    assert (good["action"], good["details"]["id"]) == ("update", CY)
    assert bad["code"] == "INVALID_DATA"


def test_partly(send):
    """
    What is wrong with a row is told in its place, without an action.
    """
    answer = send(
        "POST", "Contacts/upsert", {"data": [{"Phone": "1"}, {"Last_Name": "Ng"}]}
    )
    wrong, good = answer.json["data"]

    assert answer.status == 207
    assert (wrong["code"], good["code"]) == ("MANDATORY_NOT_FOUND", "SUCCESS")
    assert "action" not in wrong


def test_activity(crm_simulator, clients, call):
    """
    An activity with a unique field of its own is written once, however often it is sent.
    """
    own = [{"module": "Calls", "api_name": "Key", "unique": True}]
    ana = {"id": ANA, "Last_Name": "Ruiz"}
    hub = crm_simulator("zoho", contacts=[ana], fields=own)
    send = clients(hub)
    more = {"duplicate_check_fields": ["Key"]}
    rows = [send.rows("POST", "Calls/upsert", call(Key="k"), **more)[0] for _ in range(2)]

    assert [row["action"] for row in rows] == ["insert", "update"]
    assert len(hub.activities("Calls")) == 1
