"""
The filters of a search: whether what the index holds of an object passes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import partial
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import Refused
from crmkit_simulator.hubspot._values import milliseconds

if TYPE_CHECKING:
    from crmkit_simulator.hubspot._schema import Property

Given = Mapping[str, Any]
Test = Callable[[str | None], bool]
Convert = Callable[[Any], Any]
Operator = Callable[[Convert, Given], Test]

_WORD = re.compile(r"[\w@.+-]+")


def passes(
    schema: Mapping[str, Property], given: Given
) -> Callable[[Mapping[str, str]], bool]:
    """
    Return what tells whether an object passes a filter; raises Refused.
    """
    name, operator = given.get("propertyName"), given.get("operator")
    if not isinstance(name, str) or name not in schema:
        msg = f"There was a problem with the request: property {name} does not exist"
        raise Refused(400, msg)
    if not isinstance(operator, str) or operator not in _OPERATORS:
        msg = f"There was a problem with the request: operator {operator} is unknown"
        raise Refused(400, msg)
    needs, make = _OPERATORS[operator]
    for needed in needs:
        if given.get(needed) in (None, [], ""):
            msg = f"There was a problem with the request: {operator} needs {needed}"
            raise Refused(400, msg)
    if "values" in needs and not isinstance(given["values"], list):
        msg = f"There was a problem with the request: values of {operator} is not a list"
        raise Refused(400, msg)
    test = make(partial(comparable, schema[name]), given)
    return lambda properties: test(properties.get(name))


def comparable(definition: Property, value: Any) -> Any:
    """
    Return a value as it is compared: numbers and times as numbers; raises Refused.
    """
    text = str(value)
    try:
        if definition.type == "number":
            return float(text)
        if definition.type in {"datetime", "date"}:
            return milliseconds(text)
    except ValueError:
        msg = f"There was a problem with the request: {text} is no {definition.type}"
        raise Refused(400, msg) from None
    return text if definition.type == "enumeration" else text.lower()


def _has(convert: Convert, given: Given) -> Test:  # noqa: ARG001 - as all operators
    return lambda value: value is not None


def _compare(compare: Callable[[Any, Any], bool]) -> Operator:
    def operator(convert: Convert, given: Given) -> Test:
        wanted = convert(given["value"])
        return lambda value: value is not None and compare(convert(value), wanted)

    return operator


def _between(convert: Convert, given: Given) -> Test:
    low, high = convert(given["value"]), convert(given["highValue"])
    return lambda value: value is not None and low <= convert(value) <= high


def _in(convert: Convert, given: Given) -> Test:
    # Texts are indexed in lower case, and what they are compared with is taken as it is.
    values = map(str, given["values"])
    wanted = {
        value if isinstance(convert(value), str) else convert(value) for value in values
    }
    return lambda value: value is not None and convert(value) in wanted


def _contains(convert: Convert, given: Given) -> Test:
    pattern = re.escape(str(convert(given["value"]))).replace(r"\*", r".*")
    token = re.compile(pattern, re.IGNORECASE)
    return lambda value: (
        value is not None
        and any(token.fullmatch(word) for word in [value, *_WORD.findall(value)])
    )


def _not(operator: Operator) -> Operator:
    def negated(convert: Convert, given: Given) -> Test:
        test = operator(convert, given)
        return lambda value: not test(value)

    return negated


_EQUAL = _compare(eq)
_OPERATORS: dict[str, tuple[tuple[str, ...], Operator]] = {
    "EQ": (("value",), _EQUAL),
    "NEQ": (("value",), _not(_EQUAL)),
    "LT": (("value",), _compare(lt)),
    "LTE": (("value",), _compare(le)),
    "GT": (("value",), _compare(gt)),
    "GTE": (("value",), _compare(ge)),
    "BETWEEN": (("value", "highValue"), _between),
    "IN": (("values",), _in),
    "NOT_IN": (("values",), _not(_in)),
    "HAS_PROPERTY": ((), _has),
    "NOT_HAS_PROPERTY": ((), _not(_has)),
    "CONTAINS_TOKEN": (("value",), _contains),
    "NOT_CONTAINS_TOKEN": (("value",), _not(_contains)),
}
