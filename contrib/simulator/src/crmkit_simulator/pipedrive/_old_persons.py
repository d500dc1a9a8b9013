"""
Persons as version 1 has them: other names, and custom fields among the rest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _loose, _persons
from crmkit_simulator.pipedrive._account import COMPANY
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._checks import body_of
from crmkit_simulator.pipedrive._errors import BAD, Refused
from crmkit_simulator.pipedrive._paging import chosen, old_page
from crmkit_simulator.pipedrive._search import search
from crmkit_simulator.pipedrive._times import as_old

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account, Record

_LISTS = {"email": "emails", "phone": "phones"}
_KEPT = ("name", "org_id", "owner_id", "visible_to")


def create(asked: Asked) -> dict[str, Any]:
    """
    Make a person.
    """
    body = body_of(asked.request)
    if not body.get("name"):
        raise Refused(BAD, "Name must be given.")
    record = _persons.made(asked.account, _read(asked, body), asked.token.user_id)
    return said(as_old_wire(asked, record))


def change(asked: Asked) -> dict[str, Any]:
    """
    Change a person.
    """
    record = asked.account.persons.open(asked.id)
    _persons.take(asked.account, record, _read(asked, body_of(asked.request)))
    return said(as_old_wire(asked, record))


def _read(asked: Asked, body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {name: body[name] for name in _KEPT if name in body}
    for name in ("org_id", "owner_id", "visible_to"):
        if name in found:
            found[name] = _loose.integer(found, name)
    for old, new in _LISTS.items():
        if old in body:
            found[new] = _points(old, body[old])
    found["custom_fields"] = _custom(asked.account, body)
    return _persons.valid(asked.account, found)


def _points(name: str, value: Any) -> list[dict[str, Any]]:
    listed = value if isinstance(value, list) else [value]
    found = [one if isinstance(one, dict) else {"value": one} for one in listed]
    if not all(isinstance(one.get("value"), str) for one in found):
        raise Refused(BAD, f"{name} must be a string or a list")
    return [one for one in found if one["value"]]


def _custom(account: Account, body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, field in account.fields.items():
        if not field.custom or code not in body:
            continue
        value = body[code]
        if field.type == "set" and isinstance(value, str):
            value = [int(one) for one in value.split(",") if one.isdecimal()] or None
        elif field.type == "enum" and value not in (None, ""):
            value = _loose.integer(body, code)
        elif field.type == "monetary" and value is not None:
            value = {"value": value, "currency": body.get(f"{code}_currency", "EUR")}
        elif field.type == "daterange" and value is not None:
            value = {"value": value, "until": body.get(f"{code}_until", value)}
        found[code] = value
    return found


def get(asked: Asked) -> dict[str, Any]:
    """
    Return a person.
    """
    return said(as_old_wire(asked, asked.account.persons.find(asked.id)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of persons; without any, data is null.
    """
    live = [
        record
        for record in chosen(asked.account.persons.values(), {})
        if record.deleted_at is None
    ]
    found, told = old_page(live, asked.query)
    data = [as_old_wire(asked, record) for record in found]
    return said(data or None, additional_data=told)


def find(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the persons that hold a term.
    """
    return search(asked)


def as_old_wire(asked: Asked, record: Record) -> dict[str, Any]:
    """
    Return a person as version 1 tells of it.
    """
    account, values = asked.account, record.values
    owner = account.users[values["owner_id"]]
    org = account.organizations.get(values["org_id"])
    return {
        "id": record.id,
        "company_id": COMPANY,
        "owner_id": {**_party(owner), "email": owner["email"]},
        "org_id": org and _party(org),
        "name": values["name"],
        "first_name": values["first_name"],
        "last_name": values["last_name"],
        "active_flag": record.deleted_at is None,
        "phone": values["phones"] or [{"value": "", "primary": True}],
        "email": values["emails"] or [{"value": "", "primary": True}],
        "first_char": values["name"][:1].lower(),
        "update_time": as_old(values["update_time"]),
        "add_time": as_old(values["add_time"]),
        "visible_to": str(values["visible_to"]),
        "picture_id": None,
        "label": next(iter(values["label_ids"]), None),
        "label_ids": values["label_ids"],
        "org_name": org and org["name"],
        "owner_name": owner["name"],
        "cc_email": f"{account.domain}@pipedrivemail.com",
        **_flat(account, record),
    }


def _party(one: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": one["id"], "name": one["name"], "value": one["id"]}


def _flat(account: Account, record: Record) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, field in account.fields.items():
        if not field.custom:
            continue
        value = record.custom.get(code)
        if isinstance(value, list):
            value = ",".join(map(str, value))
        if isinstance(value, dict):
            found |= {f"{code}_{part}": said for part, said in value.items()}
            value = found.pop(f"{code}_value")
        found[code] = value if field.type != "enum" or value is None else str(value)
    return found
