"""
Contacts that are there from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._errors import Problem
from crmkit_simulator.hubspot._values import kept
from crmkit_simulator.hubspot._write import Draft, commit

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.hubspot._account import Account


def seeded(account: Account, contact: Mapping[str, Any]) -> str:
    """
    Put a contact in, and return its id; raises ValueError.

    ``id`` is one of its own. Read-only properties can be set here, and a property that is
    not known is defined, as a text.
    """
    shelf = account.shelves["contacts"]
    wanted = {name: value for name, value in contact.items() if name != "id"}
    for name in wanted.keys() - shelf.schema.keys():
        account.define("contacts", {"name": name})
    properties = {name: _value(shelf.schema[name], wanted[name]) for name in wanted}
    for name, value in properties.items():
        if value and shelf.schema[name].unique and shelf.owner(name, value):
            msg = f"two contacts have the {name} {value}; HubSpot allows one"
            raise ValueError(msg)
    record = commit(account, shelf, Draft(None, properties), _id(account, contact))
    shelf.publish_now(record)
    return record.id


def _value(definition: Any, value: Any) -> str:
    found = kept(definition, value)
    if isinstance(found, Problem):
        raise ValueError(found.message)
    return found


def _id(account: Account, contact: Mapping[str, Any]) -> str | None:
    if "id" not in contact:
        return None
    id_ = str(contact["id"])
    if not id_.isdecimal() or account.shelves["contacts"].get(id_):
        msg = f"a contact's id is a number that no other has, not {id_!r}"
        raise ValueError(msg)
    return account.reserve(id_)
