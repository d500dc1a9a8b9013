"""
Which request asks for what, and which scope it needs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.hubspot import _associations, _batch, _objects, _properties
from crmkit_simulator.hubspot._auth import Token, require
from crmkit_simulator.hubspot._errors import Refused, invalid_json, not_found
from crmkit_simulator.hubspot._read import page
from crmkit_simulator.hubspot._search import search
from crmkit_simulator.hubspot._types import type_of

if TYPE_CHECKING:
    from crmkit_simulator.hubspot._account import Account

    Result = tuple[int, Any]

DATED = ("2026-03", "2026-09")
_OLD = re.compile(r"v[34]")
_READING = ("read", "search")


class Place(NamedTuple):
    """
    What a path names: an area of the API, its version, and what follows.
    """

    area: str
    version: str
    rest: tuple[str, ...]


def place(parts: tuple[str, ...]) -> Place:
    """
    Return what a path names; raises Refused.

    ``/crm/v3/objects/…`` and ``/crm/objects/2026-09/…`` name the same.
    """
    match parts:
        case ("crm", area, version, *rest) if version in DATED:
            return Place(area, version, tuple(rest))
        case ("crm", version, area, *rest) if _OLD.fullmatch(version):
            return Place(area, version, tuple(rest))
        case ("integrators", "timeline", ("v3" | "2026-03") as version, *rest):
            return Place("timeline", version, tuple(rest))
    raise not_found()


def is_search(place_: Place) -> bool:
    """
    Tell whether a request is a search, which has a limit of its own.
    """
    return place_.area == "objects" and place_.rest[1:] == ("search",)


def act(account: Account, token: Token, request: Request, found: Place) -> Answer:
    """
    Do what a request asks for; raises Refused.
    """
    handle = _AREAS.get(found.area)
    if handle is None:
        raise not_found()
    status, body = handle(account, token, request, found)
    return Answer(status) if body is None else answer(status, body)


def body_of(request: Request) -> Any:
    """
    Return the JSON object that a request brings; raises Refused.
    """
    try:
        body = request.json()
    except ValueError as error:
        raise invalid_json(str(error)) from None
    if not isinstance(body, dict | list):
        detail = "an object was expected"
        raise invalid_json(detail)
    return body


def _objects_(account: Account, token: Token, request: Request, found: Place) -> Result:
    rest, method = found.rest, request.method
    if not rest:
        raise not_found()
    type_ = type_of(rest[0])
    shelf = account.shelves[type_.name]
    reads = method == "GET" or rest[-1] in _READING
    _scope(token, type_.name, type_.scope, reads=reads)
    if rest[2:3] == ("associations",):
        return _linked(account, request, rest)
    match method, rest[1:]:
        case "GET", ():
            return 200, page(account, shelf, request)
        case "GET", (key,):
            return 200, _objects.get(account, shelf, request, key)
        case "POST", ():
            return 201, _objects.create(account, shelf, body_of(request), found.version)
        case "PATCH", (key,):
            return 200, _objects.change(account, shelf, request, key, body_of(request))
        case "DELETE", (key,):
            return 204, _objects.archive(account, shelf, key)
        case "POST", ("search",):
            return 200, search(account, shelf, request, body_of(request))
        case "POST", ("merge",):
            return 200, _objects.merge(account, shelf, body_of(request))
        case "POST", ("gdpr-delete",):
            return 204, _objects.delete_for_good(shelf, account, body_of(request))
        case "POST", ("batch", verb):
            return _batched(account, shelf, verb, body_of(request), found.version)
    raise wrong_method(request)


def _scope(token: Token, name: str, scope: str, *, reads: bool) -> None:
    scopes = [f"crm.objects.{scope}.{'read' if reads else 'write'}"]
    if name == "emails" and reads:
        scopes.append("sales-email-read")
    require(token, *scopes)


def _batched(account: Account, shelf: Any, verb: str, body: Any, version: str) -> Result:
    match verb:
        case "read":
            return _batch.read(account, shelf, body)
        case "create":
            return _batch.create(account, shelf, body, version)
        case "update":
            return _batch.update(account, shelf, body)
        case "upsert":
            return _batch.upsert(account, shelf, body, version)
        case "archive":
            return 204, _batch.archive_all(account, shelf, body)
    raise not_found()


def _linked(account: Account, request: Request, rest: tuple[str, ...]) -> Result:
    match request.method, rest:
        case "GET", (from_, id_, _, to):
            found = _associations.listing(account, type_of(from_), id_, type_of(to), request)
            return 200, found
        case "PUT", (from_, id_, _, "default", to, to_id):
            ends = type_of(from_), id_, type_of(to), to_id
            return _associations.associate_default(account, ends)
        case "PUT", (from_, id_, _, to, to_id):
            ends = type_of(from_), id_, type_of(to), to_id
            return 201, _associations.associate(account, ends, body_of(request))
        case "DELETE", (from_, id_, _, to, to_id):
            ends = type_of(from_), id_, type_of(to), to_id
            return 204, _associations.dissociate(account, ends)
    raise wrong_method(request)


def _associations_(
    account: Account, token: Token, request: Request, found: Place
) -> Result:
    match request.method, found.rest:
        case "GET", (from_, to, "labels"):
            require(token, f"crm.objects.{type_of(from_).scope}.read")
            return 200, _associations.labels(type_of(from_), type_of(to))
        case "POST", (from_, to, "batch", *verb):
            reads = verb == ["read"]
            _scope(token, "", type_of(from_).scope, reads=reads)
            ends = type_of(from_), type_of(to)
            return _associated(account, ends, verb, body_of(request))
    raise wrong_method(request)


def _associated(account: Account, ends: Any, verb: list[str], body: Any) -> Result:
    match verb:
        case ["read"]:
            return _associations.batch_read(account, *ends, body)
        case ["create"]:
            return _associations.batch_write(account, *ends, body, default=False)
        case ["associate", "default"]:
            return _associations.batch_write(account, *ends, body, default=True)
        case ["archive"]:
            return 204, _associations.batch_archive(account, *ends, body)
    raise not_found()


def _properties_(account: Account, token: Token, request: Request, found: Place) -> Result:
    if not found.rest:
        raise not_found()
    type_ = type_of(found.rest[0])
    shelf = account.shelves[type_.name]
    reads = request.method == "GET" or found.rest[-1] == "read"
    require(token, f"crm.schemas.{type_.scope}.{'read' if reads else 'write'}")
    match request.method, found.rest[1:]:
        case "GET", ():
            return 200, _properties.listing(shelf)
        case "GET", (name,):
            return 200, _properties.get(shelf, name)
        case "POST", ():
            return 201, _properties.create(account, shelf, body_of(request))
        case "POST", ("batch", "read"):
            return _properties.batch_read(account, shelf, body_of(request))
    raise wrong_method(request)


def _owners(account: Account, token: Token, request: Request, found: Place) -> Result:
    require(token, "crm.objects.owners.read")
    match request.method, found.rest:
        case "GET", ():
            return 200, _properties.owners(account, request)
        case "GET", (id_,):
            return 200, _properties.owner(account, id_)
    raise wrong_method(request)


def wrong_method(request: Request) -> Refused:
    """
    Return the refusal of a method that a path does not have.
    """
    return Refused(405, f"{request.method} is not allowed here", category=None)


_AREAS = {
    "objects": _objects_,
    "associations": _associations_,
    "properties": _properties_,
    "owners": _owners,
}
