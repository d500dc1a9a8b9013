"""
Which request asks for what, and which scope it needs.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.hubspot import _batch, _objects, _owners, _properties, _timeline
from crmkit_simulator.hubspot._asked import (
    DONE,
    Place,
    Result,
    body_of,
    object_scope,
    wrong_method,
)
from crmkit_simulator.hubspot._auth import Token, require
from crmkit_simulator.hubspot._errors import Refused, not_found
from crmkit_simulator.hubspot._limits import Kind
from crmkit_simulator.hubspot._link_routes import links_of_one, links_of_types
from crmkit_simulator.hubspot._read import archived_in, page
from crmkit_simulator.hubspot._search import search
from crmkit_simulator.hubspot._types import type_of

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.hubspot._account import Account
    from crmkit_simulator.hubspot._records import Shelf

DATED = ("2026-03", "2026-09")
_OLD = ("objects", "properties", "owners")
_LONGEST = 16_000  # characters of path and query
_READING = ("read", "search")


def place(request: Request) -> Place:
    """
    Return what the path of a request names; raises Refused.

    ``/crm/v3/objects/…`` and ``/crm/objects/2026-09/…`` name the same.
    """
    if len(request.target) > _LONGEST:
        message = "URI Too Long"
        raise Refused(414, message, category=None)
    match request.parts:
        case ("crm", area, version, *rest) if version in DATED:
            return Place(area, version, tuple(rest))
        case ("crm", "v3", area, *rest) if area in _OLD:
            return Place(area, "v3", tuple(rest))
        case ("crm", "v4", "associations", *rest):
            return Place("associations", "v4", tuple(rest))
        case ("crm", "v4", "objects", type_, id_, "associations", *rest):
            return Place("objects", "v4", (type_, id_, "associations", *rest))
        case ("integrators", "timeline", ("v3" | "2026-03") as version, *rest):
            return Place("timeline", version, tuple(rest))
    raise not_found()


def limited_as(found: Place) -> Kind:
    """
    Return which of the limits is that of a request.
    """
    if found.area == "associations" or found.rest[2:3] == ("associations",):
        return Kind.ASSOCIATIONS
    if found.area == "objects" and found.rest[1:] == ("search",):
        return Kind.SEARCH
    return Kind.ANY


def act(account: Account, token: Token, request: Request, found: Place) -> Answer:
    """
    Do what a request asks for; raises Refused.
    """
    handle = _AREAS.get(found.area)
    if handle is None:
        raise not_found()
    status, body = handle(account, token, request, found)
    if status == HTTPStatus.MULTI_STATUS and account.no_207 and found.version == DATED[-1]:
        status = HTTPStatus.CREATED if found.rest[-1] == "create" else HTTPStatus.OK
    return Answer(status) if body is None else answer(status, body)


def _objects_(account: Account, token: Token, request: Request, found: Place) -> Result:
    if not found.rest:
        raise not_found()
    type_ = type_of(found.rest[0])
    reads = request.method == "GET" or found.rest[-1] in _READING
    object_scope(token, type_, reads=reads)
    shelf = account.shelves[type_.name]
    match found.rest[1:]:
        case (_, "associations", *_):
            return links_of_one(account, request, found)
        case ():
            return _all(account, shelf, request, found.version)
        case ("batch", verb) if request.method == "POST":
            return _batched(account, shelf, verb, request, found.version)
        case (key,):
            return _one(account, shelf, request, key)
    raise wrong_method(request)


def _all(account: Account, shelf: Shelf, request: Request, version: str) -> Result:
    if request.method == "GET":
        return 200, page(account, shelf, request)
    if request.method == "POST":
        return 201, _objects.create(account, shelf, body_of(request), version)
    raise wrong_method(request)


def _one(account: Account, shelf: Shelf, request: Request, key: str) -> Result:
    match request.method, key:
        case "GET", _:
            return 200, _objects.get(account, shelf, request, key)
        case "PATCH", _:
            return 200, _objects.change(account, shelf, request, key, body_of(request))
        case "DELETE", _:
            _objects.archive(account, shelf, key)
            return DONE
        case "POST", "search":
            return 200, search(account, shelf, request, body_of(request))
        case "POST", "merge":
            return 200, _objects.merge(account, shelf, body_of(request))
        case "POST", "gdpr-delete":
            _objects.delete_for_good(account, shelf, body_of(request))
            return DONE
    raise wrong_method(request)


def _batched(
    account: Account, shelf: Shelf, verb: str, request: Request, version: str
) -> Result:
    body = body_of(request)
    match verb:
        case "read":
            return _batch.read(account, shelf, body, archived=archived_in(request))
        case "create":
            return _batch.create(account, shelf, body, version)
        case "update":
            return _batch.update(account, shelf, body)
        case "upsert":
            return _batch.upsert(account, shelf, body, version)
        case "archive":
            _batch.archive_all(account, shelf, body)
            return DONE
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
        case "PATCH", (name,):
            return 200, _properties.change(account, shelf, name, body_of(request))
        case "DELETE", (name,):
            _properties.archive(shelf, name)
            return DONE
        case "POST", ():
            return 201, _properties.create(account, shelf, body_of(request))
        case "POST", ("batch", "read"):
            return _properties.batch_read(account, shelf, body_of(request))
    raise wrong_method(request)


def _owners_(account: Account, token: Token, request: Request, found: Place) -> Result:
    require(token, "crm.objects.owners.read")
    match request.method, found.rest:
        case "GET", ():
            return 200, _owners.listing(account, request)
        case "GET", (id_,):
            return 200, _owners.get(account, id_)
    raise wrong_method(request)


def _timeline_(account: Account, token: Token, request: Request, found: Place) -> Result:
    # Private apps have no timeline: their tokens cannot have the scope.
    require(token if token.oauth else Token("", frozenset(), None, oauth=False), "timeline")
    match request.method, found.rest:
        case "POST", ("events",):
            return _timeline.create(account, found.version, body_of(request))
        case "POST", ("events", "batch", "create") | ("events", "batch"):
            return _timeline.batch_create(account, found.version, body_of(request))
        case "GET", ("events", type_, id_):
            return 200, _timeline.get(account, type_, id_)
    raise wrong_method(request)


_AREAS = {
    "objects": _objects_,
    "associations": links_of_types,
    "properties": _properties_,
    "owners": _owners_,
    "timeline": _timeline_,
}
