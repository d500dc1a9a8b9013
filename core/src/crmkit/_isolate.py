"""
Values kept from changing the direction of the text around them.
"""

from __future__ import annotations

import re
from html import unescape
from unicodedata import bidirectional

_OPEN, _CLOSE = "\u2068", "\u2069"
_ISOLATES, _EMBEDDINGS = "\u2066\u2067\u2068", "\u202a\u202b\u202d\u202e"
_CLOSE_EMBEDDING = "\u202c"
_CONTROLS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_LEFT_TO_RIGHT, _RIGHT_TO_LEFT = frozenset({"L"}), frozenset({"R", "AL"})


def isolated(value: str, content_type: str, *, base_rtl: bool) -> str:
    """
    Return a value that does not reorder what stands around it.

    One with a letter of the other direction is wrapped: in email_html, where it is escaped
    already, in ``<bdi>``, else each such line in U+2068 and U+2069. What a value opens it
    closes, or it is taken out, so that no value ends the isolation or goes beyond it.
    """
    if value.isascii() and not base_rtl:
        return value
    others = _LEFT_TO_RIGHT if base_rtl else _RIGHT_TO_LEFT
    lines = [balanced(line) for line in value.split("\n")]
    if content_type == "email_html":
        text = "\n".join(lines)
        return f"<bdi>{text}</bdi>" if _has(unescape(text), others) else text
    return "\n".join(
        f"{_OPEN}{line}{_CLOSE}" if _has(line, others) else line for line in lines
    )


def balanced(line: str) -> str:
    """
    Return a line without the controls of direction that have no partner in it.
    """
    opened: list[int] = []
    isolates: list[int] = []  # how many were open before each isolate
    alone: set[int] = set()
    for found in _CONTROLS.finditer(line):
        at, control = found.start(), found[0]
        if control in _ISOLATES:
            isolates.append(len(opened))
        if control in _ISOLATES or control in _EMBEDDINGS:
            opened.append(at)
        elif control == _CLOSE and isolates:
            depth = isolates.pop()
            alone.update(opened[depth + 1 :])  # an isolate ends all that began within it
            del opened[depth:]
        elif control == _CLOSE_EMBEDDING and len(opened) > (isolates or [-1])[-1] + 1:
            opened.pop()
        else:
            alone.add(at)
    alone.update(opened)
    return "".join(sign for at, sign in enumerate(line) if at not in alone)


def _has(text: str, directions: frozenset[str]) -> bool:
    return any(bidirectional(sign) in directions for sign in text)
