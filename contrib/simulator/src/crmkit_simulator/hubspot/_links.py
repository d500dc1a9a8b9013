"""
Associations between objects, and what an input says of them.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.hubspot._errors import Refused, invalid_json, missing
from crmkit_simulator.hubspot._fields import needed_text
from crmkit_simulator.hubspot._ordered import Ordered
from crmkit_simulator.hubspot._types import association_ids, association_target

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Record
    from crmkit_simulator.hubspot._types import Type

HUBSPOT = "HUBSPOT_DEFINED"
CATEGORIES = (HUBSPOT, "USER_DEFINED", "INTEGRATOR_DEFINED", "WORK")


class Link(NamedTuple):
    """
    An association to make: where to, and the ids for there and back.
    """

    to: Record
    there: int
    back: int


def links_of(account: Account, from_: Type, given: Any) -> list[Link]:
    """
    Return the associations that a creation asks for; raises Refused.
    """
    found = []
    for one in map(_object, _list(given or [])):
        id_ = needed_text(_object(one.get("to")), "id")
        specs = _list(one.get("types"))
        if not specs:
            field = "types"
            raise missing(field)
        found += [_wanted(account, from_, id_, _object(spec)) for spec in specs]
    return found


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        detail = "an association is an object, with to.id and types"
        raise invalid_json(detail)
    return value


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        detail = "associations and their types are lists"
        raise invalid_json(detail)
    return value


def _wanted(account: Account, from_: Type, id_: str, spec: dict[str, Any]) -> Link:
    to, type_id = spec_target(from_, spec)
    record = account.shelves[to.name].live(id_)
    if record is None:
        raise invalid_target(to, id_)
    return Link(record, type_id, association_ids(from_, to)[type_id])


def spec_target(from_: Type, spec: Mapping[str, Any]) -> tuple[Type, int]:
    """
    Return the type that an association's category and id lead to; raises Refused.
    """
    category, type_id = spec.get("associationCategory"), spec.get("associationTypeId")
    if category not in CATEGORIES:
        detail = f"associationCategory must be one of: {', '.join(CATEGORIES)}"
        raise invalid_json(detail)
    if type(type_id) is not int:
        detail = "associationTypeId is not a number"
        raise invalid_json(detail)
    to = association_target(from_, type_id) if category == HUBSPOT else None
    if to is None:
        msg = f"{category} association type {type_id} from {from_.singular} does not exist"
        raise Refused(400, msg)
    return to, type_id


def invalid_target(to: Type, id_: str) -> Refused:
    """
    Return the refusal of an association with an object that is not there.
    """
    message = f"{to.singular.upper()}={id_} is not valid"
    error = {"message": message, "code": "INVALID_ASSOCIATION", "in": "associations"}
    return Refused(400, "One or more associations are not valid", errors=[error])


def link(from_: Record, found: Link) -> None:
    """
    Associate two objects, both ways.
    """
    to, there, back = found
    _add(from_, to, _only(there))
    _add(to, from_, _only(back))


@cache  # so that thousands of associations share the few sets that there are
def _only(type_id: int) -> frozenset[int]:
    return frozenset({type_id})


def _add(one: Record, other: Record, kinds: frozenset[int]) -> None:
    ends = one.links.get(other.type.name)
    if ends is None:
        ends = one.links[other.type.name] = Ordered()
    known = ends.get(other.id)
    ends.put(other.id, known | kinds if known else kinds)


def unlink(from_: Record, to: Record) -> None:
    """
    Remove all associations of two objects.
    """
    _remove(from_, to)
    _remove(to, from_)


def _remove(one: Record, other: Record) -> frozenset[int]:
    ends = one.links.get(other.type.name)
    return (ends and ends.remove(other.id)) or frozenset()


def relink(account: Account, old: Record, new: Record) -> None:
    """
    Let one object have all associations of another.
    """
    for name, ends in old.links.items():
        for id_, _ in list(ends.after()):
            other = account.shelves[name].get(id_)
            if other is not None:
                _add(new, other, _remove(old, other))
                _add(other, new, _remove(other, old))
