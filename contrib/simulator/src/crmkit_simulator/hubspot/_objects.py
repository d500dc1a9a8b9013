"""
Objects one by one: get, list, create, change, archive, merge, delete for good.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import (
    Refused,
    not_found,
    object_not_found,
)
from crmkit_simulator.hubspot._fields import needed_text, text_in
from crmkit_simulator.hubspot._links import relink
from crmkit_simulator.hubspot._read import View, as_wire
from crmkit_simulator.hubspot._write import Draft, commit, draft_change, draft_new

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Record, Shelf


def lookup(shelf: Shelf, key: str, id_property: str | None) -> Record | None:
    """
    Return the object of this id, or value of a unique property, archived ones too.

    Raises Refused for a property that is not unique.
    """
    if not id_property or id_property == "hs_object_id":
        return shelf.get(key)
    definition = shelf.schema.get(id_property)
    if definition is None or not definition.unique:
        msg = f"{id_property} is not a unique property of {shelf.type.singular}"
        raise Refused(400, msg)
    owner = shelf.owner(id_property, key)
    return shelf.get(owner) if owner else None


def get(account: Account, shelf: Shelf, request: Request, key: str) -> dict[str, Any]:
    """
    Return one object; raises Refused.
    """
    view = View(account, shelf, request)
    record = lookup(shelf, key, request.query.get("idProperty"))
    if record is None or (record.archived_at is not None) != view.archived:
        raise not_found()
    return view.wire(record)


def create(account: Account, shelf: Shelf, body: Any, version: str) -> dict[str, Any]:
    """
    Make one object, and return it; raises Refused.
    """
    return as_wire(commit(account, shelf, draft_new(account, shelf, body, version)), None)


def change(
    account: Account, shelf: Shelf, request: Request, key: str, body: Any
) -> dict[str, Any]:
    """
    Change one object, and return it; raises Refused.
    """
    record = lookup(shelf, key, request.query.get("idProperty"))
    if record is None or record.archived_at is not None:
        raise object_not_found()
    return as_wire(commit(account, shelf, draft_change(shelf, record, body)), None)


def archive(account: Account, shelf: Shelf, key: str) -> None:
    """
    Archive an object; one that is not there is archived already.
    """
    record = shelf.live(key)
    if record is not None:
        account.archive(record)


def merge(account: Account, shelf: Shelf, body: Any) -> dict[str, Any]:
    """
    Make one object of two, under a new id to which both old ones lead; raises Refused.
    """
    first = shelf.live(needed_text(body, "primaryObjectId"))
    second = shelf.live(needed_text(body, "objectIdToMerge"))
    if first is None or second is None:
        raise object_not_found()
    if first is second:
        msg = "An object cannot be merged with itself"
        raise Refused(400, msg)
    return as_wire(_merged(account, shelf, first, second), None)


def _merged(account: Account, shelf: Shelf, first: Record, second: Record) -> Record:
    both = second.properties | first.properties
    writable = {
        name: value for name, value in both.items() if not shelf.schema[name].read_only
    }
    for old in (first, second):
        shelf.forget(old.id)
        account.publish(old, gone=True)
    merged = commit(account, shelf, Draft(None, writable))
    shelf.merged |= {first.id: merged.id, second.id: merged.id}
    ids = _old_ids(first) + _old_ids(second)
    merged.properties["hs_merged_object_ids"] = ";".join(ids)
    _keep_address(shelf, merged, second)
    for old in (first, second):
        relink(account, old, merged)
    account.publish(merged)
    return merged


def _old_ids(old: Record) -> list[str]:
    earlier = old.properties.get("hs_merged_object_ids", "")
    return [old.id, *filter(None, earlier.split(";"))]


def _keep_address(shelf: Shelf, merged: Record, second: Record) -> None:
    address = second.properties.get("email")
    if address and address != merged.properties.get("email"):
        merged.properties["hs_additional_emails"] = address
        shelf.claim("email", address, merged.id)


def delete_for_good(account: Account, shelf: Shelf, body: Any) -> None:
    """
    Delete an object as the law on privacy asks for; raises Refused.
    """
    record = lookup(shelf, needed_text(body, "objectId"), text_in(body, "idProperty"))
    if record is not None:
        shelf.forget(record.id)
        account.publish(record, gone=True)
