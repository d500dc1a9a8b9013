"""
Many records in one request: each has its result, in the order of the request.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any, TypeVar

from crmkit_simulator.salesforce._errors import Refused, unparsed
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._read import external_field, fields_of, rendered
from crmkit_simulator.salesforce._write import change, create, delete, read_values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Field, Kind

_WRITTEN, _READ, _RUNS = 200, 2000, 10
_TRUE = {"true": True, "false": False, "": False}

_Given = TypeVar("_Given")
Undo = tuple["Record", dict[str, Any] | None]


def create_all(org: Org, body: Any) -> list[Any]:
    """
    Make records; raises Refused.
    """
    inputs = [(kind, read_values(org, kind, one)) for kind, one in _typed(org, body)]

    def one(given: tuple[Kind, dict[str, Any]]) -> tuple[dict[str, Any], Undo]:
        record = create(org, *given)
        return _done(record), (record, None)

    return _each(org, inputs, one, together=_together(body))


def update_all(org: Org, body: Any) -> list[Any]:
    """
    Change records, each named by its ``Id``; raises Refused.
    """
    inputs = [(kind, read_values(org, kind, one)) for kind, one in _typed(org, body)]

    def one(given: tuple[Kind, dict[str, Any]]) -> tuple[dict[str, Any], Undo]:
        kind, values = given
        if not values.get("Id"):
            raise Refused(400, "MISSING_ARGUMENT", "Id not specified in an update call", ())
        record = _record(org, values["Id"], kind)
        old = dict(record.values)
        change(org, record, {name: value for name, value in values.items() if name != "Id"})
        return _done(record), (record, old)

    return _each(org, inputs, one, together=_together(body))


def upsert_all(org: Org, name: str, field_name: str, body: Any) -> list[Any]:
    """
    Make or change records of one object by an external id; raises Refused.
    """
    kind = org.kind(name)
    field = external_field(org, kind, field_name)
    typed = list(_typed(org, body))
    if any(other is not kind for other, _ in typed):
        text = f"all records of this request must be of type {kind.name}"
        raise Refused(400, "INVALID_TYPE", text)
    inputs = [read_values(org, kind, one) for _, one in typed]
    keys = Counter(
        str(one.get(field.name)).lower() for one in inputs if one.get(field.name)
    )

    def one(values: dict[str, Any]) -> tuple[dict[str, Any], Undo]:
        key = values.get(field.name)
        if keys[str(key).lower()] > 1:
            text = f"Duplicate external id specified: {key}"
            raise Refused(400, "DUPLICATE_VALUE", text, [field.name])
        return _upserted(org, kind, field, values)

    return _each(org, inputs, one, together=_together(body))


def _upserted(
    org: Org, kind: Kind, field: Field, values: dict[str, Any]
) -> tuple[dict[str, Any], Undo]:
    key = values.get(field.name)
    if field.name == "Id":
        values = {name: value for name, value in values.items() if name != "Id"}
        found = [_record(org, key, kind)] if key else []
    elif key is None:
        text = f"{field.name} not specified"
        raise Refused(400, "MISSING_ARGUMENT", text, [field.name])
    else:
        found = org.tables[kind.name].lookup(field.name, key)
    if len(found) > 1:
        text = f"{field.name}: more than one record found for external id field: "
        listed = ", ".join(record.id for record in found)
        raise Refused(400, "DUPLICATE_EXTERNAL_ID", f"{text}[{listed}]", [field.name])
    if found:
        old = dict(found[0].values)
        change(org, found[0], values)
        return _done(found[0]) | {"created": False}, (found[0], old)
    record = create(org, kind, values)
    return _done(record) | {"created": True}, (record, None)


def delete_all(org: Org, query: dict[str, str]) -> list[Any]:
    """
    Delete records by ``ids``; raises Refused.
    """
    ids = [id_.strip() for id_ in query.get("ids", "").split(",") if id_.strip()]
    _limited(ids, _WRITTEN)
    together = _TRUE.get(query.get("allOrNone", "").lower(), False)

    def one(id_: str) -> tuple[dict[str, Any], Undo]:
        record = _record(org, id_, None)
        old = dict(record.values)
        delete(org, record)
        return _done(record), (record, old)

    return _each(org, ids, one, together=together)


def read_all(org: Org, kind: Kind, ids: Any, names: Any, version: str) -> list[Any]:
    """
    Return records in the order of their ids, None where there is none; raises Refused.
    """
    if not _is_texts(ids) or not _is_texts(names):
        text = "ids and fields are lists of texts, and neither may be empty"
        raise Refused(400, "INVALID_INPUT", text)
    _limited(ids, _READ)
    fields = fields_of(org, kind, names)
    rows = org.tables[kind.name].rows
    found = [rows.get(read_id(id_) or "") for id_ in ids]
    return [
        rendered(record, fields, version) if record and record.deleted_at is None else None
        for record in found
    ]


def _typed(org: Org, body: Any) -> Iterable[tuple[Kind, dict[str, Any]]]:
    records = body.get("records") if isinstance(body, dict) else None
    if not isinstance(records, list) or not all(isinstance(one, dict) for one in records):
        text = "records is a list of objects"
        raise unparsed(text)
    _limited(records, _WRITTEN)
    names = []
    for one in records:
        attributes = one.get("attributes")
        name = attributes.get("type") if isinstance(attributes, dict) else None
        if not isinstance(name, str):
            text = "each record needs attributes with its type"
            raise Refused(400, "INVALID_INPUT", text)
        if name.lower() not in org.kinds or name.lower() in org.hidden:
            raise Refused(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        names.append(name.lower())
    if len([*groupby(names)]) > _RUNS:
        text = (
            f"Cannot have more than {_RUNS} chunks in a single operation. Please rearrange "
            "the data to reduce chunking."
        )
        raise Refused(400, "LIMIT_EXCEEDED", text)
    return zip(map(org.kind, names), records, strict=True)


def _together(body: Any) -> bool:
    found = body.get("allOrNone", False)
    if not isinstance(found, bool):
        text = "Cannot deserialize instance of boolean: allOrNone"
        raise unparsed(text)
    return found


def _each(
    org: Org,
    inputs: Iterable[_Given],
    act: Callable[[_Given], tuple[dict[str, Any], Undo]],
    *,
    together: bool,
) -> list[Any]:
    results: list[dict[str, Any]] = []
    done: list[Undo] = []
    failed = False
    for given in inputs:
        try:
            result, undo = act(given)
            done.append(undo)
        except Refused as refused:
            result, failed = refused.item(), True
        results.append(result)
    if not (together and failed):
        return results
    for record, old in reversed(done):
        org.tables[record.kind.name].restore(record, old)
    return [_rolled_back() if result["success"] else result for result in results]


def _rolled_back() -> dict[str, Any]:
    text = (
        "Record rolled back because not all records were valid and the request was using "
        "AllOrNone header"
    )
    return Refused(400, "ALL_OR_NONE_OPERATION_ROLLED_BACK", text).item()


def _record(org: Org, id_: Any, kind: Kind | None) -> Record:
    found = read_id(id_)
    label = kind.label if kind else "Record"
    if found is None or (kind and not found.startswith(kind.prefix)):
        text = f"{label} ID: id value of incorrect type: {id_}"
        raise Refused(400, "MALFORMED_ID", text, ["Id"])
    record = org.find(found)
    if record is None:
        raise Refused(400, "INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    return record


def _done(record: Record) -> dict[str, Any]:
    return {"id": record.id, "success": True, "errors": []}


def _is_texts(value: Any) -> bool:
    texts = isinstance(value, list) and all(isinstance(one, str) for one in value)
    return texts and bool(value)


def _limited(items: list[Any], most: int) -> None:
    if len(items) > most:
        text = (
            f"record limit reached. cannot submit more than {most} records into this call"
        )
        raise Refused(400, "EXCEEDED_ID_LIMIT", text)
    if not items:
        text = "the request names no record"
        raise Refused(400, "INVALID_INPUT", text)
