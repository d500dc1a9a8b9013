"""
Rows that are to be written: all that is wrong with each, or what it changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._errors import Code, problem
from crmkit_simulator.zoho._rows import needed
from crmkit_simulator.zoho._rules import rule_of
from crmkit_simulator.zoho._values import checked

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit_simulator.zoho._modules import Field
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record
    from crmkit_simulator.zoho._rows import Row

    Problem = dict[str, Any]

_OTHERWISE = {"Call_Duration", "Parent_Id"}  # needed, but not always, or not as a value


def drafted(org: Org, row: Row) -> tuple[dict[str, Any], list[Problem]]:
    """
    Return the values that a row sets, and all that is wrong with it.
    """
    values: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, value in row.given.items():
        if name == "id" or name.startswith("$"):
            continue
        field, wrong = _writable(org, row, name)
        if field is not None and field.type == "parent":
            continue
        if field is not None:
            values[name], wrong = checked(org, field, value, f"{row.path}.{name}")
        if wrong:
            problems.append(wrong)
    problems += rule_of(row.module)(org, row, values)
    problems += _missing(org, row, values, problems)
    problems += _duplicates(org, row, values)
    return values, problems


def _writable(org: Org, row: Row, name: str) -> tuple[Field | None, Problem | None]:
    field = org.shelves[row.module].fields.get(name)
    unknown = field is None or field.hidden
    if not unknown and not (field and field.read_only):
        return field, None
    if org.ignores_unwritable or (row.module == "Notes" and name == "se_module"):
        return None, None
    message = "the field api name given seems to be invalid"
    if not unknown:
        message = "the field is not writable"
    at = f"{row.path}.{name}"
    return None, problem(Code.INVALID_DATA, message, api_name=name, json_path=at)


def _missing(
    org: Org, row: Row, values: Mapping[str, Any], problems: list[Problem]
) -> Iterator[Problem]:
    wrong = {one["details"].get("api_name") for one in problems}
    for name, field in org.shelves[row.module].fields.items():
        if not field.required or name in wrong or name in _OTHERWISE:
            continue
        if values.get(name) in (None, "") and (row.record is None or name in values):
            yield needed(name, row.path)


def _duplicates(org: Org, row: Row, values: Mapping[str, Any]) -> Iterator[Problem]:
    shelf = org.shelves[row.module]
    for name, value in values.items():
        field = shelf.fields.get(name)
        if field is None or not field.unique or value is None:
            continue
        for other in shelf.having(name, value):
            if other is not row.record:
                yield duplicate(org, row, name, other)
                break


def duplicate(org: Org, row: Row, name: str, other: Record) -> Problem:
    """
    Return what is wrong where another record has a unique value already.
    """
    module = {"api_name": other.module, "id": org.module_id(other.module)}
    owner = org.named(other.values["Owner"], email=False)
    return problem(
        Code.DUPLICATE_DATA,
        "duplicate data",
        api_name=name,
        json_path=f"{row.path}.{name}",
        id=other.id,
        duplicate_record={"Owner": owner, "module": module, "id": other.id},
        more_records=False,
    )
