"""
Tone down what is loud: of several exclamation marks one, and no smileys.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from crmkit_style._layout import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_MARKS = r"(?<![!?])(?:!(?P<more>!++)|\?(?P<most>\?++))(?![!?\w])"
_LINE_END = re.compile(rf"[^\S\n]*+(?:\n|\Z|{BLOCK})", re.IGNORECASE)
_ASIDE = 200  # how far back a parenthesis is looked for


def toned_down(line: str, smileys: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """
    Yield start and end of what goes, with the nothing that takes its place.

    A smiley goes at the end of a line, or after that of a sentence, with the space before
    it; elsewhere, as a bullet or within a sentence, it may mean something.
    """
    for match in _loud(tuple(smileys)).finditer(line):
        start, end = match.span(match.lastgroup or 0)
        if match.lastgroup != "smileys" or _is_idle(line, start, end):
            yield start, end, ""


@cache
def _loud(smileys: tuple[str, ...]) -> re.Pattern[str]:
    longest_first = sorted(smileys, key=len, reverse=True)
    each = rf"[^\S\n]++(?:{'|'.join(map(re.escape, longest_first))})\ufe0f?+"
    run = rf"(?<=[\w.,!?\u2026)\"'\u201d\u2019])(?P<smileys>(?:{each})++)"
    return re.compile(f"{_MARKS}|{run}" if smileys else _MARKS)


def _is_idle(line: str, start: int, end: int) -> bool:
    before, after = line[start - 1], line[end : end + 1]
    ended = before in ".!?\u2026" and (not after or after.isspace())
    aside = line[max(0, start - _ASIDE) : start].rpartition("\n")[2]
    is_closed = aside.count("(") <= aside.count(")")
    return is_closed and (ended or _LINE_END.match(line, end) is not None)
