"""
Formal and casual letters: the hooks of crmkit-style.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import TransformerInfo, hookimpl
from crmkit_style._engine import rewrite
from crmkit_style._language import language_of
from crmkit_style._lexicon import CASUAL, FORMAL
from crmkit_style._settings import Settings
from crmkit_style._swaps import swaps
from crmkit_style._words import Words

if TYPE_CHECKING:
    from crmkit import Context, Document

__all__ = ["Settings", "Words", "crmkit_transform", "crmkit_transformer"]

_STYLE = "preferences.communicationStyle"
_NEUTRAL = "neutral"
_UNKNOWN = (
    f"the client's communicationStyle is none of {FORMAL}, {CASUAL} and {_NEUTRAL}, so the"
    " style is as written"
)


@hookimpl
def crmkit_transformer() -> TransformerInfo:
    """
    Describe the transformer: it reads language and style, and runs after translation.
    """
    return TransformerInfo(stage=300, reads=("language", _STYLE), settings=Settings)


@hookimpl
def crmkit_transform(document: Document, context: Context) -> Document | None:
    """
    Return the document in the client's style, None where there is nothing to do for it.
    """
    style = str(context.reads.get(_STYLE) or "").strip().casefold()
    if style not in {FORMAL, CASUAL}:
        if style not in {"", _NEUTRAL}:
            context.warn(_UNKNOWN)
        return None
    language = language_of(document, context.reads.get("language"))
    if language is None:
        return None
    settings = context.settings or Settings()
    words = swaps(
        language,
        style,
        settings.words(language),
        contractions=settings.contractions,
        emphasis=settings.emphasis,
    )
    return rewrite(document, words, html=context.content_type.endswith("html"))
