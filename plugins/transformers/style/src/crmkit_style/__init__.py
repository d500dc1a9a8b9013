"""
Formal and casual English: the hooks of crmkit-style.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import TransformerInfo, hookimpl
from crmkit_style._engine import rewrite
from crmkit_style._language import is_english
from crmkit_style._lexicon import Lexicon

if TYPE_CHECKING:
    from crmkit import Context, Document

__all__ = ["Lexicon", "crmkit_transform", "crmkit_transformer"]

_STYLE = "preferences.communicationStyle"


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
    style, language = context.reads.get(_STYLE), context.reads.get("language")
    if not isinstance(style, str) or not is_english(document, language):
        return None
    words = (context.settings or Lexicon()).words(style.strip().casefold())
    html = context.content_type.endswith("html")
    return rewrite(document, words, html=html) if words else None
