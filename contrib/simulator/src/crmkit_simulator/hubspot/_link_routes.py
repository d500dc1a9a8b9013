"""
Which request asks for what of associations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot import _associations
from crmkit_simulator.hubspot._asked import (
    DONE,
    Place,
    Result,
    body_of,
    object_scope,
    value_of,
    wrong_method,
)
from crmkit_simulator.hubspot._errors import not_found
from crmkit_simulator.hubspot._links import HUBSPOT
from crmkit_simulator.hubspot._types import Type, type_of

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._auth import Token


def links_of_one(account: Account, request: Request, found: Place) -> Result:
    """
    Answer what is asked of the associations of one object; raises Refused.
    """
    old = found.version == "v3"
    match request.method, found.rest:
        case "GET", (from_, id_, _, to):
            one = type_of(from_), id_, type_of(to)
            return 200, _associations.listing(account, one, request, old=old)
        case "PUT", (from_, id_, _, "default", to, to_id):
            pair = type_of(from_), id_, type_of(to), to_id
            return _associations.associate_default(account, pair)
        case "PUT", (from_, id_, _, to, to_id, kind) if old:
            pair = type_of(from_), id_, type_of(to), to_id
            return 200, _associations.associate(account, pair, _specs(kind))
        case "PUT", (from_, id_, _, to, to_id):
            pair = type_of(from_), id_, type_of(to), to_id
            return 201, _associations.associate(account, pair, value_of(request))
        case "DELETE", (from_, id_, _, to, to_id, *_):
            pair = type_of(from_), id_, type_of(to), to_id
            _associations.dissociate(account, pair)
            return DONE
    raise wrong_method(request)


def links_of_types(
    account: Account, token: Token, request: Request, found: Place
) -> Result:
    """
    Answer what is asked of the associations of two types of objects; raises Refused.
    """
    match request.method, found.rest:
        case "GET", (from_, to, "labels"):
            object_scope(token, type_of(from_), reads=True)
            return 200, _associations.labels(type_of(from_), type_of(to))
        case "POST", (from_, to, "batch", *verb):
            reads = verb == ["read"]
            object_scope(token, type_of(from_), reads=reads)
            ends = type_of(from_), type_of(to)
            return _associated(account, ends, verb, body_of(request))
    raise wrong_method(request)


def _specs(kind: str) -> list[dict[str, Any]] | None:
    if not kind.isdecimal():
        return None  # a name, such as note_to_contact: the default
    return [{"associationCategory": HUBSPOT, "associationTypeId": int(kind)}]


def _associated(
    account: Account, ends: tuple[Type, Type], verb: list[str], body: Any
) -> Result:
    match verb:
        case ["read"]:
            return _associations.batch_read(account, *ends, body)
        case ["create"]:
            return _associations.batch_write(account, *ends, body, default=False)
        case ["associate", "default"]:
            return _associations.batch_write(account, *ends, body, default=True)
        case ["archive"]:
            _associations.batch_archive(account, *ends, body)
            return DONE
    raise not_found()
