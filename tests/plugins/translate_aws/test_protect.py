"""
Laws of protecting and restoring, whatever the template and whatever the answer.
"""

import re
from collections import Counter
from html.parser import HTMLParser

import pytest
from attrs import evolve
from hypothesis import assume, example, given
from hypothesis import strategies as st
from tests.plugins.translate_aws.hostile import HOSTILE, SPAN, spoilt
from tests.plugins.translate_aws.sending import answered, parsed, texts_of

from crmkit import Document, ProtocolError
from crmkit._encode import CONTENT_TYPES
from crmkit._html import tags
from crmkit._pipeline import check_output
from crmkit.testing.strategies import documents

WORDS = ("hey", "thanks", "you", "new house")
HTML = "email_html"
EVERYTHING = (
    'hey {{firstName}}, <b>see <i>{{x}}</i> at</b> <a href="https://x.example/{{id}}">us</a>'
    " &amp; {{y}}"
)

content_types = st.sampled_from([*sorted(CONTENT_TYPES), HTML, HTML])
typed = content_types.flatmap(lambda kind: st.tuples(documents(kind, WORDS), st.just(kind)))


@given(typed)
@example((parsed(EVERYTHING, HTML), HTML))
@example((parsed(EVERYTHING), "email"))
def test_p34_identity(case):
    """
    P34: an answer that is what was sent gives the document itself.
    """
    document, content_type = case

    assert answered(document, lambda text: text, content_type) == document


@given(typed)
@example((parsed(EVERYTHING, HTML), HTML))
def test_nothing_but_prose(case):
    """
    What is sent stays the same whatever slots, links and attributes hold.
    """
    document, content_type = case
    others = Document(evolve(span, text=_other(span)) for span in document.spans)

    assert texts_of(others, content_type) == texts_of(document, content_type)


def _other(span):
    if span.kind == "slot":
        return "{{" + "z" * (len(span.text) - 4) + "}}"
    if span.kind == "fixed" and span.text[0].isalpha() and span.text[-1] not in "\"'>":
        return "z" * len(span.text)
    return span.text


@given(typed, st.data())
def test_words_of_the_answer(case, data):
    """
    Prose of any sort is taken; what lies between comes back as often as it was, and whole.
    """
    document, content_type = case
    words = st.text(st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp")))
    plain = words.filter(lambda text: not set(text) & set("<>&{}"))
    some = plain.map("a{}".format)  # or an element may be left around nothing

    def engine(text):
        return re.sub(r"\b(?:hey|thanks|you|house)\b", lambda _: data.draw(some), text)

    made = answered(document, engine, content_type)

    assert _frame(made) == _frame(document)


@given(typed, st.data())
@example((parsed(EVERYTHING, HTML), HTML), None)
def test_any_answer(case, data):
    """
    P34: whatever is answered is refused, or has all placeholders and no new markup.
    """
    document, content_type = case
    sent = texts_of(document, content_type)
    assume(sent)

    def engine(text):
        if data is None:
            return "".join(SPAN.findall(text)[::-1])
        return data.draw(st.one_of(_shuffled(text), _edited(text), st.text()))

    try:
        made = answered(document, engine, content_type)
    except ProtocolError:
        return
    assert Counter(_frame(made)) == Counter(_frame(document))
    assert [s for s in _frame(made) if _cuts(s)] == [
        s for s in _frame(document) if _cuts(s)
    ]
    if content_type == HTML:
        assert Counter(_written(made)) <= Counter(_written(document))
        assert _unclosed(made.text) == _unclosed(document.text)


def _written(document):
    return [
        tag for span in document.spans if span.kind == "text" for tag in tags(span.text)
    ]


def _frame(document):
    return [span for span in document.spans if span.kind != "text"]


def _cuts(span):
    return span.kind == "fixed" and span.text.startswith(("{%", "<p", "</p", "<br"))


def _shuffled(text):
    pieces = [piece for piece in re.split(f"({SPAN.pattern})", text) if piece]
    return st.permutations(pieces).map("".join)


def _edited(text):
    """
    Return the text with a part of it deleted, doubled, or something put in its place.
    """
    inserted = st.sampled_from(
        [
            "",
            " ",
            "<b>",
            "</span>",
            "&lt;b&gt;",
            "{{email}}",
            "{",
            "&amp;amp;",
            "\x00",
            "\n",
        ]
    )
    place = st.integers(0, len(text))
    return st.builds(
        lambda one, other, new: text[: min(one, other)] + new + text[max(one, other) :],
        place,
        place,
        inserted,
    ) | place.map(lambda at: text[:at] + text)


class _Unclosed(HTMLParser):
    """
    Counts the inline elements that a browser would have to close by itself.
    """

    def __init__(self):
        super().__init__()
        self.open, self.found = [], Counter()

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in self.open:
            self.found[f"/{tag}"] += 1
            return
        while (last := self.open.pop()) != tag:
            self.found[last] += 1


def _unclosed(text):
    parser = _Unclosed()
    parser.feed(text)
    parser.close()
    return parser.found + Counter(parser.open)


@pytest.mark.parametrize("how", HOSTILE)
@pytest.mark.parametrize("content_type", [HTML, "email"])
def test_hostile(how, content_type):
    """
    An answer that loses, doubles, changes or invents anything is refused.
    """
    with pytest.raises(ProtocolError, match="the answer of Amazon Translate"):
        answered(
            parsed(EVERYTHING, content_type), lambda text: spoilt(text, how), content_type
        )


@given(typed, st.sampled_from(HOSTILE))
def test_p34_hostile(case, how):
    """
    P34: so it is whatever the template.
    """
    document, content_type = case
    assume(any(spoilt(text, how) != text for text in texts_of(document, content_type)))

    with pytest.raises(ProtocolError, match="the answer of Amazon Translate"):
        answered(document, lambda text: spoilt(text, how), content_type)


@given(typed)
def test_answer_passes_the_core(case):
    """
    What comes of an answer that keeps the rules is what the core takes of a translation.
    """
    document, content_type = case

    def engine(text):
        return re.sub(r"\b(?:hey|thanks|you)\b", "palabra", text)

    made = answered(document, engine, content_type)

    check_output(document, made, content_type, translates=True)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("{2} de {1}", "{{b}} de {{a}}"),
        ("Haus &amp; Hof {1} {2}", "Haus & Hof {{a}} {{b}}"),
        ("l&#39;an {1}{2}", "l'an {{a}}{{b}}"),
        ("e\u0301t\u00e9 {1} {2}", "\u00e9t\u00e9 {{a}} {{b}}"),
        (" {1} o {2} \n", "{{a}} o {{b}}"),
        ("{1} > {2}: sí", "{{a}} > {{b}}: sí"),
    ],
)
def test_taken(answer, expected):
    """
    Words may be in another order, and signs be written as entities.
    """
    for number in (1, 2):
        written = f'<span translate="no" id="s{number}">X{number}</span>'
        answer = answer.replace(f"{{{number}}}", written)

    made = answered(parsed("{{a}} of {{b}}"), lambda _: f"<p>{answer}</p>")

    assert made.text == expected


@pytest.mark.parametrize("space", [" ", "\u00a0", "&nbsp;", "&#160;"])
def test_space(space):
    """
    A space that does not break may come back as one that does, or written out.
    """
    document = parsed("hey&nbsp;{{x}}", HTML)

    made = answered(document, lambda text: text.replace("\u00a0", space), HTML)

    assert made == document


@pytest.mark.parametrize(
    ("template", "answer"),
    [
        ("1 < 2 new", "1 &lt;b nueva"),
        ("1 < 2 new", "1 &lt;/b nueva"),
        ("Q & A new", "P &amp;lt; R nueva"),
        ("Q & A new", "P &amp;#60; R nueva"),
        ("a < b < c new", "a <b c nueva"),
    ],
)
def test_signs_moved(template, answer):
    """
    Signs that were prose may not become markup or an entity for standing elsewhere.
    """
    with pytest.raises(ProtocolError, match="it wrote markup"):
        answered(parsed(template, HTML), lambda _: f"<p>{answer}</p>", HTML)


def test_indent():
    """
    The spaces around a paragraph stay, though the service may trim them.
    """
    document = parsed("  hey  \n\n\tyou \n")

    made = answered(document, lambda text: text.replace("hey", "hola"))

    assert made.text == "  hola  \n\n\tyou \n"


def test_element_moved():
    """
    An element moves as a whole, and another may stand around it.
    """
    document = parsed("a <b>new</b> <i>house</i>", HTML)

    made = answered(
        document,
        lambda _: '<p>una <span id="s2">casa <span id="s1">nueva</span></span></p>',
        HTML,
    )

    assert made.text == "una <i>casa <b>nueva</b></i>"


def test_element_emptied():
    """
    A link around nothing, which was around something, is no answer.
    """
    document = parsed('see <a href="https://x.example">this</a>', HTML)

    with pytest.raises(ProtocolError, match="around nothing"):
        answered(document, lambda _: '<p>mira esto <span id="s1"></span></p>', HTML)
