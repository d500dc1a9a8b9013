"""
The filter truncate.
"""

from __future__ import annotations

from itertools import islice

from crmkit import TemplateError


def truncate(value: object, limit: str, end: str = "…", **_: object) -> str:
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
    return "".join(letters[: most - len(tail)]).rstrip() + end


def _limit(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) <= _MOST):
        msg = f"truncate takes a number of letters from 1 to {_MOST}"
        raise TemplateError(msg)
    return int(text)


_MOST = 1_000_000
