"""
The words of a query.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from crmkit_simulator.salesforce._errors import Refused

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(
    r"""\s*(?:
    (?P<text>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d))
    | (?P<date>\d{4}-\d\d-\d\d)(?![\w:-])
    | (?P<number>[+-]?(?:\d+(?:\.\d+)?))(?![\w:])
    | (?P<name>[A-Za-z]\w*(?:\.[A-Za-z]\w*)*)
    | (?P<sign><=|>=|!=|<>|[=<>(),])
    | (?P<end>\Z)
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"} | {
    mark: mark for mark in "\"'\\"
}
_SHOWN = 40
LITERAL = "\0"


class Token(NamedTuple):
    """
    A word of a query, what sort of word it is, and where it begins.
    """

    sort: str
    text: str
    at: int

    def says(self, *words: str) -> bool:
        """
        Tell whether it is one of these keywords or signs.
        """
        return self.sort in {"name", "sign"} and self.text.upper() in words


def tokens(query: str) -> Iterator[Token]:
    """
    Yield the words of a query, the end too; raises Refused.
    """
    at = 0
    while True:
        found = _TOKEN.match(query, at)
        if not found or not found.lastgroup:
            at += len(query[at:]) - len(query[at:].lstrip())
            raise malformed(query, at, f"unexpected token: '{query[at : at + 1]}'")
        sort = found.lastgroup
        token = Token(sort, found[sort], found.start(sort))
        yield token
        if sort == "end":
            return
        at = found.end()


def read_text(query: str, token: Token) -> str:
    """
    Return what a quoted text says; LITERAL stands before a ``%`` or ``_`` that was escaped.

    Raises Refused.
    """

    def read(found: re.Match[str]) -> str:
        mark = found[1]
        if mark[0] == "u" and len(mark) > 1:
            return chr(int(mark[1:], 16))
        if mark in "%_":
            return LITERAL + mark
        if mark.lower() not in _ESCAPED:
            raise malformed(query, token.at, f"Illegal escape sequence \\{mark}")
        return _ESCAPED[mark.lower()]

    return _ESCAPE.sub(read, token.text[1:-1])


def malformed(query: str, at: int, message: str) -> Refused:
    """
    Return the refusal of a query that cannot be read.
    """
    return Refused(400, "MALFORMED_QUERY", located(query, at, message))


def located(query: str, at: int, message: str) -> str:
    """
    Return a message with the place in the query that it is about.
    """
    line, column = query.count("\n", 0, at) + 1, at - query.rfind("\n", 0, at)
    start = max(0, at - _SHOWN // 2)
    shown = query[start : at + _SHOWN].replace("\n", " ")
    caret = " " * (at - start) + "^"
    return f"\n{shown}\n{caret}\nERROR at Row:{line}:Column:{column}\n{message}"
