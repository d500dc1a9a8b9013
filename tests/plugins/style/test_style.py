"""
The transformer's examples: what each style does to a template.
"""

import pytest
from tests.plugins.style.styling import styled

import crmkit_style
from crmkit import Context, Document, Span


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "hey {{firstName}},\n\nthanks for talking",
            "Hello {{firstName}},\n\nThank you for talking",
        ),
        ("Hi {{firstName}}, thx!", "Hello {{firstName}}, thank you!"),
        ("Hiya all", "Hello all"),
        ("no thanks, Bob", "no thank you, Bob"),
        ("Thanks so much", "Thank you so much"),
        ("thanks a lot, we are glad", "Thank you very much, we are glad"),
        ("Thanks to the owners!", "Thank you to the owners!"),
    ],
)
def test_formal(template, expected):
    """
    Formal replaces casual greetings and thanks.
    """
    assert styled("formal", template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        (
            "Hello {{firstName}}, thank you for your time",
            "Hey {{firstName}}, thanks for your time",
        ),
        ("Thank you very much!", "Thanks a lot!"),
        ("Hi Bob, thx", "Hi Bob, thx"),
        ("thank\nyou all", "Thanks all"),
    ],
)
def test_casual(template, expected):
    """
    Casual replaces formal greetings and thanks, and leaves words casual already.
    """
    assert styled("casual", template) == expected


@pytest.mark.parametrize(
    ("style", "template", "expected"),
    [
        ("formal", "HEY", "HELLO"),
        ("formal", "THANKS", "THANK YOU"),
        ("formal", "Say Hey, say hey", "Say Hello, say hello"),
        ("casual", "Thank You, THANK YOU", "Thanks, THANKS"),
        ("formal", "hEy tHanks", "hEy tHanks"),
        ("casual", "thank YOU", "thank YOU"),
        ("formal", "THANKS a lot", "THANK YOU a lot"),
    ],
)
def test_case(style, template, expected):
    """
    Capitals are kept: all, the first, or none; a mixture is left alone.
    """
    assert styled(style, template) == expected


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Well. hey", "Well. Hello"),
        ('Sold! "hey" and (thanks)', 'Sold! "Hello" and (thank you)'),
        ("Hello,\n- thanks", "Hello,\n- Thank you"),
        ("wait... thanks", "wait... thank you"),
        ("at 5 p.m. thanks", "at 5 p.m. thank you"),
        ("flats, houses etc. thanks", "flats, houses etc. thank you"),
        ("at 5. thanks", "at 5. Thank you"),
        ("{{name}}, thanks", "{{name}}, thank you"),
        ("{{name}}! thanks", "{{name}}! Thank you"),
        ("See https://x.example/a thanks", "See https://x.example/a thank you"),
        ("Say <b>thanks</b>", "Say <b>thank you</b>"),
        ("Yes.</b> thanks", "Yes.</b> Thank you"),
        ("<p>hey</p>", "<p>Hello</p>"),
        ("<p><b> hey</b>", "<p><b> Hello</b>"),
        ("Dear Bob,<br>thanks", "Dear Bob,<br>Thank you"),
        ('<p title="{{company}}">hey', '<p title="{{company}}">Hello'),
        ("{% if vip %}hey{% endif %} Bob", "{% if vip %}Hello{% endif %} Bob"),
    ],
)
def test_start(template, expected):
    """
    A word at the start of a sentence, line or block is capitalised, others are not.
    """
    assert styled("formal", template) == expected


def test_line_break_in_html():
    """
    In HTML a line break is a space and starts nothing.
    """
    template = "<p>Good day,\nthanks</p>"

    assert styled("formal", template) == "<p>Good day,\nThank you</p>"
    assert (
        styled("formal", template, content_type="email_html")
        == "<p>Good day,\nthank you</p>"
    )


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{{x}}thanks, thanks{{x}}", "{{x}}thanks, thanks{{x}}"),
        ("thanks {{hey}}", "Thank you {{hey}}"),
        ("https://x.example/thanks?hey=1", "https://x.example/thanks?hey=1"),
        ('<i title="hey">thanks', '<i title="hey">Thank you'),
    ],
)
def test_slots_and_fixed_spans(template, expected):
    """
    Slots, URLs and markup are left alone; a slot is part of the word that it touches.
    """
    assert styled("formal", template) == expected


def test_fixed_span_is_part_of_a_word():
    """
    So is a fixed span that is no markup, such as a URL, on both of its sides.
    """
    url = Span("fixed", "https://x.example/?q=")
    touched = Document([Span("text", "thanks"), url, Span("text", "hey")])
    reads = {"preferences.communicationStyle": "formal"}
    context = Context(content_type="email", reads=reads)

    assert crmkit_style.crmkit_transform(touched, context) == touched


@pytest.mark.parametrize(
    "template",
    [
        "they",
        "hi-fi",
        "hi\u2011fi",
        "#hey",
        "@hi",
        "hey.com",
        "www.hey",
        "thanks@x.example",
        "me@thanks.example",
        "docs/hey/thanks",
        "hey's",
        "hey\u2019s",
        "thanks_x",
        "he\u0301y hey\u0301",
        "than\u212as",
        "than\u212aS",
        "thank\u017f",
        "h\u0130 H\u0130",
        "h\u0131",
    ],
)
def test_not_a_word(template):
    """
    Parts of words, names, addresses and look-alike letters are left alone.
    """
    assert styled("formal", template) == template


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("Hello&nbsp;{{x}}", "Hey&nbsp;{{x}}"),
        ("Thank&nbsp;you", "Thank&nbsp;you"),
        ("Hello&#39;s", "Hello&#39;s"),
        ("&eacute;hello", "&eacute;hello"),
        ("&mdash;hello&mdash;", "&mdash;Hey&mdash;"),
    ],
)
def test_entities(template, expected):
    """
    An entity counts as the character it stands for, and is never taken away.
    """
    assert styled("casual", template) == expected


@pytest.mark.parametrize(
    "template",
    [
        "I thank you",
        "we sincerely thank you",
        "We want to thank you",
        "they would thank you",
        "I mayn't thank you enough",
        "I\u2019d thank you",
        "let me thank you",
        "We hope to\nthank you",
        "a thank you note",
        "your thank you card",
        "just a quick thank you",
        "our team thank you",
        "with special thanks",
        "many thanks, Many Thanks, MANY THANKS",
        "our sincere thanks",
        "thanks go to Ann",
        "the team thanks you",
        "{{agent}} thanks you",
        "Acme thanks us",
        "it sold thanks to you",
        "it sold thx to you",
        "it sold thank you to you",
        "But hey, it has a garden",
        "oh hello, a garden",
        "Honolulu, HI 96813",
        "Honolulu, HI",
        "hi res photos",
    ],
)
@pytest.mark.parametrize("style", ["formal", "casual"])
def test_guards(style, template):
    """
    Where a swap would break the sentence, neither style swaps.
    """
    assert styled(style, template) == template


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("as soon as you can\nthanks", "as soon as you can\nThank you"),
        ("see you\n\nthanks", "see you\n\nThank you"),
        ("got the keys\nthanks\nyou know", "got the keys\nThank you\nyou know"),
        ("say thanks", "say thank you"),
        ("Bob, hi and thanks", "Bob, hello and thank you"),
        ("the house, thanks", "the house, thank you"),
        ("thanks a lot thanks", "Thank you very much thank you"),
    ],
)
def test_guards_end(template, expected):
    """
    A guard does not reach beyond its line, its clause or another word of the lexicon.
    """
    assert styled("formal", template) == expected


def test_words_across_text_spans():
    """
    Words are found where text is cut into several spans.
    """
    spans = [Span("text", "Than"), Span("text", "k you, "), Span("text", "hello")]
    reads = {"preferences.communicationStyle": "casual"}
    context = Context(content_type="email", reads=reads)

    assert crmkit_style.crmkit_transform(Document(spans), context).text == "Thanks, hey"


def test_info():
    """
    It runs after translation and is told the language and the style, nothing else.
    """
    info = crmkit_style.crmkit_transformer()

    assert info.stage == 300
    assert set(info.reads) == {"language", "preferences.communicationStyle"}
    assert not info.remote
