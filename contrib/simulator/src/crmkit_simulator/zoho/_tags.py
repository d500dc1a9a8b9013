"""
Tags: put on records, and taken off, without writing the records anew.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._errors import (
    Code,
    Refused,
    invalid_key,
    problem,
)
from crmkit_simulator.zoho._values import MisfitError, tag_names
from crmkit_simulator.zoho._write import MOST, outcome

if TYPE_CHECKING:
    from crmkit_simulator._wire import Answer
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record


def tag(org: Org, asked: Asked, module: str, id_: str) -> Answer:
    """
    Change the tags of one record; raises Refused.
    """
    names = _names(asked)
    return outcome(org, asked, [_tagged(org, asked, module, id_, names)], HTTPStatus.OK)


def tag_many(org: Org, asked: Asked, module: str) -> Answer:
    """
    Change the tags of several records; raises Refused.
    """
    names, ids = _names(asked), asked.body.get("ids")
    if not isinstance(ids, list) or not 1 <= len(ids) <= MOST:
        raise invalid_key(name="ids", expected_data_type="jsonarray", maximum_length=MOST)
    results = [_tagged(org, asked, module, str(id_), names) for id_ in ids]
    locked = sum(result["code"] == "RECORD_LOCKED" for result in results)
    more = {"locked_count": str(locked)}
    return outcome(org, asked, results, HTTPStatus.OK, **more)


def _names(asked: Asked) -> list[str]:
    try:
        return tag_names(asked.body.get("tags"))
    except MisfitError as misfit:
        details = {"api_name": "name", "json_path": "$.tags[*].name", **misfit.details}
        body = problem(Code.INVALID_DATA, "Invalid data", **details)
        raise Refused(400, body, within="tags") from None


def _tagged(
    org: Org, asked: Asked, module: str, id_: str, names: list[str]
) -> dict[str, Any]:
    record = org.get(module, id_)
    if record is None:
        return problem(Code.INVALID_DATA, "the id given seems to be invalid", id=id_)
    if record.values.get("Locked__s"):
        message = "Sorry, you cannot perform this operation as the record is locked."
        return problem(Code.RECORD_LOCKED, message, id=id_, action="record_locking")
    wrong = _change(org, asked, record, names)
    if wrong:
        return wrong
    tags = [org.tag(module, name) for name in record.values["Tag"]]
    return {
        "code": "SUCCESS",
        "details": {"id": id_, "tags": tags},
        "message": "tags updated successfully",
        "status": "success",
    }


def _change(
    org: Org, asked: Asked, record: Record, names: list[str]
) -> dict[str, Any] | None:
    before = record.values.get("Tag") or []
    if asked.parts[-1] == "remove_tags":
        after = [name for name in before if name not in names]
    else:
        kept = [] if asked.body.get("over_write") else before
        after = list(dict.fromkeys([*kept, *names]))
    try:
        record.values["Tag"] = tag_names([{"name": name} for name in after])
    except MisfitError as misfit:
        return problem(Code.INVALID_DATA, "invalid data", api_name="tags", **misfit.details)
    record.values["Modified_Time"] = org.now()
    org.put(record)
    return None
