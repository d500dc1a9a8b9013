"""
Creating and changing objects: first all that is wrong is found, then it is done.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmkit_simulator._clock import iso
from crmkit_simulator.hubspot._derived import derived
from crmkit_simulator.hubspot._errors import (
    CONFLICT,
    Problem,
    Refused,
    invalid_json,
    invalid_properties,
    missing,
)
from crmkit_simulator.hubspot._links import Link, link, links_of
from crmkit_simulator.hubspot._records import Record, Shelf
from crmkit_simulator.hubspot._types import CONTACTS
from crmkit_simulator.hubspot._values import kept

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit_simulator.hubspot._account import Account

_STAGES, _TIMESTAMP = "lifecyclestage", "hs_timestamp"
_ENFORCED_SINCE = "2026-09"  # the version that applies an administrator's rules


@dataclass(slots=True)
class Draft:
    """
    A write that nothing stands against; without a record it makes one.
    """

    record: Record | None
    properties: dict[str, str]
    links: Sequence[Link] = ()


def draft_new(account: Account, shelf: Shelf, given: Any, version: str) -> Draft:
    """
    Return the creation that an input asks for; raises Refused.
    """
    properties = _checked(shelf, given)
    _require(account, shelf, properties, version)
    _no_duplicate(shelf, properties, None)
    links = links_of(account, shelf.type, given.get("associations"))
    return Draft(None, properties, links)


def draft_change(shelf: Shelf, record: Record, given: Any) -> Draft:
    """
    Return the change of a record that an input asks for; raises Refused.
    """
    properties = _checked(shelf, given)
    if properties.get(_TIMESTAMP) == "":
        raise _required(_TIMESTAMP)
    _no_duplicate(shelf, properties, record)
    if shelf.type is CONTACTS:
        _only_forward(shelf, record, properties)
    return Draft(record, properties)


def commit(account: Account, shelf: Shelf, draft: Draft, id_: str | None = None) -> Record:
    """
    Do what a draft says, and return the record; a new one gets this id, if it is given.
    """
    now = iso(account.clock.now())
    record = draft.record or _new(shelf, id_ or account.new_id(), now)
    for name, value in draft.properties.items():
        _set(shelf, record, name, value, now)
    modified = shelf.type.modified  # only who sets up an account can say what it is
    record.properties[modified] = draft.properties.get(modified, now)
    record.properties.update(derived(record, draft.properties, now))
    for found in draft.links:
        link(record, found)
    account.publish(record)
    return record


def _new(shelf: Shelf, id_: str, now: str) -> Record:
    properties = {
        "hs_object_id": id_,
        "hs_object_source": "INTEGRATION",
        "hs_object_source_id": "1234567",
        "hs_object_source_label": "INTEGRATION",
        shelf.type.created: now,
    }
    record = Record(id_, shelf.type, properties)
    shelf.add(record)
    return record


def _set(shelf: Shelf, record: Record, name: str, value: str, now: str) -> None:
    old = record.properties.get(name, "")
    if old == value:
        return
    if record.properties.get(shelf.type.modified):
        created = record.properties[shelf.type.created]
        record.past.setdefault(name, [(old, created)] if old else []).append((value, now))
    if shelf.schema[name].unique:
        if old:
            shelf.disclaim(name, old)
        if value:
            shelf.claim(name, value, record.id)
    if value:
        record.properties[name] = value
    else:
        record.properties.pop(name, None)


def _checked(shelf: Shelf, given: Any) -> dict[str, str]:
    if not isinstance(given, dict):
        detail = "an object was expected"
        raise invalid_json(detail)
    properties = given.get("properties")
    if properties is None:
        name = "properties"
        raise missing(name)
    if not isinstance(properties, dict):
        detail = "properties is not an object"
        raise invalid_json(detail)
    values, problems = {}, []
    for name, value in properties.items():
        found = _one(shelf, name, value)
        if isinstance(found, Problem):
            problems.append(found)
        else:
            values[name] = found
    if problems:
        raise invalid_properties(problems)
    return values


def _one(shelf: Shelf, name: str, value: Any) -> str | Problem:
    definition = shelf.schema.get(name)
    if definition is None:
        wrong = f'Property "{name}" does not exist'
        return Problem(name, "PROPERTY_DOESNT_EXIST", wrong)
    if definition.read_only:
        wrong = f'"{name}" is a read only property; its value cannot be set.'
        return Problem(name, "READ_ONLY_VALUE", wrong)
    return kept(definition, value)


def _require(account: Account, shelf: Shelf, given: dict[str, str], version: str) -> None:
    needed: list[str] = []
    if _TIMESTAMP in shelf.schema:
        needed.append(_TIMESTAMP)
    if version >= _ENFORCED_SINCE and version[0] == "2":
        needed += account.required.get(shelf.type.name, ())
    absent = [name for name in needed if not given.get(name)]
    if absent:
        raise _required(*absent)
    if shelf.type is CONTACTS and not any(map(given.get, CONTACTS.defaults)):
        msg = "A contact needs at least one of email, firstname and lastname"
        raise Refused(400, msg)


def _required(*names: str) -> Refused:
    return invalid_properties(
        Problem(name, "MISSING_REQUIRED_PROPERTY", f"{name} is required") for name in names
    )


def _no_duplicate(shelf: Shelf, given: dict[str, str], record: Record | None) -> None:
    for name, value in given.items():
        if not value or not shelf.schema[name].unique:
            continue
        owner = shelf.owner(name, value)
        if owner is None or (record and owner == record.id):
            continue
        if name == "email":
            msg = f"Contact already exists. Existing ID: {owner}"
            raise Refused(409, msg, category=CONFLICT)
        wrong = f"{name} {value} is taken: object {owner} has that value"
        raise invalid_properties([Problem(name, "CONFLICTING_UNIQUE_VALUE", wrong)])


def _only_forward(shelf: Shelf, record: Record, given: dict[str, str]) -> None:
    stages = list(shelf.schema[_STAGES].options)
    new, old = given.get(_STAGES), record.properties.get(_STAGES)
    if new in stages and old in stages and stages.index(new) < stages.index(old):
        del given[_STAGES]  # HubSpot answers 200 and keeps the later stage
