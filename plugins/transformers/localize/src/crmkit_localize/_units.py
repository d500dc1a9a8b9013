"""
A template's texts as a translator gets them, and a document made of what came back.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit import Document, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

TEXT = "text"

_INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
# Whatever is no inline markup stands between texts: blocks, line breaks, comments.
_BETWEEN = re.compile(rf"<(?!/?(?:{_INLINE})\b)", re.IGNORECASE)
_BLANK_LINES = re.compile(r"(\n\s*\n)")
_HTML_SPACE = re.compile(r"[ \t\r\n\f]+")
_BRACES = ("{{", "{%")
_WHOLE = (*_BRACES, "<", "&")


@frozen
class Unit:
    """
    Some spans of a document in a row; a text to translate if it has letters.
    """

    spans: tuple[Span, ...]
    html: bool

    @property
    def translatable(self) -> bool:
        """
        Whether an author wrote words here.
        """
        return any(sign.isalpha() for sign in _prose(self.spans))

    @property
    def text(self) -> str:
        """
        What a translator sees: slots and markup as they are written, no space around it.
        """
        before, after = self._around
        shown = "".join(
            _evenly(span.text, html=self.html) if span.kind == TEXT else span.text
            for span in self.spans
        )
        end = len(shown) - len(_evenly(after, html=self.html))
        return shown[len(_evenly(before, html=self.html)) : end]

    def translated(self, translation: str) -> Sequence[Span] | None:
        """
        Return the spans of a translation; None if it has other slots, markup or links.
        """
        translation = unicodedata.normalize("NFC", translation)
        if any("\r\n" in span.text for span in self.spans) and not self.html:
            translation = re.sub(r"\r?\n", "\r\n", translation)
        known = _known(self.spans)
        longest_first = sorted(known, key=lambda text: (-len(text), text))
        pattern = re.compile("|".join(map(_sought, longest_first)) or r"(?!)", re.ASCII)
        found = list(_spans(translation, pattern, known))
        own, prose = _prose(self.spans), _prose(found)
        marks = (*_BRACES, "<") if self.html else _BRACES
        if any(mark in prose and mark not in own for mark in marks):
            return None
        if _frame(found) != _frame(self.spans):
            return None
        before, after = self._around
        return (Span(TEXT, before), *found, Span(TEXT, after))

    @property
    def _around(self) -> tuple[str, str]:
        """
        The white space before and after; that at the end of a malformed brace is its own.
        """
        first, last = (
            span.text if span.kind == TEXT else ""
            for span in (self.spans[0], self.spans[-1])
        )
        before = first[: len(first) - len(first.lstrip())]
        return before, last[len(last.rstrip()) :]


def units(document: Document, *, html: bool) -> Iterator[Unit]:
    """
    Yield the units of a document, in order and without a gap.

    A text to translate is a paragraph; in HTML what stands in a block, with its inline
    markup. What stands between is a unit without words.
    """
    pieces = _blocks(document) if html else _paragraphs(document)
    for _, group in groupby(pieces, lambda piece: piece[1]):
        yield Unit(tuple(span for span, _ in group), html)


def _paragraphs(document: Document) -> Iterator[tuple[Span, bool]]:
    for span in document.spans:
        parts = _BLANK_LINES.split(span.text) if span.kind == TEXT else [span.text]
        for part in filter(None, parts):
            is_between = span.kind == TEXT and _BLANK_LINES.fullmatch(part) is not None
            yield Span(span.kind, part), is_between


def _blocks(document: Document) -> Iterator[tuple[Span, bool]]:
    open_tag = False  # of a block, which values in its attributes cut into several spans
    for span in document.spans:
        markup = span.kind != TEXT
        open_tag = open_tag or (markup and _BETWEEN.match(span.text) is not None)
        yield span, open_tag
        open_tag = open_tag and not (markup and span.text.endswith(">"))


def _evenly(text: str, *, html: bool) -> str:
    return _HTML_SPACE.sub(" ", text) if html else text.replace("\r\n", "\n")


def _prose(spans: Iterable[Span]) -> str:
    return "".join(span.text for span in spans if span.kind == TEXT)


def _known(spans: Sequence[Span]) -> dict[str, Sequence[Span]]:
    """
    Return what of these spans may stand in a translation, by how it is written.

    What stands together is found together: the slash of {{a}}/{{b}} is one of many.
    """
    known: dict[str, Sequence[Span]] = {
        span.text: [span]
        for span in spans
        if span.kind != TEXT and span.text.startswith(_WHOLE)
    }
    for is_text, group in groupby(spans, lambda span: span.kind == TEXT):
        if not is_text:
            run = list(group)
            known["".join(span.text for span in run)] = run
    return known


def _sought(text: str) -> str:
    # A link or a #tag is a word, not a part of one; what is no letter ends by itself.
    before = r"(?<!\w)" if re.match(r"[\w#@]", text) else ""
    after = r"(?!\w)" if re.search(r"\w\Z", text) else ""
    return before + re.escape(text) + after


def _spans(
    text: str, pattern: re.Pattern[str], known: dict[str, Sequence[Span]]
) -> Iterator[Span]:
    at = 0
    for found in pattern.finditer(text):
        if found.start() > at:
            yield Span(TEXT, text[at : found.start()])
        yield from known[found[0]]
        at = found.end()
    if at < len(text):
        yield Span(TEXT, text[at:])


def _frame(spans: Iterable[Span]) -> tuple[Counter[Span], Sequence[str]]:
    others = [span for span in spans if span.kind != TEXT]
    return Counter(others), [s.text for s in others if s.text.startswith("{%")]
