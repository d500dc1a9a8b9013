"""
A document translated: its units in order, each below the size that the service takes.
"""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from attrs import evolve

from crmkit import Document, Span
from crmkit_translate_aws._markup import marked
from crmkit_translate_aws._pieces import CLOSING, CUT, OPENING, PROSE, lines, units
from crmkit_translate_aws._protect import protect, restore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from crmkit_translate_aws._pieces import Piece

LIMIT = 10_000  # bytes of UTF-8 that the service takes in one request
_AROUND = len("<p></p>")
_PLACEHOLDER = 60  # bytes that one takes at most, where a thousand of them cannot be

_SENTENCE_END = re.compile(
    r"[.!?…][)\]\"'”’»]*\s+|[\u3002\uff01\uff1f]"
)  # the latter end Chinese and Japanese sentences


def parts(document: Document, *, html: bool) -> Iterator[Sequence[Piece]]:
    """
    Yield the document in parts, in order; a part that is too large is one sentence.
    """
    for unit in units(marked(document) if html else lines(document)):
        yield from _fitting(unit) if speaks(unit) else (unit,)


def speaks(unit: Sequence[Piece]) -> bool:
    """
    Whether there is anything in it to translate: a letter of prose.
    """
    return unit[0].kind != CUT and any(
        piece.kind == PROSE and any(map(str.isalpha, piece.text)) for piece in unit
    )


def fits(unit: Sequence[Piece]) -> bool:
    """
    Whether the service takes it in one request.
    """
    return len(protect(unit).encode()) <= LIMIT


def translated(
    document_parts: Iterable[Sequence[Piece]],
    translate: Callable[[str], str],
    *,
    html: bool,
) -> Iterator[Span]:
    """
    Yield the spans of the parts in order, in the language that *translate* makes of each.
    """
    spans = (
        span
        for part in document_parts
        for span in (
            restore(part, translate(protect(part)), html=html)
            if speaks(part)
            else (span for piece in part for span in piece.spans)
        )
    )
    for kind, group in groupby(spans, lambda span: span.kind):
        if kind == "text":
            yield Span(kind, "".join(span.text for span in group))
        else:
            yield from group


def _fitting(unit: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    if fits(unit):
        yield unit
        return
    held: list[Piece] = []
    size = _AROUND
    for sentence in _sentences(unit):
        more = sum(map(_most, sentence))
        if held and size + more > LIMIT:
            yield held
            held, size = [], _AROUND
        held += sentence
        size += more
    yield held


def _most(piece: Piece) -> int:
    return len(escape(piece.text).encode()) if piece.kind == PROSE else _PLACEHOLDER


def _sentences(unit: Sequence[Piece]) -> Iterator[Sequence[Piece]]:
    """
    Yield the unit cut where a sentence ends outside all tags.
    """
    held: list[Piece] = []
    depth = 0
    for piece in unit:
        depth += (piece.kind == OPENING) - (piece.kind == CLOSING)
        ends = _SENTENCE_END.finditer(piece.text) if piece.kind == PROSE else ()
        start = 0
        for found in ends if not depth else ():
            yield [*held, _cut(piece, start, found.end())]
            held, start = [], found.end()
        if not start:
            held.append(piece)
        elif start < len(piece.text):
            held.append(_cut(piece, start, len(piece.text)))
    if held:
        yield held


def _cut(piece: Piece, start: int, end: int) -> Piece:
    (span,) = piece.spans
    return piece._replace(spans=(evolve(span, text=span.text[start:end]),))
