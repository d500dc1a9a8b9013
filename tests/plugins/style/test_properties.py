"""
Laws of the transformer, whatever the template.
"""

import re

from hypothesis import assume, given
from hypothesis import strategies as st

import crmkit_style
from crmkit import Context, Document, Span
from crmkit_style._grammar import is_governed
from crmkit_style._lexicon import FORMAL_FROM, PAIRS

CASUAL, FORMAL = [*PAIRS, *FORMAL_FROM], list(PAIRS.values())
BESIDE = [
    *("I", "we", "a", "the", "our", "many", "to", "can't", "sincerely", "but", "note"),
    *("you", "go", "say", "and", ",", ".", "!", "?", "...", "(", ")", "-", "/", "\n", "<"),
]
NOT_TEXT = [
    Span("slot", "{{firstName}}"),
    Span("slot", '{{ x | default: "hey" }}'),
    Span("fixed", "https://x.example/thanks?hey=1"),
    Span("fixed", "hey@x.example"),
    Span("fixed", "<p>"),
    Span("fixed", '<b title="hey">'),
    Span("fixed", "</b>"),
    Span("fixed", "<br>"),
    Span("fixed", "<!-- thanks -->"),
    Span("fixed", "{% if hey %}"),
    Span("fixed", "&nbsp;"),
    Span("fixed", "&eacute;"),
]

shapes = st.sampled_from([str.lower, str.capitalize, str.upper, str.title, str.swapcase])
words = st.builds(
    lambda shape, word: shape(word), shapes, st.sampled_from(CASUAL + FORMAL + ["they"])
)
gaps = st.sampled_from([" ", " ", " ", ", ", ". ", "\n", "\n\n", "", "-", "\u2019", "\xa0"])
pieces = st.one_of(words, words, st.sampled_from(BESIDE), st.text(max_size=3))
prose = st.lists(st.tuples(pieces, gaps), max_size=8).map(
    lambda pairs: "".join(piece + gap for piece, gap in pairs)
)
spans = st.one_of(prose.map(lambda text: Span("text", text)), st.sampled_from(NOT_TEXT))
documents = st.lists(spans, max_size=7).map(Document)
content_types = st.sampled_from(["email", "email_html"])
styles = st.sampled_from(["formal", "casual"])


def styled(style, document, content_type="email"):
    """
    Return the document in this style, without settings or language.
    """
    reads = {"preferences.communicationStyle": style}
    context = Context(content_type=content_type, reads=reads)
    return crmkit_style.crmkit_transform(document, context)


def alike(document):
    """
    Return the text without what a round trip may change: case and spaces.
    """
    return " ".join(document.text.casefold().split())


@given(documents, styles, content_types)
def test_frame(document, style, content_type):
    """
    The kinds of all spans, and the texts of slots and fixed spans, stay in sequence.
    """

    def frame(document):
        return [(s.kind, s.text if s.kind != "text" else "") for s in document.spans]

    assert frame(styled(style, document, content_type)) == frame(document)


@given(documents, styles, content_types)
def test_idempotent(document, style, content_type):
    """
    A second run changes nothing.
    """
    once = styled(style, document, content_type)

    assert styled(style, once, content_type) == once


@given(documents, content_types)
def test_weak_inverse(document, content_type):
    """
    A formal text made casual becomes the same formal text again, but for case and spaces.
    """
    formal = styled("formal", document, content_type)
    casual = styled("casual", formal, content_type)

    assert alike(styled("formal", casual, content_type)) == alike(formal)


@given(documents)
def test_weak_inverse_of_casual(document):
    """
    So does a casual text that holds none of the words which casual never writes.
    """
    further = re.compile("|".join(FORMAL_FROM), re.IGNORECASE)
    canonical = document.map_text(lambda text: further.sub("x", text))
    casual = styled("casual", canonical)

    assert alike(styled("casual", styled("formal", casual))) == alike(casual)


@given(prose)
def test_complete(text):
    """
    After formal no casual word is left, except inside words and where grammar forbids.
    """
    result = styled("formal", Document([Span("text", text)])).text
    shapes = (str.lower, str.capitalize, str.title, str.upper)
    forms = [
        shape(key) for key in sorted(CASUAL, key=len, reverse=True) for shape in shapes
    ]
    beside = r"[\w'\u2019\u2010\u2011\u00ad\u0300-\u036f@#&/\\.-]"
    left = re.compile(rf"(?<!{beside})(?:{'|'.join(forms)})(?!{beside})")

    for match in left.finditer(result):
        before, after = result[: match.start()], result[match.end() :]
        assert is_governed(before, match[0], after)


@given(prose, styles)
def test_neutral(text, style):
    """
    Neutral leaves every template alone, and so does another language all of its own.
    """
    english = r"\b(the|you|your|our|with|have|this|that|would)\b"
    assume(not re.search(english, text, re.IGNORECASE))
    document = Document([Span("text", text)])
    spanish = {"language": "es", "preferences.communicationStyle": style}

    context = Context(content_type="email", reads=spanish)

    assert styled("neutral", document) is None
    assert crmkit_style.crmkit_transform(document, context) is None


@given(documents, styles)
def test_values_do_not_matter(document, style):
    """
    What the slots hold has no influence on the text around them.
    """

    def emptied(document):
        return Document(
            Span("slot", "{{y}}") if span.kind == "slot" else span
            for span in document.spans
        )

    assert styled(style, emptied(document)) == emptied(styled(style, document))


@given(
    st.sampled_from([*PAIRS.items()]), st.booleans(), st.sampled_from(["ok, ", "", "ok. "])
)
def test_case_shape(pair, backwards, before):
    """
    A word in capitals gives capitals, a capitalised one a capital and then small letters.
    """
    (key, output), style = (pair[::-1], "casual") if backwards else (pair, "formal")
    start = before != "ok, "
    expected = {
        key.upper(): output.upper(),
        key.capitalize(): output.capitalize(),
        key: output.capitalize() if start else output,
    }

    for written, wanted in expected.items():
        document = Document([Span("text", f"{before}{written}!")])
        assert styled(style, document).text == f"{before}{wanted}!"


@given(prose, styles)
def test_letters_outside(text, style):
    """
    All but greetings and thanks comes out as it went in, whatever it is.
    """
    swapped = re.compile(
        r"(?:hello|heya|hey|hiya|hi|thank\s+you|thanks|thx)"
        r"(?:\s+(?:very\s+much|a\s+(?:lot|bunch|million)))?",
        re.IGNORECASE,
    )
    result = styled(style, Document([Span("text", text)])).text

    assert swapped.sub("", result) == swapped.sub("", text)
