"""
Writing records in batches: each row by itself, its result in its place.
"""

from __future__ import annotations

from http import HTTPStatus
from math import ceil
from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._drafts import drafted
from crmkit_simulator.zoho._errors import (
    Code,
    Refused,
    invalid_key,
    invalid_param,
    problem,
)
from crmkit_simulator.zoho._records import Record
from crmkit_simulator.zoho._rows import Row, locked, needed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org

    Result = dict[str, Any]

MOST = 100
_ROWS_PER_CREDIT = 10
_AUTOMATIONS = ("workflow", "approval", "blueprint", "pathfinder", "orchestration")
_ADDED, _UPDATED = "record added", "record updated"


def batch(asked: Asked, act: Callable[[str, dict[str, Any]], Result]) -> list[Result]:
    """
    Do with each row what *act* does with its path and values; raises Refused.
    """
    rows = asked.rows
    if len(rows) > MOST:
        details = {"maximum_length": MOST, "api_name": "data"}
        message = "count of records in your request exceeds the limit"
        raise Refused(400, problem(Code.LIMIT_EXCEEDED, message, **details), within="data")
    asked.credits = ceil(len(rows) / _ROWS_PER_CREDIT)
    triggers(asked)
    return [_result(number, row, act) for number, row in enumerate(rows)]


def _result(number: int, row: Any, act: Callable[[str, dict[str, Any]], Result]) -> Result:
    path = f"$.data[{number}]"
    if not isinstance(row, dict):
        details = {"expected_data_type": "jsonobject", "json_path": path}
        return problem(Code.INVALID_DATA, "invalid data", **details)
    return act(path, row)


def triggers(asked: Asked) -> list[str]:
    """
    Return which automations a request sets off: all of them, if it says nothing.

    Raises Refused.
    """
    given = asked.body.get("trigger", list(_AUTOMATIONS))
    if not isinstance(given, list):
        raise invalid_key(name="trigger", expected_data_type="jsonarray")
    if not set(map(str, given)) <= set(_AUTOMATIONS):
        raise invalid_key(name="trigger", supported_values=list(_AUTOMATIONS))
    return given


def insert(
    org: Org, asked: Asked, module: str, more: Mapping[str, Any] | None = None
) -> Answer:
    """
    Make records, each with *more* values than its row has; raises Refused.
    """

    def make(path: str, given: dict[str, Any]) -> Result:
        return written(org, asked, Row(module, path, {**given, **(more or {})}))

    return outcome(org, asked, batch(asked, make), HTTPStatus.CREATED)


def update(org: Org, asked: Asked, module: str, id_: str | None = None) -> Answer:
    """
    Change records, or the one that the path names; raises Refused.
    """

    def change(path: str, given: dict[str, Any]) -> Result:
        key = id_ or given.get("id")
        if not key:
            return needed("id", path)
        record = org.get(module, str(key))
        if record is None:
            details = {"api_name": "id", "json_path": f"{path}.id"}
            return problem(Code.INVALID_DATA, "the id given seems to be invalid", **details)
        return written(org, asked, Row(module, path, given, record))

    return outcome(org, asked, batch(asked, change), HTTPStatus.OK)


def written(org: Org, asked: Asked, row: Row) -> Result:
    """
    Make or change one record, and return its result.
    """
    row = row._replace(version=asked.version)
    if row.record is not None and row.record.values.get("Locked__s"):
        return locked("id", row.path)
    values, problems = drafted(org, row)
    if problems:
        return _refusal(asked, problems)
    record = row.record or _new(org, row.module)
    record.values.update(values)
    record.values |= {"Modified_Time": org.now(), "Modified_By": org.user}
    record.fired += triggers(asked)
    for name in record.values.get("Tag") or ():
        org.tag(row.module, name)
    org.put(record)
    return success(org, record, _ADDED if row.record is None else _UPDATED)


def _refusal(asked: Asked, problems: list[Result]) -> Result:
    if len(problems) == 1 or asked.version == "v2":
        return problems[0]
    message = "Multiple errors in the request"
    return problem(Code.MULTIPLE_OR_MULTI_ERRORS, message, errors=problems)


def _new(org: Org, module: str) -> Record:
    user = {"Owner": org.user, "Created_By": org.user, "Created_Time": org.now()}
    return Record(org.new_id(), module, user)


def success(org: Org, record: Record, message: str) -> Result:
    """
    Return the result of a row that was written.
    """
    values = record.values
    details: dict[str, Any] = {
        "Modified_Time": org.local(values["Modified_Time"]),
        "Modified_By": org.named(values["Modified_By"], email=False),
        "Created_Time": org.local(values["Created_Time"]),
        "id": record.id,
        "Created_By": org.named(values["Created_By"], email=False),
    }
    if record.module != "Notes":
        details["$approval_state"] = "approved"
    return {
        "code": "SUCCESS",
        "details": details,
        "message": message,
        "status": "success",
    }


def outcome(
    org: Org, asked: Asked, results: list[Result], done: HTTPStatus, **more: Any
) -> Answer:
    """
    Return the results with the status that tells how many of them are successes.
    """
    good = [result["status"] == "success" for result in results]
    status: int = done
    if not all(good):
        status = HTTPStatus.MULTI_STATUS if any(good) else HTTPStatus.BAD_REQUEST
        if org.old_statuses or asked.version == "v2":
            old = {HTTPStatus.CREATED: HTTPStatus.ACCEPTED}
            status = old.get(done, HTTPStatus.OK)
    return answer(int(status), {"data": results, **more})


def delete(org: Org, asked: Asked, module: str, ids: Iterable[str]) -> Answer:
    """
    Delete records; raises Refused.
    """
    wanted = list(ids)
    if len(wanted) > MOST:
        raise invalid_param(name="ids", maximum_length=MOST)
    return outcome(org, asked, [_gone(org, module, id_) for id_ in wanted], HTTPStatus.OK)


def _gone(org: Org, module: str, id_: str) -> Result:
    record = org.get(module, id_)
    if record is None:
        return problem(Code.INVALID_DATA, "the id given seems to be invalid", id=id_)
    if record.values.get("Locked__s"):
        return locked("id", "$")
    org.delete(record)
    done = {"code": "SUCCESS", "details": {"id": id_}}
    return {**done, "message": "record deleted", "status": "success"}
