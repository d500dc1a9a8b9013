"""
Templates as documents, and what the transformer makes of them.
"""

import re

import crmkit_style
from crmkit import Context, Document, Span

SPANS = re.compile(
    r"(?P<slot>\{\{.*?\}\})"
    r"|(?P<fixed><[^>{]*>?|(?<=\}\})\">|\{%.*?%\}|&#?\w+;|https?://\S+)"
)


def document(template, language=None):
    """
    Return the template as a document: slots, markup, URLs, and the text between.
    """
    spans, end = [], 0
    for match in SPANS.finditer(template):
        spans.append(Span("text", template[end : match.start()]))
        spans.append(Span(match.lastgroup, match[0]))
        end = match.end()
    return Document([*spans, Span("text", template[end:])], language=language)


def asked(style, *, language=None, content_type="email", settings=None):
    """
    Return the context of a client who wants this style.
    """
    reads = {"language": language, "preferences.communicationStyle": style}
    return Context(content_type=content_type, settings=settings, reads=reads)


def styled(style, template, *, text_language=None, **client):
    """
    Return the template in this style, as text.
    """
    given = document(template, text_language)
    result = crmkit_style.crmkit_transform(given, asked(style, **client))
    return template if result is None else result.text
