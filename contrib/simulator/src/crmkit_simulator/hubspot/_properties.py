"""
The endpoints for the definitions of properties, and for owners.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._batch import completed, inputs_of
from crmkit_simulator.hubspot._errors import CONFLICT, NOT_FOUND, Refused, not_found
from crmkit_simulator.hubspot._fields import needed_text

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Shelf

    Result = tuple[int, Any]


def listing(shelf: Shelf) -> dict[str, Any]:
    """
    Return the definitions of all properties of a type; there are no pages.
    """
    return {"results": [found.as_wire() for found in shelf.schema.values()]}


def get(shelf: Shelf, name: str) -> dict[str, Any]:
    """
    Return the definition of one property; raises Refused.
    """
    found = shelf.schema.get(name)
    if found is None:
        msg = f'Property "{name}" does not exist'
        raise Refused(404, msg, category=NOT_FOUND)
    return found.as_wire()


def create(account: Account, shelf: Shelf, body: Any) -> dict[str, Any]:
    """
    Define a property, and return it; raises Refused.
    """
    name = needed_text(body, "name")
    if name in shelf.schema:
        msg = f"A property named {name} already exists."
        raise Refused(409, msg, category=CONFLICT)
    try:
        account.define(shelf.type.name, body)
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(400, str(error)) from None
    return shelf.schema[name].as_wire()


def batch_read(account: Account, shelf: Shelf, body: Any) -> Result:
    """
    Return the definitions of the properties that are named; raises Refused.
    """
    names = [needed_text(one, "name") for one in inputs_of(body)]
    results = [shelf.schema[name].as_wire() for name in names if name in shelf.schema]
    absent = [name for name in names if name not in shelf.schema]
    refused = Refused(404, "Could not get some properties.", category=NOT_FOUND)
    errors = [refused.in_batch({"name": absent})] if absent else []
    return 207 if errors else 200, completed(account, results, errors)


def owners(account: Account, request: Request) -> dict[str, Any]:
    """
    Return the owners, or those with an address.
    """
    email = request.query.get("email")
    found = [owner for owner in account.owners if email in (None, owner.get("email"))]
    return {"results": [_owner(account, owner) for owner in found]}


def owner(account: Account, id_: str) -> dict[str, Any]:
    """
    Return one owner; raises Refused.
    """
    for found in account.owners:
        if str(found["id"]) == id_:
            return _owner(account, found)
    raise not_found()


def _owner(account: Account, given: dict[str, str]) -> dict[str, Any]:
    return {
        "id": str(given["id"]),
        "email": given.get("email"),
        "type": "PERSON",
        "firstName": given.get("firstName", ""),
        "lastName": given.get("lastName", ""),
        "userId": int(given["id"]),
        "userIdIncludingInactive": int(given["id"]),
        "createdAt": account.began,
        "updatedAt": account.began,
        "archived": False,
        "teams": [],
    }
