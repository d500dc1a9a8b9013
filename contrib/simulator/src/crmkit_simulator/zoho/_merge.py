"""
Merging: the master stays, the other records are gone, and so are their ids.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.zoho._errors import (
    Code,
    Refused,
    invalid_key,
    problem,
    refused,
)
from crmkit_simulator.zoho._modules import ACTIVITIES, TITLES

if TYPE_CHECKING:
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record

_CHILDREN = 2
_AT = "$.merge[0].data"


def merge(org: Org, asked: Asked, module: str, id_: str) -> Answer:
    """
    Merge one or two records into a master; raises Refused.

    What the master lacks it takes from the others, and what they are told to give.
    """
    master = org.get(module, id_)
    if master is None:
        message = "Master record id is not available"
        raise refused(Code.INVALID_DATA, message, resource_path_index=1)
    for given, child in _children(org, asked, master):
        _take(master, child, _named(given))
        _follow(org, child, master)
        org.delete(child, told=org.merged_deleted)
    master.values["Modified_Time"] = org.now()
    org.put(master)
    done = {
        "code": "SUCCESS",
        "details": {"id": id_},
        "message": "The records has been merged successfully",
        "status": "success",
    }
    return answer(201, {"merge": [done]})


def _children(
    org: Org, asked: Asked, master: Record
) -> list[tuple[dict[str, Any], Record]]:
    merges = asked.body.get("merge")
    if not isinstance(merges, list) or len(merges) != 1 or not isinstance(merges[0], dict):
        raise invalid_key(name="merge")
    rows = merges[0].get("data")
    if not isinstance(rows, list) or not 1 <= len(rows) <= _CHILDREN:
        details = {"api_name": "data", "json_path": _AT, "maximum_length": _CHILDREN}
        raise _wrong(Code.INVALID_DATA, "invalid data", **details)
    return [(row, _child(org, master, number, row)) for number, row in enumerate(rows)]


def _child(org: Org, master: Record, number: int, row: Any) -> Record:
    id_ = row.get("id") if isinstance(row, dict) else None
    at = {"api_name": "id", "json_path": f"{_AT}[{number}].id"}
    if not id_:
        raise _wrong(Code.MANDATORY_NOT_FOUND, "required id not found", **at)
    child = org.get(master.module, str(id_))
    if child is None or child is master:
        raise _wrong(Code.NOT_ALLOWED, "This record id is not allowed to be merged", **at)
    return child


def _wrong(code: str, message: str, **details: Any) -> Refused:
    return Refused(400, problem(code, message, **details), within="merge")


def _named(given: dict[str, Any]) -> set[str]:
    fields = given.get("_fields", [])
    if not isinstance(fields, list) or not all(isinstance(one, dict) for one in fields):
        details = {"api_name": "_fields", "expected_data_type": "jsonarray"}
        raise _wrong(Code.INVALID_DATA, "invalid data", **details)
    return {str(one.get("api_name")) for one in fields}


def _take(master: Record, child: Record, named: set[str]) -> None:
    for name, value in child.values.items():
        if name in named or master.values.get(name) is None:
            master.values[name] = value
    names = (master.values.get("First_Name"), master.values.get("Last_Name"))
    if TITLES[master.module] == "Full_Name":
        master.values["Full_Name"] = " ".join(filter(None, names)) or None


def _follow(org: Org, child: Record, master: Record) -> None:
    for module in ACTIVITIES:
        for record in org.shelves[module].records.values():
            _lead(record.values, child, master)


def _lead(values: dict[str, Any], child: Record, master: Record) -> None:
    for name in ("Who_Id", "What_Id"):
        if values.get(name) == child.id:
            values[name] = master.id
    if (values.get("Parent_Id") or {}).get("id") == child.id:
        values["Parent_Id"] = {"module": master.module, "id": master.id}
    for one in values.get("Participants") or ():
        if one["participant"] == child.id:
            one["participant"] = master.id
