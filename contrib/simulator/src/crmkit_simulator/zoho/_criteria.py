"""
The criteria of searches: ``((Last_Name:equals:Ruiz)and(City:starts_with:B))``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._comparing import ORDERINGS, comparable, is_long, is_ordered
from crmkit_simulator.zoho._errors import Code, Refused, refused

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit_simulator.zoho._modules import Field

    Test = Callable[[Mapping[str, Any]], bool]

_MOST = 10
# What follows a backslash is plain text.
_CONDITION = re.compile(r"(\w+):(\w+):((?:\\.|[^\\()])*)")
_PARTS = re.compile(r"(?:\\.|[^\\,])+")
_JOIN = re.compile(r"\s*(and|or)\s*", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
_COMPARED = {
    "not_equal": "!=",
    "less_than": "<",
    "less_equal": "<=",
    "greater_than": ">",
    "greater_equal": ">=",
}


def criteria(text: str, fields: Mapping[str, Field]) -> Test:
    """
    Return what tells whether values meet criteria; raises Refused.
    """
    reader = _Reader(text, fields)
    test = reader.group()
    if reader.at != len(text) or reader.count > _MOST:
        raise invalid_query()
    return test


def invalid_query(**details: Any) -> Refused:
    """
    Return the refusal of criteria that cannot be read.
    """
    return refused(Code.INVALID_QUERY, "Invalid query formed", **details)


class _Reader:
    def __init__(self, text: str, fields: Mapping[str, Field]) -> None:
        self._text = text
        self._fields = fields
        self.at = 0
        self.count = 0

    def group(self) -> Test:
        self._expect("(")
        tests, joins = [self._inner()], set()
        while joined := _JOIN.match(self._text, self.at):
            self.at = joined.end()
            joins.add(joined[1].lower())
            tests.append(self.group())
        self._expect(")")
        if len(joins) > 1:
            raise invalid_query()
        return _joined(tests, every=joins != {"or"})

    def _inner(self) -> Test:
        if self._text.startswith("(", self.at):
            return self.group()
        found = _CONDITION.match(self._text, self.at)
        if found is None:
            raise invalid_query()
        self.at = found.end()
        self.count += 1
        return condition(self._fields, *found.groups())

    def _expect(self, sign: str) -> None:
        if not self._text.startswith(sign, self.at):
            raise invalid_query()
        self.at += 1


def _joined(tests: list[Test], *, every: bool) -> Test:
    if every:
        return lambda values: all(test(values) for test in tests)
    return lambda values: any(test(values) for test in tests)


def condition(fields: Mapping[str, Field], name: str, operator: str, text: str) -> Test:
    """
    Return what tells whether values meet one condition; raises Refused.
    """
    field = fields.get(name)
    if field is None or field.hidden or is_long(field):
        raise invalid_query(column_name=name, reason="unsupported column in criteria")
    parts = [re.sub(r"\\(.)", r"\1", part) for part in _PARTS.findall(text)]
    try:
        return _condition(field, operator, parts)
    except (KeyError, ValueError):
        raise invalid_query(column_name=name, operator=operator) from None


def _condition(field: Field, operator: str, parts: list[str]) -> Test:
    wanted = [comparable(field, part) for part in parts]
    if operator == "in":
        return lambda values: _is(values, field, lambda value: value in wanted)
    if operator == "between":
        low, high = wanted
        return lambda values: _is(values, field, lambda value: low <= value <= high)
    (one,) = wanted
    if operator == "equals" and field.type in {"text", "phone", "website"}:
        words = _WORD.findall(one)
        return lambda values: _is(values, field, lambda value: _contains(value, words))
    if operator == "starts_with":
        return lambda values: _is(values, field, lambda value: str(value).startswith(one))
    if operator not in {"equals", "not_equal"} and not is_ordered(field):
        raise ValueError
    compare = ORDERINGS["=" if operator == "equals" else _COMPARED[operator]]
    return lambda values: _is(values, field, lambda value: compare(value, one))


def _is(values: Mapping[str, Any], field: Field, test: Callable[[Any], bool]) -> bool:
    value = values.get(field.name)
    return value is not None and test(comparable(field, value))


def _contains(value: str, words: list[str]) -> bool:
    # Zoho's equals finds "ABC Inc" for "ABC".
    own = _WORD.findall(value)
    size = len(words)
    return any(own[at : at + size] == words for at in range(len(own) - size + 1))
