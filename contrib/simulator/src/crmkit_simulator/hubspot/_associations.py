"""
The endpoints for associations.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._batch import completed, inputs_of
from crmkit_simulator.hubspot._errors import (
    NOT_FOUND,
    Refused,
    invalid_json,
    missing,
    not_found,
)
from crmkit_simulator.hubspot._fields import needed_text, text_in
from crmkit_simulator.hubspot._links import (
    HUBSPOT,
    Link,
    invalid_target,
    link,
    spec_target,
    unlink,
)
from crmkit_simulator.hubspot._read import cursor_of, limit_of, linked, next_page
from crmkit_simulator.hubspot._types import PRIMARY, association_ids

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Record
    from crmkit_simulator.hubspot._types import Type

    Result = tuple[int, Any]

_PAGE = 500
_READ, _WRITTEN = 1000, 2000


def listing(
    account: Account, ends: tuple[Type, str, Type], request: Request, *, old: bool
) -> dict[str, Any]:
    """
    Return one page of what an object is associated with; raises Refused.
    """
    from_, id_, to = ends
    record = account.shelves[from_.name].live(id_)
    if record is None:
        raise not_found()
    limit = limit_of(request.query.get("limit"), _PAGE, _PAGE)
    found, after = _page(account, record, to, request.query.get("after"), limit)
    label = f"{from_.singular}_to_{to.singular}"
    if old:
        found = [{"id": one["toObjectId"], "type": label} for one in found]
    body: dict[str, Any] = {"results": found}
    if after:
        body["paging"] = {"next": next_page(request, after)}
    return body


def batch_read(account: Account, from_: Type, to: Type, body: Any) -> Result:
    """
    Return what each of up to 1000 objects is associated with; raises Refused.
    """
    association_ids(from_, to)
    results, errors = [], []
    for one in inputs_of(body, _READ):
        id_ = needed_text(one, "id")
        record = account.shelves[from_.name].live(id_)
        found, after = _page(account, record, to, text_in(one, "after"), _PAGE)
        if not found:
            errors.append(_none(from_, id_, to))
            continue
        result: dict[str, Any] = {"from": {"id": id_}, "to": found}
        if after:
            result["paging"] = {"next": {"after": after}}
        results.append(result)
    return 207 if errors else 200, completed(account, results, errors)


def _page(
    account: Account, record: Record | None, to: Type, after: str | None, limit: int
) -> tuple[list[dict[str, Any]], str | None]:
    if record is None:
        return [], None
    found = list(islice(linked(account, record, to.name, cursor_of(after)), limit + 1))
    page = [
        {"toObjectId": id_, "associationTypes": list(map(_type, sorted(ids)))}
        for id_, ids in found[:limit]
    ]
    return page, found[limit - 1][0] if len(found) > limit else None


def _type(type_id: int) -> dict[str, Any]:
    label = "Primary" if type_id in PRIMARY else None
    return {"category": HUBSPOT, "typeId": type_id, "label": label}


def _none(from_: Type, id_: str, to: Type) -> dict[str, Any]:
    refused = Refused(
        404,
        f"No {to.singular} is associated with {from_.singular} {id_}.",
        category=NOT_FOUND,
    )
    context = {
        "fromObjectId": [id_],
        "fromObjectType": [from_.singular],
        "toObjectType": [to.singular],
    }
    found = "crm.associations.NO_ASSOCIATIONS_FOUND"
    return refused.in_batch(context) | {"subCategory": found}


def labels(from_: Type, to: Type) -> dict[str, Any]:
    """
    Return the associations that there may be between two types; raises Refused.
    """
    return {"results": list(map(_type, association_ids(from_, to)))}


def associate(
    account: Account, ends: tuple[Type, str, Type, str], specs: Any = None
) -> dict[str, Any]:
    """
    Associate two objects, with the default association unless *specs* say else.

    Raises Refused.
    """
    from_type, from_id, to_type, to_id = ends
    from_, to = _end(account, from_type, from_id), _end(account, to_type, to_id)
    known = association_ids(from_type, to_type)
    wanted = [next(iter(known))] if specs is None else _ids(from_type, to_type, specs)
    for type_id in wanted:
        link(from_, Link(to, type_id, known[type_id]))
    return {
        "fromObjectTypeId": from_type.id,
        "fromObjectId": from_.id,
        "toObjectTypeId": to_type.id,
        "toObjectId": to.id,
        "labels": ["Primary" for type_id in wanted if type_id in PRIMARY],
    }


def _ids(from_: Type, to: Type, specs: Any) -> list[int]:
    if not isinstance(specs, list) or not all(isinstance(spec, dict) for spec in specs):
        detail = "a list of association types was expected"
        raise invalid_json(detail)
    found = [spec_target(from_, spec) for spec in specs]
    wrong = [type_id for target, type_id in found if target is not to]
    if wrong:
        msg = f"{HUBSPOT} association type {wrong[0]} does not lead to {to.singular}"
        raise Refused(400, msg)
    return [type_id for _, type_id in found]


def _end(account: Account, type_: Type, id_: str) -> Record:
    record = account.shelves[type_.name].live(id_)
    if record is None:
        raise invalid_target(type_, id_)
    return record


def dissociate(account: Account, ends: tuple[Type, str, Type, str]) -> None:
    """
    Remove the associations of two objects, if there are any.
    """
    from_type, from_id, to_type, to_id = ends
    from_ = account.shelves[from_type.name].live(from_id)
    to = account.shelves[to_type.name].live(to_id)
    if from_ and to:
        unlink(from_, to)


def batch_write(
    account: Account, from_: Type, to: Type, body: Any, *, default: bool
) -> Result:
    """
    Associate up to 2000 pairs of objects; raises Refused.
    """
    results = []
    for one in inputs_of(body, _WRITTEN):
        ends = from_, _id(one, "from"), to, _id(one, "to")
        specs = None if default else one.get("types", [])
        made = associate(account, ends, specs)
        results.append(_default(made, from_, to) if default else made)
    return 201 if not default else 200, completed(account, results, [])


def associate_default(account: Account, ends: tuple[Type, str, Type, str]) -> Result:
    """
    Associate two objects with the default association; raises Refused.
    """
    made = associate(account, ends)
    return 200, completed(account, [_default(made, ends[0], ends[2])], [])


def _default(made: dict[str, Any], from_: Type, to: Type) -> dict[str, Any]:
    type_id = next(iter(association_ids(from_, to)))
    return {
        "from": {"id": made["fromObjectId"]},
        "to": {"id": made["toObjectId"]},
        "associationSpec": {"associationCategory": HUBSPOT, "associationTypeId": type_id},
    }


def _id(one: dict[str, Any], end: str) -> str:
    found = one.get(end)
    if not isinstance(found, dict):
        raise missing(end)
    return needed_text(found, "id")


def batch_archive(account: Account, from_: Type, to: Type, body: Any) -> None:
    """
    Remove the associations of pairs of objects; raises Refused.
    """
    for one in inputs_of(body, _WRITTEN):
        ends = one["to"] if isinstance(one.get("to"), list) else [one.get("to")]
        for end in ends:
            pair = from_, _id(one, "from"), to, _id({"to": end}, "to")
            dissociate(account, pair)
