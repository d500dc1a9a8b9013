"""
Which request asks for what.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.followupboss import _activities, _email, _events, _find, _people
from crmkit_simulator.followupboss._account import ACCOUNT, TRASH
from crmkit_simulator.followupboss._bodies import CUSTOM_FIELD, body_of, checked
from crmkit_simulator.followupboss._errors import (
    Refused,
    forbidden,
    invalid,
    no_collection,
    not_found,
)
from crmkit_simulator.followupboss._lists import as_flag, listed

if TYPE_CHECKING:
    from collections.abc import Callable

    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker, Tokens

Result = tuple[int, Any]
_GONE: Result = 204, None


class Router:
    """
    Finds what a signed request asks for, and does it.
    """

    def __init__(self, account: Account, tokens: Tokens) -> None:
        self._account = account
        self._tokens = tokens
        self._collections: dict[
            str, Callable[[Request, Asker, tuple[str, ...]], Result]
        ] = {
            "people": self._people,
            "events": self._events,
            "customFields": self._custom_fields,
            "emCampaigns": self._campaigns,
            "emEvents": self._email_events,
            "identity": self._identity,
            "users": self._users,
        }

    def act(self, request: Request, asker: Asker) -> Answer:
        """
        Do what a request asks for; raises Refused.
        """
        match request.parts:
            case ("v1", name, *rest):
                self._check_alive(request, name)
                status, body = self._act(name, request, asker, tuple(rest))
                return Answer(status) if body is None else answer(status, body)
        raise no_collection(request.parts[0])

    def _check_alive(self, request: Request, name: str) -> None:
        leads = request.method == "POST" and name == "events"
        if self._account.expired and not leads and name != "identity":
            message = "This account has expired."
            raise forbidden(message)

    def _act(
        self, name: str, request: Request, asker: Asker, rest: tuple[str, ...]
    ) -> Result:
        if name in _activities.KINDS:
            return self._activity(name, request, asker, rest)
        if name not in self._collections:
            raise no_collection(name)
        return self._collections[name](request, asker, rest)

    def _people(self, request: Request, asker: Asker, rest: tuple[str, ...]) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", ():
                return 200, self._list_of_people(request, asker)
            case "GET", ("checkDuplicate",):
                return 200, _duplicate(account, asker, request)
            case "POST", ():
                return self._new_person(request, asker)
            case "GET", (key,):
                found = account.person(_number(key), asker)
                return 200, _people.shown(account, found, request)
            case "PUT", (key,):
                found = account.person(_number(key), asker)
                merge = as_flag(request.query.get("mergeTags", ""))
                given = _people.given_of(account, body_of(request))
                _people.change(account, found, given, merge=merge)
                return 200, _people.shown(account, found, request)
            case "DELETE", (key,):
                found = account.person(_number(key), asker)
                _people.change(account, found, {"stage": TRASH}, merge=False)
                return _GONE
        raise _wrong_method(request)

    def _list_of_people(self, request: Request, asker: Asker) -> Any:
        account = self._account
        return listed(
            request,
            "people",
            _find.found(account, asker, request.query),
            deepest=account.deepest,
            filters={*_find.FILTERS, *_find.SWITCHES, *account.fields},
            shown=lambda person: _people.shown(account, person, request),
        )

    def _new_person(self, request: Request, asker: Asker) -> Result:
        given = _people.given_of(self._account, body_of(request))
        known = _people.match(self._account, given)
        if known and as_flag(request.query.get("deduplicate", "")):
            return 200, _people.shown(self._account, known, request)
        made = _people.make(self._account, self._tokens, asker, given)
        return 201, _people.shown(self._account, made, request)

    def _events(self, request: Request, asker: Asker, rest: tuple[str, ...]) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", ():
                found = _events.found(account, request.query)
                return 200, self._listed(request, "events", found, _events.FILTERS)
            case "GET", (key,):
                return 200, account.get("events", key, "Event")
            case "POST", ():
                status, person = _events.create(account, self._tokens, asker, request)
                body = person and _people.shown(account, person, request)
                return status, body
        raise _wrong_method(request)

    def _activity(
        self, name: str, request: Request, asker: Asker, rest: tuple[str, ...]
    ) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", () if name != "notes" or account.list_notes:
                found = _activities.found(account, asker, name, request.query)
                records = (_activities.shown(asker, record) for record in found)
                return 200, self._listed(request, name, records, _activities.FILTERS[name])
            case "POST", ():
                made = _activities.create(account, self._tokens, asker, name, request)
                return account.created, _activities.shown(asker, made)
            case "GET", (key,):
                found_one = _activities.get(account, asker, name, key)
                return 200, _activities.shown(asker, found_one)
            case "PUT", (key,) if name != "textMessages":
                changed = _activities.change(account, asker, name, key, request)
                return 200, _activities.shown(asker, changed)
            case "DELETE", (key,) if name not in {"calls", "textMessages"}:
                gone = _activities.get(account, asker, name, key)
                del account.shelves[name][gone["id"]]
                return _GONE
        raise _wrong_method(request)

    def _custom_fields(
        self, request: Request, asker: Asker, rest: tuple[str, ...]
    ) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", ():
                label = request.query.get("label")
                found = (f for f in account.fields.values() if label in (None, f["label"]))
                return 200, self._listed(request, "customFields", found, {"label"})
            case "POST", ():
                if not asker.sees_all:
                    raise forbidden()
                given = checked(body_of(request), CUSTOM_FIELD, ("label", "type"))
                return account.created, account.define(given)
        raise _wrong_method(request)

    def _campaigns(self, request: Request, asker: Asker, rest: tuple[str, ...]) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", ():
                found = _email.campaigns(account, request.query)
                return 200, self._listed(request, "emCampaigns", found, _email.OF_CAMPAIGNS)
            case "POST", ():
                return account.created, _email.create_campaign(account, asker, request)
            case "PUT", (key,):
                return 200, _email.change_campaign(account, asker, key, request)
        raise _wrong_method(request)

    def _email_events(
        self, request: Request, asker: Asker, rest: tuple[str, ...]
    ) -> Result:
        account = self._account
        match request.method, rest:
            case "GET", ():
                found = _email.events(account, request.query)
                return 200, self._listed(request, "emEvents", found, _email.OF_EVENTS)
            case "POST", ():
                return account.created, _email.create_events(account, asker, request)
        raise _wrong_method(request)

    def _identity(self, request: Request, asker: Asker, rest: tuple[str, ...]) -> Result:
        if request.method != "GET" or rest:
            raise _wrong_method(request)
        owner = self._tokens.owner
        user = asker.user
        return 200, {
            "account": {**ACCOUNT, "owner": {n: owner[n] for n in ("name", "email")}},
            "user": {
                **{
                    name: user.get(name) for name in ("id", "name", "email", "fuid", "role")
                },
                "isOwner": user is owner,
                "isAdmin": asker.sees_all,
                "isLender": False,
            },
        }

    def _users(self, request: Request, _: Asker, rest: tuple[str, ...]) -> Result:
        match request.method, rest:
            case "GET", ():
                users = self._tokens.users.values()
                return 200, self._listed(request, "users", users, {"name", "email", "role"})
        raise _wrong_method(request)

    def _listed(self, request: Request, name: str, found: Any, filters: Any) -> Any:
        deepest = self._account.deepest
        return listed(request, name, found, deepest=deepest, filters=filters)


def _duplicate(account: Account, asker: Asker, request: Request) -> Any:
    for name in ("email", "phone"):
        if name in request.query:
            wanted: dict[str, str] = {name: request.query[name]}
            found = next(_find.found(account, asker, wanted), None)
            if found:
                assigned = found["assignedTo"]
                return {"found": True, "matchedBy": name, "assignedTo": assigned}
    if not request.query.keys() & {"email", "phone"}:
        message = "email or phone must be specified."
        raise invalid(message)
    return {"found": False, "matchedBy": None, "assignedTo": None}


def _number(key: str) -> int:
    if not key.isdecimal():
        what = "Person"
        raise not_found(what)
    return int(key)


def _wrong_method(request: Request) -> Refused:
    return Refused(405, f"Method {request.method} is not supported for this URL.")
