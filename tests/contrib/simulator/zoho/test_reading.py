"""
Records one by one and in lists, what is gone, and what changed since.
"""

from datetime import UTC, datetime, timedelta

import pytest

ANA, BO = "5725767000000524157", "5725767000000524158"
NOBODY = "5725767000000999999"


def ids(answer):
    """
    Return the ids of a list.
    """
    return [record["id"] for record in answer.json["data"]]


def test_get(send):
    """
    A contact is read with all its fields, null where it has no value, and Zoho's own keys.
    """
    answer = send("GET", f"Contacts/{ANA}")
    (ana,) = answer.json["data"]

    assert (ana["id"], ana["Full_Name"], ana["Email"]) == (
        ANA,
        "Ana Ruiz",
        "ana@example.com",
    )
    assert (ana["Phone"], ana["Tag"], ana["Email_Opt_Out"]) == (None, [], False)
    assert (ana["$approved"], ana["$state"]) == (True, "save")
    assert ana["Owner"]["name"] == "Sam Owner"
    assert "info" not in answer.json


def test_get_fields(send):
    """
    Fields that are asked for come with the id; one that there is not is left out.
    """
    (ana,) = send("GET", f"Contacts/{ANA}", fields="Email,Nope").json["data"]

    assert ana == {"id": ANA, "Email": "ana@example.com"}


@pytest.mark.parametrize("path", [f"Contacts/{NOBODY}", f"Leads/{ANA}"])
def test_get_nobody(send, path):
    """
    Nobody is told by 204 and an empty body, not by 404.
    """
    answer = send("GET", path)

    assert (answer.status, answer.text) == (204, b"")


def test_get_no_id(send):
    """
    What can be no id is refused with its place in the path.
    """
    answer = send("GET", "Contacts/ana")

    assert answer.status == 400
    assert answer.json["code"] == "INVALID_DATA"
    assert answer.json["details"] == {"resource_path_index": 1}


def test_list(send):
    """
    A list comes in the order of ids, the newest first.
    """
    answer = send("GET", "Contacts", fields="Last_Name")
    info = answer.json["info"]

    assert ids(answer) == [BO, ANA]
    assert (info["count"], info["more_records"], info["page"]) == (2, False, 1)
    assert (info["sort_by"], info["sort_order"], info["per_page"]) == ("id", "desc", 200)


def test_list_needs_fields(send):
    """
    A list is refused without fields in v8, and not in v2.
    """
    refused = send("GET", "Contacts")

    assert refused.status == 400
    assert refused.json["code"] == "REQUIRED_PARAM_MISSING"
    assert refused.json["details"] == {"param_name": "fields"}
    assert send("GET", "/crm/v2/Contacts").json["data"][0]["Last_Name"] == "Berg"


def test_list_too_many_fields(send):
    """
    More than 50 fields are refused.
    """
    names = [f"F{number}" for number in range(51)]
    refused = send("GET", "Contacts", fields=",".join(names))

    assert refused.json["code"] == "LIMIT_EXCEEDED"
    assert refused.json["details"] == {"limit": 50, "param_name": "fields"}
    assert send("GET", "Contacts", fields=",".join(names[:50])).status == 200


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("per_page", "201"),
        ("per_page", "0"),
        ("per_page", "x"),
        ("page", "-1"),
        ("sort_by", "Email"),
        ("sort_order", "up"),
        ("ids", ",".join(map(str, range(101)))),
    ],
)
def test_list_refused(send, name, value):
    """
    A parameter's wrong value is refused, and the parameter named.
    """
    refused = send("GET", "Contacts", fields="Email", **{name: value})

    assert (refused.status, refused.json["code"]) == (400, "INVALID_DATA")
    assert refused.json["details"]["param_name"] == name


def test_list_ids(send):
    """
    Of some ids those that there are come back, without a word on the others.
    """
    answer = send("GET", "Contacts", fields="Email", ids=f"{ANA},{NOBODY}")

    assert ids(answer) == [ANA]
    assert send("GET", "Contacts", fields="Email", ids=NOBODY).status == 204


def test_list_empty(send):
    """
    A module without records answers 204.
    """
    assert send("GET", "Leads", fields="Email").status == 204


def test_list_sorted(hub, send):
    """
    A list is sorted by when a record was made or changed, in the order that is asked for.
    """
    hub.clock.advance(10)
    send("PUT", f"Contacts/{ANA}", {"data": [{"Phone": "1"}]})

    def order(by, way):
        return ids(send("GET", "Contacts", fields="id", sort_by=by, sort_order=way))

    assert order("Modified_Time", "desc") == [ANA, BO]
    assert order("Modified_Time", "asc") == [BO, ANA]
    assert order("id", "asc") == [ANA, BO]


def test_since(hub, send):
    """
    What changed after a moment is listed; 304 tells that nothing did.
    """
    hub.clock.advance(60)
    moment = (hub.clock.moment() - timedelta(seconds=30)).astimezone(UTC)
    since = {"If-Modified-Since": moment.isoformat(timespec="seconds")}
    nothing = send("GET", "Contacts", fields="id", headers=since)
    send("PUT", f"Contacts/{ANA}", {"data": [{"Phone": "1"}]})

    assert (nothing.status, nothing.text) == (304, b"")
    assert ids(send("GET", "Contacts", fields="id", headers=since)) == [ANA]
    assert send("GET", f"Contacts/{ANA}", headers=since).status == 200
    assert send("GET", f"Contacts/{BO}", headers=since).status == 304


@pytest.mark.parametrize(
    "text", ["Wed, 21 Oct 2026 07:28:00 GMT", "2026-05-14T10:00:00", "x"]
)
def test_since_refused(send, text):
    """
    The moment is ISO 8601 with an offset, unlike HTTP's own.
    """
    refused = send("GET", "Contacts", fields="id", headers={"If-Modified-Since": text})

    assert (refused.status, refused.json["code"]) == (400, "INVALID_DATA")


def test_deleted(hub, send):
    """
    What was deleted is listed with who, when and what, the last one first.
    """
    assert send("GET", "Contacts/deleted").status == 204
    send("DELETE", f"Contacts/{ANA}")
    hub.clock.advance(1)
    send("DELETE", "Contacts", ids=BO)
    answer = send("GET", "Contacts/deleted", type="all")
    first, second = answer.json["data"]

    assert [first["id"], second["id"]] == [BO, ANA]
    assert second["display_name"] == "Ana Ruiz"
    assert (second["type"], second["deleted_by"]["name"]) == ("recycle", "Sam Owner")
    info = {"per_page": 200, "count": 2, "page": 1, "more_records": False}
    assert answer.json["info"] == info
    assert send("GET", f"Contacts/{ANA}").status == 204


def test_deleted_pages(send):
    """
    What is gone comes in pages too.
    """
    send("DELETE", "Contacts", ids=f"{ANA},{BO}")
    first = send("GET", "Contacts/deleted", per_page=1)
    second = send("GET", "Contacts/deleted", per_page=1, page=2)

    assert first.json["info"]["more_records"] is True
    assert second.json["info"]["more_records"] is False
    assert ids(first) + ids(second) == [BO, ANA]


def test_deleted_since(hub, send):
    """
    What is gone since a moment, and not at that moment, is told; 304 if nothing is.
    """
    send("DELETE", f"Contacts/{ANA}")
    (gone,) = send("GET", "Contacts/deleted").json["data"]
    since = {"If-Modified-Since": gone["deleted_time"]}
    nothing = send("GET", "Contacts/deleted", headers=since)
    hub.clock.advance(60)
    send("DELETE", f"Contacts/{BO}")

    assert nothing.status == 304
    assert ids(send("GET", "Contacts/deleted", headers=since)) == [BO]


def test_deleted_for_good(hub, send):
    """
    After 60 days a record is gone from the bin, and nothing is told of it but its id.
    """
    send("DELETE", f"Contacts/{ANA}")
    binned = send("GET", "Contacts/deleted", type="permanent").status
    hub.clock.advance(61 * 86_400)
    (gone,) = send("GET", "Contacts/deleted", type="permanent").json["data"]

    assert binned == 204
    assert gone["type"] == "permanent"
    assert gone["display_name"] is gone["deleted_by"] is gone["created_by"] is None
    assert send("GET", "Contacts/deleted", type="recycle").status == 204


def test_times(send):
    """
    Moments are written in the account's own time zone, to the second.
    """
    (ana,) = send("GET", f"Contacts/{ANA}", fields="Created_Time").json["data"]
    made = datetime.fromisoformat(ana["Created_Time"])

    assert ana["Created_Time"][19:] in {"+02:00", "+03:00"}
    assert abs(made - datetime.now(UTC)) < timedelta(minutes=1)


def test_converted(crm_simulator, clients):
    """
    A lead that was converted is no lead any more, but for who asks for those.
    """
    leads = [{"id": "1", "Last_Name": "A", "Converted__s": True}, {"id": "2"}]
    send = clients(crm_simulator("zoho", records={"Leads": leads}))

    assert ids(send("GET", "Leads", fields="id")) == ["2"]
    assert ids(send("GET", "Leads", fields="id", converted="true")) == ["1"]
    assert ids(send("GET", "Leads", fields="id", converted="both")) == ["2", "1"]
    assert send("GET", "Leads/1").status == 204


def test_unknown_module(send):
    """
    A module that there is not is refused as such.
    """
    refused = send("GET", "Nope", fields="id")

    assert (refused.status, refused.json["code"]) == (400, "INVALID_MODULE")
    assert refused.json["details"] == {"resource_path_index": 0}
