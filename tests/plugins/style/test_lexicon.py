"""
The user's own words, and the entries that are refused.
"""

import pytest

import crmkit_style
from crmkit import ConfigurationError, Context, Document, Span
from crmkit_style import Settings


def styled(style, text, **settings):
    """
    Return the text in this style, with these settings.
    """
    reads = {"preferences.communicationStyle": style}
    context = Context(content_type="email", settings=Settings(**settings), reads=reads)
    return crmkit_style.crmkit_transform(Document([Span("text", text)]), context).text


def test_pairs_go_both_ways():
    """
    A pair is replaced in formal and put back in casual, beside our own words.
    """
    pairs = {"gonna": "going to"}

    assert styled("formal", "hey, we are gonna", pairs=pairs) == "Hello, we are going to"
    assert styled("casual", "Hello, GOING TO", pairs=pairs) == "Hey, GONNA"


def test_formal_from_goes_one_way():
    """
    A word of formal_from is replaced in formal; casual never writes it.
    """
    formal_from = {"yo": "hello"}

    assert styled("formal", "Yo Bob", formal_from=formal_from) == "Hello Bob"
    assert styled("casual", "Hello Bob", formal_from=formal_from) == "Hey Bob"


@pytest.mark.parametrize("key", ["hey", "HEY", "hi"])
def test_own_word_replaced(key):
    """
    A pair for a word of ours takes its place, however it is written.
    """
    pairs = {key: "good day"}

    assert styled("formal", f"{key} Bob", pairs=pairs) == "Good day Bob"
    assert styled("formal", "Hiya Bob", pairs=pairs) == "Hello Bob"
    assert styled("casual", "well, good day", pairs=pairs) == f"well, {key}"


@pytest.mark.parametrize(
    ("pairs", "casual", "formal"),
    [
        ({"later": "see you later"}, "see you. Later", "see you. See you later"),
        ({"cu": "see you", "you all": "everybody"}, "ok, cu all", "ok, see you all"),
        ({"you all": "everybody"}, "thanks all", "Thank you all"),
    ],
)
def test_output_holds_a_key(pairs, casual, formal):
    """
    What a swap wrote is never swapped again, alone or with the words around it.
    """
    assert styled("formal", casual, pairs=pairs) == formal
    assert styled("formal", formal, pairs=pairs) == formal


def test_acronym():
    """
    An acronym is in its normal case when written as in the settings, and is no shouting.
    """
    pairs = {"ASAP": "as soon as possible"}

    assert styled("formal", "Come ASAP", pairs=pairs) == "Come as soon as possible"
    assert styled("formal", "come asap", pairs=pairs) == "come as soon as possible"
    assert styled("casual", "As soon as possible", pairs=pairs) == "ASAP"


def test_single_letter():
    """
    A single capital letter is the start of a sentence, not shouting.
    """
    assert styled("formal", "U and u", pairs={"u": "you"}) == "You and you"


@pytest.mark.parametrize("apostrophe", ["'", "\u2019"])
def test_apostrophes(apostrophe):
    """
    An entry with an apostrophe is found with a straight and with a curly one.
    """
    text = f"ok, let{apostrophe}s go"

    assert styled("formal", text, pairs={"let's": "let us"}) == "ok, let us go"


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"pairs": {"hi": "hello"}}, ["'hey'", "'hi'", "'hello'"]),
        ({"pairs": {"yo": "good day", "oi": "Good day"}}, ["'yo'", "'oi'"]),
        ({"pairs": {"Yo": "good day", "yo": "good night"}}, ["'Yo'", "'yo'"]),
        ({"pairs": {"hello": "good day"}}, ["'hi'", "'hello'", "'good day'", "formal"]),
        ({"pairs": {"thank you": "I am obliged"}}, ["'thx'", "'thank you'"]),
        ({"pairs": {"yo": "hey"}}, ["'yo'", "'hey'"]),
        ({"pairs": {"yo": "yo"}}, ["'yo'"]),
        ({"formal_from": {"yo": "THX"}}, ["'yo'", "'THX'"]),
        ({"formal_from": {"hello": "good day"}}, ["'hello'", "'good day'"]),
        ({"formal_from": {"Hey": "good day"}}, ["'Hey'", "'hey'"]),
    ],
)
def test_entries_at_odds(settings, named):
    """
    Entries that stand for the same, or would be rewritten again, are refused by name.
    """
    with pytest.raises(ConfigurationError) as refused:
        Settings(**settings)

    assert all(name in str(refused.value) for name in named)


@pytest.mark.parametrize(
    "entry", ["", " ", "yo!", " yo", "yo  yo", "{{x}}", "<b>", "x_y", "-yo", "'yo", 3, None]
)
@pytest.mark.parametrize("table", ["pairs", "formal_from"])
def test_not_words(table, entry):
    """
    An entry that is not made of words is refused, on either side, by its table's name.
    """
    for bad in ({entry: "good day"}, {"yo": entry}):
        with pytest.raises(ConfigurationError, match=table):
            Settings(**{table: bad})
