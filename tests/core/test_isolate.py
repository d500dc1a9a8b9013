import re
from html import escape, unescape
from unicodedata import bidirectional

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector
from crmkit._isolate import isolated

OPEN, CLOSE = "\u2068", "\u2069"
ISOLATES, EMBEDDINGS = "\u2066\u2067\u2068", "\u202a\u202b\u202d\u202e"
CONTROLS = ISOLATES + EMBEDDINGS + "\u2069\u202c"
VALUES = st.text(
    st.sampled_from(f"aé1 .<&\n\u05d0\u0645\u200f{CONTROLS}") | st.characters()
)
PLAIN = st.sampled_from(["email", "subject", "sms", "social", "push", "plain"])


def is_balanced(line):
    """
    Tell whether each control of direction has its partner, one pair within the other.
    """
    bare = "".join(character for character in line if character in CONTROLS)
    before = None
    while before != bare:
        before, bare = bare, re.sub(f"[{ISOLATES}]\u2069|[{EMBEDDINGS}]\u202c", "", bare)
    return not bare


def directions(text):
    """
    Return the kinds of direction of a text's characters.
    """
    return {bidirectional(character) for character in text}


@pytest.mark.parametrize(
    ("value", "base_rtl", "text"),
    [
        ("Ana", False, "Ana"),
        ("محمد", False, f"{OPEN}محمد{CLOSE}"),
        ("שלום (Shalom)", False, f"{OPEN}שלום (Shalom){CLOSE}"),
        ("Ana", True, f"{OPEN}Ana{CLOSE}"),
        ("محمد", True, "محمد"),
        ("450,000 €", True, "450,000 €"),
        ("450,000 €", False, "450,000 €"),
        ("٤٥٠", False, "٤٥٠"),
        ("Ana\nמחר", False, f"Ana\n{OPEN}מחר{CLOSE}"),
        ("山田", True, f"{OPEN}山田{CLOSE}"),
        ("\u200f!", False, f"{OPEN}\u200f!{CLOSE}"),
    ],
)
def test_plain(value, base_rtl, text):
    """
    A value with letters of the other direction is isolated, line by line; no other is.
    """
    assert isolated(value, "email", base_rtl=base_rtl) == text


@pytest.mark.parametrize(
    ("value", "base_rtl", "text"),
    [
        ("محمد", False, "<bdi>محمد</bdi>"),
        ("א\nב", False, "<bdi>א\nב</bdi>"),
        ("Tom &amp; Jerry", True, "<bdi>Tom &amp; Jerry</bdi>"),
        ("1 &lt; 2", True, "1 &lt; 2"),
        ("&lt;א&gt;", False, "<bdi>&lt;א&gt;</bdi>"),
    ],
)
def test_html(value, base_rtl, text):
    """
    In HTML an element isolates; the names of entities are no letters.
    """
    assert isolated(value, "email_html", base_rtl=base_rtl) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("א\u2069b", "אb"),
        ("א\u2066b", "אb"),
        ("א\u2067b", "אb"),
        ("א\u2068b", "אb"),
        ("א\u202bb", "אb"),
        ("א\u202c", "א"),
        ("\u2066א\u2069", "\u2066א\u2069"),
        ("\u2067א\u2069", "\u2067א\u2069"),
        ("\u2068א\u2069", "\u2068א\u2069"),
        ("\u202bא\u202c", "\u202bא\u202c"),
        ("\u2067א\u202b\u2069", "\u2067א\u2069"),
        ("\u202bא\u2069\u202c", "\u202bא\u202c"),
        ("\u202b\u2067א\u202c\u2069", "\u2067א\u2069"),
        ("\u2067א\nא\u2069", None),
        ("\u2069\u2067א", "א"),
    ],
)
def test_unmatched(value, text):
    """
    Controls of direction without a partner in their line are taken out.
    """
    lines = "א\nא" if text is None else text
    wrapped = "\n".join(f"{OPEN}{line}{CLOSE}" for line in lines.split("\n"))

    assert isolated(value, "plain", base_rtl=False) == wrapped
    assert isolated(value, "email_html", base_rtl=False) == f"<bdi>{lines}</bdi>"


def test_unmatched_alone():
    """
    That is so too where nothing needs to be isolated.
    """
    assert isolated("Ana\u2067é", "plain", base_rtl=False) == "Anaé"
    assert isolated("12\u202b", "plain", base_rtl=True) == "12"


@given(VALUES, PLAIN, st.booleans())
def test_balanced(value, content_type, base_rtl):
    """
    Whatever a value holds, in each line what opens is closed and what closes was opened.
    """
    text = isolated(value, content_type, base_rtl=base_rtl)

    assert all(is_balanced(line) for line in text.split("\n"))


@given(VALUES, PLAIN, st.booleans())
def test_letters_stay(value, content_type, base_rtl):
    """
    Nothing but controls of direction is added, or taken out.
    """
    text = isolated(value, content_type, base_rtl=base_rtl)

    assert re.sub(f"[{CONTROLS}]", "", text) == re.sub(f"[{CONTROLS}]", "", value)


@given(VALUES, PLAIN, st.booleans())
def test_only_where_needed(value, content_type, base_rtl):
    """
    A line is wrapped where it has a letter of the other direction, and nowhere else.
    """
    others = {"L"} if base_rtl else {"R", "AL"}
    text = isolated(value, content_type, base_rtl=base_rtl)

    for before, after in zip(value.split("\n"), text.split("\n"), strict=True):
        if others & directions(before):
            assert after[0] + after[-1] == OPEN + CLOSE
            assert is_balanced(after[1:-1])
        else:
            assert len(after) <= len(before)


@given(VALUES, st.booleans())
def test_html_like_plain(value, base_rtl):
    """
    HTML isolates the same values as a text of one line does, and shows the same.
    """
    value = value.replace("\n", "")
    plain = isolated(value, "email", base_rtl=base_rtl)
    html = isolated(escape(value), "email_html", base_rtl=base_rtl)

    inner = html.removeprefix("<bdi>").removesuffix("</bdi>")
    expected = f"{OPEN}{unescape(inner)}{CLOSE}" if inner != html else unescape(html)
    assert plain == expected


@given(VALUES.map(lambda value: re.sub(f"[{CONTROLS}]", "", value)), st.booleans())
def test_untouched(value, base_rtl):
    """
    Without controls of direction a value stands as it is, wrapped or not.
    """
    text = isolated(value, "plain", base_rtl=base_rtl)

    assert text.replace(OPEN, "").replace(CLOSE, "") == value


@pytest.mark.parametrize(
    ("template", "content_type", "text"),
    [
        ("Hi {{firstName}}!", "email", f"Hi {OPEN}محمد{CLOSE}!"),
        ("Hi {{firstName}}!", "subject", f"Hi {OPEN}محمد{CLOSE}!"),
        ("<p>{{firstName}}</p>", "email_html", "<p><bdi>محمد</bdi></p>"),
        ("<p title='{{firstName}}'>", "email_html", "<p title='محمد'>"),
        ("<title>{{firstName}}</title>", "email_html", "<title>محمد</title>"),
        ("{{ nick | default: 'מחר' }}", "plain", f"{OPEN}מחר{CLOSE}"),
        ("{{ lastName }}", "plain", "<Ana>"),
        ("{{ lastName }}", "email_html", "&lt;Ana&gt;"),
    ],
)
def test_asked(template, content_type, text):
    """
    A personalized text isolates values where it is asked to, and only then.
    """
    client = ClientData(
        id="7", first_name="محمد", last_name="<Ana>", email="m@x.example", phone="+966 5"
    )
    for isolate in (True, False):
        content = (
            CRMConnector()
            .personalize_content(
                template, client, content_type=content_type, isolate=isolate
            )
            .content
        )
        bare = re.sub(f"[{CONTROLS}]|</?bdi>", "", text)
        assert content == (text if isolate else bare)
