"""
Reading a query: the part of SOQL that is simulated.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._tokens import Token, malformed, read_text, tokens

_LONGEST = 100_000
_DEEPEST = 50
_KEYWORDS = {"SELECT", "FROM", "WHERE", "ORDER", "BY", "LIMIT", "AND", "OR", "NOT"} | {
    *("IN", "LIKE", "ASC", "DESC", "NULLS", "OFFSET", "INCLUDES", "EXCLUDES"),
}
_COMPARED = ("=", "!=", "<>", "<", "<=", ">", ">=")
_LISTED = ("IN", "INCLUDES", "EXCLUDES")


class Name(NamedTuple):
    """
    A field, or a way to one by relationships, and where it stands.
    """

    path: tuple[str, ...]
    at: int


class Literal(NamedTuple):
    """
    A value: its sort is that of its token, or null or boolean.
    """

    sort: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """
    A field compared with one value, or with several.
    """

    name: Name
    operator: str
    values: tuple[Literal, ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """
    Conditions joined by AND, by OR, or one that is turned round by NOT.
    """

    word: str
    parts: tuple[Condition, ...]


Condition = Comparison | Joined


class Order(NamedTuple):
    """
    A field to sort by.
    """

    name: Name
    descending: bool
    nulls_last: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """
    A query that was read; without *fields* it only counts.
    """

    text: str
    fields: tuple[Name, ...]
    kind: Token
    where: Condition | None
    order: tuple[Order, ...]
    limit: int | None
    offset: int


def parse(text: str) -> Query:
    """
    Read a query; raises Refused.
    """
    if len(text) > _LONGEST:
        message = f"SOQL statements cannot be longer than {_LONGEST} characters."
        raise Refused(400, "QUERY_TOO_COMPLICATED", message)
    return _Parser(text).query()


class _Parser:
    def __init__(self, text: str) -> None:
        self._text = text
        self._tokens = list(tokens(text))
        self._place = 0

    def query(self) -> Query:
        self._expect("SELECT")
        fields = self._fields()
        self._expect("FROM")
        kind = self._word()
        where = self._either(0) if self._took("WHERE") else None
        order = self._order() if self._took("ORDER") else ()
        limit = self._number() if self._took("LIMIT") else None
        offset = self._number() if self._took("OFFSET") else 0
        if self._next.sort != "end":
            raise self._unexpected()
        return Query(
            text=self._text,
            fields=fields,
            kind=kind,
            where=where,
            order=order,
            limit=limit,
            offset=offset or 0,
        )

    @property
    def _next(self) -> Token:
        return self._tokens[self._place]

    def _take(self) -> Token:
        token = self._next
        self._place += 1
        return token

    def _took(self, *words: str) -> bool:
        found = self._next.says(*words)
        self._place += found
        return found

    def _expect(self, word: str) -> None:
        if not self._took(word):
            raise self._unexpected()

    def _unexpected(self) -> Refused:
        shown = self._next.text or "<EOF>"
        return malformed(self._text, self._next.at, f"unexpected token: '{shown}'")

    def _word(self) -> Token:
        if self._next.sort != "name" or self._next.text.upper() in _KEYWORDS:
            raise self._unexpected()
        return self._take()

    def _name(self) -> Name:
        token = self._word()
        return Name(tuple(token.text.split(".")), token.at)

    def _fields(self) -> tuple[Name, ...]:
        first = self._name()
        if first.path[0].upper() == "COUNT" and self._took("("):
            self._expect(")")
            return ()
        found = [first]
        while self._took(","):
            found.append(self._name())
        return tuple(found)

    def _either(self, depth: int) -> Condition:
        """
        Read conditions joined by one word; both in one place need parentheses.
        """
        parts = [self._condition(depth)]
        word = self._next.text.upper()
        if not self._next.says("AND", "OR"):
            return parts[0]
        while self._took(word):
            parts.append(self._condition(depth))
        return Joined(word, tuple(parts))

    def _condition(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise malformed(self._text, self._next.at, "the condition is too complex")
        if self._took("NOT"):
            return Joined("NOT", (self._condition(depth + 1),))
        if self._took("("):
            found = self._either(depth + 1)
            self._expect(")")
            return found
        name = self._name()
        negated = self._took("NOT")
        operator = self._next.text.upper()
        if self._took(*_LISTED):
            return Comparison(
                name, f"NOT {operator}" if negated else operator, self._list()
            )
        if negated or not self._took(*_COMPARED, "LIKE"):
            raise self._unexpected()
        return Comparison(name, operator, (self._literal(),))

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        found = [self._literal()]
        while self._took(","):
            found.append(self._literal())
        self._expect(")")
        return tuple(found)

    def _literal(self) -> Literal:
        token = self._next
        if token.sort == "text":
            self._take()
            return Literal("text", read_text(self._text, token), token.at)
        if token.sort in {"datetime", "date", "number"}:
            return Literal(*self._take())
        if self._took("NULL"):
            return Literal("null", "null", token.at)
        if self._took("TRUE", "FALSE"):
            return Literal("boolean", token.text.lower(), token.at)
        raise self._unexpected()

    def _order(self) -> tuple[Order, ...]:
        self._expect("BY")
        found = [self._sorting()]
        while self._took(","):
            found.append(self._sorting())
        return tuple(found)

    def _sorting(self) -> Order:
        name = self._name()
        descending = self._took("DESC")
        if not descending:
            self._took("ASC")
        nulls_last = descending
        if self._took("NULLS"):
            nulls_last = self._next.says("LAST")
            if not self._took("FIRST", "LAST"):
                raise self._unexpected()
        return Order(name, descending, nulls_last)

    def _number(self) -> int:
        if self._next.sort != "number" or not self._next.text.isdecimal():
            raise self._unexpected()
        return int(self._take().text)
