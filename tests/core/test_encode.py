import unicodedata
from datetime import UTC, date, datetime
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit._encode import CONTENT_TYPES, clean, cleaner, plain_text

# Half characters too, and what breaks lines, and marks that join with what is before.
TEXTS = st.lists(
    st.characters(exclude_categories=())
    | st.sampled_from("\r\n\t\x00\x0b\x85\u2028\u2029\u202d\u202e\u0301e")
).map("".join)
types = st.sampled_from(sorted(CONTENT_TYPES))


@given(TEXTS, types)
@example("e\x00\u0301", "email")
@example("a\u2028\r\n\x1cb", "subject")
def test_clean(text, content_type):
    """
    A cleaned value is in NFC and Unicode; line feed and tab are its only controls.
    """
    cleaned = cleaner(content_type)(text)

    assert unicodedata.is_normalized("NFC", cleaned)
    assert {c for c in cleaned if unicodedata.category(c) == "Cc"} <= {"\n", "\t"}
    assert cleaned.encode().decode() == cleaned
    assert not {"\u202d", "\u202e"} & set(cleaned)


@given(TEXTS, types)
def test_clean_once(text, content_type):
    """
    Cleaning what is clean changes nothing.
    """
    cleaned = cleaner(content_type)(text)

    assert cleaner(content_type)(cleaned) == cleaned


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"])))
def test_clean_keeps(text):
    """
    Nothing is lost but what may not travel: letters, emoji, joiners and spaces stay.
    """
    kept = text.replace("\u202d", "").replace("\u202e", "")

    assert clean(text) == unicodedata.normalize("NFC", kept)


@pytest.mark.parametrize(
    "text",
    [
        "Zoë 👩\u200d👩\u200d👧",
        "\u200fمحمد\u200f",
        "नमस्ते",
        "a\u00a0b",
        "\u2068x\u2069",
        "\U0010ffff",
    ],
)
def test_clean_scripts(text):
    """
    Joined emoji, marks of direction and no-break spaces belong to the text.
    """
    assert clean(text) == text


@given(TEXTS)
def test_subject(text):
    """
    A subject line is one line for Python and for the mail that carries it.
    """
    line = cleaner("subject")(text)

    assert len(f".{line}.".splitlines()) == 1
    message = EmailMessage(policy=SMTP)
    message["Subject"] = line
    assert message["Subject"] == line


@pytest.mark.parametrize(
    "breaks",
    ["\r\n", "\n", "\r", "\v", "\f", "\x1c", "\x1e", "\x85", "\u2028", "\t", "\r\r\n"],
)
def test_subject_breaks(breaks):
    """
    A break of any kind, or several together, is one space in a subject line.
    """
    assert cleaner("subject")(f"Bob{breaks}Bcc: x") == "Bob Bcc: x"


@pytest.mark.parametrize("breaks", ["\r\n", "\r", "\v", "\f", "\x1d", "\x85", "\u2029"])
def test_breaks(breaks):
    """
    A break of any kind is a plain line break in a text of several lines.
    """
    assert clean(f"a{breaks}b") == "a\nb"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, None),
        ("", ""),
        (0, "0"),
        (False, "false"),
        (True, "true"),
        (2026, "2026"),
        (1e21, "1e+21"),
        (date(2026, 5, 1), "2026-05-01"),
        (datetime(2026, 5, 1, 9, 30, tzinfo=UTC), "2026-05-01T09:30:00+00:00"),
        ([], ""),
        ([None, "", 0], "0"),
        (("a", ["b", "c"]), "a, b, c"),
        pytest.param({"c", "a", "b"}, "a, b, c", id="a set"),
        ({"a": None, "b": 1}, "b: 1"),
    ],
    ids=repr,
)
def test_plain_text(value, text):
    """
    A value becomes the text that a person would write for it, verbatim.
    """
    assert plain_text(value) == text


def test_sms_spaces():
    """
    The spaces that formats write within numbers and times do not make an SMS twice as long.
    """
    assert cleaner("sms")("5\u00a0€, 12:00\u202fPM") == "5 €, 12:00 PM"
    assert cleaner("email")("5\u00a0€") == "5\u00a0€"
