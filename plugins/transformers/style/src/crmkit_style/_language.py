"""
Which language's words a template is rewritten with, if any.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit import Document

ENGLISH = "en"

# A tag begins with its language; people write names in a CRM, too.
_TAG = re.compile(r"([^\W\d_]+)(?:[\W_].*)?", re.DOTALL)
_LANGUAGES = {
    **dict.fromkeys(("en", "eng", "english"), ENGLISH),
    **dict.fromkeys(("es", "spa", "spanish", "español", "castellano"), "es"),
    **dict.fromkeys(("de", "deu", "ger", "german", "deutsch"), "de"),
    **dict.fromkeys(("fr", "fra", "fre", "french", "français"), "fr"),
}

# Frequent in English and no words of other languages written in Latin letters.
_ONLY_ENGLISH = re.compile(
    r"\b(?:the|you|your|our|with|have|this|that|would)\b", re.IGNORECASE
)


def language_of(document: Document, client: object) -> str | None:
    """
    Return en, es, de or fr; None where we have no words for the text's language.

    The text's own language counts, if it is known. Else English words make it English: a
    client who speaks Spanish may well get the English template. Else it is in the client's
    language, and in English for a client without one.
    """
    if document.language is not None:
        return _known(document.language)
    language = ENGLISH if client is None or not str(client).strip() else _known(client)
    if language != ENGLISH and any(
        span.kind == "text" and _ONLY_ENGLISH.search(span.text) for span in document.spans
    ):
        return ENGLISH
    return language


def _known(tag: object) -> str | None:
    found = _TAG.fullmatch(str(tag).strip().casefold())
    return _LANGUAGES.get(found[1]) if found else None
