import unicodedata
from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmkit._template import parse

TYPES = ["email", "email_html"]
types = pytest.mark.parametrize("content_type", TYPES)
NASTY = st.lists(
    st.sampled_from("{}|%\\\"'<>&@.#/ a:`\n-!=e\u0301") | st.characters(), max_size=60
).map("".join)
PIECES = st.lists(
    st.sampled_from(
        [
            *("{{a}}", '{{ a | default: "b" }}', "\\{{", "{%", "{{", "}}", "{{a b}}"),
            *("hey", " ", "\n", "https://x.example/", "?a=", "&amp;", "a@b.example", "#a"),
            *("<b>", "</b>", '<a href="', '">', "<!--", "-->", "<script>", "`", "(", ")."),
        ]
    ),
    max_size=12,
).map("".join)


def spans(text, kind, content_type="email"):
    """
    Return the texts of a template's spans of this kind.
    """
    document = parse(text, content_type).document
    return [span.text for span in document.spans if span.kind == kind]


@given(NASTY | PIECES, st.sampled_from(TYPES))
@example("{{" * 9 + "}" * 9, "email_html")
@example("{{a" + "|b         " * 9, "email")  # took minutes when spaces were given back
def test_nothing_lost(text, content_type):
    """
    The spans of any text joined are that text in NFC, for every content type.
    """
    document = parse(text, content_type).document

    assert document.text == unicodedata.normalize("NFC", text)
    assert {span.kind for span in document.spans} <= {"text", "slot", "fixed"}


@given(NASTY | PIECES, st.sampled_from(TYPES))
def test_every_slot_is_one(text, content_type):
    """
    What parse calls a slot can be taken apart, and no prose holds a pair of braces.
    """
    for span in parse(text, content_type).document.spans:
        if span.kind == "slot":
            assert parse(text, content_type).slots[span.text].name
        elif span.kind == "text":
            assert "{{" not in span.text


@given(NASTY | PIECES, NASTY | PIECES)
def test_prose_after_prose(first, second):
    """
    Two adjacent spans are never both prose: a transformer sees whole sentences.
    """
    kinds = [span.kind for span in parse(f"{first} {second}", "email").document.spans]

    assert ("text", "text") not in pairwise(kinds)


@pytest.mark.parametrize(
    "token",
    [
        "{{a}}",
        "{{ a }}",
        "{{\ta }}",
        "{{\na\n}}",
        "{{ a}}",
        "{{ a\n              | default: 'b' }}",
        "{{_a.b-c2}}",
        "{{größe}}",
        "{{名前}}",
        '{{a|default:"b"}}',
        "{{ a | default: 'b' }}",
        '{{ a | default("b") }}',
        '{{a|list:", "," and "|upper}}',
        "{{ a | date: long, short }}",
        '{{ a | default: "}}" }}',
        '{{ a | default: "{{b}}" }}',
    ],
)
def test_slot(token):
    """
    A variable with its filters is one slot, however it is spaced, in any script.
    """
    assert spans(f"Hi {token}!", "slot") == [token]
    assert parse(token, "email").malformed == []


def test_slot_of():
    """
    A slot is taken apart into its name, its filters, and their arguments in order.
    """
    token = "{{ a.b | list: \", \", ' and ', 2 | upper | f('it\"s') }}"
    slot = parse(token, "email").slots[token]

    assert slot.name == "a.b"
    assert slot.filters == (
        ("list", (", ", " and ", "2")),
        ("upper", ()),
        ("f", ('it"s',)),
    )


@pytest.mark.parametrize(
    "text",
    [
        "{{}}",
        "{{ }}",
        "{{a b}}",
        "{{{a}}}",
        "{{a",
        "{{a}",
        "{{1a}}",
        "{{a|}}",
        "{{a|b:}}",
        "{{“a”}}",
        "{{a|default:“b”}}",
        "{{a | default: b c}}",
        "{{a}}}",
        "{% for a in b %}",
        "{% if a b %}",
        "{{" + "a" * 65 + "}}",
    ],
)
@types
def test_malformed(text, content_type):
    """
    Malformed braces stay as they are, and are reported with line and column.
    """
    parsed = parse(f"Hi\n  {text}", content_type)

    assert parsed.document.text == f"Hi\n  {text}"
    assert spans(text, "slot", content_type) == []
    assert [parsed.place(start) for start, _ in parsed.malformed] == [(2, 3)]
    assert parsed.malformed[0][1] == spans(text, "fixed", content_type)[0]


@pytest.mark.parametrize(
    "text", ["{{}}", "{{a b}}", "{{{hey}}}", "{{hey|}}", "{{a}}}", "{% hey %}", "{{hey you"]
)
def test_malformed_is_fixed(text):
    """
    No transformer rewrites what stands between malformed braces.
    """
    assert spans(f"hey {text}", "fixed") == [text]


@pytest.mark.parametrize("text", ["{x}", "${y}", "a } b", "{ {a} }", "}}", "%}", "\\{x}"])
def test_single_braces(text):
    """
    Single braces are prose like any other, and nothing to report.
    """
    assert parse(text, "email").malformed == []
    assert spans(text, "text") == [text]


@pytest.mark.parametrize("text", ["\\{{a}}", "\\{{", "\\{% if %}"])
def test_escape(text):
    """
    A backslash before braces makes them the author's own: no slot, nothing to report.
    """
    assert spans(text, "slot") == []
    assert parse(text, "email").malformed == []


@pytest.mark.parametrize(
    "text",
    [
        "https://x.example/hey?a=thanks#hey",
        "http://x.example",
        "mailto:hey@x.example",
        "tel:+15550100",
        "www.x.example/hey",
        "x.example",
        "sub.x.example:8080/hey",
        "hey@x.example",
        "first.last+hey@x.example",
        "@hey",
        "#hey-thanks",
        "`hey you`",
    ],
)
@pytest.mark.parametrize("around", ["{}", "see ({}).", "«{}»,", "<{}>", "{}!\n"])
def test_fixed(text, around):
    """
    Addresses, links, mentions, tags and code are not prose; brackets around them are.
    """
    written = around.format(text)
    before, after = around.split("{}")

    assert spans(written, "fixed") == [text]
    assert "".join(spans(written, "text")) == before + after


@pytest.mark.parametrize(
    "text",
    [
        "hey.",
        "e.g. hey",
        "Hello.World",
        "hey/thanks",
        "3.5",
        "hi-fi",
        "a @ b",
        "# hey",
        "it`s",
    ],
)
def test_prose(text):
    """
    Ordinary sentences stay prose, with their abbreviations and numbers.
    """
    assert spans(text, "text") == [text]


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("https://x.example/{{a}}", []),
        ("https://x.example/{{a}}/hey", []),
        ("see https://x.example/{{a}}/hey, hey", ["see ", ", hey"]),
        ("(https://x.example/{{a}}/hey/{{b}}?hey={{a}}&hey=hey)", ["(", ")"]),
        ("https://x.example/?{{a}}&hey", []),
        ("hey@{{a}}", []),
        ("{{a}}@hey.example", []),
        ("www.{{a}}.example/hey.", ["."]),
        ("hey {{a}}.{{b}} hey", ["hey ", ".", " hey"]),
        ("{{a}}hey", ["hey"]),
    ],
)
def test_link_with_slot(text, prose):
    """
    A link or address with slots in it is one, up to the punctuation that ends it.
    """
    assert spans(text, "text") == prose


def test_code_with_slot():
    """
    Code stays code around a slot, whose value is filled in.
    """
    assert spans("hey `hey {{a}} hey` hey", "text") == ["hey ", " hey"]
    assert spans("hey `hey {{a}} hey` hey", "slot") == ["{{a}}"]


def test_link_in_html():
    """
    The &amp; in a link that a reader sees does not end the link.
    """
    html = "<p>https://x.example/?a=1&amp;hey=2&nbsp;hey</p>"

    assert spans(html, "text", "email_html") == ["hey"]


def test_html():
    """
    In HTML tags, comments, entities, scripts and styles are fixed, and their slots are not.
    """
    html = (
        '<p title="hey {{a}}">hey&nbsp;{{b}}<br></p><!-- {{c}} -->'
        "<style>hey</style><SCRIPT>hey</SCRIPT >hey"
    )

    assert spans(html, "text", "email_html") == ["hey", "hey"]
    assert spans(html, "slot", "email_html") == ["{{a}}", "{{b}}"]


def test_html_marks_are_prose_elsewhere():
    """
    In a plain text a tag is prose: nobody will read it as markup.
    """
    assert spans("a <b>hey</b>", "text") == ["a <b>hey</b>"]
