"""
Records of contacts to clients.
"""

import json
from datetime import UTC, datetime
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Consent, CustomField
from crmkit_hubspot._mapping import to_client

RECORD = {
    "id": "33451",
    "properties": {
        "createdate": "2026-01-01T14:31:48.469Z",
        "email": "ana@example.com",
        "firstname": "Ana",
        "lastname": "Núñez",
        "phone": "",
        "mobilephone": "+351 555 0107",
        "hs_language": "pt-br",
        "hs_timezone": "europe_slash_lisbon",
        "lastmodifieddate": "2026-07-07T20:27:17.947Z",
        "plan": "gold",
        "zip": "01230",
    },
    "createdAt": "2026-01-01T14:31:48.469Z",
    "updatedAt": "2026-07-07T20:27:17.947Z",
    "archived": False,
}
PLAN = CustomField(key="plan", name="plan", type="choice", options={"gold": "Gold plan"})
FIELDS = {"plan": PLAN, "zip": CustomField(key="zip", name="zip")}


def contact(**properties):
    """
    Return the client of a record with these properties.
    """
    return to_client({"id": "1", "properties": properties}, {})


def test_client():
    """
    A record becomes a client; what the schema knows is a custom field by its name.
    """
    client = to_client(RECORD, FIELDS)

    assert (client.id, client.name, client.email) == (
        "33451",
        "Ana Núñez",
        "ana@example.com",
    )
    assert client.phone == "+351 555 0107"
    assert (client.language, client.timezone) == ("pt-BR", "Europe/Lisbon")
    assert client.updated_at == datetime(2026, 7, 7, 20, 27, 17, 947000, UTC)
    assert client.custom_fields == {"plan": "gold", "zip": "01230", "emailBounced": False}
    assert (client.consent, client.aliases) == ((), ())
    assert client.raw == RECORD


def test_labels():
    """
    A choice is its value, or its label where that is asked for.
    """
    client = to_client(RECORD, FIELDS, frozenset({"plan"}))

    assert client.custom_fields["plan"] == "Gold plan"


def test_alias():
    """
    A contact that answers for another id was merged, and keeps it as an alias.
    """
    assert to_client(RECORD, {}, asked="7").aliases == ("7",)
    assert to_client(RECORD, {}, asked="33451").aliases == ()


def test_absent_properties():
    """
    A property that HubSpot did not send is no custom field, one that is null has no value.
    """
    client = to_client({"id": 1, "properties": {"plan": None}}, FIELDS)

    assert client.custom_fields == {"plan": None, "emailBounced": False}
    assert to_client({"id": 1, "properties": None}, FIELDS).email is None


@pytest.mark.parametrize("value", ["false", "", None])
def test_no_statement(value):
    """
    A contact that has not opted out has said nothing.
    """
    assert contact(hs_email_optout=value).consent == ()


def test_opted_out():
    """
    A contact that opted out of all e-mail is not written to.
    """
    assert contact(hs_email_optout="true").consent == (
        Consent(channel="email", status="opted_out", source="hs_email_optout"),
    )


@pytest.mark.parametrize(
    ("properties", "bounced"),
    [
        ({"hs_email_bounce": "2"}, True),
        ({"hs_email_hard_bounce_reason_enum": "UNKNOWN_USER"}, True),
        ({"hs_email_bounce": "0", "hs_email_hard_bounce_reason_enum": None}, False),
        ({}, False),
    ],
)
def test_bounced(properties, bounced):
    """
    Whether e-mail came back is a custom field that every client has.
    """
    assert contact(**properties).custom_fields == {"emailBounced": bounced}


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("de", "de"),
        ("pt-br", "pt-BR"),
        ("EN-GB", "en-GB"),
        ("zh-hans-cn", "zh-Hans-CN"),
        ("es_419", "es-419"),
        ("", None),
        (None, None),
    ],
)
def test_language(value, tag):
    """
    A language becomes a BCP 47 tag.
    """
    assert contact(hs_language=value).language == tag


def test_zones():
    """
    Every zone is known in HubSpot's spelling.
    """
    zones = available_timezones()
    spelt = {z: z.lower().replace("/", "_slash_").replace("+", "_plus_") for z in zones}

    assert {contact(hs_timezone=spelt[zone]).timezone for zone in zones} == zones


@pytest.mark.parametrize(
    "value", ["atlantis", "", None, "..", "europe_slash_", "\0", "a" * 999]
)
def test_unknown_zone(value):
    """
    A zone that nobody knows is none.
    """
    assert contact(hs_timezone=value).timezone is None


@given(
    st.text() | st.none(),
    st.sampled_from(["number", "boolean", "date", "datetime", "choice", "text", "other"]),
)
def test_tolerant(text, kind):
    """
    No value raises, whatever its type.
    """
    record = {"id": 1, "properties": {"x": text, "hs_timezone": text, "hs_language": text}}
    record["properties"] |= {"lastmodifieddate": text, "hs_email_bounce": text}
    field = CustomField(key="x", name="x", type=kind)

    assert to_client(record, {"x": field}).id == "1"


def test_json():
    """
    A client of HubSpot can be written as JSON.
    """
    from crmkit.codec import to_json

    fields = {"born": CustomField(key="born", name="born", type="date")}
    client = to_client({"id": 1, "properties": {"born": "1990-01-31"}}, fields)

    assert json.loads(to_json(client))["custom_fields"]["born"] == "1990-01-31"
