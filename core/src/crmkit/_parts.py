"""
What a compiled template is made of: literal texts, slots, and ways around some of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit._filters import Step


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
    bare: bool = False


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
