"""
What a compiled template is made of: literal texts, slots, and ways around some of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from crmkit._filters import DEFAULT, REQUIRED, step
from crmkit._values import fold
from crmkit.errors import TemplateError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit._filters import Filter, Step
    from crmkit._tokens import Slot


class Piece(NamedTuple):
    """
    One slot of a template: what to look up, and how its value becomes text.

    *start* is where it stands in the template. *bare*: between tags, where markup may be
    put around it.
    """

    name: str
    alias: str
    token: str = ""
    start: int = 0
    default: str | None = None
    required: bool = False
    steps: tuple[Step, ...] = ()
    encode: Callable[[str], str] | None = None
    bare: bool = True


class If(NamedTuple):
    """
    Go on behind it where the piece of this number holds, else at *otherwise*.
    """

    piece: int
    otherwise: int


class Jump(NamedTuple):
    """
    Go on at another part.
    """

    to: int


# A text, the number of a piece, or where to go on.
Part: TypeAlias = str | int | If | Jump


def piece_of(slot: Slot, token: str, start: int, filters: Mapping[str, Filter]) -> Piece:
    """
    Return the piece that a slot is; TemplateError for a filter that does not fit.
    """
    if not slot.filters:
        return Piece(slot.name, fold(slot.name), token, start)
    named = dict(slot.filters)
    if DEFAULT in named and len(named[DEFAULT]) != 1:
        msg = 'default takes one text, as in default: "there"'
        raise TemplateError(msg)
    steps = [
        step(name, arguments, filters)
        for name, arguments in slot.filters
        if name not in {DEFAULT, REQUIRED}
    ]
    default = named[DEFAULT][0] if DEFAULT in named else None
    required, alias = REQUIRED in named, fold(slot.name)
    return Piece(slot.name, alias, token, start, default, required, tuple(steps))
