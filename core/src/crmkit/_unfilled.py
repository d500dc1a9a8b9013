"""
The error for slots that cannot be filled: all of them, where they stand, and what to do.
"""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from crmkit._values import fold
from crmkit.errors import MissingValueError, TemplateError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crmkit._program import Piece, Values


def complain(unknown: Sequence[Piece], missing: Sequence[Piece], values: Values) -> None:
    """
    Raise TemplateError for *unknown* pieces, else MissingValueError for *missing* ones.
    """
    kind: type[TemplateError]
    if unknown:
        kind, pieces, what = TemplateError, unknown, "unknown variables"
        close = ", ".join(dict.fromkeys(_close(unknown, values)))
        hint = f"did you mean {close}? Else " if close else ""
        remedy = f"{hint}pass variables=, or unknown='keep' or 'blank'"
    elif missing:
        kind, pieces, what = MissingValueError, missing, "no value for"
        remedy = 'write a default, as in {{ name | default: "text" }}'
    else:
        return
    named = dict.fromkeys(f"{p.name} ({p.place[0]}:{p.place[1]})" for p in pieces)
    msg = f"{what} {', '.join(named)}; {remedy}"
    first = pieces[0]
    raise kind(
        msg,
        line=first.place[0],
        column=first.place[1],
        token=first.name,
        names=tuple(dict.fromkeys(piece.name for piece in pieces)),
        client_id=values.client.id,
    )


def _close(pieces: Sequence[Piece], values: Values) -> Iterator[str]:
    known = {fold(name): name for name in values.names()}
    for piece in pieces:
        yield from (known[alias] for alias in get_close_matches(piece.alias, known))
