"""
Pipedrive: persons, activities, notes and call logs, search, tokens, limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

from crmkit_simulator._wire import Answer, Request, answer
from crmkit_simulator.pipedrive._account import Account
from crmkit_simulator.pipedrive._asked import Asked
from crmkit_simulator.pipedrive._auth import Token, Tokens, require
from crmkit_simulator.pipedrive._errors import V1, Refused, closed
from crmkit_simulator.pipedrive._limits import Limits
from crmkit_simulator.pipedrive._oauth import OAuth
from crmkit_simulator.pipedrive._router import Place, place, version_of
from crmkit_simulator.pipedrive._seed import seeded
from crmkit_simulator.pipedrive._shown import as_wire
from crmkit_simulator.pipedrive._statuses import failed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator.pipedrive._account import Record


class Pipedrive:
    """
    A simulated Pipedrive company.

    *limit* is what an API token may do in two seconds, *daily* the company's budget, both
    as Limits takes them with *patience* and *daily_headers*. A *token* with *scopes* or
    *expires_in* is an app's. *app* is the OAuth app's, as OAuth takes it. A company that
    is not *company_open* refuses all. The other options are the Account's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str | None = None,
        limit: str | None = None,
        daily: int = 30_000,
        patience: int = 20,
        daily_headers: bool = False,
        scopes: Collection[str] | None = None,
        expires_in: float | None = None,
        app: Mapping[str, Any] | None = None,
        company_open: bool = True,
        **options: Any,
    ) -> None:
        self._account = Account(clock, **options)
        self._tokens = Tokens(clock, self._account.users)
        self._limits = Limits(
            clock, limit or "20/2s", daily, patience, daily_headers=daily_headers
        )
        self._oauth = OAuth(clock, self._tokens, **(app or {}))
        self._open = company_open
        made = self._tokens.add(token, scopes=scopes, expires_in=expires_in)
        self.token = made.value

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for.
        """
        made = self._answer(request)
        made.headers["X-Correlation-Id"] = str(uuid4())
        return made

    def _answer(self, request: Request) -> Answer:
        version = version_of(request)
        try:
            if request.parts[0] == "oauth":
                return self._oauth.respond(request)
            token = self._tokens.checked(request, version)
            if not self._open:
                raise closed()
            found = place(request, old=self._account.old_version)
            require(token, found.route.scopes)
        except Refused as refused:
            return refused.answer(version)
        self._account.purge()
        refusal = self._limits.take(token, found.route.cost, search=found.search)
        if refusal:
            return refusal
        made = self._act(token, request, found)
        made.headers |= self._limits.headers(token, search=found.search)
        return made

    def _act(self, token: Token, request: Request, found: Place) -> Answer:
        asked = Asked(self._account, token, request, found.version, found.key)
        try:
            return answer(200, found.route.act(asked))
        except Refused as refused:
            made = refused.answer(found.version)
            if self._account.soft_errors and found.version == V1:
                made.status = 200
            return made

    def failure(self, request: Request, fault: Fault) -> Answer:
        """
        Return Pipedrive's own answer for a fault that is a status; nothing is done.
        """
        version = version_of(request)
        return failed(fault, self._limits, self._tokens.find(request, version), version)

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the persons that are not deleted.
        """
        return [
            {"id": str(record.id), "properties": as_wire(self._account, record)}
            for record in self._account.persons.values()
            if record.deleted_at is None
        ]

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return activities, notes and call logs; a call log stands for its activity.
        """
        account = self._account
        logged = {record.values["activity_id"] for record in account.calls.values()}
        shelves: dict[str, Iterable[Record]] = {
            "activities": [
                record for record in account.activities.values() if record.id not in logged
            ],
            "notes": account.notes.values(),
            "callLogs": account.calls.values(),
        }
        found = [
            {
                "kind": name,
                "id": str(record.id),
                "client_ids": _people(record),
                "properties": dict(record.values),
            }
            for name, records in shelves.items()
            if kind in (None, name)
            for record in records
            if record.deleted_at is None
        ]
        return [one for one in found if client_id is None or client_id in one["client_ids"]]

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put persons in; raises ValueError.
        """
        return [seeded(self._account, contact) for contact in contacts]

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a person for a made-up one.
        """
        first, last, email = person
        return {"name": f"{first} {last}", "emails": email}

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make a token: *scopes*, *expires_in* (seconds), *oauth*, *user_id*.
        """
        return self._tokens.add(token, **options).value

    def set_limit(self, limit: str) -> None:
        """
        Set the limit of two seconds; ``off`` lifts all.
        """
        self._limits.set(limit)

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this company.
        """
        return {
            "default_provider": "pipedrive",
            "settings": {"pipedrive": {"base_url": base_url}},
            "credentials": {"pipedrive": self.token},
        }


def _people(record: Record) -> list[str]:
    people = [one["person_id"] for one in record.values.get("participants", ())]
    return [str(id_) for id_ in people or [record.values["person_id"]] if id_ is not None]
