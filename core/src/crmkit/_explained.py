"""
How a content came about, told from what the programs of its parts did.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit._binding import rivals
from crmkit._encode import clean, plain_text
from crmkit.explanations import Explanation, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit._filling import Filled, Use
    from crmkit._pipeline import Compiled
    from crmkit._variants import Choice


def explained(
    made: Mapping[str, tuple[Compiled, Filled]], choice: Choice, asked: str | None
) -> Explanation:
    """
    Tell how the parts came about, each from its compiled template and what filled it.

    *asked* is the client's language.
    """
    tokens: list[Token] = []
    segments = {}
    for part, (_, filled) in made.items():
        numbers = {
            use.at: number for number, use in enumerate(filled.uses(), start=len(tokens))
        }
        tokens += (_token(part, use, filled) for use in filled.uses())
        segments[part] = tuple(
            (text, numbers.get(at))
            for at, text in enumerate(filled.texts)
            if text or at in numbers
        )
    compiled = [each for each, _ in made.values()]
    chosen = () if choice.warning is None else (choice.warning,)
    told = (*chosen, *(w for part, each in made.items() for w in _warnings(*each)))
    return Explanation(
        tokens=tokens,
        segments=segments,
        applied=dict.fromkeys(name for each in compiled for name in each.applied),
        skipped=_skipped(compiled),
        warnings=dict.fromkeys(told),
        language=next((each.language for each in compiled if each.language), asked),
        variant=choice.key,
        machine_translated=any(each.machine_translated for each in compiled),
    )


def _token(part: str, use: Use, filled: Filled) -> Token:
    piece = use.piece
    line, column = filled.program.parsed.place(piece.start)
    value = None if use.source is None else clean(plain_text(use.value) or "")
    return Token(
        part=part,
        token=piece.token,
        name=piece.name,
        line=line,
        column=column,
        source=use.source,
        value=value,
        filters=[step.name for step in piece.steps],
        text=use.text,
        status=use.status,
    )


def _warnings(compiled: Compiled, filled: Filled) -> Iterator[str]:
    yield from compiled.warnings
    yield from filled.warnings
    for name in dict.fromkeys(use.piece.name for use in filled.uses()):
        alike = rivals(name, filled.sources)
        if len(alike) > 1:
            yield f"{name} could be any of {', '.join(alike)}; the first was taken"


def _skipped(compiled: Sequence[Compiled]) -> dict[str, str]:
    applied = {name for each in compiled for name in each.applied}
    return {
        name: why
        for each in compiled
        for name, why in each.skipped.items()
        if name not in applied
    }
