"""
Metadata become a CRM's fields by a kind's table, and come back.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import InvalidRequestError
from crmkit.kinds import Entry, Kind, day, direction, text, whole_seconds, words

CALL = Kind(
    types=("call",),
    entries=(
        Entry("subject", "Title", text),
        Entry("duration_s", "Seconds", whole_seconds),
        Entry("direction", "Way", {"in": 1, "out": 2}),
        Entry("outcome", "Result", words("Left Message", "No-Answer")),
        Entry("outcome", "Status", words("Done")),
        Entry("due_at", "Due", str.lower, str.upper),
    ),
    defaults={"Way": 2, "Status": "Open"},
)


def test_written():
    """
    What has a field is in it and gone from the rest; what has none is left there.
    """
    rest = {"subject": "Hi", "duration_s": 61.6, "direction": "IN", "color": "red"}

    assert CALL.written(rest) == {"Title": "Hi", "Seconds": 62, "Way": 1, "Status": "Open"}
    assert rest == {"color": "red"}


@pytest.mark.parametrize(
    ("rest", "field", "value"),
    [
        ({"outcome": "left message"}, "Result", "Left Message"),
        ({"outcome": "no_answer"}, "Result", "No-Answer"),
        ({"outcome": "done"}, "Status", "Done"),
    ],
)
def test_words(rest, field, value):
    """
    The caller's word goes to the first field that knows it, however it is parted.
    """
    assert CALL.written(rest)[field] == value
    assert rest == {}


def test_unknown_words():
    """
    A word that no field knows is left for the body, and the default stands.
    """
    rest = {"outcome": "abducted", "subject": " ", "direction": 7}

    assert CALL.written(rest) == {"Way": 2, "Status": "Open"}
    assert rest == {"outcome": "abducted", "subject": " ", "direction": 7}


def test_known():
    """
    What is known otherwise stands above the defaults and below what metadata say.
    """
    assert CALL.written({}, {"Way": 1})["Way"] == 1
    assert CALL.written({"direction": "out"}, {"Way": 1})["Way"] == 2


def test_wrong():
    """
    A wrong value is refused, not left out.
    """
    with pytest.raises(InvalidRequestError, match="duration_s"):
        CALL.written({"duration_s": "long"})


def test_read():
    """
    A record's fields are the caller's words again; empty ones are nothing.
    """
    record = {"Title": "", "Seconds": 0, "Way": 1, "Status": "Odd", "Due": "x", "Other": 1}

    assert CALL.read(record) == {
        "duration_s": 0,
        "direction": "in",
        "outcome": "Odd",
        "due_at": "X",
    }


def test_one_field():
    """
    Of two entries of one field the first that reads something has it.
    """
    kind = Kind(
        types=("task",),
        entries=(
            Entry("outcome", "Done", text, {1: "completed"}.get),
            Entry("due_at", "Done", text),
            Entry("url", "Done", text),
        ),
    )

    assert kind.read({"Done": 1}) == {"outcome": "completed"}
    assert kind.read({"Done": 2}) == {"due_at": 2}


def test_day():
    """
    A day is that of the caller's own clock, and needs its offset.
    """
    assert day("2026-05-01T23:30:00-07:00") == "2026-05-01"
    with pytest.raises(InvalidRequestError, match="due_at"):
        day("2026-05-01")


def test_direction():
    """
    A direction is taken out of metadata, and is one of two words or none.
    """
    metadata = {"direction": "in", "outcome": "x"}

    assert direction(metadata) == "in"
    assert metadata == {"outcome": "x"}
    assert direction(metadata) is None
    for odd in ("Missed", None, ["in"], 1):
        assert direction({"direction": odd}) is None


@given(
    st.dictionaries(
        st.sampled_from(["Title", "Seconds", "Way", "Result", "Status"]),
        st.none() | st.integers() | st.text() | st.lists(st.text()) | st.just({"a": 1}),
    )
)
def test_tolerant(record):
    """
    No record raises, whatever its fields hold.
    """
    assert CALL.read(record).keys() <= {"subject", "duration_s", "direction", "outcome"}
