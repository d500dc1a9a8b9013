"""
What goes to the two streams: results to stdout, everything about them to stderr.
"""

from __future__ import annotations

import sys
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_DIRECTION = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def emit(value: object) -> None:
    """
    Print one JSON document on one line.
    """
    from crmkit.codec import to_json

    say(to_json(value))


def say(text: str = "") -> None:
    """
    Print a line of the result.
    """
    sys.stdout.write(f"{text}\n")


def note(text: str) -> None:
    """
    Print a line about the result.
    """
    sys.stdout.flush()  # so that both streams in one place keep their order
    sys.stderr.write(f"{text}\n")


def complain(error: Exception | str) -> None:
    """
    Print an error as one line.
    """
    note(f"Error: {one_line(str(error))}")


def described(error: Exception) -> Mapping[str, object]:
    """
    Return an error as JSON values; its text holds no personal data.
    """
    more = {
        name: value
        for name in ("retry_after", "client_ids", "line", "column")
        if (value := getattr(error, name, None))
    }
    return {"type": type(error).__name__, "message": str(error), **more}


def one_line(text: str) -> str:
    """
    Return text as it can be shown on one line of a terminal without running anything.

    What a CRM holds may contain escape sequences, or marks that reverse what follows.
    """
    return "".join(map(_visible, text))


def _visible(char: str) -> str:
    if char in "\n\r\v\f\x85\u2028\u2029\t":
        return " "
    if unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTION:
        return f"\\u{ord(char):04x}"
    return char
