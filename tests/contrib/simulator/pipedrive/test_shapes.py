"""
Shapes: the keys that Pipedrive's description of its API lists, and the types of values.
"""

import re

import pytest
from tests.contrib.simulator.pipedrive.conftest import ANA, BO, FIELDS, client

from crmkit_simulator import Simulator

NONE = type(None)
RFC = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
OLD = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
LONG = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z")
POINT = {"value": str, "primary": bool, "label": str}
PERSON = {
    "id": int,
    "name": str,
    "first_name": (str, NONE),
    "last_name": (str, NONE),
    "owner_id": int,
    "org_id": (int, NONE),
    "add_time": RFC,
    "update_time": RFC,
    "emails": [POINT],
    "phones": [POINT],
    "is_deleted": bool,
    "visible_to": int,
    "label_ids": [int],
    "picture_id": (int, NONE),
    "custom_fields": dict,
}
SYNCED = {
    "postal_address": (dict, NONE),
    "notes": (str, NONE),
    "im": [POINT],
    "birthday": (str, NONE),
    "job_title": (str, NONE),
}
ACTIVITY = {
    "id": int,
    "subject": str,
    "type": str,
    "owner_id": int,
    "creator_user_id": int,
    "is_deleted": bool,
    "add_time": RFC,
    "update_time": RFC,
    "deal_id": (int, NONE),
    "lead_id": (str, NONE),
    "person_id": (int, NONE),
    "org_id": (int, NONE),
    "project_id": (int, NONE),
    "due_date": (str, NONE),
    "due_time": (str, NONE),
    "duration": (str, NONE),
    "busy": bool,
    "done": bool,
    "marked_as_done_time": (str, NONE),
    "location": (dict, NONE),
    "participants": [{"person_id": int, "primary": bool}],
    "conference_meeting_client": (str, NONE),
    "conference_meeting_url": (str, NONE),
    "conference_meeting_id": (str, NONE),
    "public_description": (str, NONE),
    "priority": (int, NONE),
    "note": (str, NONE),
}
FIELD = {
    "field_name": str,
    "field_code": str,
    "description": (str, NONE),
    "field_type": str,
    "options": (list, NONE),
    "subfields": (list, NONE),
    "is_custom_field": bool,
    "is_optional_response_field": bool,
}
ITEM = {
    "id": int,
    "type": str,
    "name": str,
    "phones": [str],
    "emails": [str],
    "primary_email": (str, NONE),
    "visible_to": int,
    "owner": {"id": int},
    "organization": (dict, NONE),
    "custom_fields": [str],
    "notes": [str],
    "update_time": OLD,
}
NOTE = {
    "id": int,
    "user_id": int,
    "deal_id": (int, NONE),
    "person_id": (int, NONE),
    "org_id": (int, NONE),
    "lead_id": (str, NONE),
    "project_id": (int, NONE),
    "content": str,
    "add_time": OLD,
    "update_time": OLD,
    "active_flag": bool,
    "pinned_to_deal_flag": bool,
    "pinned_to_person_flag": bool,
    "pinned_to_organization_flag": bool,
    "pinned_to_lead_flag": bool,
    "pinned_to_project_flag": bool,
    "last_update_user_id": (int, NONE),
    "organization": (dict, NONE),
    "person": (dict, NONE),
    "deal": (dict, NONE),
    "lead": (dict, NONE),
    "user": {"email": str, "name": str, "icon_url": (str, NONE), "is_you": bool},
}
CALL = {
    "id": str,
    "activity_id": int,
    "person_id": (int, NONE),
    "org_id": (int, NONE),
    "deal_id": (int, NONE),
    "lead_id": (str, NONE),
    "subject": str,
    "duration": (str, NONE),
    "outcome": str,
    "from_phone_number": (str, NONE),
    "to_phone_number": str,
    "has_recording": bool,
    "start_time": LONG,
    "end_time": LONG,
    "user_id": int,
    "company_id": int,
    "note": (str, NONE),
}
USER = {
    "id": int,
    "name": str,
    "default_currency": str,
    "locale": str,
    "lang": int,
    "email": str,
    "phone": (str, NONE),
    "activated": bool,
    "last_login": OLD,
    "created": OLD,
    "modified": OLD,
    "has_created_company": bool,
    "access": [{"app": str, "admin": bool, "permission_set_id": str}],
    "active_flag": bool,
    "timezone_name": str,
    "timezone_offset": str,
    "role_id": int,
    "icon_url": (str, NONE),
    "is_you": bool,
    "is_deleted": bool,
    "is_admin": int,
}
ME = USER | {
    "company_id": int,
    "company_name": str,
    "company_domain": str,
    "company_country": str,
    "company_industry": (str, NONE),
    "language": {"language_code": str, "country_code": str},
}
TYPE = {
    "id": int,
    "order_nr": int,
    "name": str,
    "key_string": str,
    "icon_key": str,
    "active_flag": bool,
    "color": (str, NONE),
    "is_custom_flag": bool,
    "add_time": OLD,
    "update_time": (str, NONE),
}
OLD_FIELD = {
    "id": int,
    "key": str,
    "name": str,
    "group_id": (int, NONE),
    "order_nr": int,
    "field_type": str,
    "json_column_flag": bool,
    "add_time": OLD,
    "update_time": (str, NONE),
    "last_updated_by_user_id": (int, NONE),
    "created_by_user_id": (int, NONE),
    "active_flag": bool,
    "edit_flag": bool,
    "details_visible_flag": bool,
    "add_visible_flag": bool,
    "important_flag": bool,
    "bulk_edit_allowed": bool,
    "filtering_allowed": bool,
    "sortable_flag": bool,
    "mandatory_flag": bool,
    "searchable_flag": bool,
    "description": (str, NONE),
}
CURSOR = {"next_cursor": (str, NONE)}
START = {"pagination": {"start": int, "limit": int, "more_items_in_collection": bool}}
LOGGED = {
    "outcome": "busy",
    "to_phone_number": "1",
    "start_time": "2026-01-31 10:00:00",
    "end_time": "2026-01-31 10:00:00",
    "person_id": 7,
}


def misfits(shape, value, at="$"):
    """
    Yield each place where a JSON value departs from a shape.
    """
    match shape:
        case dict():
            if not isinstance(value, dict):
                yield f"{at}: {value!r}"
                return
            for key in shape.keys() ^ value.keys():
                yield f"{at}.{key}: {'missing' if key in shape else 'unknown'}"
            for key in shape.keys() & value.keys():
                yield from misfits(shape[key], value[key], f"{at}.{key}")
        case list():
            for place, one in enumerate(value):
                yield from misfits(shape[0], one, f"{at}[{place}]")
        case re.Pattern():
            if not shape.fullmatch(value):
                yield f"{at}: {value!r}"
        case _:
            allowed = shape if isinstance(shape, tuple) else (shape,)
            if type(value) not in allowed:
                yield f"{at}: {value!r}"


@pytest.fixture(scope="module")
def full():
    """
    Return a client of a Pipedrive that holds one of everything.
    """
    contacts = [ANA | {"label_ids": [14], "custom_fields": {"Tier": 27}}, BO]
    with Simulator("pipedrive", contacts=contacts, fields=FIELDS, limit="off") as pipe:
        send = client(pipe)
        someone = {"participants": [{"person_id": 7, "primary": True}], "done": True}
        send("POST", "/api/v2/activities", someone)
        send("POST", "/v1/notes", {"content": "x", "person_id": 7})
        send("POST", "/v1/callLogs", LOGGED)
        yield send


@pytest.mark.parametrize(
    ("path", "shape", "more"),
    [
        ("/api/v2/persons", [PERSON], CURSOR),
        ("/api/v2/persons/7", PERSON, None),
        ("/api/v2/activities", [ACTIVITY], CURSOR),
        ("/api/v2/activities/1", ACTIVITY, None),
        ("/api/v2/personFields", [FIELD], CURSOR),
        ("/api/v2/personFields/name", FIELD, None),
        (
            "/api/v2/persons/search?term=example",
            {"items": [{"result_score": float, "item": ITEM}]},
            CURSOR,
        ),
        ("/v1/notes", [NOTE], START),
        ("/v1/notes/1", NOTE, None),
        ("/v1/callLogs", [CALL], START),
        ("/v1/users/me", ME, None),
        ("/v1/users/101", USER, None),
        ("/v1/users", [USER], {"company_id": int}),
        ("/v1/activityTypes", [TYPE], None),
    ],
)
def test_shape(full, path, shape, more):
    """
    An answer has the keys that are described, no other ones, and values of their types.
    """
    answer = full("GET", path).json
    envelope = {"success": bool, "data": shape}
    if more is not None:
        envelope["additional_data"] = more

    assert answer["data"]
    assert list(misfits(envelope, answer)) == []


def test_old_fields(full):
    """
    Fields of version 1 have options only where there are some.
    """
    fields = full("GET", "/v1/personFields").json["data"]
    wrong = [
        one
        for field in fields
        for one in misfits(
            OLD_FIELD | ({"options": [dict]} if "options" in field else {}), field
        )
    ]

    assert fields
    assert wrong == []


def test_contact_sync(crm_simulator):
    """
    Contact sync adds its fields, no other ones.
    """
    send = client(crm_simulator("pipedrive", contacts=1, contact_sync=True))
    person = send("GET", "/api/v2/persons/1").json["data"]

    assert list(misfits(PERSON | SYNCED, person)) == []


@pytest.mark.parametrize(
    ("value", "count"),
    [
        ({"a": 1, "b": [True]}, 0),
        ({"a": True, "b": [1]}, 2),
        ({"a": 1, "b": [], "c": 1}, 1),
        ({"b": []}, 1),
        ([], 1),
    ],
)
def test_judge(value, count):
    """
    The judge itself sees what is missing, unknown, or of another type.
    """
    assert len(list(misfits({"a": int, "b": [bool]}, value))) == count
