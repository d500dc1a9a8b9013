"""
Custom fields: what each type takes, and how fields are told in both versions.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

from crmkit_simulator import Simulator

PERSON = "/api/v2/persons/7"
ADDRESS_PARTS = 10


@pytest.fixture
def put(send, code):
    """
    Return a function that gives Ana a value of a custom field.
    """

    def put(name, value):
        return send("PATCH", PERSON, {"custom_fields": {code(name): value}})

    return put


def test_enum(send, put, code):
    """
    A choice is told by the id of its option, and on demand with its label.
    """
    assert put("Tier", 27).json["data"]["custom_fields"][code("Tier")] == 27
    named = send("GET", PERSON, include_option_labels="true").json["data"]

    assert named["custom_fields"][code("Tier")] == {"id": 27, "label": "Gold"}
    assert named["custom_fields"][code("Likes")] is None


def test_set(send, put, code):
    """
    Several choices are ids, null clears them, and an empty list is refused.
    """
    assert put("Likes", [31, 32]).json["data"]["custom_fields"][code("Likes")] == [31, 32]
    named = send("GET", PERSON, include_option_labels="true").json["data"]["custom_fields"]

    assert [one["label"] for one in named[code("Likes")]] == ["Sea", "Hills"]
    assert put("Likes", []).status == 400
    assert put("Likes", None).json["data"]["custom_fields"][code("Likes")] is None


GOOD = {
    "varchar": "es",
    "varchar_auto": "es",
    "phone": "+45 1",
    "text": "x" * 65_535,
    "double": 12.5,
    "date": "2026-02-28",
    "daterange": {"value": "2026-05-20", "until": "2026-05-25"},
    "time": {"value": "10:00:00", "timezone_id": 79, "timezone_name": "Europe/Madrid"},
    "timerange": {
        "value": "10:00:00",
        "until": "12:00:00",
        "timezone_id": 79,
        "timezone_name": "Europe/Madrid",
    },
    "monetary": {"value": 450000, "currency": "EUR"},
    "org": 1,
    "people": 1,
    "user": 101,
}


@pytest.fixture(scope="module")
def typed():
    """
    Return a client of a Pipedrive with a field of each type, and the fields' codes.
    """
    fields = [{"field_name": type_, "field_type": type_} for type_ in [*GOOD, "address"]]
    with Simulator("pipedrive", contacts=[{"id": 7}], fields=fields, limit="off") as pipe:
        send = client(pipe)
        told = send("GET", "/api/v2/personFields").json["data"]
        yield send, {field["field_type"]: field["field_code"] for field in told}


@pytest.mark.parametrize("type_", GOOD)
def test_types(typed, type_):
    """
    A value is told as it was written.
    """
    send, codes = typed
    body = {"custom_fields": {codes[type_]: GOOD[type_]}}
    answer = send("PATCH", PERSON, body)

    assert answer.json["data"]["custom_fields"][codes[type_]] == GOOD[type_]


@pytest.mark.parametrize(
    ("type_", "value"),
    [
        ("varchar", 5),
        ("varchar", "x" * 256),
        ("text", "x" * 65_536),
        ("double", "12.5"),
        ("double", True),
        ("date", "2026-02-30"),
        ("date", "2026-2-3"),
        ("date", "2026-02-28T00:00:00Z"),
        ("daterange", "2026-02-28"),
        ("daterange", {"value": "2026-02-28"}),
        ("monetary", 450000),
        ("monetary", {"value": 1}),
        ("monetary", {"value": "1", "currency": "EUR"}),
        ("monetary", {"value": 1, "currency": "euro"}),
        ("time", "10:00"),
        ("time", {"value": "25:00"}),
        ("user", "101"),
        ("address", "12 Harbour Road"),
        ("address", {"locality": "Baltimore"}),
    ],
)
def test_wrong(typed, type_, value):
    """
    A value of another type, or one that is too long, is refused with the field's code.
    """
    send, codes = typed
    answer = send("PATCH", PERSON, {"custom_fields": {codes[type_]: value}})

    assert (answer.status, codes[type_] in answer.json["error"]) == (400, True)


def test_address(typed):
    """
    An address has all its parts, null where they are not known.
    """
    send, codes = typed
    body = {"custom_fields": {codes["address"]: {"value": "12 Harbour Road"}}}
    told = send("PATCH", PERSON, body).json["data"]["custom_fields"][codes["address"]]

    assert (told["value"], len(told)) == ("12 Harbour Road", ADDRESS_PARTS)
    assert {value for key, value in told.items() if key != "value"} == {None}


def test_time(typed):
    """
    A time without a zone says so.
    """
    send, codes = typed
    body = {"custom_fields": {codes["time"]: {"value": "09:30"}}}
    told = send("PATCH", PERSON, body).json["data"]["custom_fields"][codes["time"]]

    assert told == {"value": "09:30:00", "timezone_id": None, "timezone_name": None}


@pytest.mark.parametrize(
    ("name", "value"), [("Tier", 99), ("Tier", "Gold"), ("Tier", [27]), ("Likes", [99])]
)
def test_no_option(put, name, value):
    """
    An option that there is not, or a label for an id, is refused.
    """
    assert put(name, value).status == 400


def test_read_only(send):
    """
    A field that is no custom one is not among them.
    """
    answer = send("PATCH", PERSON, {"custom_fields": {"name": "X"}})

    assert answer.json["code"] == "ERR_SCHEMA_VALIDATION_FAILED"


def test_some(send, put, code):
    """
    The custom fields that are asked for are the only ones, at most 15.
    """
    put("Language", "es")
    only = send("GET", PERSON, custom_fields=code("Language")).json["data"]

    assert only["custom_fields"] == {code("Language"): "es"}
    many = ",".join(["0" * 40] * 16)
    assert send("GET", PERSON, custom_fields=many).status == 400


def test_listed(send):
    """
    Fields are told in pages, with options and subfields for those that have them.
    """
    first = send("GET", "/api/v2/personFields", limit=5).json
    cursor, fields = first["additional_data"]["next_cursor"], [*first["data"]]
    while cursor:
        page = send("GET", "/api/v2/personFields", limit=5, cursor=cursor).json
        fields += page["data"]
        cursor = page["additional_data"]["next_cursor"]
    by_name = {field["field_name"]: field for field in fields}

    all_at_once = send("GET", "/api/v2/personFields", limit=len(fields)).json

    assert len(first["data"]) == 5
    assert all_at_once == {
        "success": True,
        "data": fields,
        "additional_data": {"next_cursor": None},
    }
    assert by_name["Tier"]["options"][0] == {"id": 27, "label": "Gold"}
    assert by_name["Language"]["options"] is None
    assert by_name["Budget"]["subfields"][0]["field_code"] == "currency"
    assert (by_name["Name"]["is_custom_field"], by_name["Name"]["field_code"]) == (
        False,
        "name",
    )


def test_one(send, code):
    """
    One field is told by its code; more of it on demand.
    """
    path = f"/api/v2/personFields/{code('Tier')}"
    field = send("GET", path, include_fields="required_fields").json["data"]

    assert (field["field_name"], field["field_type"]) == ("Tier", "enum")
    assert field["required_fields"] == {"enabled": False}
    assert send("GET", "/api/v2/personFields/nothing").status == 404
    assert send("GET", path, include_fields="nothing").status == 400


def test_old(send, code):
    """
    Version 1 has other keys, marks custom fields, and tells options where there are some.
    """
    fields = send("GET", "/v1/personFields", limit=500).json["data"]
    by_key = {field["key"]: field for field in fields}

    assert by_key[code("Tier")]["edit_flag"] is True
    assert by_key["name"]["edit_flag"] is False
    assert by_key[code("Tier")]["options"][1] == {"id": 28, "label": "Silver"}
    assert "options" not in by_key[code("Language")]


@pytest.mark.parametrize(
    "field",
    [
        {"field_name": "X", "field_type": "colour"},
        {"field_name": "X", "field_type": "enum"},
    ],
)
def test_wrong_option(field):
    """
    A custom field of an unknown type, or a choice without options, is a ValueError.
    """
    with pytest.raises(ValueError, match=r"X|colour"):
        Simulator("pipedrive", fields=[field])
