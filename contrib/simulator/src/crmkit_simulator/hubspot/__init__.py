"""
HubSpot: contacts and activities, search, associations, tokens, limits.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._account import Account
from crmkit_simulator.hubspot._auth import Token, Tokens, forbidden
from crmkit_simulator.hubspot._errors import Refused
from crmkit_simulator.hubspot._limits import Limits
from crmkit_simulator.hubspot._oauth import OAuth
from crmkit_simulator.hubspot._read import linked
from crmkit_simulator.hubspot._router import act, limited_as, place
from crmkit_simulator.hubspot._seed import seeded
from crmkit_simulator.hubspot._statuses import failed
from crmkit_simulator.hubspot._timeline import TIMELINE, as_activity
from crmkit_simulator.hubspot._types import ACTIVITIES

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator._wire import Answer, Request
    from crmkit_simulator.hubspot._asked import Place


class HubSpot:
    """
    A simulated HubSpot account.

    *limit* and *daily* are the rate limits; *scopes* and *expires_in* are those of *token*;
    *app* is the OAuth app's, as OAuth takes it; the other options are the Account's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str | None = None,
        limit: str | None = None,
        daily: int = 650_000,
        scopes: Collection[str] | None = None,
        expires_in: float | None = None,
        app: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self._account = Account(clock, **options)
        self._tokens = Tokens(clock)
        self._limits = Limits(clock, limit or "190/10s", daily)
        self._oauth = OAuth(clock, self._tokens, **(app or {}))
        made = self._tokens.add(token, scopes=scopes, expires_in=expires_in)
        self.token = made.value

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for.
        """
        try:
            if request.parts[0] == "oauth":
                return self._oauth.respond(request)
            token = self._tokens.checked(request.headers.get("Authorization"))
            found = place(request)
        except Refused as refused:
            return refused.answer()
        self._account.empty_bin()
        kind = limited_as(found)
        answer = self._limits.take(token, kind) or self._act(token, request, found)
        answer.headers |= self._limits.headers(token, kind)
        return answer

    def _act(self, token: Token, request: Request, found: Place) -> Answer:
        try:
            return act(self._account, token, request, found)
        except Refused as refused:
            return refused.answer()

    def failure(self, request: Request, fault: Fault) -> Answer:
        """
        Return HubSpot's own answer for a fault that is a status; nothing is done.
        """
        token = self._token_of(request)
        return failed(fault, self._limits, token, lambda: self._forbidden(request))

    def _forbidden(self, request: Request) -> Refused:
        nothing_allowed = Token("", frozenset(), None, oauth=True)
        try:
            act(self._account, nothing_allowed, request, place(request))
        except Refused as refused:
            if refused.status == HTTPStatus.FORBIDDEN:
                return refused
        return forbidden("oauth")

    def _token_of(self, request: Request) -> Token | None:
        header = request.headers.get("Authorization", "")
        return self._tokens.get(header.partition(" ")[2])

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the contacts that are not archived.
        """
        return [
            {"id": record.id, "properties": dict(record.properties)}
            for record in self._account.shelves["contacts"].after()
            if record.archived_at is None
        ]

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return the activities that are not archived, the oldest of each kind first.
        """
        found = [
            {
                "kind": type_.name,
                "id": record.id,
                "client_ids": [id_ for id_, _ in linked(self._account, record, "contacts")],
                "properties": dict(record.properties),
            }
            for type_ in ACTIVITIES
            if kind in (None, type_.name)
            for record in self._account.shelves[type_.name].after()
            if record.archived_at is None
        ]
        if kind in (None, TIMELINE):
            found += map(as_activity, self._account.events.values())
        return [one for one in found if client_id is None or client_id in one["client_ids"]]

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put contacts in; a property that is not known is defined. Raises ValueError.
        """
        return [seeded(self._account, contact) for contact in contacts]

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a contact for a made-up person.
        """
        first, last, email = person
        return {"firstname": first, "lastname": last, "email": email}

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make an access token: *scopes*, *expires_in* (seconds), *oauth*.
        """
        return self._tokens.add(token, **options).value

    def set_limit(self, limit: str) -> None:
        """
        Set the limit of ten seconds; ``off`` lifts all.
        """
        self._limits.set(limit)

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this account.
        """
        return {
            "default_provider": "hubspot",
            "settings": {"hubspot": {"base_url": base_url}},
            "credentials": {"hubspot": self.token},
        }
