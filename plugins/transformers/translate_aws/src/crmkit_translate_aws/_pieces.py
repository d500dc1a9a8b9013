"""
A document cut into units: the prose that is translated together, and what lies between.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from attrs import evolve

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from crmkit import Document, Span

PROSE, WORD, OPENING, CLOSING, CUT = "prose", "word", "opening", "closing", "cut"

_BREAK = re.compile(r"\n\s*")
# A line so long, followed by one that goes on in lower case, was wrapped by an editor.
_WRAP = re.compile(r"(?<=[^\n]{50})\n(?=(\w))")


class Piece(NamedTuple):
    """
    Spans that stay together, and what they are in a sentence.

    *prose* is translated; a *word*, such as a slot or a link, takes part in the sentence;
    *opening* and *closing* tags stand around some of its words; a *cut* ends it.
    """

    kind: str
    spans: Sequence[Span]
    name: str = ""

    @property
    def text(self) -> str:
        """
        The texts of all its spans.
        """
        return "".join(span.text for span in self.spans)


def lines(document: Document) -> Iterator[Piece]:
    """
    Yield the pieces of a document without markup; each line is a paragraph.
    """
    wraps = {found.start() for found in _WRAP.finditer(document.text) if found[1].islower()}
    at = 0
    for span in document.spans:
        start = 0
        for found in _BREAK.finditer(span.text) if span.kind == "text" else ():
            if at + found.start() not in wraps:
                yield from _split(span, start, found)
                start = found.end()
        if start < len(span.text):
            yield Piece(kind_of(span), (evolve(span, text=span.text[start:]),))
        at += len(span.text)


def kind_of(span: Span) -> str:
    """
    Return what a span is in a sentence, where it is no markup.

    A template tag cuts: no prose may leave the branch that it stands in.
    """
    if span.kind == "text":
        return PROSE
    return CUT if span.text.startswith("{%") else WORD


def units(pieces: Iterable[Piece]) -> Iterator[Sequence[Piece]]:
    """
    Yield the pieces in groups: those of one sentence or more, or cuts alone.

    Tags of which one has no partner within its group are cuts.
    """
    for unit in _groups(pieces):
        if _is_nested(unit):
            yield unit
        else:
            yield from _groups(
                piece._replace(kind=CUT) if piece.kind in {OPENING, CLOSING} else piece
                for piece in unit
            )


def _split(span: Span, start: int, line_break: re.Match[str]) -> Iterator[Piece]:
    if start < line_break.start():
        yield Piece(PROSE, (evolve(span, text=span.text[start : line_break.start()]),))
    yield Piece(CUT, (evolve(span, text=line_break[0]),))


def _groups(pieces: Iterable[Piece]) -> Iterator[Sequence[Piece]]:
    for _, group in groupby(pieces, lambda piece: piece.kind == CUT):
        yield tuple(group)


def _is_nested(unit: Iterable[Piece]) -> bool:
    opened = []
    for piece in unit:
        if piece.kind == OPENING:
            opened.append(piece.name)
        elif piece.kind == CLOSING and (not opened or opened.pop() != piece.name):
            return False
    return not opened
