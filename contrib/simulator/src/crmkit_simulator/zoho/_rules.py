"""
What modules ask of their rows beside what their fields do.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._errors import Code, invalid_value, problem
from crmkit_simulator.zoho._modules import CLIENTS
from crmkit_simulator.zoho._rows import locked, needed
from crmkit_simulator.zoho._values import MisfitError, id_in

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._rows import Row

    Problem = dict[str, Any]
    Rule = Callable[[Org, Row, dict[str, Any]], list[Problem]]

_DURATION = re.compile(r"\d{1,4}:[0-5]\d")


def _no_rule(_: Org, __: Row, ___: dict[str, Any]) -> list[Problem]:
    return []


def _person(_: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    before = row.record.values if row.record else {}
    both = {**before, **values}
    names = (both.get("First_Name"), both.get("Last_Name"))
    values["Full_Name"] = " ".join(filter(None, names)) or None
    return []


def _note(org: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    problems = []
    before = row.record.values if row.record else {}
    both = {**before, **row.given}
    if not both.get("Note_Content") and not both.get("Note_Title"):
        names = ("Note_Content", "Note_Title")
        expected = [{"api_name": one, "json_path": f"{row.path}.{one}"} for one in names]
        message = "should contain either content or title"
        problems.append(
            problem(Code.EXPECTED_FIELD_MISSING, message, expected_fields=expected)
        )
    if "Parent_Id" in row.given or row.record is None:
        parent, wrong = _parent(org, row)
        values["Parent_Id"] = parent
        problems += [wrong] if wrong else []
    return problems


def _parent(org: Org, row: Row) -> tuple[dict[str, str] | None, Problem | None]:
    given, at = row.given.get("Parent_Id"), f"{row.path}.Parent_Id"
    if given is None:
        return None, needed("Parent_Id", row.path)
    if row.version == "v2" and isinstance(given, str):
        given = {"id": given, "module": {"api_name": row.given.get("se_module")}}
    if not isinstance(given, dict):
        return None, invalid_value("Parent_Id", at, expected_data_type="jsonobject")
    module = given.get("module")
    name = module.get("api_name") if isinstance(module, dict) else None
    if not isinstance(name, str) or "id" not in given:
        return None, needed("id" if name else "module", at)
    return _ended(org, {"Parent_Id": name}, given, at)


def _ended(
    org: Org, names: Mapping[str, str], given: Any, at: str
) -> tuple[dict[str, str] | None, Problem | None]:
    ((name, module),) = names.items()
    try:
        id_ = id_in(given)
    except MisfitError as misfit:
        return None, invalid_value("id", f"{at}.id", **misfit.details)
    record = org.get(module, id_)
    if record is None:
        message = "the related id given seems to be invalid"
        return None, problem(Code.INVALID_DATA, message, api_name=name, json_path=at)
    if record.values.get("Locked__s"):
        return None, locked(name, at.rpartition(".")[0])
    return {"module": module, "id": id_}, None


def _activity(org: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    problems = []
    who = org.get("Contacts", values.get("Who_Id") or "")
    if who is not None and who.values.get("Locked__s"):
        problems.append(locked("Who_Id", row.path))
    what = values.get("What_Id")
    if what is not None:
        wrong = _what(org, row, what)
        problems += [wrong] if wrong else []
        values["$se_module"] = row.given.get("$se_module")
    return problems


def _what(org: Org, row: Row, what: str) -> Problem | None:
    module, at = row.given.get("$se_module"), f"{row.path}.What_Id"
    if module is None:
        dependee = {"api_name": "$se_module", "json_path": f"{row.path}.$se_module"}
        details = {"dependee": dependee, "api_name": "What_Id", "json_path": at}
        return problem(Code.DEPENDENT_FIELD_MISSING, "dependent field missing", **details)
    return _ended(org, {"What_Id": str(module)}, what, at)[1]


def _call(org: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    problems = _activity(org, row, values)
    start, duration = values.get("Call_Start_Time"), values.get("Call_Duration")
    if duration is not None and not _DURATION.fullmatch(duration):
        at = f"{row.path}.Call_Duration"
        problems.append(invalid_value("Call_Duration", at, expected_data_type="mm:ss"))
    past = start is not None and start <= org.now() and row.record is None
    if past and not row.given.get("Call_Duration") and values.get("Call_Type") != "Missed":
        problems.append(needed("Call_Duration", row.path))
    return problems


def _event(org: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    problems = _activity(org, row, values)
    before = row.record.values if row.record else {}
    both = {**before, **values}
    start, end = both.get("Start_DateTime"), both.get("End_DateTime")
    if start is not None and end is not None and end < start:
        at = f"{row.path}.End_DateTime"
        message = "End DateTime should be greater than Start DateTime"
        details = {"api_name": "End_DateTime", "json_path": at}
        problems.append(problem(Code.INVALID_DATA, message, **details))
    return problems


def _task(org: Org, row: Row, values: dict[str, Any]) -> list[Problem]:
    problems = _activity(org, row, values)
    if values.get("Status") == "Completed":
        values["Closed_Time"] = org.now()
    return problems


def rule_of(module: str) -> Rule:
    """
    Return the rule of a module: it tells what is wrong with a row, and adds to its values.
    """
    return _RULES.get(module, _no_rule)


_RULES: dict[str, Rule] = {
    **dict.fromkeys(CLIENTS, _person),
    "Notes": _note,
    "Calls": _call,
    "Events": _event,
    "Tasks": _task,
}
