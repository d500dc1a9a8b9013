"""
Records as Zoho sends them.
"""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmkit_simulator.zoho._modules import Field
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._records import Record

_DURATION = re.compile(r"(\d+):([0-5]\d)")
_SYSTEM = {
    "$currency_symbol": "$",
    "$field_states": None,
    "$state": "save",
    "$process_flow": False,
    "$locked_for_me": False,
    "$approved": True,
    "$approval": {
        "delegate": False,
        "takeover": False,
        "approve": False,
        "reject": False,
        "resubmit": False,
    },
    "$editable": True,
    "$review_process": {"approve": False, "reject": False, "resubmit": False},
    "$review": None,
    "$orchestration": False,
    "$in_merge": False,
    "$approval_state": "approved",
}
_NOTE_SYSTEM = {
    "$attachments": None,
    "$field_states": None,
    "$editable": True,
    "$size": None,
    "$is_shared_to_client": False,
    "$state": "save",
    "$voice_note": False,
}


def shown(org: Org, record: Record, names: Iterable[str] | None = None) -> dict[str, Any]:
    """
    Return a record with these fields, with all of them, and what is Zoho's own, for None.

    Fields that there are not, or that are hidden, are left out without a word.
    """
    fields = org.shelves[record.module].fields
    chosen = fields if names is None else [name for name in names if name in fields]
    found = {
        name: value_of(org, record, fields[name])
        for name in chosen
        if not fields[name].hidden
    }
    found["id"] = record.id
    if names is None:
        found |= _own(record)
    elif "$se_module" in names:
        found["$se_module"] = record.values.get("$se_module")
    return found


def _own(record: Record) -> Mapping[str, Any]:
    if record.module == "Notes":
        return {**_NOTE_SYSTEM, "$se_module": record.values["Parent_Id"]["module"]}
    if record.module in {"Calls", "Events", "Tasks"}:
        return {**_SYSTEM, "$se_module": record.values.get("$se_module")}
    return _SYSTEM


def value_of(org: Org, record: Record, field: Field) -> Any:
    """
    Return a field's value as it is sent.
    """
    value = record.values.get(field.name)
    if field.name == "Call_Duration_in_seconds":
        return seconds(record.values.get("Call_Duration"))
    if isinstance(value, datetime):
        return org.local(value)
    show = _SHOWN.get(field.type)
    return show(org, record, field, value) if show else value


def seconds(duration: Any) -> int | None:
    """
    Return how long a call was, None where Zoho cannot tell from the text.
    """
    found = _DURATION.fullmatch(duration) if isinstance(duration, str) else None
    return int(found[1]) * 60 + int(found[2]) if found else None


def _boolean(_: Org, __: Record, ___: Field, value: Any) -> bool:
    return bool(value)


def _tags(org: Org, record: Record, _: Field, value: Any) -> list[dict[str, Any]]:
    return [org.tag(record.module, name) for name in value or ()]


def _user(org: Org, _: Record, __: Field, value: Any) -> dict[str, Any] | None:
    return org.named(value) if value else None


def _related(org: Org, record: Record, field: Field, value: Any) -> dict[str, Any] | None:
    to = record.values.get("$se_module") if field.to == "se_module" else field.to
    found = org.get(to or "", value) if value else None
    return {"name": found.title, "id": found.id} if found else None


def _parent(org: Org, _: Record, __: Field, value: Any) -> dict[str, Any]:
    found = org.get(value["module"], value["id"])
    return {
        "module": {"api_name": value["module"], "id": org.module_id(value["module"])},
        "name": found.title if found else None,
        "id": value["id"],
    }


def _participants(org: Org, _: Record, __: Field, value: Any) -> list[dict[str, Any]]:
    return [_participant(org, one) for one in value or ()]


def _participant(org: Org, given: Mapping[str, str]) -> dict[str, Any]:
    type_, who = given["type"], given["participant"]
    person = org.get("Leads" if type_ == "lead" else "Contacts", who)
    user = org.named(who) or {}
    email = person.values.get("Email") if person else user.get("email", who)
    return {
        "type": type_,
        "participant": who,
        "name": person.title if person else user.get("name"),
        "Email": email,
        "invited": False,
        "status": "not_known",
    }


_SHOWN: dict[str, Callable[[Org, Record, Field, Any], Any]] = {
    "boolean": _boolean,
    "tags": _tags,
    "ownerlookup": _user,
    "lookup": _related,
    "parent": _parent,
    "participants": _participants,
}
