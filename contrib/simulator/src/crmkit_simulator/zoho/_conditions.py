"""
What a query's columns are, and its conditions.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._comparing import ORDERINGS, comparable, is_long, is_ordered
from crmkit_simulator.zoho._errors import Code, Refused, refused
from crmkit_simulator.zoho._modules import Field
from crmkit_simulator.zoho._query import Condition, Joined
from crmkit_simulator.zoho._shown import value_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record

    Test = Callable[[Record], bool]

_ID = Field(name="id", type="id")
_USERS = {name: Field(name=name) for name in ("first_name", "last_name", "email")}


def invalid(message: str, **details: Any) -> Refused:
    """
    Return the refusal of a query that can be read, and not answered.
    """
    return refused(Code.INVALID_QUERY, message, **details)


class Columns:
    """
    The columns of a module, and one step beyond: ``Account_Name.Phone``, ``Owner.email``.
    """

    def __init__(self, org: Org, module: str) -> None:
        self._org = org
        self._fields = org.shelves[module].fields

    def checked(self, name: str) -> Field:
        """
        Return the field that a column is; raises Refused.
        """
        first, _, second = name.partition(".")
        field = self._field(self._fields, first)
        if not second:
            return field or self._no_column(name)
        if field is None or second == "id":
            return _ID if field else self._no_column(name)
        if field.type == "ownerlookup":
            return _USERS.get(second) or self._no_column(name)
        to = self._org.shelves.get(field.to)
        return (self._field(to.fields, second) if to else None) or self._no_column(name)

    def _field(self, fields: dict[str, Field], name: str) -> Field | None:
        field = _ID if name == "id" else fields.get(name)
        return None if field is None or field.hidden else field

    def _no_column(self, name: str) -> Field:
        message = "column given seems to be invalid"
        raise invalid(message, column_name=name)

    def value(self, record: Record, name: str) -> Any:
        """
        Return a column's value as it is stored.
        """
        first, _, second = name.partition(".")
        if first == "id":
            return record.id
        value = record.values.get(first)
        if self._fields[first].type == "boolean":
            return bool(value)
        if not second or value is None:
            return value
        if second == "id":
            return value
        if self._fields[first].type == "ownerlookup":
            return self._org.users.get(value, {}).get(second)
        beyond = self._org.get(self._fields[first].to, value)
        return beyond.values.get(second) if beyond else None

    def shown(self, record: Record, name: str) -> Any:
        """
        Return a column's value as it is sent: of what a lookup leads to only the id.
        """
        value = self.value(record, name)
        field = self.checked(name)
        if value is not None and field.type in {"lookup", "ownerlookup"}:
            return {"id": value}
        if "." in name or name == "id":
            return value
        return value_of(self._org, record, field)


def test_of(columns: Columns, where: Condition | Joined) -> Test:
    """
    Return what tells whether a record meets conditions; raises Refused.
    """
    if isinstance(where, Condition):
        return _test(columns, where)
    left, right = test_of(columns, where.left), test_of(columns, where.right)
    if where.join == "and":
        return lambda record: left(record) and right(record)
    return lambda record: left(record) or right(record)


def _test(columns: Columns, condition: Condition) -> Test:
    name, operator = condition.column, condition.operator
    field = columns.checked(name)
    if is_long(field):
        message = "unsupported column in criteria"
        raise invalid(message, column_name=name, operator=operator)
    if operator in {"is null", "is not null"}:
        missing = operator == "is null"
        return lambda record: (columns.value(record, name) is None) == missing
    try:
        test = _of_values(field, operator, condition.values)
    except KeyError:
        details = {"reason": "invalid operator found", "column_name": name}
        message = "Invalid query formed"
        raise invalid(message, **details, operator=operator) from None
    except ValueError:
        message = "value given seems to be invalid for the column"
        raise invalid(message, column_name=name) from None

    def meets(record: Record) -> bool:
        value = columns.value(record, name)
        return value is not None and test(comparable(field, value))

    return meets


def _of_values(
    field: Field, operator: str, values: tuple[Any, ...]
) -> Callable[[Any], bool]:
    if operator.endswith("like"):
        pattern = _pattern(field, str(values[0]))
        found = operator == "like"
        return lambda value: bool(pattern.fullmatch(str(value))) == found
    wanted = [comparable(field, value) for value in values]
    if operator.endswith("in"):
        listed = operator == "in"
        return lambda value: (value in wanted) == listed
    if operator not in {"=", "!="} and not is_ordered(field):
        raise KeyError(operator)
    if operator == "between":
        return lambda value: wanted[0] <= value <= wanted[1]
    compare = ORDERINGS[operator]
    return lambda value: compare(value, wanted[0])


def _pattern(field: Field, text: str) -> re.Pattern[str]:
    if is_ordered(field) or field.type in {"boolean", "lookup", "ownerlookup"}:
        raise KeyError(field.type)
    parts = map(re.escape, text.casefold().split("%"))
    return re.compile(".*".join(parts), re.DOTALL)
