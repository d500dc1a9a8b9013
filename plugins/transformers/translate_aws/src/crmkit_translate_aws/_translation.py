"""
A document translated: its units in order, each below the size that the service takes.
"""

from __future__ import annotations

import re
from itertools import accumulate, groupby
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
    ends = () if fits(unit) else list(_sentence_ends(unit))
    if not ends:
        yield unit
        return
    starts = [0, *accumulate(len(piece.text) for piece in unit)]
    middle = starts[-1] / 2
    index, end = min(ends, key=lambda place: abs(starts[place[0]] + place[1] - middle))
    for half in _halves(unit, index, end):
        yield from _fitting(half)


def _sentence_ends(unit: Sequence[Piece]) -> Iterator[tuple[int, int]]:
    """
    Yield where a sentence ends outside all tags: a piece's index, and where in its text.
    """
    depth = 0
    for index, piece in enumerate(unit):
        depth += (piece.kind == OPENING) - (piece.kind == CLOSING)
        if piece.kind != PROSE or depth:
            continue
        for found in _SENTENCE_END.finditer(piece.text):
            if index < len(unit) - 1 or found.end() < len(piece.text):
                yield index, found.end()


def _halves(
    unit: Sequence[Piece], index: int, end: int
) -> tuple[Sequence[Piece], Sequence[Piece]]:
    piece, (span,) = unit[index], unit[index].spans
    before, after = (
        piece._replace(spans=(evolve(span, text=text),))
        for text in (span.text[:end], span.text[end:])
    )
    rest = unit[index + 1 :]
    return (*unit[:index], before), ((after, *rest) if after.text else rest)
