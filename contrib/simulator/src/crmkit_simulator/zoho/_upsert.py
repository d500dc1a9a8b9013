"""
Upsert: a row changes the record that has the same value, or makes one.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._errors import Code, invalid_key, problem
from crmkit_simulator.zoho._modules import CLIENTS
from crmkit_simulator.zoho._rows import Row
from crmkit_simulator.zoho._write import batch, outcome, written

if TYPE_CHECKING:
    from crmkit_simulator._wire import Answer
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record


def upsert(org: Org, asked: Asked, module: str) -> Answer:
    """
    Change or make records by what must not be twice; raises Refused.
    """
    fields = _checked(org, asked, module)

    def act(path: str, given: dict[str, Any]) -> dict[str, Any]:
        if "id" in given:
            return _by_id(org, asked, Row(module, path, given))
        matches = _matches(org, module, fields, given)
        if len({record.id for _, record in matches}) > 1:
            return _ambiguous(path, matches)
        name, record = matches[0] if matches else (None, None)
        return _done(org, asked, Row(module, path, given, record), name)

    results = batch(asked, act)
    made = {result.get("action") for result in results} == {"insert"}
    return outcome(org, asked, results, HTTPStatus.CREATED if made else HTTPStatus.OK)


def _checked(org: Org, asked: Asked, module: str) -> list[str]:
    known = org.shelves[module].fields
    good = [name for name, field in known.items() if field.unique]
    good += ["Email"] if module in CLIENTS and "Email" not in good else []
    given = asked.body.get("duplicate_check_fields", good)
    if not isinstance(given, list):
        raise invalid_key(name="duplicate_check_fields", expected_data_type="jsonarray")
    if not set(map(str, given)) <= set(good):
        raise invalid_key(name="duplicate_check_fields", supported_values=good)
    return given


def _matches(
    org: Org, module: str, fields: list[str], given: dict[str, Any]
) -> list[tuple[str, Record]]:
    shelf = org.shelves[module]
    return [
        (name, record)
        for name in fields
        if given.get(name) is not None
        for record in shelf.having(name, given[name])
    ]


def _ambiguous(path: str, matches: list[tuple[str, Record]]) -> dict[str, Any]:
    names = dict.fromkeys(name for name, _ in matches)
    due = [{"api_name": name, "json_path": f"{path}.{name}"} for name in names]
    message = "more than one record has the value"
    return problem(Code.AMBIGUITY_DURING_PROCESSING, message, ambiguity_due_to=due)


def _by_id(org: Org, asked: Asked, row: Row) -> dict[str, Any]:
    record = org.get(row.module, str(row.given["id"]))
    if record is None:
        details = {"api_name": "id", "json_path": f"{row.path}.id"}
        return problem(Code.INVALID_DATA, "the id given seems to be invalid", **details)
    return _done(org, asked, row._replace(record=record), None)


def _done(org: Org, asked: Asked, row: Row, name: str | None) -> dict[str, Any]:
    result = written(org, asked, row)
    if result["status"] == "success":
        result["action"] = "insert" if row.record is None else "update"
        result["duplicate_field"] = name
    return result
