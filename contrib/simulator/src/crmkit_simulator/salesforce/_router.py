"""
Which path leads where.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.salesforce import _collections
from crmkit_simulator.salesforce._asked import body_of, only
from crmkit_simulator.salesforce._describe import everything
from crmkit_simulator.salesforce._errors import not_found, wrong_method
from crmkit_simulator.salesforce._object_routes import object_answer
from crmkit_simulator.salesforce._versions import VERSIONS

if TYPE_CHECKING:
    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._limits import Limits
    from crmkit_simulator.salesforce._org import Org
    from crmkit_simulator.salesforce._query import Queries

_LONGEST = 16_384  # what a path with its query may have


class Routes:
    """
    Does what the requests to one version of the API ask for.
    """

    def __init__(self, org: Org, queries: Queries, limits: Limits) -> None:
        self._org = org
        self._queries = queries
        self._limits = limits

    def act(self, request: Request, version: str, rest: tuple[str, ...]) -> Answer:
        """
        Do what a request asks for; raises Refused, Ambiguous.
        """
        if len(request.target) > _LONGEST:
            return Answer(414, b"<h1>URI Too Long</h1>", {"Content-Type": "text/html"})
        match rest:
            case ():
                return answer(200, _resources(request, version))
            case ("limits",):
                return answer(200, self._limits.listed())
            case ("query" | "queryAll" as area, *place):
                return self._query(request, version, area, place)
            case ("sobjects", *place):
                return self._sobjects(request, version, tuple(place))
            case ("composite", "sobjects", *place):
                return self._collections(request, version, tuple(place))
        raise not_found()

    def _query(self, request: Request, version: str, area: str, place: list[str]) -> Answer:
        only(request, "GET")
        if not place:
            all_ = area == "queryAll"
            return answer(200, self._queries.answer(request, version, everything=all_))
        return answer(200, self._queries.more(request, version, place[0]))

    def _sobjects(self, request: Request, version: str, place: tuple[str, ...]) -> Answer:
        if place:
            return object_answer(self._org, request, version, place)
        only(request, "GET")
        return everything(self._org, request, version)

    def _collections(
        self, request: Request, version: str, place: tuple[str, ...]
    ) -> Answer:
        org = self._org
        match request.method, place:
            case "POST", ():
                found = _collections.create_all(org, body_of(request))
            case "PATCH", ():
                found = _collections.update_all(org, body_of(request))
            case "DELETE", ():
                found = _collections.delete_all(org, request.query)
            case "GET" | "POST", (name,):
                ids, names = _wanted(request)
                found = _collections.read_all(org, org.kind(name), ids, names, version)
            case "PATCH", (name, field):
                found = _collections.upsert_all(org, name, field, body_of(request))
            case _:
                raise wrong_method(request.method, "GET", "POST", "PATCH", "DELETE")
        return answer(200, found)


def versions() -> Answer:
    """
    Return the versions of the API, which anybody may ask for.
    """
    listed = [
        {"label": label, "url": f"/services/data/v{number}", "version": number}
        for number, label in VERSIONS.items()
    ]
    return answer(200, listed)


def _resources(request: Request, version: str) -> dict[str, str]:
    only(request, "GET")
    areas = ("composite", "limits", "query", "queryAll", "sobjects")
    return {area: f"/services/data/{version}/{area}" for area in areas}


def _wanted(request: Request) -> tuple[Any, Any]:
    if request.method == "POST":
        body = body_of(request)
        return body.get("ids"), body.get("fields")
    ids, names = request.query.get("ids", ""), request.query.get("fields", "")
    return ids.split(",") if ids else [], names.split(",") if names else []
