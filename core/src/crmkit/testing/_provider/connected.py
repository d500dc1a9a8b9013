"""
A provider under test with its fake: connectors between the two, and what goes wrong there.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Self

import pytest
from attrs import evolve

from crmkit import CRMConnector, CrmkitError, hookimpl
from crmkit._contract import hooks_of
from crmkit._host import Host
from crmkit.testing._clock import Clock
from crmkit.testing._provider.gate import Gate
from crmkit.testing._server import Server
from crmkit.testing._verdicts import Tried, raised_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crmkit.infos import ProviderInfo
    from crmkit.models import CRMCredentials
    from crmkit.testing._fake import FakeCRM
    from crmkit.testing._messages import Answer, Request


class Connected(Tried):
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
        self.host = Host({name: plugin})
        self._api = api
        self._folder = folder
        self._numbers = count(1)
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._open.close()

    @cached_property
    def info(self) -> ProviderInfo:
        """
        What the provider says of itself.
        """
        try:
            return self.host.provider(self.name)
        except CrmkitError as error:
            self.not_proven(f"the plugin cannot be loaded: {error}")

    @cached_property
    def fake(self) -> FakeCRM:
        """
        The fake, which only this rule has.
        """
        fake = self._api()
        if not hasattr(fake, "unrouted"):
            name = type(fake).__name__
            pytest.fail(f"{name}.__init__ must call super().__init__()", pytrace=False)
        self._open.callback(fake.close)
        return fake

    @cached_property
    def gate(self) -> Gate:
        """
        What stands before the fake; a provider without HTTP does not offer it.
        """
        if self.info.base_url is None:
            self.not_offered("the provider speaks no HTTP")
        handle: Any = self.fake
        if not callable(handle):
            self.not_proven(f"{type(handle).__name__} is no FakeAPI")
        return Gate(self.fake, handle, signed=self.info.auth is not None)

    @cached_property
    def place(self) -> dict[str, Any]:
        """
        The settings with which a connector reaches the fake.
        """
        if self.info.base_url is None:
            return self.fake.settings
        server = self._open.enter_context(Server(self.gate))
        return {**self.fake.settings, "base_url": server.url}

    @property
    def speaks_http(self) -> bool:
        """
        Whether faults can be put between the provider and its fake.
        """
        return self.info.base_url is not None

    def about(self, hook: str) -> None:
        """
        Say which hook the rule is about; a provider without it does not offer it.
        """
        self.hook = hook
        if self.info and not self.host.offers(self.name, hook):
            self.not_offered(f"no {hook}")

    def between(
        self,
        *,
        before: Callable[[Request], Answer | None] | None = None,
        change: Callable[[Answer], Answer] | None = None,
    ) -> AbstractContextManager[None]:
        """
        Answer in the fake's place, or change its answers, for the while of a ``with``.
        """
        if change is not None:
            return self.gate.between(after=lambda _request, answer, _wrote: change(answer))
        return nullcontext() if before is None else self.gate.between(before=before)

    @contextmanager
    def changing(self, change: Callable[[Answer], Answer]) -> Iterator[None]:
        """
        Change the fake's answers, for the while of a ``with``; NotProven if none changes.
        """
        changed: list[bool] = []

        def noted(answer: Answer) -> Answer:
            new = change(answer)
            changed.append(new is not answer)
            return new

        with self.between(change=noted):
            yield
        if not any(changed):
            self.not_proven("no answer of the fake shows a record with the client's id")

    def missing(self) -> str:
        """
        Return what the fake would need to answer all that it was asked, empty for nothing.
        """
        fake = self.__dict__.get("fake")
        unrouted = ", ".join(sorted(set(fake.unrouted))) if fake else ""
        return unrouted and f"{type(fake).__name__} has no route for {unrouted}"

    def answered(self) -> None:
        """
        Break the rule if the fake lacks a route: what all need is asked for in vain.
        """
        if missing := self.missing():
            self.fake.unrouted.clear()
            self.broken(f"asks for what the fake does not answer: {missing}")

    def failed(self, error: BaseException) -> str:
        """
        Return what the fake raised itself, if anything, since a plugin sees only a 500.
        """
        fake, gate = self.__dict__.get("fake"), self.__dict__.get("gate")
        raised = [error, *(gate.failures if gate else ())] if fake else []
        told = next(filter(None, (raised_by(fake, one) for one in raised)), "")
        return told and f"; {type(fake).__name__} itself raises {told}"

    def connect(self, *, cut: int | None = None, **options: Any) -> CRMConnector:
        """
        Return a connector to the fake, with a store of its own unless *options* name one.

        *cut* is how many ids or activities one call gets, where the plugin takes more.
        """
        given: dict[str, Any] = {
            "default_provider": self.name,
            "plugins": {self.name: self.plugin if cut is None else self._cut(cut)},
            "settings": {self.name: self.place},
            "credentials": self.credentials(),
            "store": f"sqlite:///{self._folder}/{next(self._numbers)}.db",
            "cache_ttl": 0,
            "clock": self.clock,
        }
        return self._open.enter_context(CRMConnector(**{**given, **options}))

    def _cut(self, size: int) -> object:
        fetch_batch, sync_batch = min(size, self.info.fetch_batch), self.sync_batch()
        return self.described(fetch_batch=fetch_batch, sync_batch=min(size, sync_batch))

    def described(self, **changes: Any) -> object:
        """
        Return the plugin as if it said something else of itself.
        """
        info = evolve(self.info, **changes)
        hooks = {**hooks_of(self.plugin), "crmkit_provider": hookimpl(lambda: info)}
        return SimpleNamespace(**hooks)

    def credentials(self) -> CRMCredentials | None:
        """
        Return what the fake takes; None where the provider needs none.
        """
        if self.info.auth is None:
            return None
        return self.fake.credentials(self.name)

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
