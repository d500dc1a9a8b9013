"""
Names in a text that nobody may rewrite: links, addresses, mentions and tags.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIGN = re.compile(r"[@#]|:\S|\.[a-z]")
_SPACE = re.compile(r"\s")
_OPENING, _CLOSING = "([\"'“‘«<", ".,;:!?)]\"'”’»>…"
_DOMAIN = re.compile(r"(?:[\w-]++\.)++[a-z]{2,24}(?:[:/?#]\S*)?")
_ADDRESS = re.compile(r"[^\s@]++@[\w-]++(?:\.[\w-]++)*+")
_MARK = re.compile(r"[@#]\w[\w-]*")


def names(text: str) -> Iterator[tuple[int, int]]:
    """
    Yield start and end of each name, without the punctuation around it.

    Each word is looked at once, however long it is.
    """
    at = 0
    while sign := _SIGN.search(text, at):
        start = _word_start(text, at, sign.start())
        space = _SPACE.search(text, sign.start())
        at = space.start() if space else len(text)
        body = text[start:at].lstrip(_OPENING)
        core = body.rstrip(_CLOSING)
        if _is_link(core) or _MARK.fullmatch(core):
            first = at - len(body)
            yield first, first + len(core)


def _word_start(text: str, after: int, sign: int) -> int:
    before = text[after:sign]
    if not before or before[-1].isspace():
        return sign
    return sign - len(before.rsplit(None, 1)[-1])


def _is_link(text: str) -> bool:
    return bool(
        "://" in text
        or text.startswith(("mailto:", "tel:", "www."))
        or ("." in text and _DOMAIN.fullmatch(text))
        or ("@" in text and _ADDRESS.fullmatch(text))
    )
