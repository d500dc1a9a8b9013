"""
COQL's grammar: the part of SQL that a query may be made of.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.zoho._errors import Code, refused

if TYPE_CHECKING:
    from crmkit_simulator.zoho._errors import Refused

_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\")"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w]))"
    r"|(?P<name>[A-Za-z_$][\w.]*)"
    r"|(?P<sign><=|>=|!=|[=<>(),])"
    r"|(?P<wrong>\S))"
)
_CRITERIA, _VALUES, _LIMIT = 25, 50, 200
_COMPARING = {"=", "!=", "<", "<=", ">", ">="}


class Token(NamedTuple):
    """
    A word of a query: text, number, name or sign; the end has no kind.
    """

    kind: str
    text: str

    @property
    def word(self) -> str:
        """
        Its text as keywords are compared.
        """
        return self.text.lower() if self.kind in {"name", "sign"} else ""


@dataclass(frozen=True, slots=True)
class Condition:
    """
    A column, an operator, and the values that it is compared with.
    """

    column: str
    operator: str
    values: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Joined:
    """
    Two conditions, of which both or one must hold.
    """

    join: str
    left: Condition | Joined
    right: Condition | Joined


@dataclass(slots=True)
class Query:
    """
    A query that was read.
    """

    columns: list[str]
    module: str
    where: Condition | Joined
    orders: list[tuple[str, bool]] = field(default_factory=list)
    limit: int = _LIMIT
    offset: int = 0


def parse(text: str) -> Query:
    """
    Read a query; raises Refused.
    """
    reader = _Reader(text)
    query = reader.query()
    if reader.next.kind:
        raise _near(reader.next)
    return query


def _near(token: Token) -> Refused:
    message = "error occured while parsing the query"
    return refused(Code.SYNTAX_ERROR, message, near=token.text)


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [_token(found) for found in _TOKEN.finditer(text.rstrip())]
        self._at = 0
        self._criteria = 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at] if self._at < len(self._tokens) else Token("", "")

    def query(self) -> Query:
        self._expect("select")
        columns = [self._name()]
        while self._has(","):
            columns.append(self._name())
        self._expect("from")
        module = self._name()
        if self.next.word != "where":
            raise refused(Code.SYNTAX_ERROR, "missing clause", clause="where")
        self._expect("where")
        query = Query(columns, module, self._joined())
        if self._has("order"):
            self._expect("by")
            query.orders = self._orders()
        if self._has("limit"):
            self._limit(query)
        if self._has("offset"):
            query.offset = self._number()
        return query

    def _joined(self) -> Condition | Joined:
        # Never three in a row: each pair needs brackets of its own.
        left = self._operand()
        join = self.next.word
        if join not in {"and", "or"}:
            return left
        self._expect(join)
        return Joined(join, left, self._operand())

    def _operand(self) -> Condition | Joined:
        if self._has("("):
            inner = self._joined()
            self._expect(")")
            return inner
        self._criteria += 1
        if self._criteria > _CRITERIA:
            message = "criteria limit exceeded"
            raise refused(Code.LIMIT_EXCEEDED, message, limit=_CRITERIA)
        return self._condition()

    def _condition(self) -> Condition:
        column, token = self._name(), self._take()
        match token.word:
            case "is":
                negated = "not " if self._has("not") else ""
                self._expect("null")
                return Condition(column, f"is {negated}null")
            case "not":
                operator = self._take().word
                if operator not in {"in", "like"}:
                    raise refused(
                        Code.SYNTAX_ERROR, "operator not supported", operator="not"
                    )
                return Condition(column, f"not {operator}", self._values(operator))
            case "in" | "like" as operator:
                return Condition(column, operator, self._values(operator))
            case "between":
                low = self._value()
                self._expect("and")
                return Condition(column, "between", (low, self._value()))
            case sign if sign in _COMPARING:
                return Condition(column, sign, (self._value(),))
        raise _near(token)

    def _values(self, operator: str) -> tuple[Any, ...]:
        if operator == "like":
            return (self._value(),)
        self._expect("(")
        values = [self._value()]
        while self._has(","):
            values.append(self._value())
        self._expect(")")
        if len(values) > _VALUES:
            message = "values limit exceeded"
            raise refused(Code.LIMIT_EXCEEDED, message, limit=_VALUES)
        return tuple(values)

    def _value(self) -> str:
        token = self._take()
        if token.kind == "text":
            quote = token.text[0]
            return token.text[1:-1].replace(quote * 2, quote)
        if token.kind == "number" or token.word in {"true", "false"}:
            return token.text
        raise _near(token)

    def _orders(self) -> list[tuple[str, bool]]:
        orders: list[tuple[str, bool]] = []
        while not orders or self._has(","):
            name = self._name()
            orders.append((name, self._has("desc")))
            if not orders[-1][1]:
                self._has("asc")
        return orders

    def _limit(self, query: Query) -> None:
        query.limit = self._number()
        if self._has(","):
            query.offset, query.limit = query.limit, self._number()

    def _number(self) -> int:
        token = self._take()
        if token.kind != "number" or not token.text.isdecimal():
            message = "limit given seems to be invalid"
            raise refused(Code.INVALID_QUERY, message, limit=token.text)
        return int(token.text)

    def _name(self) -> str:
        token = self._take()
        if token.kind != "name":
            raise _near(token)
        return token.text

    def _take(self) -> Token:
        token = self.next
        self._at += 1
        return token

    def _has(self, word: str) -> bool:
        if self.next.word != word:
            return False
        self._at += 1
        return True

    def _expect(self, word: str) -> None:
        if not self._has(word):
            raise _near(self.next)


def _token(found: re.Match[str]) -> Token:
    kind = found.lastgroup or ""
    token = Token(kind, found[kind])
    if kind == "wrong":
        raise _near(token)
    return token
