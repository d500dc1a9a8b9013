"""
Which records meet a condition.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused, invalid_field
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._paths import path_of
from crmkit_simulator.salesforce._schema import CHOICES, NUMBERS, TEXTS
from crmkit_simulator.salesforce._soql import Joined
from crmkit_simulator.salesforce._tokens import LITERAL
from crmkit_simulator.salesforce._values import day, moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Field, Kind
    from crmkit_simulator.salesforce._soql import Comparison, Condition, Literal, Query

    Test = Callable[[Record], bool]

_IDS = frozenset({"id", "reference"})
_SORTS = {"date": "date", "datetime": "datetime", "boolean": "boolean"} | dict.fromkeys(
    NUMBERS, "number"
)
_ORDERING = {"<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge}
_WILD = re.compile(f"{LITERAL}[%_]|[%_]")
_ANY = {"%": ".*", "_": "."}


def test_of(org: Org, query: Query, kind: Kind, condition: Condition) -> Test:
    """
    Return a function that tells whether a record meets a condition; raises Refused.
    """
    if not isinstance(condition, Joined):
        return _compared(org, query, kind, condition)
    tests = [test_of(org, query, kind, part) for part in condition.parts]
    if condition.word == "NOT":
        return lambda record: not tests[0](record)
    combine = all if condition.word == "AND" else any
    return lambda record: combine(test(record) for test in tests)


def folded(value: Any) -> Any:
    """
    Return a value as it is compared: texts ignore case.
    """
    return value.lower() if isinstance(value, str) else value


def _compared(org: Org, query: Query, kind: Kind, condition: Comparison) -> Test:
    path = path_of(org, query, kind, condition.name)
    field = path.field
    if not field.filterable:
        text = f"field '{field.name}' can not be filtered in a query call"
        raise invalid_field(text)
    values = [_value(field, literal, condition.operator) for literal in condition.values]
    test = _test(field, condition.operator, values)
    if field.type in _IDS:
        return lambda record: test(path.value(org, record))
    return lambda record: test(folded(path.value(org, record)))


def _value(field: Field, literal: Literal, sign: str) -> Any:
    if literal.sort == "null":
        if sign not in {"=", "!=", "<>", "IN", "NOT IN"}:
            raise _bad_operator(field)
        return None
    expected = _SORTS.get(field.type, "text")
    if literal.sort != expected:
        quoted = "should" if expected == "text" else "should not"
        type_ = "string" if expected == "text" else field.type
        text = (
            f"value of filter criterion for field '{field.name}' must be of type {type_} "
            f"and {quoted} be enclosed in quotes"
        )
        raise invalid_field(text)
    try:
        return _read(field, literal, sign)
    except ValueError:
        msg = f"line 1:{literal.at} invalid value: {literal.text}"
        raise invalid_field(msg) from None


def _read(field: Field, literal: Literal, sign: str) -> Any:
    if field.type in _IDS:
        id_ = read_id(literal.text)
        if literal.text and id_ is None:
            text = f"invalid ID field: {literal.text}"
            raise Refused(400, "INVALID_QUERY_FILTER_OPERATOR", text)
        return id_
    match literal.sort:
        case "datetime":
            return moment(literal.text).lower()
        case "date":
            return day(literal.text)
        case "number":
            return float(literal.text)
        case "boolean":
            return literal.text == "true"
    text = literal.text if sign == "LIKE" else literal.text.replace(LITERAL, "")
    return text.lower() or None


def _test(field: Field, sign: str, values: list[Any]) -> Callable[[Any], bool]:
    many = sign.removeprefix("NOT ") in {"INCLUDES", "EXCLUDES"}
    plain = sign in {"=", "!=", "<>", "IN", "NOT IN"}
    if many != (field.type == "multipicklist") and not plain:
        raise _bad_operator(field)
    if sign in {"=", "IN"}:
        return lambda value: value in values
    if sign in {"!=", "<>", "NOT IN"}:
        return lambda value: value not in values
    if many:
        return _several(sign, values)
    if sign == "LIKE":
        return _like(field, values[0])
    if field.type == "boolean":
        raise _bad_operator(field)
    order, limit = _ORDERING[sign], values[0]
    return lambda value: value is not None and limit is not None and order(value, limit)


def _several(sign: str, wanted: Iterable[str]) -> Callable[[Any], bool]:
    sets = [frozenset(one.split(";")) for one in wanted]
    turned = (sign == "EXCLUDES") != sign.startswith("NOT ")

    def test(value: Any) -> bool:
        chosen = frozenset(value.split(";")) if value else frozenset()
        return any(one <= chosen for one in sets) is not turned

    return test


def _like(field: Field, pattern: str | None) -> Callable[[Any], bool]:
    if field.type not in TEXTS | CHOICES:
        raise _bad_operator(field)
    parts, at = [], 0
    for found in _WILD.finditer(pattern or ""):
        parts.append(re.escape((pattern or "")[at : found.start()]))
        parts.append(_ANY.get(found[0]) or found[0][1])
        at = found.end()
    form = re.compile("".join(parts) + re.escape((pattern or "")[at:]), re.DOTALL)
    return lambda value: value is not None and form.fullmatch(value) is not None


def _bad_operator(field: Field) -> Refused:
    text = f"invalid operator on {field.type} field"
    return Refused(400, "INVALID_QUERY_FILTER_OPERATOR", text)
