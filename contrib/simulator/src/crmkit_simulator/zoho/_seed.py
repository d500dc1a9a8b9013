"""
What is put in from outside: contacts, and records of other modules, unchecked.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.zoho._org import Org


def seeded(org: Org, module: str, given: Mapping[str, Any]) -> str:
    """
    Put a record in, by the names that Zoho gives to fields, and return its id.

    Read-only fields may be set too; a field that is not known becomes a custom text. The
    search index has it at once. Raises ValueError.
    """
    if module not in org.shelves:
        msg = f"there are records of {', '.join(org.shelves)}, not of {module!r}"
        raise ValueError(msg)
    record = Record(_id(org, module, given.get("id")), module, _system(org))
    for name, value in given.items():
        if name != "id":
            record.values[name] = _value(org, module, name, value)
    names = (record.values.get("First_Name"), record.values.get("Last_Name"))
    if any(names):
        record.values.setdefault("Full_Name", " ".join(filter(None, names)))
    for name in record.values.get("Tag") or ():
        org.tag(module, name)
    org.shelves[module].put(record, org.clock.monotonic())
    return record.id


def _id(org: Org, module: str, given: Any) -> str:
    if given is None:
        return org.new_id()
    id_ = str(given)
    if not id_.isdecimal() or not id_.isascii() or org.get(module, id_):
        msg = f"the id {id_!r} is taken, or is not a number as Zoho's ids are"
        raise ValueError(msg)
    return org.reserve(id_)


def _system(org: Org) -> dict[str, Any]:
    by = {"Owner": org.user, "Created_By": org.user, "Modified_By": org.user}
    return {**by, "Created_Time": org.now(), "Modified_Time": org.now()}


def _value(org: Org, module: str, name: str, value: Any) -> Any:
    fields = org.shelves[module].fields
    if name not in fields and not name.startswith("$"):
        org.define(module, {"api_name": name, "module": module})
    field = fields.get(name)
    match field.type if field else "":
        case "datetime" if isinstance(value, str):
            return _moment(name, value)
        case "tags":
            return [one["name"] if isinstance(one, dict) else one for one in value or ()]
        case "lookup" if name == "Account_Name" and isinstance(value, str):
            account = {"Account_Name": value}
            return value if value.isdecimal() else seeded(org, "Accounts", account)
        case "lookup" | "ownerlookup" if isinstance(value, dict):
            return str(value["id"])
        case "parent":
            return {"module": value["module"]["api_name"], "id": str(value["id"])}
    return value


def _moment(name: str, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        msg = f"{name}: {text!r} is no moment with an offset, as 2026-05-14T12:51:40+03:00"
        raise ValueError(msg)
    return moment.replace(microsecond=0)
