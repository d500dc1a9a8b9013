"""
What goes to the two streams: results to stdout, everything about them to stderr.
"""

from __future__ import annotations

import sys
import unicodedata
from pathlib import Path
from traceback import walk_tb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def complain(*errors: Exception | str) -> None:
    """
    Print errors as one line each; what several share is said once.
    """
    for text in dict.fromkeys(map(told, errors)):
        note(f"Error: {text}")


def told(error: Exception | str) -> str:
    """
    Return an error as one line, when to come again, and where a plugin's own code failed.
    """
    wait = getattr(error, "retry_after", None)
    again = f"; again in {max(wait, 1):.0f} s" if wait else ""
    place = "".join(f" (at {frame})" for frame in list(_plugins_frames(error))[-1:])
    return one_line(str(error)) + again + place


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


def _plugins_frames(error: Exception | str) -> Iterator[str]:
    cause = getattr(error, "__cause__", None)
    for frame, line in walk_tb(cause and cause.__traceback__):
        module = frame.f_globals.get("__name__", "")
        if module.startswith("crmkit_") and not module.startswith("crmkit_cli"):
            yield f"{Path(frame.f_code.co_filename).name}:{line}"


def _visible(char: str) -> str:
    if char in "\n\r\v\f\x85\u2028\u2029\t":
        return " "
    if unicodedata.category(char) in {"Cc", "Cs"} or char in _DIRECTION:
        return f"\\u{ord(char):04x}"
    return char
