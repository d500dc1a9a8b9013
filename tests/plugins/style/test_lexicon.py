"""
The user's own words, and the entries that are refused.
"""

import pytest
from attrs import fields

import crmkit_style
from crmkit import ConfigurationError, Context, Document, Span
from crmkit.codec import structured
from crmkit_style import Settings, Words
from crmkit_style._lexicon import Lexicon, ours


def styled(style, text, language="en", **settings):
    """
    Return the text in this style, with these settings.
    """
    reads = {"preferences.communicationStyle": style}
    context = Context(content_type="email", settings=Settings(**settings), reads=reads)
    given = Document([Span("text", text)], language=language)
    return crmkit_style.crmkit_transform(given, context).text


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


def test_casual_from_goes_one_way():
    """
    A word of casual_from is replaced in casual; formal never writes it.
    """
    casual_from = {"good day": "hey", "prior to": "before"}

    assert styled("casual", "Good day", casual_from=casual_from) == "Hey"
    assert styled("formal", "Good day", casual_from=casual_from) == "Good day"
    assert styled("casual", "ok, prior to", casual_from=casual_from) == "ok, before"
    assert styled("formal", "ok, before", casual_from=casual_from) == "ok, before"


def test_closings():
    """
    A closing of the user's is swapped where closings stand, and nowhere else.
    """
    settings = {
        "closings": {"Later": "sincerely"},
        "formal_from": {"ta-ta": "sincerely"},
        "casual_from": {"yours faithfully": "later"},
    }

    assert styled("formal", "later\nlater", **settings) == "later\nSincerely"
    assert styled("formal", "later\nta-ta,\nAnn", **settings) == "later\nSincerely,\nAnn"
    assert styled("casual", "a\nSincerely, Ann", **settings) == "a\nSincerely, Ann"
    assert styled("casual", "a\nYours faithfully", **settings) == "a\nLater"
    assert styled("casual", "a\nYours faithfully, Ann", **settings).endswith("ly, Ann")


def test_greetings():
    """
    A greeting of the user's is swapped at the start of a line, and nowhere else.
    """
    greetings = {"ahoy": "good day"}

    assert styled("formal", "Ahoy Ann, ahoy\nahoy", greetings=greetings) == (
        "Good day Ann, ahoy\nGood day"
    )
    assert styled("casual", "Good day to you. Good day", greetings=greetings) == (
        "Ahoy to you. Good day"
    )


def test_other_languages():
    """
    Words of another language are swapped in its texts, beside ours, and in no others.
    """
    es = Words(pairs={"vale": "de acuerdo"}, closings={"chao": "cordialmente"})

    assert styled("formal", "Vale\nsaludos\nchao", "es", es=es) == (
        "De acuerdo\nAtentamente\nCordialmente"
    )
    assert styled("formal", "Vale, thanks", "en", es=es) == "Vale, thank you"


def test_no_contractions():
    """
    With contractions off none is written or written out; other words are.
    """
    assert styled("formal", "hey, don't, should've", contractions=False) == (
        "Hello, don't, should've"
    )
    assert styled("casual", "Hello, do not", contractions=False) == "Hey, do not"


def test_words_instead_of_contractions():
    """
    With contractions off their words are free for the user's own; else they are taken.
    """
    pairs = {"dont": "do not"}

    assert styled("casual", "Do not", contractions=False, pairs=pairs) == "Dont"
    with pytest.raises(ConfigurationError, match="'dont'"):
        Settings(pairs=pairs)


def test_no_emphasis():
    """
    With emphasis off nothing is toned down; words are swapped.
    """
    assert styled("formal", "hey!!! :)", emphasis=False) == "Hello!!! :)"


def test_settings_do_not_mix():
    """
    Settings that differ in a word alone, or in a switch, give different texts.
    """
    assert styled("formal", "yo", pairs={"yo": "good day"}) == "Good day"
    assert styled("formal", "yo", pairs={"yo": "good night"}) == "Good night"
    assert styled("formal", "yo") == "yo"
    assert styled("formal", "don't", contractions=False) == "don't"
    assert styled("formal", "don't") == "Do not"


def test_from_a_file():
    """
    Settings as a configuration file has them become words, by language.
    """
    found = structured(
        {"pairs": {"yo": "good day"}, "de": {"closings": {"servus": "hochachtungsvoll"}}},
        Settings,
        "style",
    )

    assert found == Settings(
        pairs={"yo": "good day"}, de=Words(closings={"servus": "hochachtungsvoll"})
    )


@pytest.mark.parametrize("language", ["en", "es", "de", "fr"])
def test_ours(language):
    """
    Our words fit together: none is in two tables, and no output is written twice.
    """
    tables = {k: v for k, v in ours(language).items() if k != "emphasis"}
    keys = [key.casefold() for table in tables.values() for key in table]
    both_ways = [
        output.casefold()
        for name, table in tables.items()
        if name not in {"formal_from", "expansions"}
        for output in table.values()
    ]

    assert set(tables) <= {field.name for field in fields(Lexicon)}
    assert len(set(keys)) == len(keys)
    assert len(set(both_ways)) == len(both_ways)
    assert not set(keys) & set(both_ways)


def test_another_language_refused():
    """
    What is refused in another language says in which.
    """
    with pytest.raises(ConfigurationError, match=r"'saludos'.*\(in es\)"):
        Settings(es=Words(pairs={"ciao": "atentamente"}))


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


def test_casual_output_holds_a_word():
    """
    What casual_from wrote is never swapped again either.
    """
    casual_from = {"good day": "a quick hello"}

    for text in ("ok, good day", "ok, a quick hello"):
        assert styled("casual", text, casual_from=casual_from) == "ok, a quick hello"


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
        ({"pairs": {"Yo": "x"}, "formal_from": {"yo": "y"}}, ["pairs", "'Yo'", "'yo'"]),
        ({"closings": {"yo": "x"}, "formal_from": {"YO": "y"}}, ["closings", "'YO'"]),
        ({"closings": {"yo": "Hello"}}, ["'hey'", "'yo'", "'Hello'"]),
        ({"pairs": {"yall": "you are not"}}, ["'yall'", '"you aren\'t"']),
        ({"pairs": {"yo": "cheers"}}, ["'yo'", "'cheers'", "'kind regards'"]),
        ({"casual_from": {"hello": "yo"}}, ["casual_from", "'hello'", "'hey'"]),
        ({"casual_from": {"good day": "hello"}}, ["casual", "'good day'", "'hello'"]),
        ({"casual_from": {"good day": "Good Day"}}, ["'good day'", "'Good Day'"]),
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
@pytest.mark.parametrize(
    "table", ["pairs", "greetings", "closings", "formal_from", "casual_from"]
)
def test_not_words(table, entry):
    """
    An entry that is not made of words is refused, on either side, by its table's name.
    """
    for bad in ({entry: "good day"}, {"yo": entry}):
        with pytest.raises(ConfigurationError, match=table):
            Settings(**{table: bad})
