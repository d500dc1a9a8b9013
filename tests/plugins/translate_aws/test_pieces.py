"""
Which texts are sent of a template, and which of it are sent in no way.
"""

import pytest
from tests.plugins.translate_aws.sending import parsed, texts_of

LONG = "We would be glad to show you the house in the old part"  # of more than 50 letters


def word(number, shown=None):
    """
    Return the placeholder of a word.
    """
    return f'<span translate="no" id="s{number}">{shown or f"X{number}"}</span>'


def around(number, text):
    """
    Return the placeholder of an element with text inside.
    """
    return f'<span id="s{number}">{text}</span>'


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("thanks", ["thanks"]),
        ("hey {{firstName}},\n\nthanks", [f"hey {word(1)},", "thanks"]),
        ("hey {{ x | default: 'you' }}", [f"hey {word(1)}"]),
        ("cheers,\nLaura", ["cheers,", "Laura"]),
        ("- new lift\n- big garden", ["- new lift", "- big garden"]),
        (f"{LONG}\nof the town", [f"{LONG}\nof the town"]),
        (f"{{{{x}}}}, {LONG}\nof the town", [f"{word(1)}, {LONG}\nof the town"]),
        (f"{LONG}\nThe town", [LONG, "The town"]),
        (f"{LONG}\n\nof the town", [LONG, "of the town"]),
        (f"{LONG}\n  of the town", [LONG, "of the town"]),
        ("less < more & more", ["less &lt; more &amp; more"]),
        ('it\'s "new"', ['it\'s "new"']),
        ("see https://x.example/a or ana@x.example", [f"see {word(1)} or {word(2)}"]),
        ("#hey `code` \\{{ x", [f"{word(1)} {word(2)} {word(3)} x"]),
        ("${{ budget }}, {{firstName}}: 12", []),
        ("<b>hey</b> &amp;", ["&lt;b&gt;hey&lt;/b&gt; &amp;amp;"]),
        ("Dear {% if vip %}hey {{x}}{% endif %} you", ["Dear", f"hey {word(1)}", "you"]),
        ("", []),
        ("\n \n", []),
    ],
)
def test_text(template, texts):
    """
    A line is a paragraph unless it was wrapped; what is no prose shows nothing of itself.
    """
    assert texts_of(parsed(template)) == [f"<p>{text}</p>" for text in texts]


@pytest.mark.parametrize(
    ("template", "texts"),
    [
        ("<p>hey</p><p>thanks</p>", ["hey", "thanks"]),
        ("<p>hey\n\nyou</p>", ["hey\n\nyou"]),
        ("hey<br>you", ["hey", "you"]),
        ("a <b>new</b> house", [f"a {around(1, 'new')} house"]),
        ("<b>a <i>new</i></b> house", [around(1, "a " + around(2, "new")) + " house"]),
        ("hey <b>{{firstName}}</b>", [f"hey {around(1, word(2))}"]),
        (
            '<a href="https://x.example/{{id}}" title="a > b">see</a> it',
            [f"{around(1, 'see')} it"],
        ),
        ('<a title="{{ x | default: "you" }}">see</a>', [around(1, "see")]),
        ("<a title='{{ x | default: \"it's\" }}'>see</a>", [around(1, "see")]),
        ("see <img src='{{photo}}'> it", [f"see {word(1)} it"]),
        ("<code>{{x}} new</code> house", [f"{word(1)} house"]),
        ("new <style>p { }</style> house", ["new", "house"]),
        ("new <pre>a {{x}} b</pre> house", ["new", "house"]),
        ("new <!-- house --> house", ["new", "house"]),
        ("<!DOCTYPE html><html>hey", ["hey"]),
        ("Tom &amp; it&rsquo;s", [f"Tom {word(1, '&amp;')} it{word(2, '’')}s"]),
        ("hey&nbsp;{{x}}", ["hey" + word(1, "\u00a0") + word(2)]),
        ("1 < 2 & 3 new", ["1 &lt; 2 &amp; 3 new"]),
        ("<b>a <i>new</b> house</i>", ["a", "new", "house"]),
        ("<p><b>a</p><p>house</b></p>", ["a", "house"]),
        ("a </b> house", ["a", "house"]),
        ('new <a href="{{x}}', ["new"]),
        ("new <b title='{% if x %}a{% endif %}'>house</b>", [f"new {around(1, 'house')}"]),
        ("<B>new</B> house", [f"{around(1, 'new')} house"]),
    ],
)
def test_html(template, texts):
    """
    Blocks and odd markup end a sentence; inline tags and entities take part in it.
    """
    found = texts_of(parsed(template, "email_html"), "email_html")

    assert found == [f"<p>{text}</p>" for text in texts]
