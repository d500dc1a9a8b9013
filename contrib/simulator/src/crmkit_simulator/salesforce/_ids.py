"""
Salesforce's ids: 15 characters that tell case apart, or 18 that need not.
"""

from __future__ import annotations

import re
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_SUFFIX = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_FORM = re.compile(r"[A-Za-z0-9]{15}(?:[A-Za-z0-5]{3})?", re.ASCII)
_SHORT, _CHUNK = 15, 5
_POD = "5e00000"  # what follows the prefix: the same for all records of an organization


def full(short: str) -> str:
    """
    Return the 18 characters of an id of 15: three more tell which letters are capitals.
    """
    chunks = (short[start : start + _CHUNK] for start in range(0, _SHORT, _CHUNK))
    return short + "".join(_SUFFIX[_capitals(chunk)] for chunk in chunks)


def read_id(value: object) -> str | None:
    """
    Return an id in its 18 characters, None for what is no id.

    The case of one that has 18 is mended by the last three of them.
    """
    if not isinstance(value, str) or not _FORM.fullmatch(value):
        return None
    if len(value) == _SHORT:
        return full(value)
    mended = "".join(
        letter.upper() if _SUFFIX.index(value[_SHORT + place // _CHUNK].upper()) & bit
        else letter.lower()
        for place, letter in enumerate(value[:_SHORT])
        for bit in [1 << place % _CHUNK]
    )  # fmt: skip
    return full(mended) if full(mended).lower() == value.lower() else None


def numbering() -> Callable[[str], str]:
    """
    Return a function that makes the next id with the prefix of an object.
    """
    numbers = count(len(_DIGITS) ** 4)

    def next_id(prefix: str) -> str:
        number, text = next(numbers), ""
        while number:
            number, digit = divmod(number, len(_DIGITS))
            text = _DIGITS[digit] + text
        return full(f"{prefix}{_POD}{text}")

    return next_id


def _capitals(chunk: str) -> int:
    return sum(1 << place for place, letter in enumerate(chunk) if letter.isupper())
