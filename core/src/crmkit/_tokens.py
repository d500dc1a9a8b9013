"""
The grammar of what stands in braces: slots, conditions, escapes, and what is malformed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

# Possessive throughout: what was taken is not given back, so a token that nobody closes
# costs one look at it, not one for each way to share out its spaces.
_ARGUMENT = r"""(?:"[^"\n]{0,500}+"|'[^'\n]{0,500}+'|[\w.+-]{1,64}+)"""
_ARGUMENTS = rf"{_ARGUMENT}(?:\s*+,\s*+{_ARGUMENT}){{0,9}}+"
_FILTER = (
    r"\|\s*+([A-Za-z_]\w{0,63}+)\s*+"
    rf"(?::\s*+({_ARGUMENTS})|\(\s*+({_ARGUMENTS})\s*+\))?+\s*+"
)
_NAME = r"[^\W\d][\w.-]{0,63}+"
_PLAIN_FILTER = re.sub(r"(?<!\\)\((?!\?)", "(?:", _FILTER)
_SLOT = re.compile(rf"\{{\{{\s*+({_NAME})\s*+((?:{_PLAIN_FILTER}){{0,9}}+)\}}\}}(?!\}})")
_CONDITION = re.compile(rf"\{{%\s*+(?:if\s++({_NAME})|(else|endif))\s*+%\}}")
_FILTERS = re.compile(_FILTER)
_EACH_ARGUMENT = re.compile(_ARGUMENT)
_BRACES = re.compile(r"\\\{[{%]|\{[{%]")
_MALFORMED = re.compile(r"\{+%?[^{}\n]{0,200}(?:%?\}+)?")

SLOT, CONDITION, ESCAPE, MALFORMED = "slot", "condition", "escape", "malformed"


class Slot(NamedTuple):
    """
    A ``{{ name | filter: "argument" }}``, taken apart.
    """

    name: str
    filters: tuple[tuple[str, tuple[str, ...]], ...]


class Condition(NamedTuple):
    """
    An ``{% if name %}``, ``{% else %}`` or ``{% endif %}``, by its *word*.
    """

    word: str
    name: str = ""


class Braces(NamedTuple):
    """
    What stands in braces, from *start* to *end* of the text, and what it means.
    """

    kind: str
    start: int
    end: int
    slot: Slot | None = None


def braces(text: str, start: int, end: int) -> Iterator[Braces]:
    """
    Yield all that stands in braces between *start* and *end*, in order.
    """
    at = start
    while found := _BRACES.search(text, at, end):
        start, at = found.span()
        if text[start] == "\\":
            yield Braces(ESCAPE, start, at)
        elif match := _SLOT.match(text, start, end):
            at = match.end()
            slot = Slot(match[1], tuple(_filters(match[2])) if match[2] else ())
            yield Braces(SLOT, start, at, slot)
        elif match := _CONDITION.match(text, start, end):
            at = match.end()
            yield Braces(CONDITION, start, at)
        else:
            malformed = _MALFORMED.match(text, start, end)
            at = malformed.end() if malformed else at
            yield Braces(MALFORMED, start, at)


def condition_of(text: str) -> Condition | None:
    """
    Return the condition that a fixed part is, None if it is something else.
    """
    match = _CONDITION.fullmatch(text) if text.startswith("{%") else None
    if match is None:
        return None
    return Condition("if", match[1]) if match[1] else Condition(match[2])


def literal(text: str) -> str:
    """
    Return what a fixed part shows: an escaped brace without its backslash.
    """
    return text[1:] if text.startswith(("\\{{", "\\{%")) else text


def _filters(text: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    for name, one, other in _FILTERS.findall(text):
        found = _EACH_ARGUMENT.findall(one or other)
        parts = (part[1:-1] if part[0] in "\"'" else part for part in found)
        yield name, tuple(parts)
