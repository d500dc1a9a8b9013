"""
What a person's record becomes, whatever is in it.
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import Consent
from crmkit_pipedrive._fields import planned
from crmkit_pipedrive._mapping import to_client
from crmkit_pipedrive._records import to_interaction

SCHEMA = [
    {"field_code": "owner_id", "field_name": "Owner", "field_type": "user"},
    {"field_code": "job_title", "field_name": "Job title", "field_type": "varchar"},
    {"field_code": "marketing_status", "field_name": "Marketing", "field_type": "enum"},
    {
        "field_code": "label_ids",
        "field_name": "Labels",
        "field_type": "set",
        "options": [{"id": 14, "label": "Customer"}, {"id": 15, "label": "No mail"}],
    },
]


def custom(name, kind, *labels):
    """
    Describe a custom field as Pipedrive does; its options are numbered from 1.
    """
    options = [{"id": number, "label": label} for number, label in enumerate(labels, 1)]
    return {
        "field_code": f"{name.lower():0>40}",
        "field_name": name,
        "field_type": kind,
        "is_custom_field": True,
        "options": options or None,
    }


def client(record, *fields, opted_out=None):
    """
    Map a record of an account with these custom fields.
    """
    plan = planned([*SCHEMA, *fields])
    return to_client({"id": 7, **record}, plan, opted_out or {})


def value(kind, sent, *labels, name="Field"):
    """
    Return what a custom field of this type makes of a value, by the names that it gets.
    """
    field = custom(name, kind, *labels)
    record = {"custom_fields": {field["field_code"]: sent}}
    return dict(client(record, field).custom_fields)


def test_whole():
    """
    A record gives name, primary address and number, labels, time, owner and itself.
    """
    record = {
        "name": "Ana Núñez",
        "first_name": "Ana",
        "last_name": "Núñez",
        "emails": [
            {"value": "home@example.com", "primary": False},
            {"value": "ana@example.com", "primary": True},
        ],
        "phones": [{"value": "+351 555 0107", "primary": True, "label": "work"}],
        "label_ids": [14],
        "owner_id": 101,
        "job_title": "Baker",
        "update_time": "2026-05-01T09:30:00Z",
    }
    found = client(record)

    assert (found.id, found.name, found.first_name) == ("7", "Ana Núñez", "Ana")
    assert (found.email, found.phone) == ("ana@example.com", "+351 555 0107")
    assert found.tags == ("Customer",)
    assert found.updated_at == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    assert found.custom_fields == {"owner_id": 101, "job_title": "Baker"}
    assert found.raw == {"id": 7, **record}


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        (None, None),
        ([], None),
        ([{"value": None, "primary": True}, {"value": "b@example.com"}], "b@example.com"),
        ([{"value": "a@example.com"}, {"value": "b@example.com"}], "a@example.com"),
        (["plain@example.com"], "plain@example.com"),
        ("plain@example.com", "plain@example.com"),
        ([{"primary": True}, 7, None], "7"),
        ([{"value": ""}, {"value": {}}], None),
    ],
)
def test_addresses(given, wanted):
    """
    The primary address is taken, else the first that there is, in whatever shape.
    """
    assert client({"emails": given}).email == wanted


@pytest.mark.parametrize(("asked", "aliases"), [(None, ()), ("7", ()), ("6", ("6",))])
def test_merged(asked, aliases):
    """
    A record that answers for another id than its own was merged with that.
    """
    assert to_client({"id": 7}, planned(SCHEMA), {}, asked).aliases == aliases


def test_never_changed():
    """
    Who was never changed since was changed last when they were made.
    """
    found = client({"update_time": None, "add_time": "2026-03-23 18:45:37"})

    assert found.updated_at == datetime(2026, 3, 23, 18, 45, 37, tzinfo=UTC)


@pytest.mark.parametrize(
    ("kind", "sent", "wanted"),
    [
        ("varchar", "04109", {"Field": "04109"}),
        ("varchar", 4109, {"Field": 4109}),
        ("double", 12.5, {"Field": 12.5}),
        ("double", "12", {"Field": 12}),
        ("double", 0, {"Field": 0}),
        ("date", "2026-05-20", {"Field": date(2026, 5, 20)}),
        ("people", 101, {"Field": 101}),
        ("user", {"id": 101, "name": "Sam"}, {"Field": 101}),
        (
            "monetary",
            {"value": 450000, "currency": "EUR"},
            {"Field": 450000, "Field currency": "EUR"},
        ),
        ("monetary", None, {"Field": None, "Field currency": None}),
        (
            "daterange",
            {"value": "2026-05-20", "until": "2026-05-25"},
            {"Field": date(2026, 5, 20), "Field until": date(2026, 5, 25)},
        ),
        (
            "timerange",
            {"value": "10:00:00", "until": "12:00:00", "timezone_name": "Europe/Madrid"},
            {
                "Field": "10:00:00",
                "Field until": "12:00:00",
                "Field timezone name": "Europe/Madrid",
            },
        ),
        (
            "address",
            {"value": "12 Harbour Road", "locality": "Baltimore", "postal_code": "21224"},
            {
                "Field": "12 Harbour Road",
                "Field locality": "Baltimore",
                "Field country": None,
                "Field postal code": "21224",
            },
        ),
    ],
)
def test_types(kind, sent, wanted):
    """
    A value has the type of its field; what it has beside itself are fields of their own.
    """
    assert value(kind, sent) == wanted


@pytest.mark.parametrize(
    ("kind", "sent", "wanted"),
    [
        ("enum", 2, "casual"),
        ("enum", "1", "formal"),
        ("enum", {"id": 2, "label": "casual"}, "casual"),
        ("enum", 99, 99),
        ("enum", None, None),
        ("set", [1, 2], ("formal", "casual")),
        ("set", [{"id": 1, "label": "formal"}], ("formal",)),
        ("set", "1,2", ("formal", "casual")),
        ("set", [], ()),
    ],
)
def test_choices(kind, sent, wanted):
    """
    A choice is its label, in each of the shapes that Pipedrive has for it.
    """
    assert value(kind, sent, "formal", "casual") == {"Field": wanted}


def test_flat():
    """
    A record of version 1, with its custom fields beside the others, is read as well.
    """
    budget = custom("Budget", "monetary")
    key = budget["field_code"]
    found = client(
        {
            "email": [{"value": "ana@example.com", "primary": True}],
            "phone": "+351 555 0107",
            "owner_id": {"id": 101, "name": "Sam", "value": 101},
            key: 450000,
            f"{key}_currency": "EUR",
        },
        budget,
    )

    assert (found.email, found.phone) == ("ana@example.com", "+351 555 0107")
    assert found.custom_fields["Budget"] == 450000
    assert found.custom_fields["Budget currency"] == "EUR"
    assert found.custom_fields["owner_id"] == 101


def test_same_names():
    """
    Two fields of one name are told apart: the second is called by its key.
    """
    first, second = custom("Area", "varchar"), custom("Area", "varchar")
    second["field_code"] = "f" * 40
    found = client(
        {"custom_fields": {first["field_code"]: "a", "f" * 40: "b"}}, first, second
    )

    assert found.custom_fields == {"Area": "a", "f" * 40: "b"}


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ("subscribed", "opted_in"),
        ("unsubscribed", "opted_out"),
        ("no_consent", "unspecified"),
        ("archived", "unspecified"),
    ],
)
def test_marketing(said, status):
    """
    The marketing status is a statement about e-mail; only one of them is a yes.
    """
    wanted = Consent(channel="email", status=status, source="marketing_status")

    assert client({"marketing_status": said}).consent == (wanted,)


@pytest.mark.parametrize("record", [{}, {"marketing_status": None}, {"label_ids": [14]}])
def test_no_statement(record):
    """
    Where nothing is said of consent, nothing is.
    """
    assert client(record, opted_out={"email": ["No mail"]}).consent == ()


def test_labels_as_consent():
    """
    Labels that the setting names say what a person does not want.
    """
    record = {"label_ids": [14, 15]}
    out = client(record, opted_out={"email": ["No mail"], "sms": ["Other"]}).consent
    never = client(record, opted_out={"*": ["Customer"]}).consent

    assert [(one.channel, one.status) for one in out] == [("email", "opted_out")]
    assert [(one.channel, one.status) for one in never] == [("*", "do_not_contact")]


def test_unknown_labels():
    """
    A label that the schema does not know is left out.
    """
    assert client({"label_ids": [99, None, "14"]}).tags == ("Customer",)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3)
    ),
    max_leaves=6,
)
PLACES = (
    *("name", "first_name", "last_name", "emails", "email", "phones", "label_ids"),
    *("update_time", "add_time", "marketing_status", "owner_id", "job_title"),
    *("custom_fields", "is_deleted"),
)
EACH = [
    custom(kind.title(), kind, "a", "b")
    for kind in ("enum", "set", "monetary", "date", "time", "address", "double", "text")
]


@given(
    record=st.dictionaries(st.sampled_from(PLACES), JSON),
    said=st.dictionaries(st.sampled_from([f["field_code"] for f in EACH]), JSON),
    nested=st.booleans(),
)
def test_anything(record, said, nested):
    """
    Whatever a record holds, its client comes back under its id.
    """
    record = {**record, "custom_fields": said} if nested else {**record, **said}

    assert client(record, *EACH, opted_out={"email": ["No mail"]}).id == "7"


@given(schema=st.lists(st.dictionaries(st.sampled_from(list(SCHEMA[3])), JSON), max_size=4))
def test_any_schema(schema):
    """
    Whatever the schema holds, what can be read of it is, each under a name of its own.
    """
    columns = planned([*schema, custom("Plot", "varchar")]).columns
    names = [column.field.name for column in columns]

    assert "Plot" in names
    assert len(names) == len(set(names))


OF_ACTIVITIES = (
    *("id", "type", "subject", "due_date", "due_time", "duration", "location", "done"),
    *("note", "content", "add_time", "outcome", "to_phone_number"),
)


@given(
    kind=st.sampled_from(["notes", "activities"]),
    record=st.dictionaries(st.sampled_from(OF_ACTIVITIES), JSON),
    of=st.sampled_from(["call", "meeting", "task", "callLogs", "lunch", None]),
)
def test_any_activity(kind, record, of):
    """
    Whatever a note or activity holds, it is an entry of the history.
    """
    found = to_interaction(kind, {**record, "type": of})

    assert found.id.startswith(f"{kind}/")
    assert found.type
