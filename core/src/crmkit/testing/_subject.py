"""
A provider under test: connectors to its fake, and people and activities to try it with.
"""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any, NoReturn, Self

from attrs import evolve

from crmkit import CRMConnector, CrmkitError
from crmkit._host import Host
from crmkit.models import ActivityRecord, ClientData, CRMCredentials
from crmkit.testing._clock import START, Clock
from crmkit.testing._gate import Gate
from crmkit.testing._server import Server
from crmkit.testing._verdicts import Broken, NotOffered, NotProven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from crmkit.infos import ProviderInfo
    from crmkit.testing._fake import FakeCRM

HOURS = 7200.0


class Subject:
    """
    One provider with a fake of its own, and connectors whose waiting takes no time.

    *hook* is the hook that the running rule is about.
    """

    def __init__(
        self, plugin: Any, api: Callable[[], FakeCRM], name: str, folder: Path
    ) -> None:
        self.plugin = plugin
        self.name = name
        self.hook = "crmkit_provider"
        self.clock = Clock()
        self._folder = folder
        self._numbers = count(1)
        self._closed_last: list[Any] = []
        self.host = Host({name: plugin})
        self.info = self._described()
        self.fake = api()
        self._closed_last.append(self.fake)
        self.gate: Gate | None = None
        self.url: str | None = None
        if self.info.base_url is not None:
            self._serve()

    def _described(self) -> ProviderInfo:
        try:
            return self.host.provider(self.name)
        except CrmkitError as error:
            msg = f"the plugin cannot be loaded: {error}"
            raise NotProven(msg) from error

    def _serve(self) -> None:
        handle: Any = self.fake
        if not callable(handle):
            msg = f"{type(handle).__name__} speaks no HTTP; make it a FakeAPI"
            raise NotProven(msg)
        tokens = set() if self.info.auth is None else {self.fake.token}
        self.gate = Gate(self.fake, handle, tokens)
        server = Server(self.gate)
        self._closed_last.append(server)
        self.url = server.url

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        while self._closed_last:
            self._closed_last.pop().close()

    def about(self, hook: str) -> None:
        """
        Say which hook the rule is about; a provider without it does not offer it.
        """
        self.hook = hook
        if not self.host.offers(self.name, hook):
            raise NotOffered(hook)

    def broken(self, what: str, *, cause: BaseException | None = None) -> NoReturn:
        """
        Say how the rule is broken.
        """
        raise Broken(what, hook=self.hook, cause=cause)

    def http(self) -> Gate:
        """
        Return what stands before the fake; a provider without HTTP does not offer it.
        """
        if self.gate is None:
            msg = "the provider speaks no HTTP"
            raise NotOffered(msg)
        return self.gate

    def missing(self) -> str:
        """
        Return what the fake would need to answer all that it was asked, empty for nothing.
        """
        unrouted = ", ".join(sorted(set(self.fake.unrouted)))
        return unrouted and f"{type(self.fake).__name__} has no route for {unrouted}"

    def finish(self) -> None:
        """
        Refuse to call a rule proven for which the fake lacked a route.
        """
        if missing := self.missing():
            raise NotProven(missing)

    def connect(self, **options: Any) -> CRMConnector:
        """
        Return a connector to the fake, with a store of its own unless *options* name one.
        """
        place = {} if self.url is None else {"base_url": self.url}
        given: dict[str, Any] = {
            "default_provider": self.name,
            "plugins": {self.name: self.plugin},
            "settings": {self.name: {**self.fake.settings, **place}},
            "credentials": self.credentials(),
            "store": f"sqlite:///{self._folder}/{next(self._numbers)}.db",
            "cache_ttl": 0,
            "clock": self.clock,
        }
        connector = CRMConnector(**{**given, **options})
        self._closed_last.append(connector)
        return connector

    def credentials(self) -> CRMCredentials | None:
        """
        Return what the fake takes; None where the provider needs none.
        """
        if self.info.auth is None:
            return None
        return self.fake.credentials(self.name)

    def add(self, **fields: Any) -> ClientData:
        """
        Make a client in the CRM and return it, with the id that it has there.
        """
        number = next(self._numbers)
        given = {
            "id": str(70_000 + number),
            "first_name": "Ana",
            "last_name": f"Núñez {number}",
            "name": f"Ana Núñez {number}",
            "email": f"ana.{number}@example.com",
            "phone": f"+351 555 {number:04}",
        }
        client = ClientData(**{**given, **fields})
        return evolve(client, id=self.fake.add_client(client) or client.id)

    def activity(self, client: ClientData, text: str, **fields: Any) -> ActivityRecord:
        """
        Make an activity of this client.
        """
        given = {
            "type": self.type(),
            "client_id": client.id,
            "description": text,
            "timestamp": START,
            "id": f"id of {text}",
        }
        return ActivityRecord(**{**given, **fields})

    def activities(self, client: ClientData, count: int) -> list[ActivityRecord]:
        """
        Make activities that can be told apart in whatever the CRM keeps.
        """
        return [self.activity(client, f"visit {n:05} of many") for n in range(count)]

    def times_written(self, text: str) -> int:
        """
        Return how many records of the CRM hold this text.
        """
        return sum(any(text in t for t in texts(record)) for record in self.fake.written)

    def type(self) -> str:
        """
        Return a type of activity that the provider takes.
        """
        kinds = self.info.kinds
        return "note" if not kinds or "note" in kinds or "*" in kinds else min(kinds)

    def sync_batch(self) -> int:
        """
        Return how many activities of that type one call of crmkit_sync may get.
        """
        size, kinds = self.info.sync_batch, self.info.kinds
        kind = kinds.get(self.type(), kinds.get("*", ""))
        return size if isinstance(size, int) else size.get(kind, 1)


def texts(value: object) -> Iterable[str]:
    """
    Yield all texts and numbers, as texts, inside a JSON value.
    """
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list | tuple):
        for inner in value:
            yield from texts(inner)
    elif value is not None:
        yield value if isinstance(value, str) else json.dumps(value)
