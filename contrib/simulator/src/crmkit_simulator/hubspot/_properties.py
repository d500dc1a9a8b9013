"""
The endpoints for the definitions of properties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._batch import completed, inputs_of
from crmkit_simulator.hubspot._errors import CONFLICT, NOT_FOUND, Refused
from crmkit_simulator.hubspot._fields import needed_text

if TYPE_CHECKING:
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Shelf
    from crmkit_simulator.hubspot._schema import Property

    Result = tuple[int, Any]

_CHANGED = ("label", "type", "fieldType", "groupName", "description", "options")


def listing(shelf: Shelf) -> dict[str, Any]:
    """
    Return the definitions of all properties of a type; there are no pages.
    """
    return {"results": [found.as_wire() for found in shelf.schema.values()]}


def get(shelf: Shelf, name: str) -> dict[str, Any]:
    """
    Return the definition of one property; raises Refused.
    """
    return _known(shelf, name).as_wire()


def _known(shelf: Shelf, name: str) -> Property:
    found = shelf.schema.get(name)
    if found is None:
        msg = f'Property "{name}" does not exist'
        raise Refused(404, msg, category=NOT_FOUND)
    return found


def create(account: Account, shelf: Shelf, body: Any) -> dict[str, Any]:
    """
    Define a property, and return it; raises Refused.
    """
    name = needed_text(body, "name")
    if name in shelf.schema:
        msg = f"A property named {name} already exists."
        raise Refused(409, msg, category=CONFLICT)
    return _define(account, shelf, body)


def change(account: Account, shelf: Shelf, name: str, body: Any) -> dict[str, Any]:
    """
    Change the definition of a custom property, and return it; raises Refused.
    """
    changes = {key: body[key] for key in _CHANGED if body.get(key) is not None}
    return _define(account, shelf, _custom(shelf, name).as_definition() | changes)


def archive(shelf: Shelf, name: str) -> None:
    """
    Remove a custom property and all its values; raises Refused.
    """
    del shelf.schema[_custom(shelf, name).name]
    shelf.drop(name)


def _define(account: Account, shelf: Shelf, body: Any) -> dict[str, Any]:
    try:
        return account.define(shelf.type.name, body).as_wire()
    except (KeyError, TypeError, ValueError) as error:
        raise Refused(400, str(error)) from None


def _custom(shelf: Shelf, name: str) -> Property:
    found = _known(shelf, name)
    if not found.own:
        msg = f'Property "{name}" is defined by HubSpot; it cannot be changed'
        raise Refused(400, msg)
    return found


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
