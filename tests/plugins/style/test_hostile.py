"""
Texts made to be slow, and how long a rewrite may take.
"""

import time

import pytest
from tests.plugins.style.styling import asked

import crmkit_style
from crmkit import Document, Span

LONG, SHORT, TIMES = 240_000, 30_000, 8
SLACK = 5  # for a busy machine; to look at all again and again is eight times worse
PIECES = [
    *("don't ", "thanks\n\n", "cheers\n", "you are ", "no worries ", "let us ", "hey."),
    *("a.a.a.", "{{{{", "'-", "<a ", "<<<<", "<p>", "&&&&", " :)", "! :) ", "( 😊\n"),
    *("!", "?!", " ", "\n", "word", "<b>"),
]


def seconds(document, style, content_type):
    """
    Return the time of the processor that a rewrite takes.
    """
    context = asked(style, content_type=content_type)
    start = time.process_time()
    crmkit_style.crmkit_transform(document, context)
    return time.process_time() - start


@pytest.mark.parametrize("piece", PIECES)
def test_linear(piece):
    """
    Eight times the text takes eight times as long: nothing is looked at again and again.
    """
    style = "casual" if piece in {"you are ", "let us "} else "formal"
    for content_type in ("email", "email_html") if "<" in piece else ("email",):
        short, long = (
            Document([Span("text", piece * (length // len(piece)))])
            for length in (SHORT, LONG)
        )
        once = max(seconds(short, style, content_type), 0.01)
        again = min(seconds(long, style, content_type) for _ in range(2))
        assert again <= TIMES * SLACK * once


def test_a_megabyte():
    """
    A megabyte of all of it, each for long, is rewritten in seconds.
    """
    text = "".join(piece * (1_000_000 // len(PIECES) // len(piece)) for piece in PIECES)

    assert seconds(Document([Span("text", text)]), "formal", "email") < 20


def test_many_spans():
    """
    So it is with many spans.
    """
    spans = [Span("text", "hey "), Span("slot", "{{x}}"), Span("text", ", don't ")]
    short, long = Document(spans * 1_250), Document(spans * 10_000)
    once = max(seconds(short, "formal", "email"), 0.01)

    again = min(seconds(long, "formal", "email") for _ in range(2))
    assert again <= TIMES * SLACK * once
