"""
Properties: their definitions, and which values each type takes.
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator.hubspot._errors import Problem
from crmkit_simulator.hubspot._schema import defined
from crmkit_simulator.hubspot._values import kept, milliseconds

PATH = "/crm/properties/2026-09/contacts"
OPTIONS = ["red", "green", "blue"]


def of(type_, **more):
    """
    Return a property of a type.
    """
    return defined({"name": "x", "type": type_, **more}, "group")


def test_listed(send):
    """
    All definitions come at once, those of HubSpot with their marks.
    """
    found = {one["name"]: one for one in send("GET", PATH).json["results"]}

    assert found["email"]["hasUniqueValue"] is True
    assert found["createdate"]["modificationMetadata"]["readOnlyValue"] is True
    assert found["hubspot_owner_id"]["externalOptions"] is True
    assert found["hubspot_owner_id"]["options"] == []
    values = [option["value"] for option in found["lifecyclestage"]["options"]]
    assert values[:3] == ["subscriber", "lead", "marketingqualifiedlead"]
    assert {one["hubspotDefined"] for one in found.values()} == {True}


def test_custom(crm_simulator, clients):
    """
    A custom property is given as HubSpot's API describes it, and is like its own.
    """
    level = {"name": "level", "type": "enumeration", "options": OPTIONS, "label": "Level"}
    firm = {"name": "rank", "type": "number", "objectType": "notes"}
    hub = crm_simulator("hubspot", contacts=1, properties=[level, firm])
    send = clients(hub)
    found = send("GET", f"{PATH}/level").json

    assert (found["label"], found["hubspotDefined"]) == ("Level", False)
    assert [option["value"] for option in found["options"]] == OPTIONS
    assert send("GET", f"{PATH}/rank").status == 404
    assert send("GET", "/crm/v3/properties/0-46/rank").status == 200
    path = "/crm/v3/objects/contacts/101"
    assert send("PATCH", path, {"properties": {"level": "red"}}).status == 200
    assert send("PATCH", path, {"properties": {"level": "Red"}}).status == 400


def test_defined(send):
    """
    A property is defined once, over HTTP too.
    """
    body = {"name": "code", "type": "string", "hasUniqueValue": True}

    assert send("POST", PATH, body).status == 201
    assert send("POST", PATH, body).status == 409
    assert send("POST", PATH, {"name": "x", "type": "y"}).status == 400
    path = "/crm/v3/objects/contacts"
    assert send("PATCH", f"{path}/7", {"properties": {"code": "c"}}).status == 200
    refused = send("PATCH", f"{path}/8", {"properties": {"code": "C"}})
    assert refused.json["errors"][0]["code"] == "CONFLICTING_UNIQUE_VALUE"
    assert send("GET", f"{path}/c", idProperty="code").json["id"] == "7"


def test_redefined(crm_simulator, clients):
    """
    What is changed of a custom property is changed, and the rest of it stays.
    """
    own = {"name": "level", "type": "enumeration", "options": OPTIONS, "label": "Level"}
    send = clients(crm_simulator("hubspot", properties=[own]))
    before = send("GET", f"{PATH}/level").json
    changes = {"label": "Rank", "description": "Of whom?"}

    assert send("PATCH", f"{PATH}/level", changes).json == before | changes
    assert send("GET", f"{PATH}/level").json == before | changes
    options = {"options": [{"value": "grey", "label": "Grey"}]}
    assert send("PATCH", f"{PATH}/level", options).json["label"] == "Rank"
    new = {"properties": {"lastname": "X", "level": "grey"}}
    assert send("POST", "/crm/v3/objects/contacts", new).status == 201
    assert send("PATCH", f"{PATH}/level", {"type": "colour"}).status == 400


def test_removed(crm_simulator, clients):
    """
    A property that is removed takes its values with it, those of merged contacts too.
    """
    code = {"name": "code", "hasUniqueValue": True}
    two = [{"id": 7, "code": "a", "lastname": "A"}, {"id": 8, "code": "b", "lastname": "B"}]
    hub = crm_simulator("hubspot", contacts=two, properties=[code])
    send = clients(hub)
    contacts = "/crm/objects/2026-09/contacts"

    assert send("DELETE", f"{PATH}/code").status == 204
    assert send("GET", f"{PATH}/code").status == 404
    assert not any("code" in one["properties"] for one in hub.contacts())
    assert send("POST", PATH, code).status == 201
    assert send("GET", f"{contacts}/a", idProperty="code").status == 404
    assert send("PATCH", f"{contacts}/8", {"properties": {"code": "A"}}).status == 200
    assert send("DELETE", f"{PATH}/code").status == 204
    ids = {"primaryObjectId": "7", "objectIdToMerge": "8"}
    assert send("POST", f"{contacts}/merge", ids).status == 200


@pytest.mark.parametrize(("name", "status"), [("email", 400), ("nothing", 404)])
def test_not_own(send, name, status):
    """
    Properties that HubSpot defines, or nobody, are neither changed nor removed.
    """
    assert send("PATCH", f"{PATH}/{name}", {"label": "X"}).status == status
    assert send("DELETE", f"{PATH}/{name}").status == status


def test_batch(send):
    """
    Definitions are read by name, and those that are not there are named.
    """
    inputs = {"inputs": [{"name": "email"}, {"name": "nothing"}]}
    answer = send("POST", f"{PATH}/batch/read", inputs)

    assert answer.status == 207
    assert [one["name"] for one in answer.json["results"]] == ["email"]
    assert answer.json["errors"][0]["context"] == {"name": ["nothing"]}


@pytest.mark.parametrize(
    "definition", [{}, {"name": ""}, {"name": "x", "type": "text"}, {"name": 5}]
)
def test_wrong_definition(definition):
    """
    A definition without a name or with an unknown type is refused when it is given.
    """
    with pytest.raises(ValueError, match="needs a name, and a type of string, number"):
        Simulator("hubspot", properties=[definition])


def test_unique_start():
    """
    No two contacts of the start have one value of a unique property.
    """
    code = {"name": "code", "hasUniqueValue": True}

    with pytest.raises(ValueError, match="two contacts have the code x"):
        Simulator("hubspot", contacts=[{"code": "X"}, {"code": "x"}], properties=[code])


def test_wrong_type():
    """
    A property belongs to a type of object that there is.
    """
    with pytest.raises(ValueError, match="not of 'unicorns'"):
        Simulator("hubspot", properties=[{"name": "x", "objectType": "unicorns"}])


@pytest.mark.parametrize(
    ("type_", "value", "expected"),
    [
        ("string", "a", "a"),
        ("string", 5, "5"),
        ("string", True, "true"),
        ("string", None, ""),
        ("string", "", ""),
        ("string", "x" * 65_536, "x" * 65_536),
        ("number", 5, "5"),
        ("number", "-5.25", "-5.25"),
        ("number", "1e6", "1e6"),
        ("bool", True, "true"),
        ("bool", "FALSE", "false"),
        ("date", "2026-05-01", "2026-05-01"),
        ("date", "1777593600000", "2026-05-01"),
        ("datetime", "1777629600123", "2026-05-01T10:00:00.123Z"),
        ("datetime", 1777629600124, "2026-05-01T10:00:00.124Z"),
        ("datetime", "2026-05-01T12:00:00+02:00", "2026-05-01T10:00:00.000Z"),
        ("datetime", "1777629600", "1970-01-21T13:47:09.600Z"),
    ],
)
def test_kept(type_, value, expected):
    """
    What is kept is a string, in one form for each type; seconds land in January 1970.
    """
    assert kept(of(type_), value) == expected


@pytest.mark.parametrize(
    ("type_", "value", "code"),
    [
        ("string", "x" * 65_537, "PROPERTY_VALUE_TOO_LONG"),
        ("string", {}, "INVALID_TYPE"),
        ("number", "1,000", "INVALID_INTEGER"),
        ("number", "many", "INVALID_INTEGER"),
        ("number", float("nan"), "INVALID_INTEGER"),
        ("bool", "yes", "INVALID_OPTION"),
        ("date", "1777629600123", "INVALID_DATE"),
        ("date", "01/05/2026", "INVALID_DATE"),
        ("date", "2026-05-01T10:00:00Z", "INVALID_DATE"),
        ("date", "20260501", "INVALID_DATE"),
        ("date", "2026-02-30", "INVALID_DATE"),
        ("date", "9" * 30, "INVALID_DATE"),
        ("datetime", "tomorrow", "INVALID_DATE"),
        ("datetime", "9" * 30, "INVALID_DATE"),
    ],
)
def test_refused(type_, value, code):
    """
    What a type does not take is refused with the code for it.
    """
    problem = kept(of(type_), value)

    assert isinstance(problem, Problem)
    assert (problem.name, problem.code) == ("x", code)


@given(st.lists(st.sampled_from([*OPTIONS, "Red", "pink"]), min_size=1, max_size=4))
def test_many(values):
    """
    Of several values each must be an option; one value of one option is no list.
    """
    many = of("enumeration", fieldType="checkbox", options=OPTIONS)
    single = of("enumeration", options=OPTIONS)
    text = ";".join(values)
    right = set(values) <= set(OPTIONS)

    assert (kept(many, text) == text) is right
    assert (kept(single, text) == text) is (right and len(values) == 1)


def test_external():
    """
    Options that are kept elsewhere are not checked.
    """
    assert kept(of("enumeration", externalOptions=True), "12345") == "12345"


@given(st.datetimes(datetime(1900, 1, 1), datetime(9999, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - the zone is given beside
def test_times(moment):
    """
    A time in milliseconds and the same in ISO 8601 are kept alike.
    """
    moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    text, number = moment.isoformat(), milliseconds(moment.isoformat())

    assert kept(of("datetime"), text) == kept(of("datetime"), str(number))
    assert datetime.fromisoformat(kept(of("datetime"), text)) == moment


@given(st.dates(date(1900, 1, 1)))
def test_dates(day):
    """
    A day, and its midnight UTC in milliseconds, are kept alike.
    """
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    number = milliseconds(midnight.isoformat())

    assert kept(of("date"), str(number)) == day.isoformat() == kept(of("date"), f"{day}")


@given(st.text() | st.integers() | st.floats() | st.booleans() | st.none())
def test_any_value(value):
    """
    Whatever is sent, it is kept as a string or refused; what was kept is kept again.
    """
    for type_ in ("string", "number", "bool", "date", "datetime", "enumeration"):
        definition = of(type_, options=OPTIONS)
        found = kept(definition, value)
        assert isinstance(found, str | Problem)
        assert isinstance(found, Problem) or kept(definition, found) == found
