"""
Which path is whose: what it costs, which scopes it needs, who does it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator.pipedrive import (
    _activities,
    _calls,
    _fields,
    _merge,
    _notes,
    _old_activities,
    _old_persons,
    _persons,
    _search,
    _users,
)
from crmkit_simulator.pipedrive._errors import (
    GONE,
    V1,
    V2,
    Refused,
    unknown_path,
    wrong_method,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator._wire import Request
    from crmkit_simulator.pipedrive._asked import Asked

_CONTACTS, _CONTACTS_W = ("contacts:read", "contacts:full"), ("contacts:full",)
_ACTS, _ACTS_W = ("activities:read", "activities:full"), ("activities:full",)
_NOTES_R = ("deals:read", "deals:full", *_CONTACTS)
_NOTES_W = ("deals:full", "contacts:full")
_FIELDS = (*_CONTACTS, "admin", "contact-fields:full")
_PHONE = ("phone-integration",)
_FIND = (*_CONTACTS, "search:read")


class Route(NamedTuple):
    """
    What a method does to a path; *old* is what is gone from version 1 unless it is kept.
    """

    cost: int
    scopes: tuple[str, ...]
    act: Callable[[Asked], dict[str, Any]]
    old: bool = False


class Place(NamedTuple):
    """
    What a request names: a version, a route of it, and the id in the path.
    """

    version: str
    route: Route
    key: str

    @property
    def search(self) -> bool:
        """
        Whether it is a search, which has a limit of its own.
        """
        return self.route.act in (_search.search, _old_persons.find)


_ROUTES: dict[tuple[str, str], dict[str, Route]] = {
    (V2, "persons"): {
        "GET": Route(10, _CONTACTS, _persons.listing),
        "POST": Route(5, _CONTACTS_W, _persons.create),
    },
    (V2, "persons/search"): {"GET": Route(20, _FIND, _search.search)},
    (V2, "persons/*"): {
        "GET": Route(1, _CONTACTS, _persons.get),
        "PATCH": Route(5, _CONTACTS_W, _persons.change),
        "DELETE": Route(3, _CONTACTS_W, _persons.delete),
    },
    (V2, "activities"): {
        "GET": Route(10, _ACTS, _activities.listing),
        "POST": Route(5, _ACTS_W, _activities.create),
    },
    (V2, "activities/*"): {
        "GET": Route(1, _ACTS, _activities.get),
        "PATCH": Route(5, _ACTS_W, _activities.change),
        "DELETE": Route(3, _ACTS_W, _activities.delete),
    },
    (V2, "personFields"): {"GET": Route(10, _FIELDS, _fields.listing)},
    (V2, "personFields/*"): {"GET": Route(1, _FIELDS, _fields.get)},
    (V1, "personFields"): {"GET": Route(20, _FIELDS, _fields.old_listing)},
    (V1, "persons/*/merge"): {"PUT": Route(40, _CONTACTS_W, _merge.merge)},
    (V1, "persons/*/mailMessages"): {
        "GET": Route(20, ("mail:read", "mail:full"), _users.mail)
    },
    (V1, "notes"): {
        "GET": Route(20, _NOTES_R, _notes.listing),
        "POST": Route(10, _NOTES_W, _notes.create),
    },
    (V1, "notes/*"): {
        "GET": Route(2, _NOTES_R, _notes.get),
        "PUT": Route(10, _NOTES_W, _notes.change),
        "DELETE": Route(6, _NOTES_W, _notes.delete),
    },
    (V1, "callLogs"): {
        "GET": Route(20, _PHONE, _calls.listing),
        "POST": Route(10, _PHONE, _calls.create),
    },
    (V1, "callLogs/*"): {
        "GET": Route(2, _PHONE, _calls.get),
        "DELETE": Route(6, _PHONE, _calls.delete),
    },
    (V1, "callLogs/*/recordings"): {"POST": Route(10, _PHONE, _calls.attach)},
    (V1, "users"): {"GET": Route(20, ("users:read",), _users.listing)},
    (V1, "users/me"): {"GET": Route(2, (), _users.me)},
    (V1, "users/*"): {"GET": Route(2, ("users:read",), _users.get)},
    (V1, "activityTypes"): {"GET": Route(20, (*_ACTS, "admin"), _users.activity_types)},
    (V1, "persons"): {
        "GET": Route(20, _CONTACTS, _old_persons.listing, old=True),
        "POST": Route(10, _CONTACTS_W, _old_persons.create, old=True),
    },
    (V1, "persons/search"): {"GET": Route(40, _FIND, _old_persons.find, old=True)},
    (V1, "persons/*"): {
        "GET": Route(2, _CONTACTS, _old_persons.get, old=True),
        "PUT": Route(10, _CONTACTS_W, _old_persons.change, old=True),
        "DELETE": Route(6, _CONTACTS_W, _persons.delete, old=True),
    },
    (V1, "persons/*/activities"): {
        "GET": Route(20, _ACTS, _old_activities.of_person, old=True)
    },
    (V1, "activities"): {
        "GET": Route(20, _ACTS, _old_activities.listing, old=True),
        "POST": Route(10, _ACTS_W, _old_activities.create, old=True),
    },
    (V1, "activities/*"): {
        "GET": Route(2, _ACTS, _old_activities.get, old=True),
        "PUT": Route(10, _ACTS_W, _old_activities.change, old=True),
        "DELETE": Route(6, _ACTS_W, _activities.delete, old=True),
    },
}


def version_of(request: Request) -> str:
    """
    Return the version of the API that a path names; ``/v1`` is ``/api/v1``.
    """
    return V2 if request.parts[:2] == ("api", V2) else V1


def place(request: Request, *, old: bool) -> Place:
    """
    Return what a request names; raises Refused.

    What version 1 had of that which version 2 has is there with *old* only.
    """
    version = version_of(request)
    match request.parts:
        case ("api", "v1" | "v2", _, *_):
            rest = request.parts[2:]
        case ("v1", _, *_):
            rest = request.parts[1:]
        case _:
            raise unknown_path()
    exact, general = "/".join(rest), "/".join([rest[0], "*", *rest[2:]])
    methods = _ROUTES.get((version, exact)) or (
        _ROUTES.get((version, general)) if rest[1:] else None
    )
    if methods is None:
        raise unknown_path()
    if request.method not in methods:
        raise wrong_method(request.method)
    route = methods[request.method]
    if route.old and not old:
        raise Refused(GONE, "This endpoint is no longer available")
    return Place(version, route, rest[1] if rest[1:] else "")
