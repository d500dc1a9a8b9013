"""
The paths below one object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.salesforce._asked import body_of, only
from crmkit_simulator.salesforce._changed import deleted_between, updated_between
from crmkit_simulator.salesforce._describe import basics, described
from crmkit_simulator.salesforce._errors import not_found, wrong_method
from crmkit_simulator.salesforce._objects import by_key, upsert, without
from crmkit_simulator.salesforce._read import by_id, fields_of, rendered
from crmkit_simulator.salesforce._write import change, create, delete, read_values

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._records import Record
    from crmkit_simulator.salesforce._schema import Kind

_SPANS = {"deleted": deleted_between, "updated": updated_between}
_METHODS = ("GET", "PATCH", "DELETE")


def object_answer(
    org: Org, request: Request, version: str, place: tuple[str, ...]
) -> Answer:
    """
    Do what a request to an object, or to one of its records, asks for.

    Raises Refused, Ambiguous.
    """
    kind = org.kind(place[0])
    match place[1:]:
        case ():
            return _object(org, request, version, kind)
        case ("describe",):
            only(request, "GET")
            return described(org, request, kind, version)
        case ("deleted" | "updated" as span,):
            only(request, "GET")
            return answer(200, _SPANS[span](org, kind, request))
        case (id_,):
            return _record(org, request, version, kind, id_)
        case (name, value):
            return _by_key(org, request, version, kind, (name, value))
    raise not_found()


def _object(org: Org, request: Request, version: str, kind: Kind) -> Answer:
    if request.method == "GET":
        return answer(200, basics(org, kind, version))
    if request.method != "POST":
        raise wrong_method(request.method, "GET", "POST")
    record = create(org, kind, read_values(org, kind, body_of(request)))
    location = f"/services/data/{version}/sobjects/{kind.name}/{record.id}"
    return answer(201, _made(record), {"Location": location})


def _record(org: Org, request: Request, version: str, kind: Kind, id_: str) -> Answer:
    match request.method:
        case "GET":
            fields = fields_of(org, kind, _names(request))
            return answer(200, rendered(by_id(org, kind, id_), fields, version))
        case "PATCH":
            values = read_values(org, kind, body_of(request))
            change(org, by_id(org, kind, id_), without(values, "Id"))
            return Answer(204)
        case "DELETE":
            delete(org, by_id(org, kind, id_))
            return Answer(204)
    raise wrong_method(request.method, *_METHODS)


def _by_key(
    org: Org, request: Request, version: str, kind: Kind, key: tuple[str, str]
) -> Answer:
    match request.method:
        case "GET":
            fields = fields_of(org, kind, _names(request))
            return answer(200, rendered(by_key(org, kind, key, version), fields, version))
        case "PATCH":
            only_change = request.query.get("updateOnly", "").lower() == "true"
            body = body_of(request)
            record, made = upsert(org, kind, key, body, version, update_only=only_change)
            return answer(201 if made else 200, _made(record) | {"created": made})
        case "DELETE":
            delete(org, by_key(org, kind, key, version))
            return Answer(204)
    raise wrong_method(request.method, *_METHODS)


def _names(request: Request) -> list[str] | None:
    found = request.query.get("fields")
    return found.split(",") if found else None


def _made(record: Record) -> dict[str, Any]:
    return {"id": record.id, "success": True, "errors": []}
