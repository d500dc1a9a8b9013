"""
Persons of version 2: made, read, changed, deleted.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import ANA, client

PERSONS = "/api/v2/persons"
INVALID = "ERR_SCHEMA_VALIDATION_FAILED"


def test_get(send):
    """
    A person has lists of addresses and numbers, and every custom field, null without value.
    """
    answer = send("GET", f"{PERSONS}/7")
    person = answer.json["data"]

    assert (answer.status, answer.json["success"]) == (200, True)
    assert person["emails"] == [
        {"label": "work", "value": "ana@example.com", "primary": True}
    ]
    assert (person["phones"], person["org_id"], person["is_deleted"]) == ([], None, False)
    assert (person["first_name"], person["last_name"]) == ("Ana", "Alves")
    assert {len(key) for key in person["custom_fields"]} == {40}
    assert set(person["custom_fields"].values()) == {None}


def test_create(send):
    """
    What is created can be read; update_time is null in the answer alone.
    """
    made = send("POST", PERSONS, {"name": "Cy Holm Berg"}).json["data"]
    read = send("GET", f"{PERSONS}/{made['id']}").json["data"]

    assert made["update_time"] is None
    assert read == made | {"update_time": made["add_time"]}
    assert (read["first_name"], read["last_name"]) == ("Cy", "Holm Berg")


def test_ids(pipe, send):
    """
    A new person's id is above all that there were.
    """
    pipe.add_contacts([{"id": 50}, {"id": 40}])

    assert send("POST", PERSONS, {"name": "X"}).json["data"]["id"] == 51


def test_primary(send):
    """
    One address is the primary one: the one marked so, else the first.
    """
    two = [{"value": "a@example.com"}, {"value": "b@example.com", "label": "home"}]
    first = send("POST", PERSONS, {"name": "X", "emails": two}).json["data"]
    two[1]["primary"] = True
    second = send("POST", PERSONS, {"name": "X", "emails": two}).json["data"]

    assert [one["primary"] for one in first["emails"]] == [True, False]
    assert [one["primary"] for one in second["emails"]] == [False, True]
    assert [one["label"] for one in second["emails"]] == ["work", "home"]


def test_change(send, pipe):
    """
    A list is replaced as a whole, what is not named stays, and the time moves on.
    """
    pipe.clock.advance(60)
    new = {"emails": [{"value": "new@example.com", "primary": True}]}
    before = send("GET", f"{PERSONS}/7").json["data"]
    changed = send("PATCH", f"{PERSONS}/7", new).json["data"]

    assert [one["value"] for one in changed["emails"]] == ["new@example.com"]
    assert changed["name"] == "Ana Alves"
    assert changed["update_time"] > before["update_time"]
    assert send("GET", f"{PERSONS}/7").json["data"] == changed


def test_deleted(send, pipe):
    """
    Deleted, it says so, is in no list, is gone for who deletes it again, and purged later.
    """
    assert send("DELETE", f"{PERSONS}/7").json == {"success": True, "data": {"id": 7}}
    assert send("GET", f"{PERSONS}/7").json["data"]["is_deleted"] is True
    assert [one["id"] for one in send("GET", PERSONS).json["data"]] == [8]
    assert send("DELETE", f"{PERSONS}/7").status == 410
    assert send("PATCH", f"{PERSONS}/7", {"name": "X"}).status == 410
    assert [one["id"] for one in pipe.contacts()] == ["8"]
    pipe.clock.advance(30 * 86_400)
    assert send("GET", f"{PERSONS}/7").status == 404


def test_list_deleted(crm_simulator):
    """
    Where lists tell of deleted persons, an incremental one finds what was deleted.
    """
    pipe = crm_simulator("pipedrive", contacts=[ANA], list_deleted=True)
    send = client(pipe)
    pipe.clock.advance(60)
    since = pipe.clock.moment().strftime("%Y-%m-%dT%H:%M:%SZ")

    assert send("GET", PERSONS, updated_since=since).json["data"] == []
    send("DELETE", f"{PERSONS}/7")
    (found,) = send("GET", PERSONS, updated_since=since).json["data"]
    assert (found["id"], found["is_deleted"]) == (7, True)


@pytest.mark.parametrize(
    ("body", "place"),
    [
        ({}, "name"),
        ({"name": None}, "name"),
        ({"name": ""}, "name"),
        ({"name": "X", "email": "a@example.com"}, "email"),
        ({"name": "X", "first_name": "X"}, "first_name"),
        ({"name": "X", "owner_id": "101"}, "owner_id"),
        ({"name": "X", "owner_id": True}, "owner_id"),
        ({"name": "X", "emails": "a@example.com"}, "emails"),
        ({"name": "X", "emails": ["a@example.com"]}, "emails[0]"),
        ({"name": "X", "emails": [{"primary": True}]}, "emails[0].value"),
        ({"name": "X", "phones": [{"value": "1", "kind": "w"}]}, "phones[0].kind"),
        ({"name": "X", "visible_to": 2}, "visible_to"),
        ({"name": "X", "label_ids": [99]}, "label_ids"),
        ({"name": "X", "custom_fields": []}, "custom_fields"),
        ({"name": "X", "marketing_status": "subscribed"}, "marketing_status"),
        ({"name": "X", "0" * 40: "flat"}, "0" * 40),
        ({"name": "X" * 256}, "name"),
    ],
)
def test_strict(send, body, place):
    """
    Types are strict, and a parameter that there is not is refused; the error names it.
    """
    answer = send("POST", PERSONS, body)

    assert (answer.status, answer.json["code"]) == (400, INVALID)
    assert answer.json["error"].startswith(f"Validation failed: {place}: ")
    assert len(send("GET", PERSONS).json["data"]) == 2


@pytest.mark.parametrize("body", [b"{", b"[]", b"", b'{"a": NaN}', b"[" * 9999, b"\xff"])
def test_no_json(send, body):
    """
    What is no JSON object is a bad request.
    """
    assert send("POST", PERSONS, body).json["code"] == "ERR_BAD_REQUEST"


def test_unknown_owner(send):
    """
    An owner and an organization must be there.
    """
    for body in ({"name": "X", "owner_id": 5}, {"name": "X", "org_id": 5}):
        assert send("POST", PERSONS, body).status == 400


def test_labels(crm_simulator):
    """
    Labels are told by id, and on demand by name.
    """
    pipe = crm_simulator("pipedrive", labels=["VIP", "Do not mail"])
    send = client(pipe)
    made = send("POST", PERSONS, {"name": "X", "label_ids": [15]}).json["data"]
    path = f"{PERSONS}/{made['id']}"
    named = send("GET", path, include_labels="true").json["data"]

    assert made["label_ids"] == [15]
    assert named["labels"] == [{"id": 15, "label": "Do not mail"}]
    assert "labels" not in send("GET", path).json["data"]


def test_contact_sync(crm_simulator):
    """
    Only a company with contact sync has job titles and birthdays; others are refused.
    """
    without = client(crm_simulator("pipedrive"))
    send = client(crm_simulator("pipedrive", contact_sync=True))
    body = {"name": "X", "job_title": "Boss", "birthday": "1990-02-28"}
    made = send("POST", PERSONS, body).json["data"]

    assert without("POST", PERSONS, body).status == 403
    assert (made["job_title"], made["birthday"]) == ("Boss", "1990-02-28")
    assert (made["postal_address"], made["notes"], made["im"]) == (None, None, [])


def test_marketing(crm_simulator):
    """
    With Campaigns a status is told; it changes once, and other attempts are ignored.
    """
    pipe = crm_simulator("pipedrive", contacts=[ANA], campaigns=True)
    send, path = client(pipe), f"{PERSONS}/7"

    def put(status):
        answer = send("PATCH", path, {"marketing_status": status})
        return answer.json["data"]["marketing_status"]

    assert send("GET", path).json["data"]["marketing_status"] == "no_consent"
    assert [put("subscribed"), put("unsubscribed")] == ["subscribed", "unsubscribed"]
    assert put("subscribed") == "unsubscribed"
    included = send("GET", path, include_fields="marketing_status")
    assert included.json["data"]["marketing_status"] == "unsubscribed"


def test_marketing_address(crm_simulator):
    """
    Who has no address has given no consent.
    """
    send = client(crm_simulator("pipedrive", campaigns=True))
    body = {"name": "X", "marketing_status": "subscribed"}

    assert send("POST", PERSONS, body).json["data"]["marketing_status"] == "no_consent"


def test_no_campaigns(send):
    """
    Without Campaigns a company has no status to ask for.
    """
    assert "marketing_status" not in send("GET", f"{PERSONS}/7").json["data"]
    answer = send("GET", f"{PERSONS}/7", include_fields="marketing_status")
    assert answer.status == 403


@pytest.mark.parametrize("path", ["/api/v2/persons/99", "/api/v2/activities/99"])
def test_missing(send, path):
    """
    What is not there is 404, and the error names what it is.
    """
    answer = send("GET", path)

    assert answer.status == 404
    assert set(answer.json) == {"success", "error", "code", "additional_data"}
    assert answer.json["code"] == "ERR_NOT_FOUND"


@pytest.mark.parametrize(
    "contact",
    [
        {"id": "x", "name": "X"},
        {"id": 7, "name": "X"},
        {"nom": "X"},
        {"name": "X", "job_title": "Boss"},
        {"name": "X", "update_time": "yesterday"},
        {"name": "X", "custom_fields": {"Nothing": 1}},
    ],
)
def test_wrong_seed(pipe, contact):
    """
    A person that cannot be put in is a ValueError.
    """
    with pytest.raises(ValueError, match=r"\w"):
        pipe.add_contacts([contact])


def test_seed(pipe, send):
    """
    A person that is put in may have read-only fields, and custom fields by their names.
    """
    made = {
        "first_name": "Di",
        "last_name": "Dale",
        "update_time": "2026-01-31T10:00:00+01:00",
        "custom_fields": {"Language": "es"},
        "is_deleted": True,
    }
    (id_,) = pipe.add_contacts([{"id": "50", **made}])
    person = send("GET", f"{PERSONS}/{id_}").json["data"]

    assert (id_, person["name"], person["is_deleted"]) == ("50", "Di Dale", True)
    assert "es" in person["custom_fields"].values()
    (other,) = pipe.add_contacts([{"name": "E", "update_time": made["update_time"]}])
    assert send("GET", f"{PERSONS}/{other}").json["data"]["update_time"] == (
        "2026-01-31T09:00:00Z"
    )
