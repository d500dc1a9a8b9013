"""
Follow Up Boss: people, events, activities, e-mail marketing, keys, limits by context.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss import _activities
from crmkit_simulator.followupboss._account import TRASH, Account
from crmkit_simulator.followupboss._auth import (
    OWNER,
    SYSTEM,
    SYSTEM_KEY,
    USERS,
    Asker,
    Tokens,
)
from crmkit_simulator.followupboss._errors import (
    Refused,
    forbidden,
    not_found,
    unauthorized,
)
from crmkit_simulator.followupboss._limits import GLOBAL, Limits, context_of
from crmkit_simulator.followupboss._oauth import OAuth
from crmkit_simulator.followupboss._router import Router
from crmkit_simulator.followupboss._seed import seeded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator._wire import Answer, Request

_ASKER = Asker({"id": OWNER, "role": "Broker"}, SYSTEM)


class FollowUpBoss:
    """
    A simulated Follow Up Boss account.

    *token* is the API key of the account's owner, good for *expires_in* seconds; *limit* is
    that of the context ``global``, for systems that are registered. *users* are the
    account's, the owner first; *systems* are the registered ones, each with its key. *app*
    is the OAuth app's, as OAuth takes it; the other options are the Account's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        token: str | None = None,
        limit: str | None = None,
        users: Iterable[Mapping[str, Any]] = USERS,
        systems: Mapping[str, str] | None = None,
        expires_in: float | None = None,
        app: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self._account = Account(clock, **options)
        self._tokens = Tokens(clock, users, systems)
        self._limits = Limits(clock, limit or "250/10s")
        self._oauth = OAuth(clock, self._tokens, **(app or {}))
        self._router = Router(self._account, self._tokens)
        self.token = self._tokens.add(token, expires_in=expires_in).value

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for.
        """
        try:
            if request.parts[0] == "oauth":
                return self._oauth.respond(request)
            asker = self._tokens.asker(request.headers)
        except Refused as refused:
            return refused.answer()
        context = context_of(request, asker)
        try:
            self._limits.take(context, asker)
            answer = self._router.act(request, asker)
        except Refused as refused:
            answer = refused.answer()
        answer.headers |= self._limits.headers(context, asker)
        return answer

    def failure(self, request: Request, fault: Fault) -> Answer:
        """
        Return Follow Up Boss's own answer for a fault that is a status; nothing is done.

        A 429 names what is left of its context, which may be a lot.
        """
        status = fault.status or HTTPStatus.INTERNAL_SERVER_ERROR
        if status == HTTPStatus.TOO_MANY_REQUESTS:
            context = fault.policy or context_of(request, _ASKER) or GLOBAL
            return self._limits.refusal(context, _ASKER, fault.seconds or 1.0).answer()
        made = _FAILURES.get(status)
        refused = made() if made else Refused(status, _phrase(status))
        answer = refused.answer()
        if fault.seconds is not None:
            answer.headers["Retry-After"] = str(int(fault.seconds))
        return answer

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the people who are not in the trash.
        """
        return [
            {"id": str(person["id"]), "properties": dict(person)}
            for person in self._account.shelves["people"].values()
            if person["stage"] != TRASH
        ]

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return the activities, the oldest of each kind first.

        An e-mail marketing event shows its campaign too.
        """
        return [
            {
                "kind": name,
                "id": str(record["id"]),
                "client_ids": _activities.people_of(record),
                "properties": {**record, **self._campaign_of(record)},
            }
            for name in (*_activities.KINDS, "events", "emEvents")
            if kind in (None, name)
            for record in self._account.shelves[name].values()
            if client_id is None or client_id in _activities.people_of(record)
        ]

    def _campaign_of(self, record: Mapping[str, Any]) -> dict[str, Any]:
        found = self._account.shelves["emCampaigns"].get(record.get("campaignId", 0))
        return {"campaign": dict(found)} if found else {}

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put people in; a custom field that is not known is defined. Raises ValueError.
        """
        return [seeded(self._account, self._tokens, contact) for contact in contacts]

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a contact for a made-up person.
        """
        first, last, email = person
        return {"firstName": first, "lastName": last, "emails": [{"value": email}]}

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make an API key: *user* (an id), *expires_in* (seconds); *oauth* makes it a token.
        """
        return self._tokens.add(token, **options).value

    def set_limit(self, limit: str) -> None:
        """
        Set the limit of the context ``global``; ``off`` lifts all.
        """
        self._limits.set(limit)

    def merge(self, kept: str, gone: str) -> None:
        """
        Make one person of two, as people do in Follow Up Boss; raises KeyError.
        """
        self._account.merge(int(kept), int(gone))

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this account.
        """
        settings = {"base_url": base_url, "system": SYSTEM, "system_key": SYSTEM_KEY}
        return {
            "default_provider": "followupboss",
            "settings": {"followupboss": settings},
            "credentials": {"followupboss": self.token},
        }


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"Status {status}"


_FAILURES: dict[int, Callable[[], Refused]] = {
    HTTPStatus.UNAUTHORIZED: unauthorized,
    HTTPStatus.FORBIDDEN: forbidden,
    HTTPStatus.NOT_FOUND: lambda: not_found("Resource"),
}
