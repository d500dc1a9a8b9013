"""
A provider before the CRM itself, where a rule sees and does only what any client may.
"""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import uuid4

from attrs import evolve, frozen
from hypothesis import currently_in_test_context

from crmkit.testing._forward import ForwardingAPI
from crmkit.testing._provider.subject import Subject
from crmkit.testing._verdicts import NotProven

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from crmkit import CRMConnector
    from crmkit.models import ActivityRecord, ClientData
    from crmkit.testing._provider import ProviderContract


@frozen(kw_only=True)
class Account:
    """
    Where the CRM is, what signs requests, and the ids of *clients* made for tests there.

    *remember* keeps, by its name, what must be the same when requests are replayed.
    """

    url: str
    token: str
    clients: str = ""
    remember: Callable[[str, str], str] = lambda _name, value: value


def account_of(provider: str, url: str) -> Account:
    """
    Return the account that the environment tells; NotProven where it tells none.
    """
    names = [f"CRMKIT_{provider.upper()}_{what}" for what in ("URL", "TOKEN", "CLIENTS")]
    place, token, clients = map(os.environ.get, names)
    if not (token and clients):
        msg = f"live: set {names[1]}, and {names[2]} to ids of clients made for tests"
        raise NotProven(msg)
    return Account(url=place or url, token=token, clients=clients)


class LiveAPI(ForwardingAPI):
    """
    The CRM itself. What is written there is not seen but through the provider.

    *proves* tells whether all that the rule asks for could be had.
    """

    written = ()
    proves = True

    def __init__(self, account: Account, contract: ProviderContract) -> None:
        super().__init__()
        self.account = account
        self.target = account.url
        self.token = account.token
        self.settings = dict(contract.settings)
        self._signed = getattr(type(contract).api, "signed", ForwardingAPI.signed)
        self.open_paths = getattr(type(contract).api, "open_paths", self.open_paths)

    def signed(self, headers: dict[str, str]) -> dict[str, str]:
        """
        Return a request's headers with *token*, where the fake says that the CRM has it.
        """
        signed: dict[str, str] = self._signed(self, headers)
        return signed

    @property
    def page_size(self) -> int:  # type: ignore[override]
        """
        Say that how many clients there are is not for a rule to choose.
        """
        self._cannot("list of clients made for the rule alone")

    def _cannot(self, what: str, *_given: object) -> NoReturn:
        self.proves = False
        msg = f"live: there is no {what}"
        raise NotProven(msg)


class LiveSubject(Subject):
    """
    A provider before the CRM itself: with the clients that there are, and few writes.
    """

    def __init__(self, fake: LiveAPI, plugin: Any, name: str, folder: Path) -> None:
        super().__init__(plugin, lambda: fake, name, folder)
        self._crm = fake
        self._remember = fake.account.remember
        self._known = fake.account.clients
        self._writes_to: str | None = None

    @cached_property
    def _clients(self) -> list[str]:
        return self._remember("clients", self._known).split(",")

    @cached_property
    def _run(self) -> str:
        # Told apart from what an earlier run wrote, which is still there.
        return self._remember("run", uuid4().hex[:8])

    def not_proven(self, why: str) -> NoReturn:
        """
        Say what the account does not allow.
        """
        self._crm.proves = False
        super().not_proven(why)

    def connect(self, **options: Any) -> CRMConnector:
        """
        Return a connector to the CRM, but not for examples that are made up in each run.
        """
        if currently_in_test_context():
            self.not_proven("live: its examples are made up anew in each run")
        return super().connect(**options)

    def add(self, **fields: Any) -> ClientData:
        """
        Return the next of the clients made for tests, as the provider itself reads it.
        """
        if fields or not self._clients:
            self.not_proven("live: it takes other clients than there are, or more")
        return self.connect().get_client_data(self._clients.pop(0))

    def activity(self, client: ClientData, text: str, **fields: Any) -> ActivityRecord:
        """
        Make an activity that no earlier run has made: one for each rule, to write little.
        """
        if self._writes_to is not None or currently_in_test_context():
            self.not_proven("live: it writes more than one activity")
        self._writes_to = client.id
        activity = super().activity(client, f"{text} {self._run}", **fields)
        return evolve(activity, id=f"{activity.id} {self._run}")

    def records(self, text: str) -> list[Any]:
        """
        Return what the provider reads of the activities with this text, of this run.
        """
        if self._writes_to is None or not self.host.offers(self.name, "crmkit_history"):
            self.not_proven("live: without crmkit_history nothing written can be seen")
        client = self.connect().get_client_data(self._writes_to, include=["history"])
        return [
            [one.id, client.id, one.description, one.timestamp and str(one.timestamp)]
            for one in client.history or ()
            if text in one.description and self._run in one.description
        ]
