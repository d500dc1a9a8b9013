"""
The words of each style: ours, what the user adds, and whether they fit together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NoReturn

from attrs import field, frozen

from crmkit import ConfigurationError

# Both ways; each side once, so that a formal text made casual can be made formal again.
PAIRS = {
    "hey": "hello",
    "thanks": "thank you",
    "thanks a lot": "thank you very much",
}

# In formal only: words that casual never writes.
FORMAL_FROM = {
    "hi": "hello",
    "hiya": "hello",
    "heya": "hello",
    "thx": "thank you",
    "thanks a bunch": "thank you very much",
    "thanks a million": "thank you very much",
}

_WORDS = re.compile(r"[^\W_]+(?:[ '-][^\W_]+)*")


@frozen(kw_only=True)
class Lexicon:
    """
    The settings: words that the user adds to ours, casual to formal.

    *pairs* go both ways; *formal_from* are further casual words, replaced in formal only.
    An entry for a word of ours takes its place. Raises ConfigurationError that names the
    entries which are no words, stand for the same, or would be rewritten again.
    """

    pairs: Mapping[str, str] = field(factory=dict)
    formal_from: Mapping[str, str] = field(factory=dict)

    def __attrs_post_init__(self) -> None:
        for name, table in (("pairs", self.pairs), ("formal_from", self.formal_from)):
            _check_words(name, (*table, *table.values()))
            _check_spelled_once(name, table)
        both_ways = self._both_ways()
        _check_one_to_one(both_ways)
        _check_apart(self.formal_from, both_ways)
        for style in ("formal", "casual"):
            _check_closed(style, self.words(style))

    def words(self, style: str) -> dict[str, str]:
        """
        Return what this style replaces by what: nothing unless it is formal or casual.
        """
        both_ways = self._both_ways()
        if style == "casual":
            return {formal: casual for casual, formal in both_ways.items()}
        if style == "formal":
            return _merged(FORMAL_FROM, self.formal_from, both_ways)
        return {}

    def _both_ways(self) -> dict[str, str]:
        return _merged(PAIRS, self.pairs)


def _merged(*tables: Mapping[str, str]) -> dict[str, str]:
    spellings = {key.casefold(): key for table in tables for key in table}
    values = {key.casefold(): value for table in tables for key, value in table.items()}
    return {spellings[key]: value for key, value in values.items()}


def _check_words(name: str, entries: Iterable[object]) -> None:
    for entry in entries:
        if not isinstance(entry, str) or not _WORDS.fullmatch(entry):
            _refuse(
                f"{name} holds {entry!r}; an entry is made of letters and digits, with"
                " single spaces, hyphens or straight apostrophes between them"
            )


def _check_spelled_once(name: str, keys: Iterable[str]) -> None:
    for one, other in _doubles((key, key) for key in keys):
        _refuse(f"{name} holds both {one!r} and {other!r}, which differ in case alone")


def _check_one_to_one(both_ways: Mapping[str, str]) -> None:
    for one, other in _doubles(both_ways.items()):
        _refuse(
            f"{one!r} and {other!r} both stand for {both_ways[other]!r}; keep one in pairs"
            " and put the other in formal_from"
        )


def _check_apart(formal_from: Mapping[str, str], both_ways: Mapping[str, str]) -> None:
    for one, other in _doubles((key, key) for key in (*both_ways, *formal_from)):
        _refuse(f"{other!r} is in formal_from, and in pairs as {one!r}; keep one of them")


def _check_closed(style: str, words: Mapping[str, str]) -> None:
    replaced = {key.casefold(): output for key, output in words.items()}
    for key, output in words.items():
        if output.casefold() in replaced:
            _refuse(
                f"in {style}, {key!r} becomes {output!r}, which itself becomes"
                f" {replaced[output.casefold()]!r}; change one of the entries"
            )


def _doubles(entries: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """
    Yield the names of two entries (name, value) whose values are the same but for case.
    """
    seen: dict[str, str] = {}
    for name, value in entries:
        if value.casefold() in seen:
            yield seen[value.casefold()], name
        seen[value.casefold()] = name


def _refuse(problem: str) -> NoReturn:
    msg = f"style: {problem}"
    raise ConfigurationError(msg)
