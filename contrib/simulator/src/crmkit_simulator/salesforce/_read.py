"""
How a record looks, and how one is found.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import (
    Ambiguous,
    deleted,
    invalid_field,
    no_external_id,
    not_found,
)
from crmkit_simulator.salesforce._ids import read_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Field, Kind

_PARTS = ("City", "Country", "Latitude", "Longitude", "PostalCode", "State", "Street")


def url_of(version: str, record: Record) -> str:
    """
    Return the path of a record.
    """
    return f"/services/data/{version}/sobjects/{record.kind.name}/{record.id}"


def rendered(record: Record, fields: Iterable[Field], version: str) -> dict[str, Any]:
    """
    Return these fields of a record, as all answers show them.
    """
    head = {"type": record.kind.name, "url": url_of(version, record)}
    values = {field.name: value_of(record, field) for field in fields}
    return {"attributes": head, **values}


def value_of(record: Record, field: Field) -> Any:
    """
    Return the value of a field; an address is composed of its parts.
    """
    if field.type != "address":
        return record.values.get(field.name)
    prefix = field.name.removesuffix("Address")
    parts = {
        part[0].lower() + part[1:]: record.values.get(prefix + part) for part in _PARTS
    }
    return {"geocodeAccuracy": None, **parts} if any(parts.values()) else None


def fields_of(org: Org, kind: Kind, names: Sequence[str] | None) -> list[Field]:
    """
    Return the fields of these names, all that the user sees for None; raises Refused.
    """
    if names is None:
        return [field for field in kind.fields.values() if org.visible(kind, field.name)]
    return [_seen(org, kind, name.strip()) for name in names]


def _seen(org: Org, kind: Kind, name: str) -> Field:
    found = kind.field(name)
    if not org.visible(kind, found.name):
        msg = f"No such column '{name}' on sobject of type {kind.name}"
        raise invalid_field(msg)
    return found


def by_id(org: Org, kind: Kind, id_: str) -> Record:
    """
    Return the record of an id; raises Refused.
    """
    found = read_id(id_)
    if found is None:
        raise no_external_id(id_)
    record = org.tables[kind.name].rows.get(found)
    if record is None:
        raise not_found()
    if record.deleted_at is not None:
        raise deleted()
    return record


def by_external_id(
    org: Org, kind: Kind, name: str, value: str, version: str
) -> Record | None:
    """
    Return the record with this external id, None for none; raises Refused, Ambiguous.
    """
    field = external_field(org, kind, name)
    if field.name == "Id":
        return by_id(org, kind, value)
    found = org.tables[kind.name].lookup(field.name, value)
    if len(found) > 1:
        raise Ambiguous([url_of(version, record) for record in found])
    return found[0] if found else None


def external_field(org: Org, kind: Kind, name: str) -> Field:
    """
    Return the field of this name, if records can be found by it; raises Refused.
    """
    field = kind.get(name)
    if field is None or not field.lookup or not org.visible(kind, field.name):
        raise no_external_id(name)
    return field
