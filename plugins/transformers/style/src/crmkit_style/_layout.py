"""
Where sentences and lines start, and where the closing of a letter stands.
"""

from __future__ import annotations

import re
from collections.abc import Container
from itertools import pairwise

from attrs import frozen

_INLINE_TAGS = (
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|img|ins|kbd|mark|q|s|samp|small|span"
    "|strike|strong|sub|sup|time|tt|u|var|wbr"
)
INLINE = rf"</?(?=[a-z])(?:{_INLINE_TAGS})\b[^<>]*>"
BLOCK = rf"</?(?=[a-z])(?!(?:{_INLINE_TAGS})\b)[^<>]*>"
_NO_ABBREVIATION = r"(?<!\.)(?<!\b[^\W\d_])(?<!\betc)(?<!\bapprox)(?<!\bincl)(?<!\bvs)"
_SENTENCE_END = f"(?:{_NO_ABBREVIATION}\\.|[!?])[)\\]\"'\u201d\u2019\u00bb]*(?=[\\s<])"
_SENTENCE = re.compile(
    rf"(?:\A|\n|{_SENTENCE_END}|{BLOCK})(?:[^\w<]|<[^<>]*>)*+", re.IGNORECASE
)
_LINE = re.compile(rf"(?:\A|\n|{BLOCK})(?:[^\w<\n]|{INLINE})*+", re.IGNORECASE)
_LINE_END = re.compile(
    rf"(?:[^\S\n]|{INLINE})*+[,.!]?+(?:[^\S\n]|{INLINE})*+(?:\Z|\n|(?={BLOCK}))",
    re.IGNORECASE,
)
_BREAK = re.compile(rf"\n|{BLOCK}", re.IGNORECASE)
_WORD = re.compile(r"\w")
_FOLLOWING = 10  # lines that may follow a closing: a name, addresses, a notice or two


@frozen
class Layout:
    """
    The *sentences* and *lines* of a text, as where the first word of each may stand.

    From *ending* on a closing may stand.
    """

    text: str
    sentences: Container[int]
    lines: Container[int]
    ending: int

    def is_closing(self, start: int, end: int) -> bool:
        """
        Tell whether what stands there has a line of its own, near the end.
        """
        alone = start in self.lines and _LINE_END.match(self.text, end) is not None
        return alone and start >= self.ending


def layout(text: str) -> Layout:
    """
    Return the layout of a text, with or without markup.
    """
    return Layout(
        text,
        sentences={match.end() for match in _SENTENCE.finditer(text)},
        lines={match.end() for match in _LINE.finditer(text)},
        ending=_ending(text),
    )


def _ending(text: str) -> int:
    # No letter begins with its closing: the first line is not among the last.
    breaks = [(0, 0), *(match.span() for match in _BREAK.finditer(text)), (len(text),) * 2]
    lines = [at for (_, at), (end, _) in pairwise(breaks) if _WORD.search(text, at, end)]
    return min(lines[1:][-_FOLLOWING - 1 :], default=len(text) + 1)
