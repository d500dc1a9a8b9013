"""
Persons that are there from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _persons, _times
from crmkit_simulator.pipedrive._checks import checked
from crmkit_simulator.pipedrive._errors import Refused
from crmkit_simulator.pipedrive._schema import SYNCED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account

_OWN = ("id", "first_name", "last_name", "update_time", "is_deleted")


def seeded(account: Account, contact: Mapping[str, Any]) -> str:
    """
    Put a person in, and return its id; raises ValueError.

    ``id`` is one of its own. Read-only fields can be set here, custom fields may have their
    names instead of their codes, and one address or number may stand for the list.
    """
    given = {name: value for name, value in contact.items() if name not in _OWN}
    for name in ("emails", "phones"):
        if isinstance(given.get(name), str):
            given[name] = [{"value": given[name]}]
    try:
        _offered(account, given)
        body = _persons.valid(account, checked(_coded(account, given), _persons.CREATED))
    except Refused as refused:
        raise ValueError(refused.message) from None
    body |= {name: contact[name] for name in ("first_name", "last_name") if name in contact}
    body.setdefault("name", _joined(contact))
    if "update_time" in contact:
        body["update_time"] = _moment(contact["update_time"])
    owner = next(iter(account.users))
    record = _persons.made(account, body, owner, _id(account, contact))
    if contact.get("is_deleted"):
        account.delete(account.persons, record)
    _persons.publish(account, record, now=True)
    return str(record.id)


def _offered(account: Account, given: Mapping[str, Any]) -> None:
    off = () if account.contact_sync else SYNCED
    off = off if account.campaigns else (*off, "marketing_status")
    if missing := [name for name in off if name in given]:
        msg = f"this company has no {missing[0]}: see contact_sync and campaigns"
        raise ValueError(msg)


def _coded(account: Account, given: dict[str, Any]) -> dict[str, Any]:
    codes = {field.name: code for code, field in account.fields.items() if field.custom}
    custom = given.get("custom_fields")
    if custom:
        given["custom_fields"] = {
            codes.get(name, name): value for name, value in custom.items()
        }
    return given


def _joined(contact: Mapping[str, Any]) -> str:
    names = contact.get("first_name"), contact.get("last_name")
    return " ".join(filter(None, names)) or "Unnamed"


def _moment(text: str) -> str:
    found = _times.rfc(text)
    if found is None:
        msg = f"update_time is of the form 2026-01-31T10:00:00Z, not {text!r}"
        raise ValueError(msg)
    return found


def _id(account: Account, contact: Mapping[str, Any]) -> int | None:
    if "id" not in contact:
        return None
    id_ = str(contact["id"])
    if not id_.isdecimal() or int(id_) in account.persons:
        msg = f"a person's id is a number that no other has, not {id_!r}"
        raise ValueError(msg)
    return int(id_)
