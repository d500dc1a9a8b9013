"""
Which clients of a list are to be looked at: the first, and some of each awkward kind.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from crmkit import ClientData, CrmkitError, PersonalizedContent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_EACH = 2  # of a kind
_KINDS = 40  # a list may hold any number of languages; nobody reads so many
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_SIGNS = re.compile(r"[<>{}\x00-\x1f]")
_REFUSALS = {
    "ConsentRefused": "no consent",
    "AddressMissingError": "no address",
    "MissingValueError": "no value",
    "TemplateError": "template",
    "RowError": "unreadable",
}


class Shown(NamedTuple):
    """
    What a client would get, or the error of a row that is none.

    *why* says what is awkward about one who is shown though not among the first.
    """

    client: ClientData | CrmkitError
    made: PersonalizedContent | CrmkitError
    why: tuple[str, ...] = ()

    @property
    def refused(self) -> Exception | None:
        """
        Why there would be nothing, None if there would be something.
        """
        return (
            self.made.refused if isinstance(self.made, PersonalizedContent) else self.made
        )


class Selection(NamedTuple):
    """
    Whom to show, in the list's order; of how many, of whom so many are refused, and why.
    """

    shown: tuple[Shown, ...]
    total: int
    refused: Mapping[str, int]


def select(found: Iterable[Shown], first: int) -> Selection:
    """
    Choose of any number of clients the first and the awkward ones; keep no others.
    """
    chosen: dict[int, Shown] = {}
    seen, refused = Counter[str](), Counter[str]()
    total, most, longest = 0, -1, None
    for number, each in enumerate(found):
        total += 1
        if each.refused:
            refused[refusal(each.refused)] += 1
        why = tuple(kind for kind in _kinds(each) if _is_new(kind, seen))
        if number < first:
            chosen[number] = each
        elif why:
            chosen[number] = each._replace(why=why)
        if (length := _length(each)) > most:
            most, longest = length, (number, each._replace(why=("longest",)))
    if longest is not None:
        chosen.setdefault(*longest)
    return Selection(tuple(chosen[number] for number in sorted(chosen)), total, refused)


def refusal(error: Exception) -> str:
    """
    Return in a word or two why somebody gets nothing.
    """
    kind = type(error).__name__
    return _REFUSALS.get(kind, kind)


def _is_new(kind: str, seen: Counter[str]) -> bool:
    if kind not in seen and len(seen) >= _KINDS:
        return False
    seen[kind] += 1
    return seen[kind] <= _EACH


def _kinds(each: Shown) -> Iterator[str]:
    if each.refused:
        yield refusal(each.refused)
    if not isinstance(each.made, PersonalizedContent):
        return
    told = each.made.explain()
    yield from (f"default for {name}" for name in told.names("default"))
    yield from (f"no {name}" for name in told.names("missing", "unknown", "failed"))
    values = [token.value for token in told.tokens if token.value]
    if any(map(_RIGHT_TO_LEFT.search, values)):
        yield "right to left"
    if any(map(_SIGNS.search, values)):
        yield "odd signs"
    if told.warnings:
        yield "warning"
    if told.variant or each.made.language:
        yield told.variant or str(each.made.language)
    segments = (length.segments for length in each.made.lengths.values())
    if any(count and count > 1 for count in segments):
        yield "several segments"


def _length(each: Shown) -> int:
    return len(each.made.content) if isinstance(each.made, PersonalizedContent) else -1
