"""
The filter truncate.
"""

from __future__ import annotations

import re
from itertools import islice

from crmkit import TemplateError

_LIMIT = re.compile(r"[1-9][0-9]{0,4}")


def truncate(value: object, limit: str, end: str = "…") -> str:
    """
    Return a text of at most *limit* letters, the *end* among them if it was cut.

    A letter is what a reader takes for one: an emoji or an accented letter is never cut.
    """
    from wcwidth import iter_graphemes

    most, tail = _limit(limit), list(iter_graphemes(end))
    if not isinstance(value, str):
        msg = f"the value is a {type(value).__name__}, not a text; write list before it"
        raise TemplateError(msg)
    if most < len(tail):
        msg = f"truncate to {most} has no room for its ending of {len(tail)}"
        raise TemplateError(msg)
    letters = list(islice(iter_graphemes(value), most + 1))
    if len(letters) <= most:
        return value
    kept = letters[: most - len(tail)]
    while kept and kept[-1].isspace():
        kept.pop()
    return "".join(kept) + end


def _limit(text: str) -> int:
    if not _LIMIT.fullmatch(text):
        msg = "truncate takes a number of letters, from 1 to 99999"
        raise TemplateError(msg)
    return int(text)
