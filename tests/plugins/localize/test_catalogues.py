"""
Templates translated by gettext's catalogues: all of a template, or none.
"""

import os
from pathlib import Path

import pytest
from babel.messages.frontend import CommandLineInterface

from crmkit import ClientData, ConfigurationError, CRMConnector, TemplateError
from crmkit_localize._catalogues import texts
from crmkit_localize._settings import Settings

CATALOGS = str(Path(__file__).parent / "locale")
MAIL = (
    "Hello {{ firstName }},\r\n\r\n"
    'we have found {{ count | plural: "one home", "# homes" }}\r\n'
    "for {{ budget | currency }}.\r\n"
)
LINK = (
    '<table>\n  <tr><td title="{{ id }}">\n   Have a look at\n   <a href="https://homes.'
    'example.com/?c={{ id | urlencode }}">our <b>new</b> site</a>.</td></tr></table>'
)


def personalized(template, language="es-ES", *, settings=None, **options):
    """
    Return what a connector makes of a template for Ana, who speaks this language.
    """
    ana = ClientData(
        id="7&8",
        first_name="Ana",
        email="ana@example.com",
        language=language,
        preferences={"communicationStyle": options.pop("style", None)},
        custom_fields={"budget": 450000, "currency": "EUR"},
    )
    given = {"catalogs": CATALOGS, **(settings or {})}
    with CRMConnector(transformers={"localize": given}) as crm:
        return crm.personalize_content(
            template, ana, variables={"count": 3, **options.pop("variables", {})}, **options
        )


def test_paragraphs():
    """
    Each paragraph is a text; slots may move, and a plural's words come from the catalogue.
    """
    made = personalized(MAIL)

    assert made.content == (
        "Hola, Ana:\r\n\r\npor 450.000\u00a0€ hemos encontrado\r\n3 viviendas.\r\n"
    )
    assert (made.language, made.applied, made.warnings) == ("es", ("localize",), ())
    assert not made.machine_translated


def test_blocks():
    """
    In HTML a text is what stands in a block, white space aside, with its inline markup.
    """
    made = personalized(LINK, content_type="email_html")

    assert made.content == (
        '<table>\n  <tr><td title="7&amp;8">\n   Eche un vistazo a <a href="https://homes.'
        'example.com/?c=7%268">nuestra página <b>nueva</b></a>.</td></tr></table>'
    )
    assert not made.warnings


@pytest.mark.parametrize(
    ("vip", "text"), [(True, "Estimado cliente: Ana"), (False, "Hola: Ana")]
)
def test_condition(vip, text):
    """
    A condition's tags are part of the text, so that each branch is translated.
    """
    template = "{% if vip %}Dear{% else %}Hello{% endif %} {{ firstName }}"

    assert personalized(template, variables={"vip": vip}).content == text


@pytest.mark.parametrize(
    ("language", "style", "text", "tag"),
    [
        ("es-MX", None, "Hola", "es"),
        ("Spanish", "casual", "Hola", "es"),
        ("es", "Formal ", "Buenos días", "es"),
        ("pt-PT", "formal", "Olá", "pt-BR"),
        ("en-GB", "formal", "Hello", "en-GB"),
    ],
)
def test_choice(language, style, text, tag):
    """
    A catalogue is chosen as a variant is; the source needs none.
    """
    made = personalized("Hello", language, style=style)

    assert (made.content, made.language, made.warnings) == (text, tag, ())


@pytest.mark.parametrize(
    "text",
    [
        "Nobody has translated this",
        "A text that someone must look at",
        "Bye {{ firstName }}",
        '{{ count | plural: "one cat", "# cats" }}',
    ],
)
def test_lacking(text):
    """
    A text that is missing, fuzzy or has lost a slot leaves the whole template as it is.
    """
    made = personalized(f"Hello {{{{ firstName }}}},\n\n{text}")

    assert made.content.startswith("Hello Ana,\n\n")
    assert made.language == "en"
    assert len(made.warnings) == 1
    assert "the catalogue es lacks 1 of its texts" in made.warnings[0]


def test_source_stays_whole():
    """
    A template that stays is in the source's language throughout: numbers and plurals too.
    """
    made = personalized(f"{MAIL}\n\nNobody has translated this")

    assert "3 homes\r\nfor €450,000." in made.content


def test_fraction():
    """
    A catalogue's plurals are of whole things, so a fraction is refused.
    """
    with pytest.raises(TemplateError, match=r"plural cannot render n: .* a fraction"):
        personalized('{{ n | plural: "one home", "# homes" }} ', variables={"n": 1.5})


def test_no_catalogue():
    """
    Where no catalogue is in the client's language the warning says which there are.
    """
    made = personalized("Hello", "fr")

    assert made.content == "Hello"
    why = "no catalogue is in the client's language; there are es, es+formal, pt_BR"
    assert made.warnings == (f"the template was not translated: {why}",)


@pytest.mark.parametrize("language", [None, "en", "en-AU"])
def test_nothing_to_do(language):
    """
    A client of no language, or of the source's, gets the template without a warning.
    """
    made = personalized("Nobody has translated this", language)

    assert (made.applied, made.warnings) == ((), ())


def test_other_source():
    """
    The setting source says in which language templates are written.
    """
    assert personalized("Hello", "fr", settings={"source": "French"}).warnings == ()


def test_variant_stays():
    """
    A variant that its author wrote in another language is not looked up.
    """
    made = personalized({"es": "Buenas", "en": "Nobody has translated this"})

    assert (made.content, made.language, made.warnings) == ("Buenas", "es", ())


def test_subject_and_text():
    """
    Words that are none, such as numbers and slots alone, are no texts to translate.
    """
    made = personalized("Hello\n\n{{ firstName }}\n\n2026 — {{ id }}\n")

    assert made.content == "Hola\n\nAna\n\n2026 — 7&8\n"


BROKEN = {
    "po": b"Hello = Hola\n",
    "mo": b"no catalogue at all",
    "charset": b'msgid ""\nmsgstr "Content-Type: text/plain; charset=none-such\\n"\n',
}


@pytest.mark.parametrize("name", BROKEN)
def test_broken_file(tmp_path, name):
    """
    A file that is no catalogue is named, and the template stays.
    """
    ending = "mo" if name == "mo" else "po"
    file = tmp_path / "es" / "LC_MESSAGES" / f"crmkit.{ending}"
    file.parent.mkdir(parents=True)
    file.write_bytes(BROKEN[name])
    made = personalized("Hello", settings={"catalogs": str(tmp_path)})

    assert made.content == "Hello"
    assert f"{file} is no catalogue" in made.warnings[0]


def test_broken_beside_variant(tmp_path):
    """
    A variant that needs no catalogue has its own plurals, whatever the catalogue is.
    """
    file = tmp_path / "es" / "LC_MESSAGES" / "crmkit.po"
    file.parent.mkdir(parents=True)
    file.write_bytes(BROKEN["po"])
    variants = {"es": '{{ count | plural: "un piso", "# pisos" }}'}
    made = personalized(variants, settings={"catalogs": str(tmp_path)})

    assert made.content == "3 pisos"


def test_no_folder():
    """
    A folder that is not there is refused, not passed over.
    """
    with pytest.raises(ConfigurationError, match="there is no folder nowhere"):
        personalized("Hello", settings={"catalogs": "nowhere"})


def test_compiled(tmp_path):
    """
    A compiled catalogue serves alone; beside its source the source is read.
    """
    folder = tmp_path / "es" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = folder / "crmkit.po"
    source.write_text('msgid "Hello"\nmsgstr "Hola"\n', "utf-8")
    command = f"pybabel -q compile --use-fuzzy -D crmkit -d {tmp_path}"
    CommandLineInterface().run(command.split())
    settings = {"catalogs": str(tmp_path)}
    source.write_text('msgid "Hello"\nmsgstr "Buenas"\n', "utf-8")

    assert personalized("Hello", settings=settings).content == "Buenas"
    source.unlink()
    assert personalized("Hello", settings=settings).content == "Hola"


def test_edited(tmp_path):
    """
    A catalogue is read once, and again when its file changed.
    """
    file = tmp_path / "es" / "LC_MESSAGES" / "crmkit.po"
    file.parent.mkdir(parents=True)
    settings = Settings(catalogs=str(tmp_path))
    file.write_text('msgid "Hello"\nmsgstr "Hola"\n', "utf-8")
    first = texts(settings, "es")

    assert texts(settings, "es") is first
    file.write_text('msgid "Hello"\nmsgstr "Buenas"\n', "utf-8")
    os.utime(file, ns=(0, 1))
    assert texts(settings, "es").gettext("Hello") == "Buenas"
