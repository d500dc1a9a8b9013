"""
What a style swaps, as tables to look words up in: each word in each of its shapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from string import capwords
from typing import TYPE_CHECKING

from attrs import frozen

from crmkit_style._language import ENGLISH
from crmkit_style._lexicon import FORMAL, lexicon, ours

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit_style._lexicon import Lexicon
    from crmkit_style._words import Words

_KEPT = 64  # languages and styles, of connectors with words of their own


@frozen(kw_only=True)
class Swaps:
    """
    The words of a language in one style.

    *replacements* maps each word that the style replaces, in each shape that it may have,
    to its replacement in that shape. *canonical* maps every word of the lexicon, in each
    shape, to the formal word that it stands for: the same in both styles. *reach* is the
    number of words in the longest entry that begins with a word. *greetings* and *closings*
    are the canonical words that have their place in a letter.
    *guarded*: whether the grammar, which we know of English alone, is heeded.
    """

    replacements: Mapping[str, str]
    canonical: Mapping[str, str]
    reach: Mapping[str, int]
    greetings: frozenset[str]
    closings: frozenset[str]
    smileys: tuple[str, ...]
    guarded: bool


@lru_cache(maxsize=_KEPT)
def swaps(
    language: str, style: str, own: Words, *, contractions: bool, emphasis: bool
) -> Swaps:
    """
    Return what a style swaps in a language, with the user's own words.
    """
    words = lexicon(language, own, contractions=contractions)
    canonical = {
        shape: formal
        for word, formal in _canonical(words).items()
        for shape in _shapes({word: word})
    }
    smileys = ours(language).get("emphasis", {}).get("smileys", ())
    return Swaps(
        replacements=_shapes(words.words(style)),
        canonical=canonical,
        reach=_reach(canonical),
        greetings=frozenset(map(str.lower, words.greetings.values())),
        closings=frozenset(map(str.lower, words.closings.values())),
        smileys=tuple(smileys) if emphasis and style == FORMAL else (),
        guarded=language == ENGLISH,
    )


def capitalized(text: str) -> str:
    """
    Return the text with its first letter in upper case, the rest as it is.
    """
    return text[:1].upper() + text[1:]


def _shapes(words: Mapping[str, str]) -> dict[str, str]:
    """
    Return each key in each shape that may be replaced, with its output in that shape.

    Later shapes win: a single capital is no shouting, and a key as the lexicon writes it,
    such as an acronym, is in its normal shape. Other mixtures are emphasis or a brand.
    """
    shapes = {key.upper(): output.upper() for key, output in words.items()}
    for shape in (capwords, str.capitalize, capitalized):
        shapes |= {shape(key): capitalized(output) for key, output in words.items()}
    return shapes | {key.lower(): output for key, output in words.items()} | dict(words)


def _canonical(words: Lexicon) -> dict[str, str]:
    to_formal = words.words(FORMAL)
    formal = {key.casefold(): output.lower() for key, output in to_formal.items()}
    found = {word: word.lower() for word in to_formal.values()}
    found |= {key: output.lower() for key, output in to_formal.items()}
    for key, output in words.casual_from.items():
        found[key] = formal.get(output.casefold(), output.lower())
        found.setdefault(output, found[key])
    return found


def _reach(phrases: Iterable[str]) -> dict[str, int]:
    reach: dict[str, int] = {}
    for phrase in phrases:
        first, *others = phrase.split()
        reach[first] = max(reach.get(first, 1), 1 + len(others))
    return reach
