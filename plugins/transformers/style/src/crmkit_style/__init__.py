"""
Formal and casual English: the hooks of crmkit-style.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmkit import TransformerInfo, hookimpl
from crmkit_style._engine import rewrite
from crmkit_style._lexicon import Lexicon

if TYPE_CHECKING:
    from crmkit import Context, Document

__all__ = ["Lexicon", "crmkit_transform", "crmkit_transformer"]

_STYLE = "preferences.communicationStyle"
# As a tag, or as people write it in a CRM; no language at all is taken for English.
_ENGLISH = re.compile(r"(?:(?:en|eng|english)(?:[\W_].*)?)?", re.IGNORECASE)


@hookimpl
def crmkit_transformer() -> TransformerInfo:
    """
    Describe the transformer: it reads language and style, and runs after translation.
    """
    return TransformerInfo(stage=300, reads=("language", _STYLE), settings=Lexicon)


@hookimpl
def crmkit_transform(document: Document, context: Context) -> Document | None:
    """
    Return the document in the client's style; None for neutral, unknown or not English.
    """
    style = context.reads.get(_STYLE)
    if not isinstance(style, str) or not _is_english(context.reads.get("language")):
        return None
    words = (context.settings or Lexicon()).words(style.strip().casefold())
    html = context.content_type.endswith("html")
    return rewrite(document, words, html=html) if words else None


def _is_english(language: object) -> bool:
    if language is None:
        return True
    return isinstance(language, str) and _ENGLISH.fullmatch(language.strip()) is not None
