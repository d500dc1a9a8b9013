"""
Persons, as version 2 has them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _checks
from crmkit_simulator.pipedrive._account import Record
from crmkit_simulator.pipedrive._asked import Asked, listed, said
from crmkit_simulator.pipedrive._errors import BAD, FORBIDDEN, INVALID, Refused, not_allowed
from crmkit_simulator.pipedrive._paging import (
    SORTED,
    chosen,
    integer_in,
    known_only,
    page,
)
from crmkit_simulator.pipedrive._schema import (
    CAMPAIGNS,
    MARKETING,
    SYNCED,
    VISIBILITY,
)
from crmkit_simulator.pipedrive._shown import SHOWN, as_wire, shown
from crmkit_simulator.pipedrive._values import address, custom_values

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.pipedrive._account import Account
    from crmkit_simulator.pipedrive._checks import Check

_ORDERS = ("id", "update_time", "add_time")
_LISTED = SORTED | SHOWN | {"owner_id", "org_id", "deal_id"}
_LONGEST_NOTES = 10_000
_points = _checks.many(
    _checks.shaped(
        {"value": _checks.line, "primary": _checks.boolean, "label": _checks.text},
        ("value",),
    )
)
_whole = _checks.nullable(_checks.integer)
_CHANGED: dict[str, Check] = {
    "name": _checks.line,
    "owner_id": _checks.integer,
    "org_id": _whole,
    "emails": _points,
    "phones": _points,
    "visible_to": _checks.one_of(*VISIBILITY),
    "label_ids": _checks.many(_checks.integer),
    "postal_address": _checks.nullable(address),
    "notes": _checks.nullable(_checks.at_most(_LONGEST_NOTES)),
    "im": _points,
    "birthday": _checks.nullable(_checks.day),
    "job_title": _checks.nullable(_checks.short),
    "marketing_status": _checks.one_of(*MARKETING),
    "custom_fields": _checks.mapping,
}
CREATED = {**_CHANGED, "add_time": _checks.moment}


def create(asked: Asked) -> dict[str, Any]:
    """
    Make a person; the answer's update_time is null, as the live server was seen to do.
    """
    body = _read(asked.account, asked.request, CREATED)
    if "name" not in body:
        raise Refused(INVALID, "Required", at="name")
    record = made(asked.account, body, asked.token.user_id)
    return said(as_wire(asked.account, record) | {"update_time": None})


def _read(account: Account, request: Any, table: Mapping[str, Check]) -> dict[str, Any]:
    body = _checks.body_of(request)
    if "marketing_status" in body and not account.campaigns:
        raise not_allowed(CAMPAIGNS[0])
    if not account.contact_sync and (asked := [name for name in SYNCED if name in body]):
        raise Refused(FORBIDDEN, f"Contact sync is not enabled: {', '.join(asked)}")
    return valid(account, _checks.checked(body, table))


def valid(account: Account, body: dict[str, Any]) -> dict[str, Any]:
    """
    Return what is to be kept of a body whose types are right; raises Refused.
    """
    if "custom_fields" in body:
        body["custom_fields"] = custom_values(account.fields, body["custom_fields"])
    if body.get("owner_id", next(iter(account.users))) not in account.users:
        raise Refused(BAD, "Owner not found")
    if body.get("org_id") is not None and body["org_id"] not in account.organizations:
        raise Refused(BAD, "Organization not found")
    labels = account.fields["label_ids"].options or {}
    if unknown := [one for one in body.get("label_ids", ()) if one not in labels]:
        raise Refused(INVALID, f"Option {unknown[0]} does not exist", at="label_ids")
    for name in ("emails", "phones", "im"):
        if name in body:
            body[name] = points(body[name])
    return body


def points(given: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return addresses or numbers with all their keys; the first is primary if none is.
    """
    chosen_one = next((place for place, one in enumerate(given) if one.get("primary")), 0)
    return [
        {
            "label": one.get("label", "work"),
            "value": one["value"],
            "primary": place == chosen_one,
        }
        for place, one in enumerate(given)
    ]


def made(
    account: Account, body: Mapping[str, Any], owner: int, id_: int | None = None
) -> Record:
    """
    Put a person in, and return it.
    """
    now = account.now()
    values: dict[str, Any] = {
        "id": account.new_id(account.persons, id_),
        "name": "",
        "first_name": None,
        "last_name": None,
        "add_time": now,
        "update_time": now,
        "visible_to": 3,
        "owner_id": owner,
        "label_ids": [],
        "org_id": None,
        "picture_id": None,
        "phones": [],
        "emails": [],
    }
    if account.contact_sync:
        values |= {**dict.fromkeys(SYNCED), "im": []}
    record = Record(values["id"], values)
    account.persons[record.id] = record
    take(account, record, body)
    record.values["update_time"] = body.get("update_time", now)
    return record


def take(account: Account, record: Record, body: Mapping[str, Any]) -> None:
    """
    Give a person the values of a body that is valid.
    """
    new = dict(body)
    custom = record.custom | new.pop("custom_fields", {})
    record.custom = {code: value for code, value in custom.items() if value is not None}
    _settle(record, new)
    if "name" in new:
        first, _, last = new["name"].strip().partition(" ")
        new = {"first_name": first, "last_name": last or None, **new}
    record.values = record.values | new | {"update_time": account.now()}
    publish(account, record)


def _settle(record: Record, new: dict[str, Any]) -> None:
    # A first status may be changed once, and nobody without an address has one; what is
    # not allowed is ignored.
    wanted, now = new.get("marketing_status"), record.values.get("marketing_status")
    if wanted is None or wanted == now:
        return
    if record.settled or not new.get("emails", record.values["emails"]):
        del new["marketing_status"]
    record.settled = now is not None


def publish(account: Account, record: Record, *, now: bool = False) -> None:
    """
    Let the search index learn how a person is.
    """
    gone = record.deleted_at is not None
    document = None if gone else record.values | {"custom_fields": dict(record.custom)}
    account.index.learn(record.id, document, now=now)


def change(asked: Asked) -> dict[str, Any]:
    """
    Change a person: lists of addresses and numbers are replaced as a whole.
    """
    record = asked.account.persons.open(asked.id)
    body = _read(asked.account, asked.request, _CHANGED)
    if not body:
        raise Refused(BAD, "Request body is empty")
    take(asked.account, record, body)
    return said(as_wire(asked.account, record))


def delete(asked: Asked) -> dict[str, Any]:
    """
    Delete a person, to be purged after 30 days.
    """
    record = asked.account.persons.open(asked.id)
    asked.account.delete(asked.account.persons, record)
    publish(asked.account, record)
    return said({"id": record.id})


def get(asked: Asked) -> dict[str, Any]:
    """
    Return a person; one that was deleted says so.
    """
    known_only(asked.query, SHOWN)
    return said(shown(asked, asked.account.persons.find(asked.id)))


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of persons.
    """
    account, query = asked.account, asked.query
    known_only(query, _LISTED)
    owner, org = integer_in(query, "owner_id"), integer_in(query, "org_id")
    records = [
        record
        for record in chosen(account.persons.values(), query)
        if (record.deleted_at is None or account.list_deleted)
        and owner in (None, record.values["owner_id"])
        and org in (None, record.values["org_id"])
    ]
    if "deal_id" in query or "filter_id" in query:
        records = []  # there are no filters here, and nobody has a deal
    found, cursor = page(records, query, _ORDERS)
    return listed([shown(asked, record) for record in found], cursor)
