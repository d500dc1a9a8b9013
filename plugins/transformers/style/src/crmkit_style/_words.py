"""
Words that a user adds to those of a language.
"""

from __future__ import annotations

from collections.abc import Mapping

from attrs import field, fields, frozen


def _entries(table: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    # What two of them are compared by, and found again by: a mapping has no hash.
    return tuple((repr(key), repr(output)) for key, output in table.items())


@frozen(kw_only=True)
class Words:
    """
    Words that the user adds to those of a language, each table casual to formal.

    *pairs* go both ways; so do *greetings*, at the start of a line, and *closings*, on a
    line of their own near the end. *formal_from* are further casual words, replaced in
    formal alone; *casual_from* are further formal words, formal to casual, replaced in
    casual alone.
    """

    pairs: Mapping[str, str] = field(factory=dict, eq=_entries)
    greetings: Mapping[str, str] = field(factory=dict, eq=_entries)
    closings: Mapping[str, str] = field(factory=dict, eq=_entries)
    formal_from: Mapping[str, str] = field(factory=dict, eq=_entries)
    casual_from: Mapping[str, str] = field(factory=dict, eq=_entries)

    def tables(self) -> dict[str, Mapping[str, str]]:
        """
        Return the tables by name.
        """
        return {table.name: getattr(self, table.name) for table in fields(Words)}
