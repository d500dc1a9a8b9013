"""
One record by an external id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused, not_found
from crmkit_simulator.salesforce._read import by_external_id, external_field
from crmkit_simulator.salesforce._values import parsed
from crmkit_simulator.salesforce._write import change, create, read_values

if TYPE_CHECKING:
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Kind


def by_key(org: Org, kind: Kind, key: tuple[str, str], version: str) -> Record:
    """
    Return the record with this external id; raises Refused, Ambiguous.
    """
    record = by_external_id(org, kind, *key, version)
    if record is None:
        raise not_found()
    return record


def without(values: dict[str, Any], name: str) -> dict[str, Any]:
    """
    Return values that do not have what the path says already; raises Refused.
    """
    if name in values:
        text = f"The {name} field should not be specified in the sobject data."
        raise Refused(400, "INVALID_FIELD", text, [name])
    return values


def upsert(
    org: Org,
    kind: Kind,
    key: tuple[str, str],
    body: dict[str, Any],
    version: str,
    *,
    update_only: bool,
) -> tuple[Record, bool]:
    """
    Change the record with this external id, or make one, and tell whether it was made.

    Raises Refused, Ambiguous.
    """
    name, value = key
    field = external_field(org, kind, name)
    values = read_values(org, kind, body)
    without(values, field.name)
    record = by_external_id(org, kind, name, value, version)
    if record is not None:
        change(org, record, values)
        return record, False
    if update_only:
        raise not_found()
    return create(org, kind, {**values, field.name: parsed(field, value)}), True
