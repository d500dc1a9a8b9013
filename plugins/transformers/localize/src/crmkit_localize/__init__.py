"""
Languages: the hooks of crmkit-localize.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit import TransformerInfo, hookimpl
from crmkit_localize import _dates, _numbers, _plurals, _texts
from crmkit_localize._extract import extract
from crmkit_localize._match import match
from crmkit_localize._settings import Settings

if TYPE_CHECKING:
    from crmkit import Context, Document

__all__ = ["Settings", "crmkit_transform", "crmkit_transformer", "extract", "match"]

_STYLE = "preferences.communicationStyle"


@hookimpl
def crmkit_transformer() -> TransformerInfo:
    """
    Describe the transformer: it translates from catalogues, and brings filters.
    """
    return TransformerInfo(
        stage=200,
        reads=("language", _STYLE),
        filters={
            "number": _numbers.number,
            "percent": _numbers.percent,
            "currency": _numbers.currency,
            "plural": _plurals.plural,
            "date": _dates.date,
            "time": _dates.time,
            "datetime": _dates.datetime,
            "truncate": _texts.truncate,
        },
        match=match,
        settings=Settings,
    )


@hookimpl
def crmkit_transform(document: Document, context: Context) -> Document | None:
    """
    Return the document in the client's language, if a catalogue has all of its texts.
    """
    language = context.reads.get("language")
    if language is None or not getattr(context.settings, "catalogs", None):
        return None
    from crmkit_localize._translate import translated

    return translated(document, language, context.reads.get(_STYLE), context)
