"""
Swap words in the text spans of a document, each in the case it was written in.
"""

from __future__ import annotations

import re
from html import unescape
from itertools import accumulate, pairwise
from string import capwords
from typing import TYPE_CHECKING

from crmkit import Document, Span
from crmkit_style._grammar import is_governed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# Beside \w: apostrophes, hyphens, the soft hyphen and combining marks, none of which
# ends a word; hashtags, addresses and paths are names, also where they are no fixed span.
_JOINED = "\\w'\u2019\u2010\u2011\u00ad\u0300-\u036f-"
_LEFT = rf"(?<![{_JOINED}@#&/\\])(?<!\w\.)"
_RIGHT = rf"(?![{_JOINED}@/\\])(?!\.\w)"

_LETTER, _GAP = "_", "\ufffc"  # what a span that is no text looks like from outside

_INLINE = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_BLOCK = rf"</?(?!(?:{_INLINE})\b)[a-z][^<>]*>"
_SENTENCE_END = "(?<!\\.)[.!?][)\\]\"'\u201d\u2019\u00bb]*(?=[\\s<])"
_START = re.compile(
    rf"(?:\A|\n|{_SENTENCE_END}|{_BLOCK})(?:[^\w<]|<[^<>]*>)*+", re.IGNORECASE
)


def rewrite(
    document: Document, words: Mapping[str, str], *, html: bool = False
) -> Document:
    """
    Return the document with each key of *words* replaced by its value, in one pass.

    Only text spans change. With *html* a line break is a space, not a new line.
    """
    masks = [_mask(span) for span in document.spans]
    written = "".join(masks)
    cells = list(written)
    shown = written.replace("\n", " ") if html else written
    for start, end, replacement in _swaps(shown, words):
        cells[start:end] = [replacement, *[""] * (end - start - 1)]
    edges = pairwise(accumulate(map(len, masks), initial=0))
    return Document(
        Span(span.kind, "".join(cells[start:end])) if span.kind == "text" else span
        for span, (start, end) in zip(document.spans, edges, strict=True)
    )


def capitalized(text: str) -> str:
    """
    Return the text with its first letter in upper case, the rest as it is.
    """
    return text[:1].upper() + text[1:]


def _swaps(line: str, words: Mapping[str, str]) -> Iterator[tuple[int, int, str]]:
    """
    Yield start, end and replacement of each word to swap.

    Words that are outputs already are found too, and left. What governs a word is sought
    up to its neighbours of either sort and no further: they may change, and a second pass,
    or the way back, must come to the same verdict.
    """
    shapes = _shapes(words)
    found = list(_pattern(shapes | _shapes({v: v for v in words.values()})).finditer(line))
    starts = {match.end() for match in _START.finditer(line)}
    lefts = [0, *(match.end() for match in found)]
    rights = [*(match.start() for match in found[1:]), len(line)]
    for match, left, right in zip(found, lefts, rights, strict=False):
        start, end = match.span()
        output = shapes.get(_normal(match[0]))
        if output and not is_governed(line[left:start], match[0], line[end:right]):
            yield start, end, capitalized(output) if start in starts else output


def _shapes(words: Mapping[str, str]) -> dict[str, str]:
    """
    Return each key in each shape that may be replaced, with its output in that shape.

    Later shapes win: a single capital is no shouting, and a key as the lexicon writes it,
    such as an acronym, is in its normal shape. Other mixtures are emphasis or a brand.
    """
    shapes = {key.upper(): output.upper() for key, output in words.items()}
    for shape in (capwords, str.capitalize):
        shapes |= {shape(key): capitalized(output) for key, output in words.items()}
    return shapes | {key.lower(): output for key, output in words.items()} | dict(words)


def _pattern(keys: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(keys, key=lambda key: (-len(key), key))
    alternatives = "|".join(map(re.escape, longest_first))
    flexible = alternatives.replace(r"\ ", r"\s+").replace("'", "['\u2019]")
    return re.compile(f"{_LEFT}(?:{flexible}){_RIGHT}")


def _normal(found: str) -> str:
    return " ".join(found.split()).replace("\u2019", "'")


def _mask(span: Span) -> str:
    """
    Return what stands for a span while words are sought: text and markup as they are.

    A slot, a URL, an address or an accented letter's entity is part of a word; a template
    tag or another entity is not.
    """
    text = span.text
    if span.kind == "text" or text[:1] == "<" or text[-1:] == ">":
        return text
    if text.startswith(("{%", "{#")):
        return _GAP
    if text.startswith("&") and not re.match(f"[{_JOINED}]", unescape(text)):
        return _GAP
    return _LETTER
