"""
The words of a language: ours, from the file of the language, and the user's.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from crmkit_style import _checks

if TYPE_CHECKING:
    from crmkit_style._words import Words

FORMAL, CASUAL = "formal", "casual"
_BOTH_WAYS = ("pairs", "greetings", "closings", "contractions")
_FORMAL_ONLY = ("formal_from", "expansions")
_KEPT = 64  # languages, of connectors with words of their own


@frozen(kw_only=True)
class Lexicon:
    """
    What fits together: each table's words, casual to formal but in *casual_from*.
    """

    pairs: Mapping[str, str] = field(factory=dict)
    greetings: Mapping[str, str] = field(factory=dict)
    closings: Mapping[str, str] = field(factory=dict)
    contractions: Mapping[str, str] = field(factory=dict)
    formal_from: Mapping[str, str] = field(factory=dict)
    expansions: Mapping[str, str] = field(factory=dict)
    casual_from: Mapping[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        casual = {name: getattr(self, name) for name in (*_BOTH_WAYS, *_FORMAL_ONLY)}
        _checks.check_apart(casual)
        _checks.check_one_to_one(self._both_ways(), self.casual_from)
        for style in (FORMAL, CASUAL):
            _checks.check_closed(style, self.words(style))

    def words(self, style: str) -> dict[str, str]:
        """
        Return what a style replaces by what.
        """
        both_ways = self._both_ways()
        if style == FORMAL:
            return {**self.formal_from, **self.expansions, **both_ways}
        backwards = {formal: casual for casual, formal in both_ways.items()}
        return {**self.casual_from, **backwards}

    def _both_ways(self) -> dict[str, str]:
        tables = (getattr(self, name) for name in _BOTH_WAYS)
        return {key: output for table in tables for key, output in table.items()}


@cache
def ours(language: str) -> Mapping[str, Mapping[str, Any]]:
    """
    Return the tables that come with this package for a language.
    """
    import tomllib
    from importlib.resources import files

    text = files(__package__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


@lru_cache(maxsize=_KEPT)
def lexicon(language: str, own: Words, *, contractions: bool = True) -> Lexicon:
    """
    Return our words of a language with the user's *own*, which take the place of ours.

    Raises ConfigurationError that names the entries which do not fit together.
    """
    added = own.tables()
    _checks.check_tables(added)
    tables = {name: words for name, words in ours(language).items() if name != "emphasis"}
    if not contractions:
        tables |= {"contractions": {}, "expansions": {}}
    taken = {key.casefold() for table in added.values() for key in table}
    return Lexicon(
        **{
            name: {**_left(tables.get(name, {}), taken), **added.get(name, {})}
            for name in {*tables, *added}
        }
    )


def _left(table: Mapping[str, str], taken: set[str]) -> dict[str, str]:
    return {key: output for key, output in table.items() if key.casefold() not in taken}
