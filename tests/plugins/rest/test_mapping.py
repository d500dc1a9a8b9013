"""
Records become clients as the file says, whatever is in them.
"""

import json
from datetime import UTC, date, datetime

import pytest
from attrs import evolve
from hypothesis import given
from hypothesis import strategies as st
from tests.plugins.rest.conftest import EXAMPLES

from crmkit import ClientData, ClientInteraction, Consent, CustomField, ProtocolError
from crmkit.testing import Answer
from crmkit_rest._client import Client, Statement
from crmkit_rest._expressions import Expression
from crmkit_rest._file import load
from crmkit_rest._history import to_interaction
from crmkit_rest._mapping import moment, to_client, to_field

CRMS = [load(str(EXAMPLES / f"{name}.toml")) for name in ("acme", "harbor")]
ACME, HARBOR = CRMS
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=12)
    | st.sampled_from(["2026-05-01", "1e999", "0", "no", "no mail", "en_US", "../x"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=6), inner, max_size=4)
    ),
    max_leaves=8,
)
KEYS = sorted(
    {"id", "contact_no", "name", "emails", "phones", "locale", "zone", "labels", "updated"}
    | {"merged_from", "custom", "owner", "consent", "do_not_contact", "display_name"}
    | {
        "mail",
        "mobile",
        "landline",
        "lang",
        "changed",
        "tags",
        "extra",
        "budget",
        "newsletter",
    }
)
RECORDS = st.dictionaries(st.sampled_from(KEYS), JSON, max_size=12)
WILD = [
    *("join(', ', tags)", "sort_by(@, &x)", "max_by(custom, &@)", "to_number(mail)"),
    *("sum(tags)", "abs(mail)", "contains(mail, 'x')", "custom[::0]", "map(&a.b, emails)"),
    *("avg(tags)", "length(budget)", "keys(custom)", "values(custom)[0]", "merge(@, mail)"),
    *("reverse(mail)", "starts_with(mail, lang)", "ceil(budget)", "emails[?a > b] | [0]"),
]


def client(record, crm=ACME, fields=()):
    """
    Return what a record becomes.
    """
    return to_client(record, crm, {field.key: field for field in fields})


def test_whole():
    """
    Each part of a client comes from where the file says.
    """
    fields = [CustomField(key="c_day", name="Day", type="date")]
    record = {
        "id": 7,
        "name": {"full": "Ana Núñez", "given": "Ana", "family": "Núñez"},
        "emails": [
            {"address": "old@example.com"},
            {"address": "a@b.example", "primary": True},
        ],
        "phones": [{"number": 351555}],
        "locale": "pt_br",
        "zone": "europe/lisbon",
        "labels": ["gold", 5, None],
        "updated": "2026-05-01T09:30:00+02:00",
        "merged_from": [3, 7],
        "custom": {"c_day": "2026-05-01", "c_new": "x"},
        "owner": {"id": 9},
        "consent": {"email": "no", "sms": None},
        "do_not_contact": False,
    }

    found = client(record, fields=fields)

    assert found == ClientData(
        id="7",
        name="Ana Núñez",
        first_name="Ana",
        last_name="Núñez",
        email="a@b.example",
        phone="351555",
        language="pt-BR",
        timezone="Europe/Lisbon",
        tags=("gold", "5"),
        updated_at="2026-05-01T07:30:00+00:00",
        aliases=("3",),
        custom_fields={
            "Day": date(2026, 5, 1),
            "c_new": "x",
            "owner_id": 9,
            "owner_name": None,
            "owner_email": None,
        },
        consent=(Consent(channel="email", status="opted_out"),),
        raw=record,
    )


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({}, []),
        ({"newsletter": None}, []),
        ({"newsletter": True}, [("email", "opted_in", "newsletter")]),
        ({"newsletter": "perhaps"}, []),
        ({"newsletter": "0"}, []),
        ({"tags": ["NO MAIL"]}, [("email", "opted_out", "tags")]),
        ({"tags": "x; Do not disturb"}, [("*", "do_not_contact", "tags")]),
    ],
)
def test_consent(record, told):
    """
    A flag that is not there says nothing; only a clear yes opts in; tags opt out.
    """
    consent = client({"contact_no": "1", **record}, HARBOR).consent

    assert [(said.channel, said.status, said.source) for said in consent] == told


def test_strictest():
    """
    Of several statements about a channel the strictest counts.
    """
    file = {"opted_in": "a", "opted_out": "b", "do_not_contact": "c"}
    crm = evolve(
        ACME,
        client=Client(
            consent={"sms": Statement(**{key: Expression(at) for key, at in file.items()})}
        ),
    )

    def status(record):
        (said,) = client({"id": 1, **record}, crm).consent
        return said.status

    assert status({"a": 1}) == "opted_in"
    assert status({"a": 1, "b": 1}) == "opted_out"
    assert status({"a": 1, "b": 1, "c": 1}) == "do_not_contact"


@pytest.mark.parametrize("odd", [True, False, {}, [], ["x"], "", "  ", None])
def test_no_text(odd):
    """
    What is neither text nor number is no text of a client.
    """
    found = client({"contact_no": 1, "mail": odd, "display_name": odd, "lang": odd}, HARBOR)

    assert (found.email, found.name, found.language) == (None, "", None)


@pytest.mark.parametrize(
    ("said", "is_out"),
    [(yes, True) for yes in (True, 1, "yes", "2026-01-01", {"a": 1})]
    + [(no, False) for no in (False, 0, "", "No", "false", None)],
)
def test_opted_out(said, is_out):
    """
    Anything but a way to say no keeps from writing.
    """
    out = client({"id": 1, "do_not_contact": said}).consent

    assert bool(out) == is_out


@pytest.mark.parametrize(
    ("value", "times", "told"),
    [
        (1_777_628_400, "iso", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        ("1777628400000", "seconds", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        (1777628400.0, "iso", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        ("2026-05-01 09:40", "iso", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        ("01.05.2026 09:40", "%d.%m.%Y %H:%M", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        ("2026-05-01T11:40:00+02:00", "%d.%m.%Y", datetime(2026, 5, 1, 9, 40, tzinfo=UTC)),
        ("soon", "iso", None),
        (True, "iso", None),
        (1e300, "iso", None),
        ("nan", "iso", None),
        ({"at": 1}, "iso", None),
    ],
)
def test_moments(value, times, told):
    """
    A moment is read from seconds, milliseconds, ISO 8601, or the file's own pattern.
    """
    assert moment(value, times) == told


def test_entries():
    """
    Custom fields may be a list of entries; a listed one has the type that the file says.
    """
    extra = [{"title": "Pool", "content": False}, {"content": 1}, None, {"title": "Pets"}]
    found = client({"contact_no": 1, "extra": extra, "budget": "450000"}, HARBOR)

    assert found.custom_fields == {
        "Pool": False,
        "Pets": None,
        "owner_id": None,
        "Budget": 450_000,
    }


def test_fields():
    """
    A field of the CRM's schema has its type and its choices; one without a key is none.
    """
    choices = [{"value": 1, "label": "A"}]
    told = {"key": "c", "label": None, "kind": "list", "choices": choices}

    assert to_field(told, ACME.fields) == CustomField(
        key="c", name="c", type="choice", options={"1": "A"}
    )
    assert to_field({"label": "x"}, ACME.fields) is None


@given(st.sampled_from(CRMS), RECORDS, st.integers() | st.sampled_from(["7", "ü/7"]))
def test_any_record(crm, record, client_id):
    """
    No record of a client is lost, whatever it holds beside its id.
    """
    record |= {"id": client_id, "contact_no": client_id}

    assert to_client(record, crm, {}).id == str(client_id)


@given(st.sampled_from(CRMS), JSON)
def test_no_record(crm, value):
    """
    What is no record is an error of its own, and nobody.
    """
    try:
        found = to_client(value, crm, {})
    except ValueError:
        return
    assert found.id


@given(JSON)
def test_any_interaction(value):
    """
    What happened is read from whatever the CRM answers.
    """
    for crm in CRMS:
        for name, how in crm.history.items():
            assert isinstance(to_interaction(value, crm, name, how), ClientInteraction)


@given(st.sampled_from(WILD), RECORDS | JSON)
def test_any_expression(text, value):
    """
    A JMESPath finds something or nothing, and never fails on odd JSON.
    """
    found = Expression(text)

    found.of(value)
    found.holds(value)
    found.affirms(value)
    assert found.text_of(value) is None or isinstance(found.text_of(value), str)
    assert isinstance(found.several_of(value), list)


def test_odd_answers(played, connect):
    """
    What is no list of records is an error; what is in the list is a client or an error.
    """
    crm = connect(played, '\n[list]\npath = "/people"\nat = "people"\n')
    for odd in ({"people": None}, {"people": 7}, [], None, "x", {"people": "x"}):
        played.answers["/people"] = Answer(content=json.dumps(odd).encode())
        with pytest.raises(ProtocolError):
            list(crm.iter_clients())
    played.answers["/people"] = {"people": [None, 7, {"id": 1}, {"id": []}]}
    found = crm.iter_clients()

    assert next(found).id == "1"
    with pytest.raises(ProtocolError):
        list(found)
