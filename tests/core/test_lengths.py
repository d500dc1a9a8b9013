import json
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time
from unicodedata import normalize

import pytest
from gsm0338 import Codec
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit.lengths import Length, plain_length, sms_length, sms_parts, social_length

GSM = Codec()
ESCAPE = "\x1b"  # what makes others of what follows is no character to us
# What X's own twitter-text 3.1.0 says that these weigh.
POSTS = json.loads(Path(__file__).with_name("posts.json").read_text(encoding="utf-8"))


def septets(text):
    """
    Return the text in GSM-7 as another's codec encodes it, None if that cannot.
    """
    try:
        return None if ESCAPE in text else GSM.encode(text)[0]
    except UnicodeEncodeError:
        return None


# All up to the kanji, with those whose look-alikes are in GSM-7, and some of the others.
CHARACTERS = [*map(chr, [*range(0x3000), *range(0xE000, sys.maxunicode, 251)])]
ALPHABET = "".join(filter(septets, CHARACTERS))
GSM_TEXTS = st.text(st.sampled_from(ALPHABET)) | st.text("a^€", min_size=70, max_size=400)
ANY_TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("👩á^€"))
LONG_TEXTS = st.text("aá👩^", min_size=60, max_size=300)
TEXTS = GSM_TEXTS | ANY_TEXTS | LONG_TEXTS


def test_alphabet():
    """
    Of these characters those are GSM-7 that another's codec encodes, at the same cost.
    """
    lengths = {character: sms_length(character) for character in CHARACTERS}
    ours = {c: length.units for c, length in lengths.items() if length.encoding == "GSM-7"}

    assert ours == {character: len(septets(character)) for character in ALPHABET}
    assert len(ours) == 137


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("€" * 80, "GSM-7", 160, 1),
        ("\f" * 81, "GSM-7", 162, 2),
        ("a" * 152 + "€" * 5, "GSM-7", 162, 2),
        ("a" * 152 + "€" + "a" * 152, "GSM-7", 306, 3),
        ("José, ¿qué tal? Ñandú", "UCS-2", 21, 1),
        ("José, ¿qué pasa?", "GSM-7", 16, 1),
        ("María" + "a" * 65, "UCS-2", 70, 1),
        ("María" + "a" * 66, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("👩" * 35, "UCS-2", 70, 1),
        ("👩" * 36, "UCS-2", 72, 2),
        ("👩" * 67, "UCS-2", 134, 3),
        ("it’s", "UCS-2", 4, 1),
        ("a\u00a0b", "UCS-2", 3, 1),
        ("façade", "UCS-2", 6, 1),
        ("Ç", "GSM-7", 1, 1),
    ],
)
def test_sms(text, encoding, units, segments):
    """
    160 septets or 70 halves of UTF-16 are one SMS, more are in parts of 153 or 67.
    """
    assert sms_length(text) == Length(
        characters=len(text), encoding=encoding, units=units, segments=segments
    )


@given(TEXTS)
@example("a" * 152 + "€" * 6)
@example("á" * 66 + "👩" * 5)
def test_p19_parts(text):
    """
    P19: parts joined are the text, none is over its limit, each is a text of its own.
    """
    parts, length = sms_parts(text), sms_length(text)
    encode = (
        septets if length.encoding == "GSM-7" else lambda part: part.encode("utf-16-be")
    )
    size = 1 if length.encoding == "GSM-7" else 2
    alone, among = {1: (160, 153), 2: (70, 67)}[size]

    assert "".join(parts) == text
    assert len(parts) == length.segments
    assert sum(len(encode(part)) for part in parts) == length.units * size
    assert all(
        len(encode(part)) <= (alone if len(parts) == 1 else among) * size for part in parts
    )
    assert len(parts) == 1 or all(parts)


@given(TEXTS)
def test_p19_encoding(text):
    """
    P19: the encoding is GSM-7 where another's codec can encode the text, else UCS-2.
    """
    encoding = "UCS-2" if septets(text) is None else "GSM-7"

    assert sms_length(text).encoding == encoding


@given(TEXTS, TEXTS)
def test_p19_monotone(first, second):
    """
    P19: a text takes no fewer segments than its beginning, or its end.
    """
    whole = sms_length(first + second)

    assert whole.segments >= sms_length(first).segments
    assert whole.segments >= sms_length(second).segments


@given(LONG_TEXTS)
def test_p19_no_part_more(text):
    """
    P19: each part but the last is so full that the next character does not fit.
    """
    parts, length = sms_parts(text), sms_length(text)
    encode = (
        septets if length.encoding == "GSM-7" else lambda part: part.encode("utf-16-be")
    )
    limit = 153 if length.encoding == "GSM-7" else 134

    for part, following in pairwise(parts):
        assert len(encode(part + following[0])) > limit


@pytest.mark.parametrize("text", POSTS)
def test_post(text):
    """
    A post weighs what X's own library says: letters, other scripts, emoji, links.
    """
    assert social_length(text).weighted == POSTS[text]


@given(st.lists(st.sampled_from(list(POSTS)), max_size=8))
def test_p20_sum(texts):
    """
    P20: texts apart weigh together what X says that each of them weighs.
    """
    text = "\n".join(texts)
    breaks = max(0, len(texts) - 1)

    length = social_length(text)
    assert length.weighted == sum(POSTS[each] for each in texts) + breaks
    assert length.characters == len(text)


@given(ANY_TEXTS | st.text("aé́e\u0301\u1100\u1161각한ㅎ", max_size=30))
def test_p20_normal_forms(text):
    """
    P20: what is the same text to Unicode weighs the same.
    """
    weights = {
        social_length(form).weighted
        for form in (text, normalize("NFC", text), normalize("NFD", text))
    }
    assert len(weights) == 1


LIGHT = [(0, 4351), (8192, 8205), (8208, 8223), (8242, 8247)]


@given(st.characters(exclude_categories=["Cs"]))
def test_p20_characters(character):
    """
    P20: one character among letters weighs 1 in the ranges of X's configuration, else 2.
    """
    (*composed,) = normalize("NFC", f"x{character}x")
    weight = sum(
        1 if any(first <= ord(each) <= last for first, last in LIGHT) else 2
        for each in composed
    )
    assert social_length(f"x{character}x").weighted == weight


@pytest.mark.parametrize(
    ("text", "theirs", "ours"),
    [
        pytest.param("🧍🏽‍♀️", 7, 2, id="emoji newer than the library"),
        pytest.param("❤️‍🔥", 5, 2, id="sequences newer than the library"),
        pytest.param("👨‍🦄", 5, 2, id="sequences that nobody draws"),
        pytest.param("👍️", 4, 2, id="a style that the emoji has already"),
        pytest.param("node.js", 7, 23, id="two letters that are no domain"),
        pytest.param("a.bargains", 23, 10, id="a domain that is not listed"),
        pytest.param("https://a.example", 17, 23, id="a domain that is not known"),
    ],
)
def test_post_differs(text, theirs, ours):
    """
    Without the lists of all emoji and domains a post's weight differs where they decide.
    """
    assert (social_length(text).weighted, theirs != ours) == (ours, True)


def test_plain():
    """
    Elsewhere a text has as many characters as code points.
    """
    assert plain_length("e\u0301👩") == Length(characters=3)


@pytest.mark.parametrize("text", ["", "\ud800", "x" * 300 + "\udfff"])
def test_any_text(text):
    """
    Half a character has a length too: what a text may hold is not judged here.
    """
    assert sms_length(text).segments == len(sms_parts(text))
    assert social_length(text).weighted >= len(text)


@pytest.mark.parametrize("measure", [sms_length, social_length])
@pytest.mark.parametrize(
    "text",
    [
        "a.",
        "a.js?",
        "a.com/(",
        "https://a.",
        "a.com?a.com?",
        "👍\u200d",
        "\u200d",
        "€",
        "á",
    ],
)
def test_linear(measure, text):
    """
    Ten times the text takes ten times as long, not a hundred times.
    """

    def seconds(size):
        started = process_time()
        measure(text * (size // len(text)))
        return process_time() - started

    quick = min(seconds(20_000) for _ in range(3))
    assert seconds(200_000) < 40 * quick + 0.1
