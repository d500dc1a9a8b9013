"""
What a translator gets, by the function and by the command.
"""

import re
import unicodedata

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po, write_po
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientData, CRMConnector, Document, Span, TemplateError
from crmkit.testing.strategies import documents, texts
from crmkit_localize import extract
from crmkit_localize._command import command
from crmkit_localize._units import units

content_types = st.sampled_from(["email", "email_html"])
WORDS = [
    "Hello",
    "we found",
    "\n\n",
    "<p>",
    "</p>",
    "<b>",
    "</b>",
    "<br>",
    "&amp;",
    "a/b",
    "%",
]


def test_texts():
    """
    There is a text for each paragraph with letters, and the forms of plurals.
    """
    found = extract(
        "Hi {{ firstName }},\n\n{{ id }} - 7\n\n"
        "  we have {{ n | plural(\"one cat\", '# cats') }}\n  for you\n \n"
        "https://x.example/{{ id }}\n"
    )

    assert [(text.text, text.plural, text.line) for text in found] == [
        ("Hi {{ firstName }},", None, 1),
        ("we have {{ n | plural(\"one cat\", '# cats') }}\n  for you", None, 5),
        ("one cat", "# cats", 5),
    ]


def test_blocks():
    """
    In HTML there is a text for each block; comments, scripts and attributes are none.
    """
    found = extract(
        '<h1 title="a {{ id }} b">One</h1><!-- no --><style>p { x: y }</style>\n'
        "<p>Two <i>and</i>\n  three<br>four &amp; <a\n href='https://x.example'>five</a></p>",
        "email_html",
    )

    assert [(text.text, text.line) for text in found] == [
        ("One", 1),
        ("Two <i>and</i> three", 2),
        ("four &amp; <a\n href='https://x.example'>five</a>", 3),
    ]


@pytest.mark.parametrize(
    "template", ["Hi {{ nobody | required }}", "Hi {{ firstName | date }}", "Hi {{{ x }}}"]
)
def test_needs_no_client(template):
    """
    What only a client could fail with is no hindrance.
    """
    assert [text.text for text in extract(template)] == [template]


def test_broken_template():
    """
    A template that nobody can use is refused.
    """
    with pytest.raises(TemplateError, match="there is no filter 'shout'"):
        extract("Hi {{ firstName | shout }}")


@given(content_types.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind, WORDS))))
def test_units_whole(given_document):
    """
    The units of a document are all of it, in order.
    """
    content_type, document = given_document
    parts = units(document, html=content_type == "email_html")
    joined = Document(span for unit in parts for span in unit.spans)

    def frame(document):
        return [span for span in document.spans if span.kind != "text"]

    assert joined.text == document.text
    assert frame(joined) == frame(document)


@given(content_types.flatmap(lambda kind: st.tuples(st.just(kind), documents(kind, WORDS))))
def test_units_back(given_document):
    """
    A unit's own text, taken for its translation, is the unit again, but for white space.

    Unless its prose holds a link that is also one by itself; then it is not translated.
    """
    content_type, document = given_document
    prose = "".join(span.text for span in document.spans if span.kind == "text")
    for unit in units(document, html=content_type == "email_html"):
        fixed = [span.text for span in unit.spans if span.kind == "fixed"]
        if not unit.translatable or any(text in prose for text in fixed):
            continue
        back = Document(unit.translated(unit.text))
        written = Document(unit.spans)

        assert [s for s in back.spans if s.kind != "text"] == [
            s for s in written.spans if s.kind != "text"
        ]
        assert re.sub(r"\s+", " ", back.text) == re.sub(r"\s+", " ", written.text)


@given(texts() | st.text())
def test_p34_hostile_translation(translation):
    """
    Whatever a translator writes, it has the unit's slots and no others, or is not used.
    """
    slot, link = Span("slot", "{{ a }}"), Span("fixed", "https://x.example/")
    (unit,) = units(Document([slot, Span("text", " and "), link]), html=False)
    for written in (
        translation,
        f"{translation}{{{{ a }}}}{translation}https://x.example/{translation}",
        f"{{{{ a }}}} {translation} {{{{ a }}}} https://x.example/",
    ):
        made = unit.translated(written)
        found = [] if made is None else [span for span in made if span.kind != "text"]

        assert sorted(found, key=str) in ([], sorted([slot, link], key=str))
        assert not any("{{" in span.text for span in made or () if span.kind == "text")


@pytest.mark.parametrize(
    "translation",
    [
        "{{ a }}",
        "{{ a }} <b>x",
        "{{ a }} <b>x</b> <i>y</i>",
        "{{ b }} <b>x</b>",
        "{{ a }} <b>x</b> {{ b }}",
        "{{ a }} <b>x</b> {% if a %}",
        "{{a}} <b>x</b>",
    ],
)
def test_changed_frame(translation):
    """
    A translation that loses, adds or respells a slot or a tag is not used.
    """
    spans = [Span("slot", "{{ a }}"), Span("text", " and "), Span("fixed", "<b>")]
    spans += [Span("text", "more"), Span("fixed", "</b>")]
    (unit,) = units(Document(spans), html=True)

    assert unit.translated("<b>más</b> y {{ a }}") is not None
    assert unit.translated(translation) is None


def test_decomposed_translation():
    """
    A translator's keyboard may write accents apart, also within a slot.
    """
    slot = Span("slot", '{{ a | default: "José" }}')
    (unit,) = units(Document([Span("text", "Hello "), slot]), html=False)
    written = unicodedata.normalize("NFD", f"Adiós {slot.text}")

    assert Document(unit.translated(written)).text == f"Adiós {slot.text}"


@pytest.mark.parametrize("prose", ["x#deal", "#deals", "#deal_2"])
def test_part_of_word(prose):
    """
    What looks like a tag within a word of the prose is none.
    """
    (unit,) = units(
        Document([Span("text", f"{prose} "), Span("fixed", "#deal")]), html=False
    )

    assert Document(unit.translated(f"#deal {prose}")).text == f"#deal {prose}"


def test_command(tmp_path, monkeypatch):
    """
    From a template to a translated mail, with gettext's own tools in between.
    """
    monkeypatch.chdir(tmp_path)
    template = 'Hi {{ firstName }},\n\n10% off {{ n | plural: "one home", "# homes" }}\n'
    (tmp_path / "mail.txt").write_text(template, "utf-8")
    (tmp_path / "mail.html").write_text("<p>Hi {{ firstName }},</p>", "utf-8")
    asked = ["extract", "mail.txt", "mail.html", "-o", "messages.pot"]
    done = CliRunner().invoke(command, asked, catch_exceptions=False)

    assert (done.exit_code, done.output) == (0, "wrote messages.pot\n")
    pot = (tmp_path / "messages.pot").read_text("utf-8")
    assert pot.count('msgid "Hi {{ firstName }},"') == 1
    assert "#: mail.html:1 mail.txt:1" in pot
    assert "format" not in pot

    init = ["init", "-D", "crmkit", "-i", "messages.pot", "-d", "locale", "-l", "es"]
    CommandLineInterface().run(["pybabel", "-q", *init])
    file = tmp_path / "locale" / "es" / "LC_MESSAGES" / "crmkit.po"
    with file.open("rb") as made:
        catalog = read_po(made)
    translations = {
        "Hi {{ firstName }},": "Hola, {{ firstName }}:",
        '10% off {{ n | plural: "one home", "# homes" }}': (
            'Un 10 % menos por {{ n | plural: "one home", "# homes" }}'
        ),
    }
    for text, translation in translations.items():
        catalog[text].string = translation
    catalog["one home"].string = ("una vivienda", "# viviendas")
    with file.open("wb") as written:
        write_po(written, catalog)

    ana = ClientData(id="1", first_name="Ana", email="ana@example.com", language="es")
    with CRMConnector(transformers={"localize": {"catalogs": "locale"}}) as crm:
        made = crm.personalize_content(template, ana, variables={"n": 1})
    assert made.content == "Hola, Ana:\n\nUn 10 % menos por una vivienda\n"


def test_command_to_screen(tmp_path):
    """
    Without a file the command prints, in UTF-8.
    """
    file = tmp_path / "mail.txt"
    file.write_text("Grüße", "utf-8")
    done = CliRunner().invoke(command, ["extract", str(file)], catch_exceptions=False)

    assert 'msgid "Grüße"' in done.stdout
