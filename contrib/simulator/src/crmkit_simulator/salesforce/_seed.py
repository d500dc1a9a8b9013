"""
Records that are there from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._activities import completed
from crmkit_simulator.salesforce._errors import Refused
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._records import Record
from crmkit_simulator.salesforce._schema import custom_field
from crmkit_simulator.salesforce._values import check, parsed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._schema import Kind


def seeded(org: Org, contact: Mapping[str, Any]) -> str:
    """
    Put a contact in, or another record by ``attributes`` or id; raises ValueError.

    ``id`` is one of its own. Read-only fields can be set here, needed ones may be missing,
    and a field that ends with ``__c`` and is not known is defined, as a text.
    """
    given = {name: value for name, value in contact.items() if name != "attributes"}
    id_ = _id(org, given.pop("id", None) or given.pop("Id", None))
    kind = _kind(org, contact.get("attributes"), id_)
    _define(org, kind, given)
    try:
        values = {kind.field(name).name: _value(kind, name, given[name]) for name in given}
        blank = {field.name: field.default for field in kind.fields.values()}
        new = {**blank, "OwnerId": org.user, "IsDeleted": False, **org.audit(new=True)}
        new = completed(org, kind.name, {}, new | values) | values
    except Refused as refused:
        raise ValueError(refused.message) from None
    record = Record(kind, id_ or org.next_id(kind.prefix))
    table = org.tables[kind.name]
    if record.id in table.rows:
        msg = f"two records have the id {record.id}"
        raise ValueError(msg)
    table.put(record, new | {"Id": record.id})
    if new["IsDeleted"]:
        table.drop(record, org.clock.now())
    return record.id


def _id(org: Org, id_: Any) -> str | None:
    if id_ is None:
        return None
    found = read_id(id_)
    if found is None or org.find(found):
        msg = f"an id is 15 or 18 characters that no other record has, not {id_!r}"
        raise ValueError(msg)
    return found


def _kind(org: Org, attributes: Any, id_: str | None) -> Kind:
    name = attributes.get("type") if isinstance(attributes, dict) else None
    for kind in org.kinds.values():
        if kind.name == name or (name is None and id_ and id_.startswith(kind.prefix)):
            return kind
    if name or id_:
        msg = f"there is no object {name or id_!r}"
        raise ValueError(msg)
    return org.kinds["contact"]


def _define(org: Org, kind: Kind, given: Mapping[str, Any]) -> None:
    for name in given:
        if kind.get(name) is None and name.endswith("__c"):
            kind.add(custom_field({"name": name}))
            org.defined = org.clock.now()


def _value(kind: Kind, name: str, value: Any) -> Any:
    field = kind.field(name)
    found = parsed(field, value)
    check(field, found)
    return found
