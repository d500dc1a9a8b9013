"""
Activities to HubSpot's properties, and records to interactions.
"""

import json
import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ActivityRecord, InvalidRequestError
from crmkit.texts import to_html, to_text
from crmkit.writing import mark
from crmkit_hubspot._kinds import KINDS
from crmkit_hubspot._records import LONGEST, to_interaction, to_properties, traced

WHEN = datetime(2026, 5, 1, 9, 30, 15, 250_999, tzinfo=timezone(timedelta(hours=2)))
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"))
KIND = st.sampled_from(sorted(KINDS))


def record(of="note", description="", *, marked=False, kind=None, **metadata):
    """
    Return the properties of an activity of this type.
    """
    kinds = {name: kind_ for kind_, made in KINDS.items() for name in made.types}
    activity = ActivityRecord(
        id="a-1", type=of, description=description, metadata=metadata, timestamp=WHEN
    )
    return to_properties(kind or kinds[of], activity, marker=marked)


def read(kind, properties):
    """
    Return the interaction that these properties tell of.
    """
    return to_interaction(kind, {"id": 9, "properties": properties})


def test_note():
    """
    A note is its text as HTML at an instant in UTC.
    """
    assert record(description="3 < 4\r\n& more") == {
        "hs_timestamp": "2026-05-01T07:30:15.250Z",
        "hs_note_body": "3 &lt; 4<br>&amp; more",
    }


def test_call():
    """
    A call's reserved metadata are its properties.
    """
    said = record(
        "call",
        "Hello",
        subject="First call",
        duration_s=62.5,
        direction="in",
        outcome="Left voicemail",
        **{"from": "+351 555 0107", "to": "+351 555 0108"},
    )

    assert said == {
        "hs_timestamp": "2026-05-01T07:30:15.250Z",
        "hs_call_title": "First call",
        "hs_call_body": "Hello",
        "hs_call_duration": "62500",
        "hs_call_direction": "INBOUND",
        "hs_call_status": "COMPLETED",
        "hs_call_disposition": "b2cf5968-551e-4856-9783-52b3da59a7d0",
        "hs_call_from_number": "+351 555 0107",
        "hs_call_to_number": "+351 555 0108",
    }


def test_email():
    """
    An e-mail has its text plain, its addresses in the headers.
    """
    addresses = {"from": "us@example.com", "to": ["ana@example.com", "bo@example.com"]}
    said = record("email_sent", "a < b", subject="News", outcome="bounced", **addresses)

    assert json.loads(said.pop("hs_email_headers")) == {
        "from": {"email": "us@example.com"},
        "to": [{"email": "ana@example.com"}, {"email": "bo@example.com"}],
    }
    assert said == {
        "hs_timestamp": "2026-05-01T07:30:15.250Z",
        "hs_email_direction": "EMAIL",
        "hs_email_status": "BOUNCED",
        "hs_email_subject": "News",
        "hs_email_text": "a < b",
    }


@pytest.mark.parametrize(
    ("of", "direction", "said"),
    [
        ("email_sent", None, "EMAIL"),
        ("email_received", None, "INCOMING_EMAIL"),
        ("email_received", "out", "EMAIL"),
        ("email_sent", "in", "INCOMING_EMAIL"),
    ],
)
def test_direction(of, direction, said):
    """
    An e-mail's direction is its type's, unless it says another.
    """
    metadata = {"direction": direction} if direction else {}

    assert record(of, **metadata)["hs_email_direction"] == said


def test_html_email():
    """
    An e-mail's HTML is taken as it is, beside its text.
    """
    said = record("email_sent", "Hi", html="<p>Hi</p>", marked=True)
    same = record("email_sent", "<p>Hi</p>", html="<p>Hi</p>")

    assert said["hs_email_html"].startswith("<p>Hi</p><br>[crmkit ")
    assert said["hs_email_text"].startswith("Hi\n[crmkit ")
    assert "hs_email_text" not in same


def test_html_note():
    """
    Markup is taken as it is only from the metadata made for it.
    """
    assert record(html="<b>x</b>", description="x")["hs_note_body"] == "<b>x</b>"
    assert record(description="<b>x</b>")["hs_note_body"] == "&lt;b&gt;x&lt;/b&gt;"


def test_meeting():
    """
    A meeting lasts from its timestamp for its duration.
    """
    said = record("meeting", duration_s=1800, outcome="No show", url="https://x.example")

    assert said["hs_meeting_start_time"] == "2026-05-01T07:30:15.250Z"
    assert said["hs_meeting_end_time"] == "2026-05-01T08:00:15.250Z"
    assert said["hs_meeting_outcome"] == "NO_SHOW"
    assert said["hs_meeting_external_url"] == "https://x.example"


def test_task():
    """
    A task is due when it says, else at its timestamp, and has a title in any case.
    """
    due = record("task", "Call Ana\nabout it", due_at="2026-06-01T12:00:00+02:00")
    plain = record("task", subject="Call", outcome="completed")

    assert due["hs_timestamp"] == "2026-06-01T10:00:00.000Z"
    assert (due["hs_task_subject"], due["hs_task_status"]) == ("Call Ana", "NOT_STARTED")
    assert plain["hs_timestamp"] == "2026-05-01T07:30:15.250Z"
    assert (plain["hs_task_subject"], plain["hs_task_status"]) == ("Call", "COMPLETED")


def test_lines():
    """
    What has no property of its own is a line of the body, so that nothing is lost.
    """
    said = record(
        "property_view", "Seen", kind="notes", url="https://x.example/?a&b", rooms=3,
        tags=["a", "b"], nested={"k": None},
    )  # fmt: skip

    assert to_text(said["hs_note_body"]).split("\n") == [
        "Seen",
        "type: property_view",
        "url: https://x.example/?a&b",
        "rooms: 3",
        "tags: a;b",
        'nested: {"k":null}',
    ]


def test_unknown_words():
    """
    A word that is none of HubSpot's enumeration is kept as a line, not sent to be refused.
    """
    said = record("call", outcome="amused", direction="sideways")

    assert "hs_call_disposition" not in said
    assert said["hs_call_body"] == "outcome: amused<br>direction: sideways"


def test_passed_on():
    """
    Properties of HubSpot's own go through as text.
    """
    said = record(hubspot_owner_id=7, hs_attachment_ids=["1", "2"], hs_pinned=True)

    assert said["hubspot_owner_id"] == "7"
    assert said["hs_attachment_ids"] == "1;2"
    assert said["hs_pinned"] == "true"
    assert said["hs_note_body"] == ""


@pytest.mark.parametrize(
    ("of", "metadata", "named"),
    [
        ("note", {"hs_timestamp": 1_777_593_600}, "hs_timestamp"),
        ("meeting", {"hs_meeting_start_time": "1777593600"}, "hs_meeting_start_time"),
        ("note", {"hs_note_body": "Ana says"}, "hs_note_body"),
        ("email_sent", {"hs_email_html": "Ana says"}, "hs_email_html"),
        ("task", {"due_at": 1_777_593_600}, "due_at"),
        ("task", {"due_at": "2026-05-02"}, "due_at"),
        ("task", {"due_at": "tomorrow"}, "due_at"),
        ("call", {"duration_s": "62"}, "duration_s"),
        ("call", {"duration_s": True}, "duration_s"),
        ("meeting", {"duration_s": -1}, "duration_s"),
        ("meeting", {"duration_s": 1e300}, "duration_s"),
        ("call", {"duration_s": 1e308}, "duration_s"),
    ],
)
def test_refused(of, metadata, named):
    """
    What HubSpot would misread is refused by name, seconds for milliseconds before all.
    """
    with pytest.raises(InvalidRequestError, match=named) as caught:
        record(of, **metadata)

    assert str(next(iter(metadata.values()))) not in str(caught.value)


@pytest.mark.parametrize("letter", ["x", "<"])
def test_too_long(letter):
    """
    A body above HubSpot's limit, markup counted, is refused and not cut.
    """
    size = len(to_html(letter))
    fits = LONGEST // size

    assert len(record(description=letter * fits)["hs_note_body"]) <= LONGEST
    with pytest.raises(InvalidRequestError, match="65,536"):
        record(description=letter * (fits + 1))


@pytest.mark.parametrize("kind", ["notes", "emails"])
def test_cut(kind):
    """
    With the setting what is too long is cut, but neither metadata nor the mark.
    """
    long = ActivityRecord(type="x", description="<" * LONGEST, metadata={"color": "red"})
    said = to_properties(kind, long, marker=True, cut=True)

    (text,) = (said[name] for name in KINDS[kind].bodies if name in said)
    assert len(text) <= LONGEST
    assert "color: red" in text
    assert traced(kind, said) == mark(long)


def test_mark():
    """
    A mark is the last line; by it the record is known again.
    """
    activity = ActivityRecord(id="a-1", user_id="u", type="note", description="Hi")
    said = to_properties("notes", activity, marker=True)

    assert said["hs_note_body"] == f"Hi<br>[crmkit {mark(activity)}]"
    assert traced("notes", said) == mark(activity)
    assert traced("notes", to_properties("notes", activity, marker=False)) is None
    assert read("notes", said).description == "Hi"


@pytest.mark.parametrize(
    "part",
    [
        *("<", "<a ", "<a href='", '<a b="', "<!--", "<!", "</", "</p ", "<style>"),
        *("<p>", "<td>", "<p>\n \n", "&", "\n", " ", "[crmkit "),
    ],
)
def test_huge_bodies(part):
    """
    A body that is made to take long takes no time, since anybody may send an e-mail.
    """
    body = f"<p>a</p>x{part * (LONGEST // len(part))}x"
    begun = time.process_time()
    read("notes", {"hs_note_body": body})
    traced("notes", {"hs_note_body": body})

    assert time.process_time() - begun < 1


@given(
    KIND,
    TEXTS,
    st.dictionaries(
        TEXTS.filter(lambda key: not key.startswith(("hs_", "hubspot_"))),
        st.none() | st.booleans() | st.integers() | TEXTS | st.lists(TEXTS),
        max_size=5,
    ),
    st.booleans(),
)
def test_nothing_lost(kind, description, metadata, marked):
    """
    Description and metadata are all in the record, whatever they hold, and as text alone.
    """
    metadata = {
        k: v for k, v in metadata.items() if k not in {"html", "due_at", "duration_s"}
    }
    activity = ActivityRecord(type="other", description=description, metadata=metadata)
    metadata = {k: v for k, v in metadata.items() if v is not None}  # which says nothing
    said = to_properties(kind, activity, marker=marked)
    html = set(KINDS[kind].bodies) - {"hs_email_text"}
    values = "\n".join(
        to_text(value) if name in html else value for name, value in said.items()
    )

    assert all(isinstance(value, str) for value in said.values())
    assert description.strip() in values
    for name in metadata.keys() - {"subject", "from", "to", "direction", "outcome", "url"}:
        assert name.strip() in values


@given(
    KIND,
    st.dictionaries(
        st.sampled_from(
            [
                "subject",
                "html",
                "direction",
                "outcome",
                "duration_s",
                "from",
                "to",
                "due_at",
                "url",
                "attachments",
                "hs_timestamp",
                "hubspot_owner_id",
                "hs_note_body",
            ]
        ),
        st.recursive(
            st.none() | st.booleans() | st.integers() | TEXTS | st.floats(0, 1e300),
            lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
            max_leaves=3,
        ),
    ),
    st.datetimes(timezones=st.timezones()),
)
def test_any_metadata(kind, metadata, moment):
    """
    Whatever the metadata, an activity is texts, or is refused by itself.
    """
    try:
        activity = ActivityRecord(type="other", metadata=metadata, timestamp=moment)
        said = to_properties(kind, activity, marker=True)
    except InvalidRequestError:
        return

    assert all(isinstance(value, str) for value in said.values())
    assert traced(kind, said) == mark(activity)


def test_latest_time():
    """
    A time beyond the calendar is refused, not raised as something else.
    """
    last = datetime.max.replace(tzinfo=UTC)
    activity = ActivityRecord(type="meeting", timestamp=last, metadata={"duration_s": 60})

    with pytest.raises(InvalidRequestError, match="calendar"):
        to_properties("meetings", activity, marker=False)


def test_quoted_marks():
    """
    A text that quotes another activity's mark bears its own all the same.
    """
    quoted = ActivityRecord(type="note", description="x [crmkit 0123456789abcdef] y")
    said = to_properties("notes", quoted, marker=True)

    assert traced("notes", said) == mark(quoted)


@given(KIND, TEXTS, st.booleans())
def test_round_trip(kind, description, marked):
    """
    What was written is read back as the interaction that it was.
    """
    named = KINDS[kind].types[0]
    activity = ActivityRecord(type=named, description=description)
    found = read(kind, to_properties(kind, activity, marker=marked))

    assert (found.type, found.description) == (named, description.strip())
    assert abs(found.timestamp - activity.timestamp) < timedelta(milliseconds=1)


def test_interaction():
    """
    A record's metadata go by the keys that write them.
    """
    said = record("email_received", "Hi", subject="Re: News", **{"from": "ana@example.com"})
    found = read("emails", said)

    assert (found.id, found.type, found.direction) == ("9", "email_received", "in")
    assert found.metadata == {"subject": "Re: News", "outcome": "sent"}
    assert found.timestamp == datetime(2026, 5, 1, 7, 30, 15, 250_000, UTC)


def test_call_back():
    """
    A call's metadata come back as the caller wrote them.
    """
    metadata = {"subject": "First", "duration_s": 62.5, "outcome": "no_answer"}
    found = read("calls", record("call", direction="out", **metadata))

    assert (found.direction, found.metadata) == ("out", metadata)


@pytest.mark.parametrize("kind", KINDS)
def test_bare(kind):
    """
    A record of nulls is an interaction without anything.
    """
    found = to_interaction(kind, {"id": 1, "properties": {"hs_timestamp": None}})

    assert (found.description, found.timestamp, found.metadata) == ("", None, {})


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_empty_html(kind):
    """
    Empty markup is none: the mark is in the text all the same.
    """
    activity = ActivityRecord(type="other", metadata={"html": "", "subject": None})

    assert traced(kind, to_properties(kind, activity, marker=True)) == mark(activity)
