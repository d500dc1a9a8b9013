"""
Which language's words are taken, and for which styles.
"""

import pytest
from tests.plugins.style.styling import asked, document, styled

import crmkit_style
from crmkit import Context


@pytest.mark.parametrize(
    "language",
    ["en", "en-US", "en_GB", "EN", " en ", "", "  ", None, "English (US)", "eng"],
)
def test_english(language):
    """
    English in any spelling is rewritten, and so is a client without a language.
    """
    assert styled("formal", "hey", language=language) == "Hello"


@pytest.mark.parametrize("language", ["it", "nl-NL", "enm", "eng2", "en2", "gl", "-", 7])
def test_other_languages(language):
    """
    A text that may be in the client's own language is left alone, where we have no words.
    """
    assert styled("formal", "hey", language=language) == "hey"


@pytest.mark.parametrize("language", ["es", "de-DE", "it"])
def test_english_for_other_languages(language):
    """
    A text whose own words are English is rewritten, whatever the client speaks.
    """
    template = "hey, thanks for your time"

    assert styled("formal", template, language=language) == "Hello, thank you for your time"


def test_other_language_of_text():
    """
    English greetings alone do not make a text English.
    """
    assert styled("formal", "hey Ana, hasta luego", language="es") == "hey Ana, hasta luego"


@pytest.mark.parametrize(
    ("language", "formal", "casual"),
    [
        ("de", "Guten Tag {{x}}!\n\nText\n\nMit freundlichen Grüßen\nA", None),
        ("de-AT", "Guten Tag, {{x}}\nText\nMIT FREUNDLICHEN GRÜSSEN", "LIEBE GRÜSSE"),
        ("Deutsch", "Guten Tag\n{{x}}", "Hallo\n{{x}}"),
        ("fr", "Bonjour {{x}},\n\nTexte\n\nCordialement,\nA", "Salut {{x}},"),
        ("fr_CA", "BONJOUR", "SALUT"),
        ("es", "Hola, {{x}}:\n\nTexto\n\nAtentamente,\nA", "Saludos,\nA"),
        ("español", "Hola\nATENTAMENTE,", "Hola\nSALUDOS,"),
    ],
)
def test_letters(language, formal, casual):
    """
    Greetings and closings of Spanish, German and French are swapped both ways.
    """
    result = styled("casual", formal, language=language)

    assert result != formal
    assert (casual or "Hallo {{x}}!") in result
    assert styled("formal", result, language=language) == formal


@pytest.mark.parametrize(
    ("language", "template", "expected"),
    [
        ("de", "hey Anna, kurz zu LG\n\nLG\nEva", "Guten Tag Anna, kurz zu LG\n\n{}\nEva"),
        ("de", "Hi!\nTschüss,", "Guten Tag!\n{},"),
        ("fr", "Coucou !\nÀ plus", "Bonjour !\nCordialement"),
        ("es", "Hola\nUn abrazo,\nEva", "Hola\nAtentamente,\nEva"),
    ],
)
def test_one_way(language, template, expected):
    """
    Further casual greetings and closings become formal, and are never written in casual.
    """
    expected = expected.format("Mit freundlichen Grüßen")

    assert styled("formal", template, language=language) == expected


@pytest.mark.parametrize(
    ("language", "template"),
    [
        ("de", "Wir wünschen einen guten Tag"),
        ("de", "Sag hallo"),
        ("de", "Liebe Grüße aus Wien sendet\nEva"),
        ("de", "Liebe Grüße"),
        ("de", "Toll!!! :)"),
        ("fr", "Dites bonjour"),
        ("es", "Saludos a su familia"),
        ("es", "Muchos saludos,\nMis saludos,"),
        ("es", "Muchas thanks"),
    ],
)
@pytest.mark.parametrize("style", ["formal", "casual"])
def test_no_letters(style, language, template):
    """
    Elsewhere the same words stay, and so do English words in these languages.
    """
    assert styled(style, template, language=language) == template


@pytest.mark.parametrize(
    ("text_language", "language", "expected"),
    [
        ("en", "es", "Hello\nthe\nsaludos"),
        ("en-GB", "de", "Hello\nthe\nsaludos"),
        ("es", "en", "hey\nthe\nAtentamente"),
        ("es-MX", None, "hey\nthe\nAtentamente"),
        ("de", "en", "Guten Tag\nthe\nsaludos"),
        ("it", "en", "hey\nthe\nsaludos"),
        ("", "en", "hey\nthe\nsaludos"),
        (None, "en", "Hello\nthe\nsaludos"),
        (None, "es", "Hello\nthe\nsaludos"),
    ],
)
def test_language_of_text(text_language, language, expected):
    """
    The text's own language goes before the client's, and before the text's words.
    """
    template = "hey\nthe\nsaludos"

    result = styled("formal", template, language=language, text_language=text_language)

    assert result == expected


@pytest.mark.parametrize("style", ["formal", "Formal ", "\tFORMAL", "formal\u3000"])
def test_sloppy_style(style):
    """
    Spaces and capitals in the preference do not matter.
    """
    assert styled(style, "hey") == "Hello"


@pytest.mark.parametrize("style", ["neutral", " Neutral", "", "  ", None])
def test_no_style(style):
    """
    Neutral and missing styles change nothing, silently.
    """
    context = asked(style)

    assert crmkit_style.crmkit_transform(document("hey"), context) is None
    assert context.warnings == []


@pytest.mark.parametrize("style", ["rude", "in-formal", "formal, please", "7"])
@pytest.mark.parametrize("language", ["en", "it"])
def test_unknown_style(style, language):
    """
    An unknown style changes nothing; the warning has the values that there are, no other.
    """
    context = asked(style, language=language)

    assert crmkit_style.crmkit_transform(document("hey"), context) is None
    assert len(context.warnings) == 1
    assert "none of formal, casual and neutral" in context.warnings[0]
    assert style not in context.warnings[0]


def test_style_not_read():
    """
    A context without the preference changes nothing.
    """
    context = Context(content_type="email")

    assert crmkit_style.crmkit_transform(document("hey"), context) is None
