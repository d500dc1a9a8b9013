"""
Swap words in the text spans of a document, each in the case it was written in.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import Span
from crmkit_style._edits import swapped
from crmkit_style._emphasis import toned_down
from crmkit_style._phrases import JOINED

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit import Document
    from crmkit_style._swaps import Swaps

_TAG = re.compile(r"</?[A-Za-z][\w-]*+|<")

_LETTER, _GAP = "_", "\ufffc"  # what a span that is no text looks like from outside


def rewrite(document: Document, swaps: Swaps, *, html: bool = False) -> Document:
    """
    Return the document in a style. Only text spans change.

    With *html* a line break is a space, not a new line.
    """
    if swaps.smileys:
        document = _edited(document, toned_down(_shown(document, html=html), swaps.smileys))
    return _edited(document, swapped(_shown(document, html=html), swaps))


def _shown(document: Document, *, html: bool) -> str:
    line = "".join(map(_mask, document.spans))
    return line.replace("\n", " ") if html else line


def _edited(document: Document, edits: Iterable[tuple[int, int, str]]) -> Document:
    masks = [_mask(span) for span in document.spans]
    cells = list("".join(masks))
    for start, end, replacement in edits:
        cells[start:end] = [replacement, *[""] * (end - start - 1)]
    edges = pairwise(accumulate(map(len, masks), initial=0))
    spans = (
        Span(span.kind, "".join(cells[start:end])) if span.kind == "text" else span
        for span, (start, end) in zip(document.spans, edges, strict=True)
    )
    return evolve(document, spans=spans)


def _mask(span: Span) -> str:
    """
    Return what stands for a span while words are sought: text as it is, markup as its tag.

    A slot, a URL, an address or an accented letter's entity is part of a word; a template
    tag or another entity is not.
    """
    text = span.text
    if span.kind == "text":
        return text
    if text[:1] == "<" or text[-1:] == ">":
        tag = _TAG.match(text)
        return f"{tag[0] if tag else ''}{'>' if text[-1:] == '>' else ' '}"
    if text.startswith(("{%", "{#")):
        return _GAP
    if text.startswith("&") and not re.match(f"[{JOINED}]", unescape(text)):
        return _GAP
    return _LETTER
