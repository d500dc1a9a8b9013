"""
Answers of CRMs are read as they are meant, and nothing in a record raises.
"""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientInteraction, Consent, CustomField, ProtocolError, Response
from crmkit.reading import (
    content,
    dicts,
    error_body,
    field_value,
    header_number,
    instant,
    language,
    newest_first,
    numeric_ids,
    opted_out,
    options,
    records,
    safe_name,
    safe_names,
    timezone,
)

TYPES = ["number", "boolean", "date", "datetime", "choice", "choices", "text", "other"]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def answer(body):
    """
    Return an answer of a CRM with this body.
    """
    return Response(status=200, headers={}, url="https://crm.example/", content=body)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("number", "1500", 1500),
        ("number", "1500.0", 1500),
        ("number", "-0.5", -0.5),
        ("number", "9007199254740993", 9007199254740993),
        ("number", "0.12345678901234567890", "0.12345678901234567890"),
        ("number", "1E+400", "1E+400"),
        ("number", "NaN", "NaN"),
        ("number", "1,500", "1,500"),
        ("number", "0", 0),
        ("boolean", "true", True),
        ("boolean", "false", False),
        ("boolean", "maybe", "maybe"),
        ("date", "2026-05-01", date(2026, 5, 1)),
        ("date", "1777593600000", date(2026, 5, 1)),
        ("date", "1/5/2026", "1/5/2026"),
        ("datetime", "2026-05-01T09:30:00Z", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("datetime", "1777627800000", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("datetime", "soon", "soon"),
        ("choices", "a;b", ("a", "b")),
        ("choices", "a", ("a",)),
        ("choice", "a", "a"),
        ("text", "007", "007"),
        ("text", "a;b", "a;b"),
    ],
)
def test_values(kind, text, value):
    """
    A value is what its property's type says, or the text itself.
    """
    found = field_value(text, CustomField(key="x", name="x", type=kind))

    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    "kind", ["number", "boolean", "date", "datetime", "choice", "text"]
)
def test_no_value(kind):
    """
    Null is no value, and so is an emptied property.
    """
    field = CustomField(key="x", name="x", type=kind)

    assert field_value(None, field) is field_value("", field) is None


@given(st.integers())
def test_whole_numbers(number):
    """
    A whole number is an int of the same digits, or text if it is huge.
    """
    found = field_value(str(number), CustomField(key="x", name="x", type="number"))

    assert str(found) == str(number)
    assert isinstance(found, int) or len(str(found)) > 20


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers(number):
    """
    A number loses nothing: it equals the text it came as.
    """
    found = field_value(repr(number), CustomField(key="x", name="x", type="number"))

    assert float(found) == number


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *(
            ("number", 7),
            ("number", 1.5),
            ("number", True),
            ("boolean", True),
            ("text", 7),
            ("date", 7),
        ),
        *(("choices", 7), ("choice", ["a"]), ("text", {"a": 1})),
    ],
)
def test_typed_already(kind, value):
    """
    A value that is no text stays what it is.
    """
    assert field_value(value, CustomField(key="x", name="x", type=kind)) == value


def test_labels():
    """
    A choice is its value, or its label where that is asked for, also by number.
    """
    options = {"1": "Gold", "2": "Silver"}
    one = CustomField(key="x", name="x", type="choice", options=options)
    several = CustomField(key="x", name="x", type="choices", options=options)

    assert field_value("1", one) == "1"
    assert field_value("1", one, labelled=True) == "Gold"
    assert field_value(2, one, labelled=True) == "Silver"
    assert field_value("3", one, labelled=True) == "3"
    assert field_value("1;2", several, labelled=True) == ("Gold", "Silver")
    assert field_value([1, 3], several, labelled=True) == ("Gold", 3)


@given(JSON, st.sampled_from(TYPES), st.booleans())
def test_tolerant(value, kind, labelled):
    """
    No value raises, whatever it is and whatever its type.
    """
    field = CustomField(key="x", name="x", type=kind, options={"1": "One"})

    field_value(value, field, labelled=labelled)
    instant(value)
    language(value)
    timezone(value)
    dicts(value)
    safe_name(value)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-01T09:30:00Z", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("2026-05-01T11:30:00.000+0200", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        ("2026-05-01 09:30:00", datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        (1777627800000, datetime(2026, 5, 1, 9, 30, tzinfo=UTC)),
        *((nothing, None) for nothing in ("", "soon", None, True, "9" * 30)),
    ],
)
def test_instants(text, moment):
    """
    An instant is ISO 8601 text, UTC without an offset, or milliseconds; else there is none.
    """
    assert instant(text) == moment


@pytest.mark.parametrize(
    ("said", "tag"),
    [
        *(("de", "de"), ("de_AT", "de-AT"), ("PT-br", "pt-BR"), (" en_us ", "en-US")),
        *(("zh_hant_tw", "zh-Hant-TW"), ("", None), (None, None)),
    ],
)
def test_languages(said, tag):
    """
    A language becomes a BCP 47 tag.
    """
    assert language(said) == tag


@pytest.mark.parametrize(
    ("said", "zone"),
    [
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("america/port-au-prince", "America/Port-au-Prince"),
        ("Lisbon", None),
        ("", None),
        ("../etc/passwd", None),
    ],
)
def test_zones(said, zone):
    """
    A zone is known in whatever case; what names none is None.
    """
    assert timezone(said) == zone


def test_content():
    """
    An answer that is no object is a ProtocolError which names the CRM, not what it said.
    """
    assert content(answer(b'{"a": 1}'), "Acme") == {"a": 1}
    with pytest.raises(ProtocolError, match="Acme's answer is no object but list"):
        content(answer(b'["secret"]'), "Acme")


def test_records():
    """
    A list of records leaves out what is none; without the list it is a ProtocolError.
    """
    assert records({"data": [{"id": 1}, None, "x"]}, "data", "Acme") == [{"id": 1}]
    with pytest.raises(ProtocolError, match="Acme's answer holds no data"):
        records({"data": {"id": 1}}, "data", "Acme")


def test_error_body():
    """
    What an error says is JSON, or nothing.
    """
    assert error_body(answer(b'[{"code": "X"}]')) == [{"code": "X"}]
    assert error_body(answer(b"<h1>Sorry</h1>")) is None


def test_names():
    """
    Codes and fields are names; sentences and addresses are not, nor what is too long.
    """
    said = ["INVALID_FIELD", "Email__c", "a.b-c", "Ana Núñez", "ana@example.com", 7, None]

    assert safe_names(said) == ["INVALID_FIELD", "Email__c", "a.b-c"]
    assert safe_name("x" * 101) is None


def test_opted_out():
    """
    A tag closes the channels that name it; the channel * is do not contact.
    """
    closing = {"email": ["No mail"], "sms": ["No texts"], "*": ["Leave me alone", "Legal"]}

    assert list(opted_out(["Buyer", None, ""], closing, "Tag")) == []
    assert list(opted_out(["NO MAIL ", "Legal"], closing, "Tag")) == [
        Consent(channel="email", status="opted_out", source="Tag"),
        Consent(channel="*", status="do_not_contact", source="Tag"),
    ]


def test_any_case():
    """
    Tags are what people typed: case and space around them say nothing.
    """
    refused = opted_out([" NO mail ", None], {"email": ["No Mail"], "sms": [""]}, "Tag")

    assert [one.channel for one in refused] == ["email"]


def test_options():
    """
    Choices are called by their labels, or else as the wire does; odd ones are none.
    """
    told = [{"id": 1, "label": "New"}, {"id": 2, "label": None}, {"label": "x"}, "y", None]

    assert options(told, key="id") == {"1": "New", "2": "2"}
    assert options(None) == options({"value": 1}) == {}


def test_newest_first():
    """
    A history begins with what was last; what has no time ends it.
    """
    times = {"a": None, "b": "2026-05-01T00:00:00Z", "c": "2026-05-02T00:00:00Z"}
    made = [ClientInteraction(id=i, type="note", timestamp=t) for i, t in times.items()]

    assert [one.id for one in newest_first(made)] == ["c", "b", "a"]


def test_numeric_ids():
    """
    Only ids that are numbers are asked for, and each once.
    """
    ids = ["7", "x", "", "07", "7", "1" * 19, "1" * 20, "７", "8/../9"]

    assert numeric_ids(ids) == ["7", "1" * 19]


def test_points():
    """
    A number that is whole is an int, also where the CRM tells it with a point.
    """
    found = field_value(250000.0, CustomField(key="x", name="x", type="number"))

    assert (found, type(found)) == (250000, int)


@pytest.mark.parametrize(
    ("said", "number"),
    [("12", 12), ("", None), ("-1", None), ("9" * 5000, None)],
    ids=["number", "nothing", "negative", "huge"],
)
def test_headers(said, number):
    """
    A header tells a whole number, or nothing.
    """
    made = Response(status=200, headers={"X-Left": said}, url="", content=b"")

    assert header_number(made, "X-Left") == number
    assert header_number(made, "X-Right") is None
