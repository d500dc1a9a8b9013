import copy
import json
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crmkit import stable_id
from crmkit._values import ReadOnlyDict, an_id, fold, instant, json_value, read_only

NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
CHANGES = {
    "set": lambda mapping: mapping.__setitem__("a", 2),
    "delete": lambda mapping: mapping.__delitem__("a"),
    "merge": lambda mapping: mapping.__ior__({"a": 2}),
    "clear": lambda mapping: mapping.clear(),
    "pop": lambda mapping: mapping.pop("a"),
    "popitem": lambda mapping: mapping.popitem(),
    "setdefault": lambda mapping: mapping.setdefault("b", 2),
    "update": lambda mapping: mapping.update(b=2),
}


def nested(depth):
    """
    Return a list in a list, this many deep.
    """
    value = []
    for _ in range(depth):
        value = [value]
    return value


def thawed(value):
    """
    Return a JSON value with plain lists and dicts.
    """
    if isinstance(value, list | tuple):
        return [thawed(item) for item in value]
    if isinstance(value, dict):
        return {key: thawed(item) for key, item in value.items()}
    return value


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_read_only(change):
    """
    A read-only mapping refuses every way of changing it, and says what to do instead.
    """
    mapping = read_only({"a": 1})

    with pytest.raises(TypeError, match=r"dict\(mapping\) makes a copy"):
        change(mapping)

    assert mapping == {"a": 1}


def test_read_only_copy():
    """
    A read-only mapping is a copy, so the caller's own dict may change later.
    """
    mine = {"a": 1}
    mapping = read_only(mine)
    mine["a"] = 2

    assert mapping == {"a": 1}


def test_read_only_shared():
    """
    All empty mappings are one object, which costs a thousand cached clients nothing.
    """
    assert read_only(None) is read_only({})


@given(st.dictionaries(st.text(), JSON))
def test_read_only_travels(mapping):
    """
    A read-only mapping goes through pickle, deepcopy and JSON, equal and still read-only.
    """
    frozen = read_only(mapping)
    copies = [pickle.loads(pickle.dumps(frozen)), copy.deepcopy(frozen), copy.copy(frozen)]

    assert all(made == mapping for made in copies)
    assert all(isinstance(made, ReadOnlyDict) for made in copies)
    assert json.loads(json.dumps(frozen)) == json.loads(json.dumps(mapping))


@given(JSON)
def test_json_value(value):
    """
    Every JSON value is taken as it is, its lists and mappings made read-only.
    """
    assert thawed(json_value(value)) == value


@pytest.mark.parametrize(
    ("value", "place"),
    [
        ({"price": float("nan")}, "metadata.price is a float"),
        ({"price": float("-inf")}, "metadata.price is a float"),
        ({"seen": datetime.now(UTC)}, "metadata.seen is a datetime"),
        ({"day": date(2026, 5, 1)}, "metadata.day is a date"),
        ({"price": Decimal(1)}, "metadata.price is a Decimal"),
        ({"raw": b"x"}, "metadata.raw is a bytes"),
        ({"tags": {"a"}}, "metadata.tags is a set"),
        ({"a": [1, {"b": object()}]}, r"metadata.a\[1\].b is a object"),
        ({"a": {1: "x"}}, "metadata.a is a dict.*text keys"),
        ({"a": nested(40)}, r"metadata.a\[0\].* is nested deeper than 32 levels"),
    ],
)
def test_json_value_refused(value, place):
    """
    What JSON cannot say is refused, naming the place and never showing the value.
    """
    with pytest.raises(ValueError, match=place):
        json_value(value)


def test_json_value_endless():
    """
    A list that holds itself is refused like any too deep nesting.
    """
    endless = []
    endless.append(endless)

    with pytest.raises(ValueError, match="nested deeper"):
        json_value(endless)


@given(
    st.datetimes(
        timezones=st.just(UTC)
        | st.integers(-23 * 60, 23 * 60).map(lambda m: timezone(timedelta(minutes=m)))
    )
)
def test_instant(moment):
    """
    An aware datetime is taken as it is, and from its ISO 8601 text.
    """
    assert instant(moment) == moment
    assert instant(moment.isoformat()) == moment


def test_instant_zulu():
    """
    The Z that JavaScript writes means UTC.
    """
    assert instant("2026-05-01T09:30:00.000Z") == datetime(2026, 5, 1, 9, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "naive",
    [datetime(2026, 5, 1), "2026-05-01T09:30:00", "2026-05-01"],  # noqa: DTZ001
)
def test_instant_naive(naive):
    """
    A time without its offset is refused, with the remedy.
    """
    with pytest.raises(ValueError, match=r"datetime\.now\(UTC\).*Z or \+02:00"):
        instant(naive)


@pytest.mark.parametrize("value", ["", "soon", "01/05/2026", 1777627800, None])
def test_instant_wrong(value):
    """
    What is no time is refused with an example of one, and is not shown.
    """
    with pytest.raises(ValueError, match="2026-05-01T09:30:00Z") as caught:
        instant(value)

    assert "soon" not in str(caught.value)


def test_id():
    """
    An id is a text; whole numbers become one, 0 too.
    """
    assert an_id("7") == an_id(7) == "7"
    assert an_id(0) == "0"


@pytest.mark.parametrize("value", ["", None, True, 7.0, b"7", ["7"], "\ud800"])
def test_id_refused(value):
    """
    Nothing else is an id, not even half a character.
    """
    with pytest.raises(ValueError, match="an id"):
        an_id(value)


@given(st.lists(st.text()), st.lists(st.text()))
def test_stable_id(parts, others):
    """
    Different parts make different ids, however their texts join.
    """
    assume(parts != others)

    assert stable_id(*parts) != stable_id(*others)


def test_stable_id_known():
    """
    A stable id is the same in every run and every version: re-runs rely on it.
    """
    assert stable_id("newsletter-7", 42) == "d18799e85136653f2a2ba9f7897b864b"
    assert stable_id("newsletter-7", "42") == stable_id("newsletter-7", 42)


def test_stable_id_surrogate():
    """
    Any text makes an id, half a character too.
    """
    assert len(stable_id("\ud800")) == 32


@pytest.mark.parametrize("name", ["budget max", "Budget_Max", "BUDGET-MAX", "budgetMax"])
def test_fold(name):
    """
    Names that differ in case, spaces, underscores and hyphens are one.
    """
    assert fold(name) == fold("budgetmax")


def test_fold_accents():
    """
    A name from a system that writes accents apart is the same name.
    """
    assert fold("Gro\u0308\u00dfe") == fold("gr\u00f6sse")
