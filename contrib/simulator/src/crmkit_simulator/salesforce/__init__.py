"""
Salesforce: contacts, leads, activities, custom objects, SOQL, collections, tokens, limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer, answer
from crmkit_simulator.salesforce._errors import Ambiguous, Refused, not_found
from crmkit_simulator.salesforce._ids import read_id
from crmkit_simulator.salesforce._limits import Limits
from crmkit_simulator.salesforce._merge import merge
from crmkit_simulator.salesforce._oauth import OAuth
from crmkit_simulator.salesforce._org import ORGANIZATION, Org
from crmkit_simulator.salesforce._query import Queries
from crmkit_simulator.salesforce._router import Routes, versions
from crmkit_simulator.salesforce._seed import seeded
from crmkit_simulator.salesforce._sessions import ALL, Sessions
from crmkit_simulator.salesforce._statuses import failed
from crmkit_simulator.salesforce._versions import version_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator._wire import Request
    from crmkit_simulator.salesforce._records import Record

_DAILY = "15000"
_CLIENTS = ("Contact", "Lead")
_OWN = ("Account", *_CLIENTS, "User")


class Salesforce:
    """
    A simulated Salesforce organization.

    *limit* is how many requests a day allows, or ``25/20s`` for those that take long;
    *scopes* and *expires_in* are those of *token*, *session_timeout* after how many idle
    seconds sessions end; *page_size* and *locator_lifetime* are those of queries; *app* is
    the OAuth app's, as OAuth takes it; the other options are the Org's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str | None = None,
        limit: str | None = None,
        scopes: Collection[str] = ALL,
        expires_in: float | None = None,
        session_timeout: float = 7200,
        page_size: int = 2000,
        locator_lifetime: float = 900,
        app: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self._org = Org(clock, **options)
        self._sessions = Sessions(clock, session_timeout)
        self._limits = Limits(clock, limit or _DAILY)
        self._oauth = OAuth(self._org, self._sessions, **(app or {}))
        queries = Queries(self._org, page_size, locator_lifetime)
        self._routes = Routes(self._org, queries, self._limits)
        self.token = self._sessions.add(token, scopes=scopes, expires_in=expires_in).value

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for.
        """
        try:
            match request.parts:
                case ("services", "oauth2", *_) | ("id", *_):
                    return self._signed_in(request)
                case ("services", "data") if request.method == "GET":
                    return versions()
                case ("services", "data", segment, *rest):
                    return self._data(request, version_of(segment), tuple(rest))
            raise not_found()
        except Refused as refused:
            return refused.answer()

    def _signed_in(self, request: Request) -> Answer:
        match request.method, request.parts:
            case "POST", (_, _, "token"):
                return self._oauth.token(request)
            case "GET" | "POST", (_, _, "revoke"):
                return self._oauth.revoke(request)
            case "GET", (_, _, "authorize"):
                return self._oauth.authorize(request)
            case "GET", (_, _, "userinfo") | ("id", _, _):
                return self._user(request)
        raise not_found()

    def _user(self, request: Request) -> Answer:
        if self._sessions.get(request.headers.get("Authorization")) is None:
            return Answer(403, b"Bad_OAuth_Token", {"Content-Type": "text/plain"})
        user = self._org.find(self._org.user)
        values = user.values if user else {}
        body = {
            "sub": f"{request.origin}/id/{ORGANIZATION}/{self._org.user}",
            "user_id": self._org.user,
            "organization_id": ORGANIZATION,
            "preferred_username": values.get("Username"),
            "name": values.get("Name"),
            "email": values.get("Email"),
        }
        return answer(200, body)

    def _data(self, request: Request, version: str, rest: tuple[str, ...]) -> Answer:
        session = self._sessions.checked(request.headers.get("Authorization"))
        if isinstance(session, Answer):
            return session
        found = self._limits.take()
        if found is None:
            try:
                found = self._routes.act(request, version, rest)
            except (Refused, Ambiguous) as refused:
                found = refused.answer()
        found.headers |= self._limits.headers()
        return found

    def failure(self, request: Request, fault: Fault) -> Answer:  # noqa: ARG002 - see CRM
        """
        Return Salesforce's own answer for a fault that is a status; nothing is done.
        """
        return failed(fault)

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the contacts, then the leads, that are not deleted.
        """
        return [
            {"id": record.id, "properties": _set_values(record)}
            for record in self._org.records(*_CLIENTS)
        ]

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return the tasks, events and records of custom objects, the oldest of each first.
        """
        names = [one.name for one in self._org.kinds.values() if one.name not in _OWN]
        found = [
            {
                "kind": record.kind.name,
                "id": record.id,
                "client_ids": self._clients_of(record),
                "properties": _set_values(record),
            }
            for record in self._org.records(*(one for one in names if kind in (None, one)))
        ]
        wanted = read_id(client_id)
        return [one for one in found if client_id is None or wanted in one["client_ids"]]

    def _clients_of(self, record: Record) -> list[str]:
        ids = [
            record.values.get(field.name)
            for field in record.kind.fields.values()
            if not {"Contact", "Lead"}.isdisjoint(field.refers_to)
        ]
        return [id_ for id_ in ids if id_]

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put contacts in, and leads by their ids or attributes. Raises ValueError.
        """
        return [seeded(self._org, contact) for contact in contacts]

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a contact for a made-up person.
        """
        first, last, email = person
        return {"FirstName": first, "LastName": last, "Email": email}

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make an access token: *scopes*, *expires_in* (idle seconds).
        """
        return self._sessions.add(token, **options).value

    def set_limit(self, limit: str) -> None:
        """
        Set the limit of a day, or that of requests at once; ``off`` lifts both.
        """
        self._limits.set(limit)

    def merge(self, master_id: str, merged_id: str) -> None:
        """
        Merge a contact, lead or account into another one. Raises ValueError.
        """
        merge(self._org, master_id, merged_id)

    def lock(self, id_: str, times: int = 1) -> None:
        """
        Let so many writes that touch a record fail with UNABLE_TO_LOCK_ROW.
        """
        self._org.lock(id_, times)

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this organization.
        """
        return {
            "default_provider": "salesforce",
            "settings": {"salesforce": {"base_url": base_url}},
            "credentials": {"salesforce": self.token},
        }


def _set_values(record: Record) -> dict[str, Any]:
    return {name: value for name, value in record.values.items() if value is not None}
