"""
Find the words of a lexicon in a text.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Beside \w: apostrophes, hyphens, the soft hyphen and combining marks, none of which
# ends a word; hashtags, addresses and paths are names, also where they are no fixed span.
JOINED = "\\w'\u2019\u2010\u2011\u00ad\u0300-\u036f-"
_WORD = re.compile(rf"(?<![{JOINED}@#&/\\])(?<!\w\.)[{JOINED}]++(?![@/\\])(?!\.\w)")
_BETWEEN = re.compile(
    r"[^\S\n]*+\n?+[^\S\n]*+"
)  # an empty line parts what it stands between


class Phrase(NamedTuple):
    """
    A word or several, with single spaces and straight apostrophes, and where it stands.
    """

    start: int
    end: int
    text: str


def phrases(
    line: str, known: Mapping[str, str], reach: Mapping[str, int]
) -> Iterator[Phrase]:
    """
    Yield what is *known*, from left to right, of several the longest.

    *reach* is the number of words in the longest that begins with a word.
    """
    words = [
        Phrase(match.start(), match.end(), match[0].replace("\u2019", "'"))
        for match in _WORD.finditer(line)
    ]
    at = 0
    while at < len(words):
        for count in range(reach.get(words[at].text, 0), 0, -1):
            several = words[at : at + count]
            text = " ".join(word.text for word in several)
            if text in known and _together(line, several):
                yield Phrase(several[0].start, several[-1].end, text)
                at += count - 1
                break
        at += 1


def _together(line: str, words: Sequence[Phrase]) -> bool:
    return all(
        _BETWEEN.fullmatch(line, one.end, other.start) for one, other in pairwise(words)
    )
