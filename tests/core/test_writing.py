"""
What an activity becomes on the wire says all of it, bears its mark, and fits.
"""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ActivityRecord, InvalidRequestError
from crmkit.texts import to_text
from crmkit.writing import (
    as_text,
    body,
    by_mark,
    fitting,
    html_body,
    lines,
    mark,
    mark_line,
    marked,
    metadata,
    moment,
    seconds,
    subject,
    text_body,
    time_line,
    timed,
    title,
    unmarked,
    wire_time,
)


def test_own_marks():
    """
    Two activities, or two users' activities of one id, have different marks.
    """
    pairs = [("u", "a"), ("u", "b"), ("v", "a"), (None, "a")]
    marks = {mark(ActivityRecord(type="note", id=i, user_id=u)) for u, i in pairs}

    assert len(marks) == len(pairs)


@given(st.text(), st.text(min_size=1), st.none() | st.text(min_size=1))
def test_mark(text, id_, user):
    """
    An activity is known by its mark, below whatever text, one that quotes others too.
    """
    activity = ActivityRecord(type="note", id=id_, user_id=user)
    other = mark_line(ActivityRecord(type="note", id="another"))
    body = text_body(text, [other, mark_line(activity)])

    assert marked(body) == mark(activity)
    assert unmarked(text_body("Hi", [mark_line(activity)])) == "Hi"
    assert marked("[crmkit 0123]") is None


def test_by_mark():
    """
    Among records the one with the mark is found, and none where none has it.
    """
    activity = ActivityRecord(type="note", id="a")
    records = [{"id": 1}, {"id": 2, "text": None}, {"id": 3, "text": mark_line(activity)}]

    assert by_mark(records, "text", activity) is records[2]
    assert by_mark(records[:2], "text", activity) is None


def test_lines():
    """
    What has no field is a line of the body, and so is a type that the kind does not say.
    """
    view = ActivityRecord(
        type="property_view",
        metadata={"url": "https://a.test", "to": ["a", "b"], "n": 2},
    )

    assert lines(view, view.metadata, {"note"}) == [
        "type: property_view",
        "url: https://a.test",
        "to: a;b",
        "n: 2",
    ]
    assert lines(view, {}, {"property_view"}) == []


def test_bodies():
    """
    A body is the text and more lines; in HTML each is escaped, but markup that was given.
    """
    assert text_body("Hi", ["a: 1"]) == "Hi\na: 1"
    assert text_body("", ["a: 1"]) == "a: 1"
    assert html_body("3 < 4", ["a: <b>"]) == "3 &lt; 4<br>a: &lt;b&gt;"
    assert html_body("Hi", ["a: 1"], "<p>Hi</p>") == "<p>Hi</p><br>a: 1"


def test_title():
    """
    A title is the first line, cut where it is too long.
    """
    assert title("\nHello \nthere") == "Hello"
    assert title("Hello there", 6) == "Hello"
    assert title("") == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [
        *((None, ""), ("a", "a"), (1.5, "1.5"), (True, "true"), (("a", "b"), "a;b")),
        *((("a", 1), '["a",1]'), ({"a": None}, '{"a":null}')),
    ],
)
def test_as_text(value, text):
    """
    A value is text: several texts parted by semicolons, all else JSON.
    """
    assert as_text(value) == text


def test_subject():
    """
    A record is called as its description begins, else by its type in words.
    """
    assert subject(ActivityRecord(type="x", description="Hello you\nall"), 5) == "Hello"
    assert subject(ActivityRecord(type="open_house", description=" \n")) == "open house"


def test_times():
    """
    An instant is in UTC to the millisecond; beyond the calendar it is refused.
    """
    there = timezone(timedelta(hours=2))

    assert (
        wire_time(datetime(2026, 5, 1, 9, 30, tzinfo=there)) == "2026-05-01T07:30:00.000Z"
    )
    assert (
        wire_time(datetime(2026, 5, 1, tzinfo=UTC), after=90.5)
        == "2026-05-01T00:01:30.500Z"
    )
    late = datetime(2026, 5, 1, microsecond=999_999, tzinfo=UTC)
    assert wire_time(late, to="seconds") == "2026-05-01T00:00:00Z"
    with pytest.raises(InvalidRequestError, match="calendar"):
        wire_time(datetime.max.replace(tzinfo=UTC), after=1)


@pytest.mark.parametrize("value", ["60", -1, True, None, float("nan"), 10**10])
def test_no_duration(value):
    """
    What is no duration is refused by the name of its metadata, and not repeated.
    """
    with pytest.raises(InvalidRequestError, match="duration_s must be a number") as caught:
        seconds(value)

    assert str(value) not in str(caught.value)


@pytest.mark.parametrize("value", ["2026-05-01T09:30:00", "2026-05-01", "soon", 7, None])
def test_no_moment(value):
    """
    A time without its offset, or none at all, is refused by the name of its metadata.
    """
    with pytest.raises(InvalidRequestError, match="due_at must be ISO 8601") as caught:
        moment(value)

    assert str(value) not in str(caught.value).replace("2026-05-01T09:30:00Z", "")


@given(st.text(), st.text(max_size=5), st.integers(0, 40), st.booleans())
def test_fitting(text, tail, longest, cut):
    """
    A text fits whole, or is refused; where it is to be cut its tail stays whole.
    """
    fits = len(text) + len(tail) <= longest
    if fits or (cut and len(tail) <= longest):
        made = fitting(text, longest, field="Body", label="Acme", cut=cut, tail=tail)
        assert made == (text + tail if fits else text[: longest - len(tail)] + tail)
        assert len(made) <= longest
        return
    with pytest.raises(InvalidRequestError, match=f"Acme takes {longest}"):
        fitting(text, longest, field="Body", label="Acme", cut=cut, tail=tail)


VIEW = ActivityRecord(type="view", id="a", description="3 < 4", metadata={"n": 1})
NAMED = {"field": "Body", "label": "Acme", "marker": True}


def test_body():
    """
    A body is the description, what has no field, the mark; in HTML all of it is escaped.
    """
    plain = body(VIEW, {"n": 1}, (), 100, also=["b: <2>"], **NAMED)
    markup = body(VIEW, {"n": 1}, (), 100, also=["b: <2>"], markup=True, **NAMED)

    assert plain == f"3 < 4\ntype: view\nn: 1\nb: <2>\n{mark_line(VIEW)}"
    assert markup == plain.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    assert body(VIEW, {}, ("view",), 9, **{**NAMED, "marker": False}) == "3 < 4"


def test_body_of_html():
    """
    Markup is the HTML body as it is given, and text of a plain one; the same is said once.
    """
    given = {"html": "<p>3 &lt; 4</p>"}
    other = {"html": "<p>Hi</p>"}
    quiet = {**NAMED, "marker": False}

    assert body(VIEW, dict(given), ("view",), 99, markup=True, **quiet) == given["html"]
    assert body(VIEW, dict(given), ("view",), 99, **quiet) == "3 < 4"
    assert body(VIEW, dict(other), ("view",), 99, **quiet) == "3 < 4\nHi"
    parted = {"html": "<p>3</p>\n<div>&lt; 4</div>"}
    assert body(VIEW, parted, ("view",), 99, **quiet) == "3 < 4"


@given(st.text("a<&\n ", max_size=60), st.integers(30, 80), st.booleans())
def test_cut_body(said, longest, markup):
    """
    A body that is cut fits, keeps its mark, and shows a beginning of the text.
    """
    note = ActivityRecord(type="note", id="a", description=said)

    made = body(note, {}, ("note",), longest, markup=markup, cut=True, **NAMED)

    shown = to_text(made) if markup else made.strip()
    assert len(made) <= longest
    assert marked(made) == mark(note)
    assert said.strip().startswith(unmarked(shown))


def test_no_room():
    """
    A body that is too long is refused by name and length, unless it is to be cut.
    """
    with pytest.raises(InvalidRequestError, match=r"Body would have .* Acme takes 40"):
        body(ActivityRecord(type="note", description="x" * 50), {}, ("note",), 40, **NAMED)


def test_time_lines():
    """
    A body tells when, and the last line that does is read; others are its text.
    """
    note = ActivityRecord(type="note", timestamp="2026-05-01T09:30:00+02:00")
    text = text_body("Met at: noon", [time_line(note), "n: 1"])

    assert timed(text) == (datetime(2026, 5, 1, 7, 30, tzinfo=UTC), "Met at: noon\nn: 1")
    assert timed("Hi") == (None, "Hi")


def test_metadata():
    """
    What is None says nothing.
    """
    assert metadata(ActivityRecord(type="note", metadata={"a": None, "b": 0})) == {"b": 0}
