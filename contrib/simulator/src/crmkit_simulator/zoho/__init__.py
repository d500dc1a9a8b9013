"""
Zoho CRM: contacts, leads and activities, search, COQL, tokens, credits.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit_simulator._wire import Answer
from crmkit_simulator.zoho._errors import Refused, invalid_url
from crmkit_simulator.zoho._limits import Limits
from crmkit_simulator.zoho._modules import ACTIVITIES, CLIENTS
from crmkit_simulator.zoho._oauth import OAuth
from crmkit_simulator.zoho._org import Org
from crmkit_simulator.zoho._read import about
from crmkit_simulator.zoho._routes import act, asked_of
from crmkit_simulator.zoho._seed import seeded
from crmkit_simulator.zoho._shown import shown
from crmkit_simulator.zoho._statuses import failed
from crmkit_simulator.zoho._tokens import Token, Tokens, no_permission

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator._wire import Request
    from crmkit_simulator.zoho._asked import Asked
    from crmkit_simulator.zoho._records import Record

_STANDARD = 50_000  # credits of the edition of that name, without those for users
_PAGE = Answer(
    200,
    b"<!DOCTYPE html><title>Zoho</title><h1>Sign in</h1>\n",
    {"Content-Type": "text/html;charset=UTF-8"},
)


class Zoho:
    """
    A simulated Zoho CRM account.

    *limit* is a rate on top of Zoho's own limits: *daily* credits, and *concurrency*
    requests at once, each at work for *takes* seconds. *scopes*, *lacks* and *expires_in*
    are those of *token*; *app* is the OAuth app's, as OAuth takes it; *records* are put in
    at the start, by module; the other options are the Org's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str | None = None,
        limit: str | None = None,
        daily: int = _STANDARD,
        concurrency: int = 10,
        takes: float = 0.0,
        scopes: Collection[str] | None = None,
        lacks: Collection[str] = (),
        expires_in: float | None = None,
        app: Mapping[str, Any] | None = None,
        records: Mapping[str, Iterable[Mapping[str, Any]]] | None = None,
        **options: Any,
    ) -> None:
        self._org = Org(clock, **options)
        self._tokens = Tokens(clock)
        self._limits = Limits(clock, limit, daily, concurrency, takes)
        self._oauth = OAuth(clock, self._tokens, **(app or {}))
        rights = {"scopes": scopes, "lacks": lacks, "expires_in": expires_in}
        self.token = self.add_token(token, **rights)
        for module, given in (records or {}).items():
            for record in given:
                seeded(self._org, module, record)

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for; a path of another Zoho leads to a page for people.
        """
        if request.parts[0] == "oauth":
            return self._oauth.respond(request) or invalid_url().answer()
        if request.parts[0] != "crm":
            return _PAGE
        try:
            token = self._tokens.checked(request.headers.get("Authorization"))
            asked = asked_of(request, token)
            self._limits.enter(asked)
        except Refused as refused:
            return refused.answer()
        answer = self._act(asked)
        self._limits.charge(asked.credits)
        answer.headers |= self._limits.headers()
        answer.after = self._limits.takes
        return answer

    def _act(self, asked: Asked) -> Answer:
        try:
            return act(self._org, asked)
        except Refused as refused:
            return refused.answer()

    def failure(self, request: Request, fault: Fault) -> Answer:
        """
        Return Zoho's own answer for a fault that is a status; nothing is done.
        """
        if fault.status == HTTPStatus.FORBIDDEN:
            return self._forbidden(request).answer()
        return failed(fault)

    def _forbidden(self, request: Request) -> Refused:
        nothing_allowed = Token("", None, None, _Everything())
        try:
            act(self._org, asked_of(request, nothing_allowed))
        except Refused as refused:
            if refused.status == HTTPStatus.FORBIDDEN:
                return refused
        return no_permission()

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the contacts, the oldest first, each with what its writes have *fired*.
        """
        return [self._told(record) for record in self._records("Contacts")]

    def leads(self) -> list[dict[str, Any]]:
        """
        Return the leads likewise.
        """
        return [self._told(record) for record in self._records("Leads")]

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return the activities, the oldest of each kind first.

        Each has also *fired*: the automations that its writes have set off.
        """
        found = [
            {
                "kind": module,
                **self._told(record),
                "client_ids": [id_ for to, id_ in about(record) if to in CLIENTS],
            }
            for module in ACTIVITIES
            if kind is None or kind.lower() == module.lower()
            for record in self._records(module)
        ]
        return [one for one in found if client_id is None or client_id in one["client_ids"]]

    def _records(self, module: str) -> Iterable[Record]:
        return (record for _, _, record in self._org.shelves[module].ordered("id"))

    def _told(self, record: Record) -> dict[str, Any]:
        sent = shown(self._org, record, self._org.shelves[record.module].fields)
        properties = {name: value for name, value in sent.items() if value is not None}
        return {"id": record.id, "properties": properties, "fired": list(record.fired)}

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put contacts in; a field that is not known is defined. Raises ValueError.
        """
        return [seeded(self._org, "Contacts", contact) for contact in contacts]

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a contact for a made-up person.
        """
        first, last, email = person
        return {"First_Name": first, "Last_Name": last, "Email": email}

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make an access token: *scopes*, *expires_in* (seconds), *lacks* (permissions).
        """
        return self._tokens.add(token, **options).value

    def set_limit(self, limit: str) -> None:
        """
        Set a rate; ``off`` lifts all limits.
        """
        self._limits.set(limit)

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this account.
        """
        return {
            "default_provider": "zoho",
            "settings": {"zoho": {"base_url": base_url}},
            "credentials": {"zoho": self.token},
        }


class _Everything(frozenset[str]):
    """
    All names there are.
    """

    def __contains__(self, name: object) -> bool:
        return True
