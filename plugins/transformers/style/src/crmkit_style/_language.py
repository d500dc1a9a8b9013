"""
Whether a template is in English.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from crmkit import Document

# As a tag, or as people write it in a CRM; no language at all is taken for English.
_ENGLISH = re.compile(r"(?:(?:en|eng|english)(?:[\W_].*)?)?", re.IGNORECASE)

# Frequent in English and no words of other languages written in Latin letters.
_ONLY_ENGLISH = re.compile(
    r"\b(?:the|you|your|our|with|have|this|that|would)\b", re.IGNORECASE
)


def is_english(document: Document, language: object) -> bool:
    """
    Tell whether the text is English: by the client's language, else by its own words.

    A client who speaks Spanish may well get the English template.
    """
    if language is None or _ENGLISH.fullmatch(str(language).strip()):
        return True
    return any(
        span.kind == "text" and _ONLY_ENGLISH.search(span.text) for span in document.spans
    )
