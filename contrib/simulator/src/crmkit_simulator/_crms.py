"""
The CRMs that can be simulated: what each must do, and which there are.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from crmkit_simulator._faults import Fault
    from crmkit_simulator._people import Person
    from crmkit_simulator._wire import Answer, Request

_CRMS = {
    "followupboss": "crmkit_simulator.followupboss:FollowUpBoss",
    "hubspot": "crmkit_simulator.hubspot:HubSpot",
    "pipedrive": "crmkit_simulator.pipedrive:Pipedrive",
    "salesforce": "crmkit_simulator.salesforce:Salesforce",
    "zoho": "crmkit_simulator.zoho:Zoho",
}


class CRM(Protocol):
    """
    A simulated CRM: its state, and its answers. It knows no connection and no thread.
    """

    token: str

    def respond(self, request: Request) -> Answer:
        """
        Do what a request asks for.
        """

    def failure(self, request: Request, fault: Fault) -> Answer:
        """
        Return this CRM's own answer for a fault that is a status; nothing is done.
        """

    def contacts(self) -> list[dict[str, Any]]:
        """
        Return the contacts: ``id`` and ``properties`` of each.
        """

    def activities(self, kind: str | None, client_id: str | None) -> list[dict[str, Any]]:
        """
        Return the activities: ``kind``, ``id``, ``client_ids`` and ``properties`` of each.
        """

    def add_contacts(self, contacts: Iterable[Mapping[str, Any]]) -> list[str]:
        """
        Put contacts in, and return their ids; raises ValueError.
        """

    def made_up(self, person: Person) -> Mapping[str, Any]:
        """
        Return a contact for a made-up person.
        """

    def add_token(self, token: str | None, **options: Any) -> str:
        """
        Make another access token, and return it; raises ValueError, TypeError.
        """

    def set_limit(self, limit: str) -> None:
        """
        Set the rate limit: ``off``, or of the form ``190/10s``; raises ValueError.
        """

    def config(self, base_url: str) -> dict[str, Any]:
        """
        Return the arguments with which a CRMConnector uses this simulator.
        """


def named(name: str) -> Callable[..., CRM]:
    """
    Return what makes a CRM of this name: called with a Clock and options of its own.

    Raises ValueError for a name that is unknown.
    """
    if name not in _CRMS:
        msg = f"there is no simulator of {name!r}, only of {', '.join(names())}"
        raise ValueError(msg)
    module, _, attribute = _CRMS[name].partition(":")
    made: Callable[..., CRM] = getattr(import_module(module), attribute)
    return made


def names() -> list[str]:
    """
    Return the names of the CRMs.
    """
    return sorted(_CRMS)
