"""
Templates, values and clients as Hypothesis draws them, and what they must come to.

The expectations are made of a template's parts before they are joined, by no code of the
template engine but what cleans a value, which has laws of its own.
"""

import re
import unicodedata

from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector
from crmkit._encode import CONTENT_TYPES, cleaner

CONNECTOR = CRMConnector()
ANA = ClientData(id="7", first_name="Ana", email="ana@x.example", phone="+34 612")
TEXT_TYPES = sorted(CONTENT_TYPES - {"email_html", "subject"})

odd = st.characters(exclude_categories=["Cs"]) | st.sampled_from(
    "{}%|\\\"'<>&@.#/` :$\n\u0301"
)
lines = st.lists(odd).map("".join)
spaces = st.text(st.sampled_from(" \t\n\u00a0"), max_size=12)
content_types = st.sampled_from(sorted(CONTENT_TYPES))
text_types = st.sampled_from(TEXT_TYPES)

literals = st.sampled_from(
    [
        r"\1 \g<0> \n",
        "%s %(x0)s %d%%",
        "{0} {x0} {",
        "$& $1 ${x0}",
        "{{email}}",
        "{{ x0 }} }}",
        "{% if x %}",
        "{% endif %}",
        "${{ phone }}",
        "\\{{x0}}",
    ]
)
probes = literals | st.sampled_from(
    [
        '<b>O\'Brien & "Söhne"</b>',
        "Hey",
        "İ",
        "Bob\r\nBcc: evil@x.example",
        "a\u2028b",
        "\ud800x",
        "0",
        "None",
        "e\u0301",
    ]
)
values = (
    probes
    | st.lists(odd | st.sampled_from("\ud800\r\n\x00\u2028\u202e")).map("".join)
    | st.integers()
    | st.sampled_from([0, False, True])
    | st.lists(st.text("abc, ", min_size=1), min_size=1, max_size=3)
)
blanks = st.sampled_from(
    [None, "", "  ", "\t\r\n", "\u00a0", "\x00", "\u202e ", [], [None]]
)
maybe = st.booleans().flatmap(lambda blank: blanks if blank else values)
names = st.sampled_from(["x0", "city", "a.b", "lead-source", "_x", "été", "名"])


def has_tokens(text):
    """
    Tell whether a text holds pairs of braces, which mean something.
    """
    return re.search(r"\{[{%]", nfc(text)) is not None


# A brace at its edge would spoil a token's, and an accent join the letter before it.
prose = lines.filter(lambda text: not has_tokens(text)).map(lambda text: f".{text}.")


def nfc(text):
    """
    Return a text in Unicode's form NFC.
    """
    return unicodedata.normalize("NFC", text)


def render(template, content_type="plain", client=ANA, **request):
    """
    Return the text that becomes of a template.
    """
    return CONNECTOR.personalize_content(
        template, client, content_type=content_type, **request
    ).content


def escaped(text):
    """
    Return a template that renders this very text.
    """
    return re.sub(r"\{[{%]", r"\\\g<0>", text)


def shown(value, content_type="plain"):
    """
    Return what a value looks like in this content type.
    """
    if value is None:
        return ""
    if isinstance(value, list):
        value = ", ".join(item for item in value if item)
    if isinstance(value, bool):
        value = "true" if value else "false"
    return cleaner(content_type)(str(value))


def is_value(value):
    """
    Tell whether a value has anything to show.
    """
    return bool(shown(value).strip())


def interleaved(texts, others):
    """
    Join texts with what stands between them: one text more than others.
    """
    pairs = zip(texts, [*others, ""], strict=True)
    return "".join(text + other for text, other in pairs)


@st.composite
def around(draw, strategy, *, least=1):
    """
    Draw up to five of a strategy, and the prose before, between and after them.
    """
    some = draw(st.lists(strategy, min_size=least, max_size=5))
    number = len(some) + 1
    return some, draw(st.lists(prose, min_size=number, max_size=number))


@st.composite
def tokens(draw, name):
    """
    Draw a spelling of a bare token.
    """
    return f"{{{{{draw(spaces)}{name}{draw(spaces)}}}}}"
