"""
What is refused of a lexicon, by the names of the entries.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NoReturn

from crmkit import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORDS = re.compile(r"[^\W_]+(?:[ '-][^\W_]+)*")


def check_tables(tables: Mapping[str, Mapping[str, str]]) -> None:
    """
    Refuse entries that are no words, and keys of one table that differ in case alone.
    """
    for name, table in tables.items():
        for entry in (*table, *table.values()):
            if not isinstance(entry, str) or not _WORDS.fullmatch(entry):
                _refuse(
                    f"{name} holds {entry!r}; an entry is made of letters and digits, with"
                    " single spaces, hyphens or straight apostrophes between them"
                )
        for one, other in _doubles((key, key) for key in table):
            _refuse(f"{name} holds both {one!r} and {other!r}, which differ in case alone")


def check_apart(tables: Mapping[str, Mapping[str, str]]) -> None:
    """
    Refuse a casual word that two tables hold.
    """
    homes: dict[str, tuple[str, str]] = {}
    for name, table in tables.items():
        for key in table:
            home, first = homes.setdefault(key.casefold(), (name, key))
            if home != name:
                _refuse(f"{home} holds {first!r} and {name} {key!r}; keep one of them")


def check_one_to_one(both_ways: Mapping[str, str], casual_from: Mapping[str, str]) -> None:
    """
    Refuse two casual words for one formal word: casual could not choose.
    """
    for one, other in _doubles(both_ways.items()):
        _refuse(
            f"{one!r} and {other!r} both stand for {both_ways[other]!r}; keep one of them"
            " there and put the other in formal_from"
        )
    entries = [*both_ways.items(), *((key, key) for key in casual_from)]
    for one, other in _doubles(entries):
        _refuse(
            f"casual_from holds {other!r}, for which casual writes {one!r} already; keep"
            " one of them"
        )


def check_closed(style: str, words: Mapping[str, str]) -> None:
    """
    Refuse what would be rewritten again by the style that wrote it.
    """
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
