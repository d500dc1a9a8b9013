"""
A row of a request, and what may be wrong with it wherever it stands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.zoho._errors import Code, problem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.zoho._records import Record

    Problem = dict[str, Any]

_LOCKED = "Sorry, you cannot perform this operation as the record is locked."
_NEEDED = "required field not found"


class Row(NamedTuple):
    """
    A row of a request: where it stands, its values, and the record that it changes.
    """

    module: str
    path: str
    given: Mapping[str, Any]
    record: Record | None = None
    version: str = "v8"


def needed(name: str, path: str) -> Problem:
    """
    Return what is wrong where a field is missing.
    """
    return problem(
        Code.MANDATORY_NOT_FOUND, _NEEDED, api_name=name, json_path=f"{path}.{name}"
    )


def locked(name: str, path: str) -> Problem:
    """
    Return what is wrong where a record is locked.
    """
    details = {"api_name": name, "json_path": f"{path}.{name}", "action": "record_locking"}
    return problem(Code.RECORD_LOCKED, _LOCKED, **details)
