import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ActivityRecord, ClientData, ConfigurationError, Secret
from crmkit.codec import (
    activity_from_json,
    activity_to_json,
    from_json,
    quoted,
    structure,
    structured,
    to_json,
)

# Half characters too: nothing keeps them out of a description. Only second halves, since
# JSON joins two of them to the character that they are.
ANY_TEXT = st.lists(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("\udfff\x00\u2028"),
    max_size=20,
).map("".join)
TEXT = st.text(max_size=20)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | ANY_TEXT,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(ANY_TEXT, inner, max_size=3)
    ),
    max_leaves=5,
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
ACTIVITIES = st.builds(
    ActivityRecord,
    type=ANY_TEXT.filter(str.strip),
    description=ANY_TEXT,
    client_id=st.none() | TEXT | st.integers(),
    user_id=st.none() | TEXT,
    timestamp=st.datetimes(timezones=ZONES),
    metadata=st.dictionaries(ANY_TEXT, JSON, max_size=3),
    id=TEXT.filter(bool),
    provider=st.none() | st.just("acme"),
)


@frozen(kw_only=True)
class Settings:
    path: str
    limit: int = 10
    columns: dict[str, str] = field(factory=dict)
    names: list[str] = field(factory=list)
    strict: bool = True


@given(ACTIVITIES)
def test_activity_round_trip(activity):
    """
    Every activity comes back from its JSON equal, half characters and offsets too.
    """
    text = activity_to_json(activity)
    back = activity_from_json(from_json(text))

    assert back == activity
    assert back.timestamp.utcoffset() == activity.timestamp.utcoffset()
    assert text.isascii()


@given(ACTIVITIES)
def test_activity_as_json(activity):
    """
    An activity's JSON has each of its fields by its name, and is as compact as any.
    """
    assert activity_to_json(activity) == to_json(activity)


@given(st.none() | ANY_TEXT)
def test_quoted(text):
    """
    A text alone is quoted as it is within anything else.
    """
    assert quoted(text) == to_json(text)


def test_camel_case():
    """
    The camelCase of JavaScript and the snake_case of Python mean the same.
    """
    camel = {
        "userId": "user-456",
        "clientId": "contact-123",
        "type": "email_sent",
        "description": "Sent property listing email",
        "timestamp": "2026-05-01T09:30:00.000Z",
        "metadata": {"listingIds": ["listing-1", "listing-2"]},
    }
    snake = dict(camel, user_id=camel["userId"], client_id=camel["clientId"])
    del snake["userId"], snake["clientId"]
    made = [activity_from_json({**values, "id": "7"}) for values in (camel, snake)]

    assert made[0] == made[1]
    assert made[0].user_id == "user-456"
    assert made[0].timestamp == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)
    assert made[0].metadata == {"listingIds": ("listing-1", "listing-2")}


def test_null_is_absent():
    """
    Null in a record is as good as leaving the key out.
    """
    made = activity_from_json(
        {"type": "note", "id": None, "timestamp": None, "metadata": None, "clientId": None}
    )

    assert made.id
    assert made.timestamp.tzinfo
    assert made.metadata == {}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"type": "note", "desription": "Ana"}, r"unknown 'desription'.*'description'"),
        ({"type": "note", "b": 1, "aB": 2}, "unknown 'a_b', 'b'; an activity has"),
        ({}, "needs a type, such as note"),
        ({"type": None}, "needs a type, such as note"),
        ({"type": "note", "clientId": "a", "client_id": "b"}, "a key is given twice"),
        (["note"], "an activity is a JSON object"),
        ("note", "an activity is a JSON object"),
        (None, "an activity is a JSON object"),
        ({"type": "note", "timestamp": "Ana"}, "a timestamp must be"),
        ({"type": "note", "timestamp": "2026-05-01T09:30"}, "needs its UTC offset"),
        ({"type": "note", "clientId": ["Ana"]}, "an id must be a text"),
        ({"type": "note", "description": {"a": "Ana"}}, "description must be a text"),
    ],
    ids=lambda value: None if isinstance(value, str) else json.dumps(value),
)
def test_activity_refused(values, message):
    """
    A wrong record is refused, naming the key and what is there, never showing a value.
    """
    with pytest.raises(ValueError, match=message) as caught:
        activity_from_json(values)

    assert "Ana" not in str(caught.value)


def test_deep_json():
    """
    JSON nested too deep for the parser is a wrong value, not a crash.
    """
    with pytest.raises(ValueError, match="nested too deep"):
        from_json("[" * 200_000)


@pytest.mark.parametrize("text", ["", "{", "<html>", "{'a': 1}", b"\xff"])
def test_no_json(text):
    """
    What is not JSON is a ValueError, of which JSON's own errors are kinds.
    """
    with pytest.raises(ValueError, match=r".+"):
        from_json(text)


def test_to_json_models():
    """
    Models, times, dates and sets become JSON.
    """
    client = ClientData(
        id="7",
        custom_fields={"closing": date(2026, 5, 1), "tags": {"b", "a"}},
        updated_at=datetime(2026, 5, 1, tzinfo=UTC),
    )
    values = json.loads(to_json(client))

    assert values["custom_fields"] == {"closing": "2026-05-01", "tags": ["a", "b"]}
    assert values["updated_at"] == "2026-05-01T00:00:00+00:00"


def test_to_json_for_people():
    """
    Indented JSON is for people: it shows their letters.
    """
    assert to_json({"name": "José"}, indent=1) == '{\n "name": "José"\n}'
    assert to_json({"name": "José"}) == '{"name":"Jos\\u00e9"}'


@pytest.mark.parametrize("value", [Secret("s3cret"), {"a": Secret("s3cret")}, object()])
def test_to_json_refused(value):
    """
    A secret does not become JSON, nor does what has no JSON form.
    """
    with pytest.raises(TypeError) as caught:
        to_json(value)

    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_to_json_finite(number):
    """
    JSON knows no NaN and no infinity.
    """
    with pytest.raises(ValueError, match="JSON compliant"):
        to_json(number)


def test_structure():
    """
    Settings become the plugin's own class, converted where that is safe.
    """
    made = structure({"path": "a.csv", "limit": "5"}, Settings, "settings of 'acme'")

    assert made == Settings(path="a.csv", limit=5)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"path": "a", "pth": 1}, r"^settings of 'acme': unknown 'pth'; known .*'path'"),
        ({}, r"^settings of 'acme': .*path"),
        ({"path": "a", "limit": "s3cret"}, r"^settings of 'acme': .*limit"),
        ({"path": "a", "columns": "s3cret"}, r"^settings of 'acme': .*columns"),
        ({"path": "a", "names": "s3cret"}, r"^settings of 'acme': .*list: names"),
        ({"path": "a", "strict": "no"}, r"^settings of 'acme': .*bool: strict"),
    ],
)
def test_structure_refused(values, message):
    """
    A wrong setting is named with its place; its value, maybe a secret, is not shown.
    """
    with pytest.raises(ConfigurationError, match=message) as caught:
        structure(values, Settings, "settings of 'acme'")

    assert "s3cret" not in str(caught.value)


def test_structured_without_class():
    """
    A plugin without a class of settings gets them as a read-only mapping.
    """
    given_settings = structured({"a": 1}, None, "acme")

    assert given_settings == {"a": 1}
    with pytest.raises(TypeError, match="read-only"):
        given_settings["a"] = 2
