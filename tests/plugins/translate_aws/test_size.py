"""
The size that the service takes in one request.
"""

from time import process_time

import pytest
from tests.plugins.translate_aws.sending import answered, parsed, texts_of
from tests.plugins.translate_aws.test_connector import client, personalized

SENTENCES = {
    "latin": "The house of {{firstName}} was sold! ",
    "chinese": "这是{{firstName}}的房子。",
    "quoted": "He said <b>it is {{firstName}}. Really.</b> Was it (sold?) ",
}


@pytest.mark.parametrize("content_type", ["email", "email_html"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_long_paragraph(sentence, content_type):
    """
    A paragraph that is too large is sent in whole sentences, none of them too large.
    """
    text = SENTENCES[sentence]
    document = parsed(text * 1_000, content_type)
    texts = texts_of(document, content_type)

    assert 3 < len(texts) < 30
    assert all(len(sent.encode()) <= 10_000 for sent in texts)
    assert all(
        sent.endswith(("!</p>", "?)</p>", "\u3002</p>", ".</p>", "Really.</span></p>"))
        for sent in texts
    )
    assert answered(document, lambda sent: sent, content_type) == document


def test_paragraphs():
    """
    Paragraphs are sent one by one, however small.
    """
    assert texts_of(parsed("a\n\nb\nc")) == ["<p>a</p>", "<p>b</p>", "<p>c</p>"]


def test_limit(service):
    """
    Ten thousand bytes are sent, one more is refused before anything is sent.
    """
    fits = "é" * 4_996 + "e"  # with <p> and </p> around
    assert (
        personalized(service, f"hey\n\n{fits}", client("es")).content == f"hola\n\n{fits}"
    )
    assert len(service.texts[1].encode()) == 10_000

    service.requests.clear()
    result = personalized(service, f"hey\n\n{fits}x", client("es"))

    assert result.content == f"hey\n\n{fits}x"
    (warning,) = result.warnings
    assert "a sentence is longer than Amazon Translate takes" in warning
    assert not service.requests


@pytest.mark.parametrize(
    "hostile",
    [
        *(" ", "\n", "a. ", "<b>", "</b>", "<", "&", '<a href="', "{{x}}", "{% if x %}"),
        *("'", '"', "<code>", "<!--", "<pre>{{x}}", "&eacute;", "{{x}}<b>", "<b>a. </b>"),
    ],
)
@pytest.mark.parametrize("content_type", ["email", "email_html"])
def test_linear(hostile, content_type):
    """
    A hostile template of ten times the length takes ten times as long, not a hundred times.
    """

    def seconds(size):
        document = parsed(f"a {hostile * (size // len(hostile))}", content_type)
        before = process_time()
        texts_of(document, content_type)
        return process_time() - before

    quick = min(seconds(10_000) for _ in range(3))
    assert min(seconds(100_000) for _ in range(2)) < 50 * quick + 0.1
