"""
HTML as pieces: which markup ends a sentence, and which takes part in it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import cache
from itertools import accumulate, groupby
from typing import TYPE_CHECKING

from crmkit_translate_aws._pieces import CLOSING, CUT, OPENING, WORD, Piece, kind_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit import Document, Span

_TAG = re.compile(r"""<(/?)([A-Za-z][^\s/>]*+)(?:[^"'>]|"[^"]*"|'[^']*')*+>""")
_INLINE = frozenset(
    {"a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i"}
    | {"img", "ins", "kbd", "mark", "q", "s", "samp", "small", "span", "strike", "strong"}
    | {"sub", "sup", "time", "tt", "u", "var", "wbr"}
)
_EMPTY = frozenset({"img", "wbr"})
_WHOLE = frozenset({"code", "pre", "script", "style", "textarea", "title"})


def marked(document: Document) -> Iterator[Piece]:
    """
    Yield the pieces of a document of HTML.

    A tag, or an element that is left as it is, is one piece with the slots inside it.
    """
    for is_prose, group in groupby(document.spans, lambda span: span.kind == "text"):
        run = [span for span in group if span.text]
        if is_prose:
            yield from (Piece(kind_of(span), (span,)) for span in run)
        else:
            yield from _run(run)


def _run(run: Sequence[Span]) -> Iterator[Piece]:
    shown = "".join(map(_shown, run))
    ends = list(accumulate(len(_shown(span)) for span in run))
    first = start = 0
    while first < len(run):
        kind, name, end = kind_of(run[first]), "", ends[first]
        if run[first].kind == "fixed" and shown.startswith("<", start):
            kind, name, end = _element(shown, start)
        last = bisect_left(ends, end)
        yield Piece(kind, tuple(run[first : last + 1]), name)
        first, start = last + 1, ends[last]


def _shown(span: Span) -> str:
    # A slot in a tag may hold quotes, which are none of the tag's own.
    return "x" * len(span.text) if span.kind == "slot" else span.text


def _element(shown: str, start: int) -> tuple[str, str, int]:
    """
    Return the kind and the name of the markup that begins here, and where it ends.
    """
    tag = _TAG.match(shown, start)
    if tag is None:
        return (
            CUT,
            "",
            _after("-->" if shown.startswith("<!--", start) else ">", shown, start),
        )
    name, end = tag[2].lower(), tag.end()
    if name in _WHOLE and not tag[1]:
        closing = _closing(name).search(shown, end)
        end = closing.end() if closing else len(shown)
        return (WORD if name in _INLINE else CUT), name, end
    if name not in _INLINE:
        return CUT, name, end
    if name in _EMPTY:
        return WORD, name, end
    return (CLOSING if tag[1] else OPENING), name, end


def _after(mark: str, shown: str, start: int) -> int:
    found = shown.find(mark, start)
    return len(shown) if found < 0 else found + len(mark)


@cache
def _closing(name: str) -> re.Pattern[str]:
    return re.compile(rf"</{name}(?=[\s/>])[^>]*+>", re.IGNORECASE)
