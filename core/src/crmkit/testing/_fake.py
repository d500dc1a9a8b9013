"""
Fakes: a CRM in memory, for the contract's tests and for a plugin's own.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn, TypeVar
from urllib.parse import unquote

from crmkit.models import CRMCredentials
from crmkit.testing._messages import Answer, Request, answer
from crmkit.testing._verdicts import NotProven

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crmkit.models import ClientData

Function = TypeVar("Function", bound="Callable[..., object]")


class FakeCRM:
    """
    A CRM in memory, as the contract's tests need it.

    *written* holds what was written, one JSON value for each activity, in any shape that
    shows its text and its client. *settings* are what a connector needs to reach it.
    A request carries *token*, unless its path is one of *open_paths*. *page_size* is how
    many clients a page of a list has. *refused* are texts, see ``refuses``; *unrouted*
    are the requests that it cannot answer. What a fake does not have raises NotProven:
    the rule that asks for it is then not proven.
    """

    written: Sequence[Any]
    token = "a-token-of-the-fake"  # noqa: S105 - it opens nothing
    open_paths: frozenset[str] = frozenset()
    page_size = 2

    def __init__(self) -> None:
        self.settings: dict[str, Any] = {}
        self.refused: set[str] = set()
        self.consulted = False
        self.unrouted: list[str] = []

    def credentials(self, provider: str) -> CRMCredentials:
        """
        Return what signs requests: *token*, unless the CRM asks for more.
        """
        return CRMCredentials(provider=provider, access_token=self.token)

    def add_client(self, client: ClientData) -> str | None:
        """
        Keep a client; return the id that the CRM gives it, None for the client's own.
        """
        self._cannot("add_client(client)", client)

    def merge_clients(self, kept: str, gone: str) -> None:
        """
        Make one client of two: who asks for *gone* gets *kept*.
        """
        self._cannot("merge_clients(kept, gone)", kept, gone)

    def remove_client(self, client_id: str) -> None:
        """
        Delete a client.
        """
        self._cannot("remove_client(client_id)", client_id)

    def refuses(self, record: object) -> bool:
        """
        Tell whether the CRM is to refuse this record, as the running test wants it.
        """
        self.consulted = True
        text = json.dumps(record, ensure_ascii=False)
        return any(marker in text for marker in self.refused)

    def error(self, status: int, headers: Mapping[str, str]) -> Answer:
        """
        Return an error as this CRM words it; *headers* hold Retry-After where it is due.
        """
        return Answer(status=status, json={"error": status}, headers=dict(headers))

    def close(self) -> None:
        """
        Let go of what it holds.
        """

    def _cannot(self, what: str, *_given: object) -> NoReturn:
        msg = f"{type(self).__name__} has no {what}"
        raise NotProven(msg)


def route(method: str, path: str) -> Callable[[Function], Function]:
    """
    Make a method of a FakeAPI answer requests of this method and path.

    ``{names}`` in the path are one segment each, and become arguments. The method gets
    the Request, and returns JSON values, a status, None for 204, or an Answer.
    """

    def mark(function: Function) -> Function:
        pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
        function.__dict__["crmkit_route"] = (method, re.compile(pattern))
        return function

    return mark


class FakeAPI(FakeCRM):
    """
    A CRM's HTTP API over dictionaries: methods marked with ``@route``.

    It need not check tokens, and never fails by itself: the contract's tests put that
    around it.
    """

    _routes: ClassVar[Sequence[str]] = ()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        names = [name for kind in cls.__mro__ for name in vars(kind)]
        marked = [n for n in names if hasattr(getattr(cls, n, None), "crmkit_route")]
        cls._routes = tuple(dict.fromkeys(marked))

    def __init__(self) -> None:
        super().__init__()
        self.written: list[Any] = []

    def __call__(self, request: Request) -> Answer:
        """
        Answer a request by its route; 404 where there is none.
        """
        for name in self._routes:
            function = getattr(self, name)
            method, pattern = function.crmkit_route
            found = pattern.fullmatch(request.path)
            if found and method == request.method:
                values = {key: unquote(value) for key, value in found.groupdict().items()}
                return answer(function(request, **values))
        self.unrouted.append(f"{request.method} {request.path}")
        return self.error(404, {})
