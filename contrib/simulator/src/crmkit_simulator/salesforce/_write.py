"""
Creating, changing and deleting: first all that is wrong is found, then it is done.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._activities import completed
from crmkit_simulator.salesforce._errors import Refused, deleted, invalid_field, unparsed
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._records import Record
from crmkit_simulator.salesforce._values import check, parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._schema import Field, Kind

_PARENTS = ("AccountId", "WhatId", "WhoId")  # whose rows a write locks


def read_values(org: Org, kind: Kind, given: Any) -> dict[str, Any]:
    """
    Return the values that an input brings, by the fields' own names.

    Raises Refused, of the whole request, for an unknown field or a value of another type.
    """
    if not isinstance(given, dict):
        text = "an object was expected"
        raise unparsed(text)
    values = {}
    for name, value in given.items():
        if name == "attributes":
            continue
        field = kind.field(name)
        if not org.visible(kind, field.name):
            msg = f"No such column '{name}' on sobject of type {kind.name}"
            raise invalid_field(msg)
        values[field.name] = parsed(field, value)
    return values


def create(
    org: Org, kind: Kind, values: Mapping[str, Any], id_: str | None = None
) -> Record:
    """
    Make a record; raises Refused.
    """
    if "Id" in values:
        text = "cannot specify Id in an insert call"
        raise Refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", text, ["Id"])
    allowed = [field for field in kind.fields.values() if field.createable]
    _writable(org, kind, values, allowed)
    blank = {field.name: field.default for field in kind.fields.values()}
    given = {name: value for name, value in values.items() if value is not None}
    if "OwnerId" in blank:
        blank["OwnerId"] = org.user
    new = {**blank, **given}
    _check(org, kind, new, given, None)
    new = completed(org, kind.name, {}, new)
    org.take_lock(new.get(name) for name in _PARENTS)
    record = Record(kind, id_ or org.next_id(kind.prefix))
    new |= {"Id": record.id, "IsDeleted": False, **org.audit(new=True)}
    org.tables[kind.name].put(record, new)
    return record


def change(org: Org, record: Record, values: Mapping[str, Any]) -> None:
    """
    Change a record; raises Refused.
    """
    kind = record.kind
    if record.deleted_at is not None:
        raise deleted()
    _writable(org, kind, values, [one for one in kind.fields.values() if one.updateable])
    _check(org, kind, {**record.values, **values}, values, record)
    changes = completed(org, kind.name, record.values, dict(values))
    org.take_lock([record.id, *(record.values.get(name) for name in _PARENTS)])
    org.tables[kind.name].put(record, changes | org.audit(new=False))


def delete(org: Org, record: Record) -> None:
    """
    Delete a record; raises Refused.
    """
    if record.deleted_at is not None:
        raise deleted()
    if record.kind.name.lower() in org.read_only or record.kind.name == "User":
        text = "insufficient access rights on object id"
        raise Refused(403, "INSUFFICIENT_ACCESS_OR_READONLY", text, ())
    org.take_lock([record.id])
    org.tables[record.kind.name].drop(record, org.clock.now())
    record.values |= org.audit(new=False)


def _writable(
    org: Org, kind: Kind, values: Mapping[str, Any], allowed: Iterable[Field]
) -> None:
    if kind.name.lower() in org.read_only:
        text = f"entity type cannot be inserted or updated: {kind.label}"
        raise Refused(400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY", text, ())
    names = {field.name for field in allowed if org.writable(kind, field.name)}
    wrong = [name for name in values if name not in names]
    if wrong:
        text = (
            f"Unable to create/update fields: {', '.join(wrong)}. Please check the "
            "security settings of this field and verify that it is read/write for your "
            "profile or permission set."
        )
        raise Refused(400, "INVALID_FIELD_FOR_INSERT_UPDATE", text, wrong)


def _check(
    org: Org,
    kind: Kind,
    new: Mapping[str, Any],
    given: Mapping[str, Any],
    record: Record | None,
) -> None:
    looked_at = [*kind.fields.values()] if record is None else [*map(kind.field, given)]
    absent = [field.name for field in looked_at if _lacks(field, new, record)]
    if absent:
        text = f"Required fields are missing: [{', '.join(absent)}]"
        raise Refused(400, "REQUIRED_FIELD_MISSING", text, absent)
    for name, value in given.items():
        field = kind.field(name)
        check(field, value)
        if value is None:
            continue
        if field.type == "reference":
            _check_reference(org, field, value)
        if field.unique:
            _check_unique(org, kind, field, value, record)


def _lacks(field: Field, new: Mapping[str, Any], record: Record | None) -> bool:
    """
    Tell whether a needed value is missing; what Salesforce sets itself never is.
    """
    if field.nillable or field.type == "boolean" or not field.createable:
        return False
    return new.get(field.name) is None and (record is not None or field.default is None)


def _check_reference(org: Org, field: Field, value: str) -> None:
    id_ = read_id(value)
    prefixes = {kind.prefix for kind in org.kinds.values() if kind.name in field.refers_to}
    if field.name == "WhatId":  # of any custom object too
        prefixes |= {kind.prefix for kind in org.kinds.values() if kind.custom}
    if id_ is None or id_[:3] not in prefixes:
        text = f"{field.label}: id value of incorrect type: {value}"
        raise Refused(400, "MALFORMED_ID", text, [field.name])
    found = org.find(id_)
    if found is None:
        text = "insufficient access rights on cross-reference id"
        code = "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY"
        raise Refused(400, code, text, [field.name])
    if found.deleted_at is not None:
        raise Refused(400, "ENTITY_IS_DELETED", "entity is deleted", [field.name])


def _check_unique(
    org: Org, kind: Kind, field: Field, value: Any, record: Record | None
) -> None:
    for other in org.tables[kind.name].lookup(field.name, value):
        if other is not record:
            text = f"duplicate value found: {field.name} duplicates value on record with "
            raise Refused(400, "DUPLICATE_VALUE", f"{text}id: {other.id}", ())
