"""
The error for slots that cannot be filled: all of them, where they stand, and what to do.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from crmkit._binding import known_names
from crmkit._values import fold
from crmkit.errors import MissingValueError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit._binding import Sources
    from crmkit._parts import Piece
    from crmkit._template import Parsed


def complain(
    unknown: Sequence[Piece], missing: Sequence[Piece], parsed: Parsed, sources: Sources
) -> None:
    """
    Raise TemplateError for *unknown* pieces, else MissingValueError for *missing* ones.
    """
    kind: type[TemplateError]
    if unknown:
        kind, pieces, what = TemplateError, unknown, "unknown variables"
        close = ", ".join(dict.fromkeys(_close(unknown, sources)))
        hint = f"did you mean {close}? Else " if close else ""
        remedy = f"{hint}pass variables=, or unknown='keep' or 'blank'"
    else:
        kind, pieces, what = MissingValueError, missing, "no value for"
        remedy = 'write a default, as in {{ name | default: "text" }}'
    places = [parsed.place(piece.start) for piece in pieces]
    named = dict.fromkeys(
        f"{piece.name} ({line}:{column})"
        for piece, (line, column) in zip(pieces, places, strict=True)
    )
    msg = f"{what} {', '.join(named)}; {remedy}"
    raise kind(
        msg,
        line=places[0][0],
        column=places[0][1],
        token=pieces[0].name,
        names=tuple(dict.fromkeys(piece.name for piece in pieces)),
        client_id=sources[1].id,
    )


def _close(pieces: Sequence[Piece], sources: Sources) -> Iterator[str]:
    known = {fold(name): name for name in known_names(sources)}
    for name in dict.fromkeys(piece.alias for piece in pieces):
        yield from (known[alias] for alias in get_close_matches(name, known))
