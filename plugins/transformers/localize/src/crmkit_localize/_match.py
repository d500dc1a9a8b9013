"""
Which of a template's variants is for a client: the nearest language, in the right style.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from crmkit_localize._tags import script, tag_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    Rank: TypeAlias = tuple[bool, bool, int, bool, bool, bool, str]

_FARTHEST = 10  # of langcodes: up to there the readers of one tag read the other with ease
FORMAL = "formal"


def match(
    available: Iterable[str], language: str | None, style: str | None = None
) -> str | None:
    """
    Return the key that is for a client of this language and style, None if none is.

    Keys are tags, with ``+style`` where they are for one: ``es``, ``es+formal``. The exact
    one is taken, else the nearest in the same script. A key without a style is for
    everyone; one of another style is taken only where the language has no other.
    """
    return _chosen(frozenset(available), language or "", _normal(style or ""))


@lru_cache(maxsize=1024)
def _chosen(available: frozenset[str], language: str, style: str) -> str | None:
    desired = tag_of(language)
    if desired is None:
        return None
    ranks = [rank for key in available if (rank := _rank(key, desired, style)) is not None]
    return min(ranks)[-1] if ranks else None


def _rank(key: str, desired: str, style: str) -> Rank | None:
    """
    Return what orders the keys, ending in the key itself; None if it is out of question.
    """
    written, _, rest = key.partition("+")
    tag, own = tag_of(written), _normal(rest)
    distance = None if tag is None else _distance(desired, tag)
    if tag is None or distance is None:
        return None
    return (
        _language(tag) != _language(desired),
        own not in {style, ""},
        distance,
        own != style,
        own != FORMAL,  # of two wrong ones the one that offends nobody
        written != tag,
        key,
    )


def _distance(desired: str, supported: str) -> int | None:
    """
    Return how far a text is from what is read; exact is -1, None is too far.
    """
    from langcodes import Language

    if desired == supported:
        return -1
    wanted, given = Language.get(desired), Language.get(supported)
    if not wanted.language or not given.language or script(desired) != script(supported):
        return None
    far = wanted.distance(given)
    return far if far <= _FARTHEST else None


def _language(tag: str) -> str | None:
    from langcodes import Language

    return Language.get(tag).prefer_macrolanguage().language


def _normal(style: str) -> str:
    return style.strip().casefold()
