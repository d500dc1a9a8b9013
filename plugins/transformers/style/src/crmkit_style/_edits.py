"""
Which words of a text a style swaps, and for what.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from crmkit_style._grammar import is_governed
from crmkit_style._layout import layout
from crmkit_style._phrases import phrases
from crmkit_style._swaps import capitalized

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit_style._layout import Layout
    from crmkit_style._phrases import Phrase
    from crmkit_style._swaps import Swaps

_APOSTROPHE = re.compile(r"\w(['\u2019])\w")
_CUT = "\ufffc"  # neither a word nor the start or end of anything
_WINDOW = 40  # how far a word may govern another


def swapped(text: str, swaps: Swaps) -> Iterator[tuple[int, int, str]]:
    """
    Yield start, end and replacement of each word to swap.

    What decides about a word is looked up in the text with every word of the lexicon in its
    formal form, so that it is the same whatever becomes of the others: a second pass, or
    the way back, comes to the same verdict.
    """
    found = list(phrases(text, swaps.canonical, swaps.reach))
    formal, places = _in_formal(text, found, swaps)
    there = layout(formal)
    apostrophe = _APOSTROPHE.search(text)
    for phrase, (start, end) in zip(found, places, strict=True):
        output = swaps.replacements.get(phrase.text)
        if output is None or not _may_change(phrase.text, start, end, there, swaps):
            continue
        if start in there.sentences:
            output = capitalized(output)
        yield (*phrase[:2], output.replace("'", apostrophe[1]) if apostrophe else output)


def _in_formal(
    text: str, found: Sequence[Phrase], swaps: Swaps
) -> tuple[str, Sequence[tuple[int, int]]]:
    """
    Return the text with the phrases in their formal form, and where they stand in it.
    """
    pieces, places, length, done = [], [], 0, 0
    for start, end, phrase in found:
        formal = swaps.canonical[phrase]
        pieces += [text[done:start], formal]
        length += start - done
        places.append((length, length + len(formal)))
        length, done = length + len(formal), end
    return "".join([*pieces, text[done:]]), places


def _may_change(phrase: str, start: int, end: int, there: Layout, swaps: Swaps) -> bool:
    formal = there.text[start:end]
    if formal in swaps.greetings and start not in there.lines:
        return False
    if formal in swaps.closings and not there.is_closing(start, end):
        return False
    if not swaps.guarded:
        return True
    before, after = _around(there.text, start, end)
    return not is_governed(before, phrase, after)


def _around(text: str, start: int, end: int) -> tuple[str, str]:
    before, after = text[max(0, start - _WINDOW) : start], text[end : end + _WINDOW]
    if start > _WINDOW:
        before = _CUT + before.partition(" ")[2]
    if end + _WINDOW < len(text):
        after = after.rpartition(" ")[0] + _CUT
    return before, after
