"""
The filter truncate, and what P21 says of it.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wcwidth import iter_graphemes

from crmkit import TemplateError
from crmkit.testing.strategies import texts
from crmkit_localize._texts import truncate

FAMILY, FLAG, JOSE = "👩\u200d👩\u200d👧", "🇪🇸", "Jose\u0301"

# Marks, joiners, halves of flags, Hangul in parts, what joins the next, white space.
PARTS = [
    FAMILY,
    FLAG,
    JOSE,
    "\u0301",
    "\u200d",
    "🇪",
    "\u1112\u1161",
    "\u0600",
    "क्ष",
    "\r\n",
]
awkward = st.lists(st.sampled_from([*PARTS, " ", "a"]) | texts(max_size=5)).map("".join)


@pytest.mark.parametrize(
    ("value", "limit", "text"),
    [
        ("Ana María López García", "20", "Ana María López Gar…"),
        ("Ana María", "9", "Ana María"),
        ("Ana María", "5", "Ana…"),
        ("Ana", "1", "…"),
        ("", "5", ""),
        (FAMILY * 3, "3", FAMILY * 3),
        (FAMILY * 4, "3", f"{FAMILY * 2}…"),
        (FLAG * 3, "2", f"{FLAG}…"),
        (f"{JOSE} Ruiz", "5", f"{JOSE}…"),
    ],
)
def test_examples(value, limit, text):
    """
    What is too long ends in an ellipsis, which counts; an emoji counts as one letter.
    """
    assert truncate(value, limit) == text


def test_own_ending():
    """
    Another ending counts with all of its letters.
    """
    assert truncate("Ana María López", "8", "...") == "Ana M..."
    assert truncate("Ana María López", "8", "") == "Ana Marí"


@pytest.mark.parametrize("limit", ["0", "-1", "", "x", "1.5", "٢", "9" * 5000])
def test_wrong_limit(limit):
    """
    A limit that is no number of letters is refused.
    """
    with pytest.raises(TemplateError, match="a number of letters, from 1"):
        truncate("Ana", limit)


def test_no_room():
    """
    An ending that is longer than the limit is refused, also where nothing is cut.
    """
    with pytest.raises(TemplateError, match="no room"):
        truncate("Ana", "2", "...")


@pytest.mark.parametrize("value", [None, 5, ["a"], b"abc"])
def test_no_text(value):
    """
    What is no text is refused.
    """
    with pytest.raises(TemplateError, match="not a text"):
        truncate(value, "2")


@given(awkward, st.integers(1, 12))
def test_p21(value, limit):
    """
    P21: at most so many letters, cut between two of them; what fits stays as it is.
    """
    letters, cut = list(iter_graphemes(value)), truncate(value, str(limit))

    assert len(list(iter_graphemes(cut))) <= limit
    if len(letters) <= limit:
        assert cut == value
    else:
        kept = cut.removesuffix("…")
        assert cut != kept
        assert kept in {"".join(letters[:count]) for count in range(limit)}
        assert kept == "".join(letters[: limit - 1]) or letters[limit - 2].isspace()
