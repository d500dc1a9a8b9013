"""
What is sent of a document, and what is made of the answers, without a service.
"""

from crmkit import Document
from crmkit._template import parse
from crmkit_translate_aws._protect import protect
from crmkit_translate_aws._translation import parts, speaks, translated


def parsed(template, content_type="email"):
    """
    Return the document of a template.
    """
    return parse(template, content_type).document


def texts_of(document, content_type="email"):
    """
    Return the texts that are sent of a document.
    """
    found = parts(document, html=content_type == "email_html")
    return [protect(part) for part in found if speaks(part)]


def answered(document, engine, content_type="email"):
    """
    Return the document that is made of what an engine answers to each text.
    """
    html = content_type == "email_html"
    return Document(translated(list(parts(document, html=html)), engine, html=html))
