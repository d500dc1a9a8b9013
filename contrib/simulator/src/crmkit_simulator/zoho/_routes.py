"""
Which request asks for what, and which scope and permission it needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmkit_simulator.zoho import _read, _write
from crmkit_simulator.zoho._asked import Asked, module_of
from crmkit_simulator.zoho._coql import coql
from crmkit_simulator.zoho._errors import invalid_url, missing_param, wrong_method
from crmkit_simulator.zoho._merge import merge
from crmkit_simulator.zoho._search import search
from crmkit_simulator.zoho._settings import organization, settings, users
from crmkit_simulator.zoho._tags import tag, tag_many
from crmkit_simulator.zoho._tokens import may, permit, require, scope_mismatch
from crmkit_simulator.zoho._upsert import upsert

if TYPE_CHECKING:
    from crmkit_simulator._wire import Answer, Request
    from crmkit_simulator.zoho._org import Org
    from crmkit_simulator.zoho._tokens import Token

VERSIONS = ("v2", "v8")
_PERMISSIONS = {"READ": "View", "CREATE": "Create", "UPDATE": "Edit", "DELETE": "Delete"}
_OPERATIONS = {"GET": "READ", "POST": "CREATE", "PUT": "UPDATE", "DELETE": "DELETE"}


def asked_of(request: Request, token: Token) -> Asked:
    """
    Return what a request asks for; raises Refused.
    """
    match request.parts:
        case ("crm", version, *rest) if version in VERSIONS and rest:
            return Asked(request, token, version, tuple(rest))
    raise invalid_url()


def act(org: Org, asked: Asked) -> Answer:
    """
    Do what a request asks for; raises Refused.
    """
    first = asked.parts[0]
    if first in _OWN:
        return _OWN[first](org, asked)
    module = module_of(first)
    return _within(org, asked, module) if asked.parts[1:] else _all(org, asked, module)


def _within(org: Org, asked: Asked, module: str) -> Answer:
    match asked.parts[1:]:
        case (name,) if name in _OF_ALL:
            return _OF_ALL[name](org, asked, module)
        case (id_,):
            return _one(org, asked, module, id_)
        case ("actions", name) if name in _TAGS:
            return tag_many(org, _allowed(asked, module, "POST", "UPDATE"), module)
        case (id_, "actions", name) if name in _ACTIONS:
            _allowed(asked, module, "POST", "UPDATE")
            return _ACTIONS[name](org, asked, module, id_)
        case (id_, name):
            return _related(org, asked, module, id_, name)
    raise invalid_url()


def _allowed(asked: Asked, module: str, method: str, operation: str = "") -> Asked:
    if asked.method != method:
        raise wrong_method()
    operation = operation or _OPERATIONS[method]
    require(asked.token, f"ZohoCRM.modules.{module}.{operation}")
    permit(asked.token, f"Crm_Implied_{_PERMISSIONS[operation]}_{module}")
    return asked


def _search(org: Org, asked: Asked, module: str) -> Answer:
    return search(org, _allowed(asked, module, "GET"), module)


def _deleted(org: Org, asked: Asked, module: str) -> Answer:
    return _read.deleted(org, _allowed(asked, module, "GET"), module)


def _upsert(org: Org, asked: Asked, module: str) -> Answer:
    _allowed(asked, module, "POST", "UPDATE")
    return upsert(org, _allowed(asked, module, "POST"), module)


def _all(org: Org, asked: Asked, module: str) -> Answer:
    if asked.method not in _OPERATIONS:
        raise wrong_method()
    _allowed(asked, module, asked.method)
    match asked.method:
        case "GET":
            return _read.many(org, asked, module)
        case "POST":
            _parents(asked, module)
            return _write.insert(org, asked, module)
        case "PUT":
            return _write.update(org, asked, module)
    ids = asked.param("ids")
    if ids is None:
        raise missing_param(name="ids")
    return _write.delete(org, asked, module, ids.split(","))


def _one(org: Org, asked: Asked, module: str, id_: str) -> Answer:
    _read.path_id(id_)
    if asked.method not in {"GET", "PUT", "DELETE"}:
        raise wrong_method()
    _allowed(asked, module, asked.method)
    match asked.method:
        case "GET":
            return _read.one(org, asked, module, id_)
        case "PUT":
            return _write.update(org, asked, module, id_)
    return _write.delete(org, asked, module, [id_])


def _related(org: Org, asked: Asked, module: str, id_: str, name: str) -> Answer:
    _read.path_id(id_)
    if asked.method == "POST" and name == "Notes":
        _allowed(asked, name, "POST")
        parent = {"module": {"api_name": module}, "id": id_}
        return _write.insert(org, asked, name, {"Parent_Id": parent})
    require(asked.token, f"ZohoCRM.modules.{name.partition('_')[0]}.READ")
    _allowed(asked, module, "GET")
    return _read.related(org, asked, module, id_, name)


def _parents(asked: Asked, module: str) -> None:
    # A note needs a scope of the module that it is on, whichever.
    if module != "Notes" or asked.token.scopes is None:
        return
    for row in asked.rows:
        parent = row.get("Parent_Id") if isinstance(row, dict) else None
        to = parent.get("module") if isinstance(parent, dict) else None
        name = to.get("api_name") if isinstance(to, dict) else None
        scopes = [f"ZohoCRM.modules.{name}.{one}" for one in _PERMISSIONS]
        if name and not any(may(asked.token, scope) for scope in scopes):
            raise scope_mismatch()


_OWN = {"org": organization, "users": users, "settings": settings, "coql": coql}
_OF_ALL = {"search": _search, "deleted": _deleted, "upsert": _upsert}
_TAGS = {"add_tags", "remove_tags"}
_ACTIONS = {"add_tags": tag, "remove_tags": tag, "merge": merge}
