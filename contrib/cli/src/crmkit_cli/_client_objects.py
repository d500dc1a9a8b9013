"""
The values of a JSON text as it is read: one on each line, or all in one array.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import ConfigurationError
from crmkit.codec import from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TextIO

_CHUNK, _LARGEST = 1 << 16, 1 << 24
_BLANK = " \t\r\n"


class Item(NamedTuple):
    """
    A value by its number, of the line or in the array; *problem* if it cannot be read.
    """

    number: int
    value: Any
    problem: str | None = None


def on_lines(lines: Iterable[str]) -> Iterator[Item]:
    """
    Yield the value on each line that is not blank.
    """
    for number, line in enumerate(lines, 1):
        if line.strip():
            try:
                yield Item(number, from_json(line))
            except ValueError as error:
                yield Item(number, None, str(error))


def in_array(source: TextIO) -> Iterator[Item]:
    """
    Yield the elements of an array, and hold no more of it than the next one needs.

    Raises ConfigurationError where it is no JSON, since nobody can tell what follows.
    """
    # What is no number, as NaN, is no value.
    decode = json.JSONDecoder(parse_constant=lambda _: None).raw_decode
    text, place, number = source.read(_CHUNK).lstrip(_BLANK), 1, 0
    while True:
        while place < len(text) and text[place] in _BLANK + ",":
            place += 1
        if text[place : place + 1] == "]":
            return
        try:
            value, end = decode(text, place)
        except ValueError:
            text, place = text[place:], 0
            more = source.read(max(_CHUNK, len(text)))
            if not more or len(text) > _LARGEST:
                msg = (
                    f"what follows client {number} is no JSON, so no client was taken; "
                    "write one object on each line, and a bad one spoils no other"
                )
                raise ConfigurationError(msg) from None
            text += more
        else:
            number, place = number + 1, end
            yield Item(number, value)
