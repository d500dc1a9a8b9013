"""
What a file may say beside its requests, as classes; the last one is a whole file.
"""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, Literal, NewType
from urllib.parse import urlsplit

from attrs import field, frozen
from attrs.validators import ge, gt, optional

from crmkit_rest._client import Client
from crmkit_rest._expressions import NOTHING, Expression
from crmkit_rest._kinds import Kind
from crmkit_rest._requests import (
    Fetch,
    Find,
    History,
    Listing,
    Reading,
    Schema,
    Table,
    Times,
    unknown_names,
)
from crmkit_rest._templates import Headers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_rest._requests import Request, Told

Base = NewType("Base", str)
Host = NewType("Host", str)
Label = NewType("Label", str)
Place = NewType("Place", str)
PATTERNS: dict[Any, tuple[str, str]] = {  # what these texts look like, for people too
    Base: (
        r"(https://|\{\w+\})([A-Za-z0-9.-]|\{\w+\})*(:\d+)?(/[A-Za-z0-9_.~-]+)*/?",
        "must be such as https://api.acme.example/v1 or {api_domain}, always https",
    ),
    Host: (
        r"(\*\.)?[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(:\d+)?",
        "must be such as api.acme.example, or *.acme.example for all below",
    ),
    Place: (r"|(/|https://)\S+", "must be a path below base_url, or an https:// URL"),
    Times: (
        r"iso|date|seconds|milliseconds|.*%[A-Za-z].*",
        "must be iso, date, seconds, milliseconds, or a pattern such as %d.%m.%Y",
    ),
    Label: (r".*\S.*", "must be the CRM's name for people"),
}


@frozen
class Condition:
    """
    What an answer is known by: its status, or what a JMESPath finds in it.
    """

    status: int | None = None
    at: Expression = NOTHING


@frozen(kw_only=True)
class Errors(Table):
    """
    Which answers mean what, beyond their status, and which names in them may be told.
    """

    authentication: tuple[Condition, ...] = ()
    access_denied: tuple[Condition, ...] = ()
    not_found: tuple[Condition, ...] = ()
    rate_limited: tuple[Condition, ...] = ()
    unavailable: tuple[Condition, ...] = ()
    refused: tuple[Condition, ...] = ()
    code: Expression = NOTHING
    fields: Expression = NOTHING
    request_id: Expression = NOTHING


@frozen(kw_only=True)
class Bucket(Table):
    """
    At most so many *requests* in *per* seconds.
    """

    requests: int = field(validator=ge(1))
    per: float = field(default=1.0, validator=gt(0))


@frozen(kw_only=True)
class Limits(Table):
    """
    How many requests are allowed, and the headers that tell what is left, and till when.
    """

    requests: int | None = field(default=None, validator=optional(ge(1)))
    per: float = field(default=1.0, validator=gt(0))
    remaining: str | None = None
    reset: str | None = None
    buckets: dict[str, Bucket] = field(factory=dict)


_NOWHERE, _ISO = Place(""), Times("iso")
_AUTH = {  # what each kind needs, and what it may have
    "none": ((), ()),
    "bearer": ((), ()),
    "basic": ((), ("user",)),
    "header": (("name",), ("prefix",)),
    "oauth2": (("authorize_url", "token_url"), ("scopes",)),
    "client_credentials": (("token_url",), ("scopes", "params", "basic")),
}


@frozen(kw_only=True)
class Auth(Table):
    """
    How requests are signed; the tokens themselves are never in a file.
    """

    kind: Literal["none", "bearer", "basic", "header", "oauth2", "client_credentials"]
    name: str = ""
    prefix: str = ""
    user: str = ""
    authorize_url: Place = _NOWHERE
    token_url: Place = _NOWHERE
    scopes: tuple[str, ...] = ()
    params: dict[str, str] = field(factory=dict)
    basic: bool = False

    def _mistakes(self) -> Told:
        needs, may = _AUTH[self.kind]
        for key in chain.from_iterable(chain(*pair) for pair in _AUTH.values()):
            if getattr(self, key) and key not in (*needs, *may):
                yield key, f"is not for auth of the kind {self.kind}"
        yield from (("", f"needs {key}") for key in needs if not getattr(self, key))


@frozen(kw_only=True)
class CRM(Table):
    """
    A whole file.
    """

    label: Label
    base_url: Base
    auth: Auth
    client: Client
    fetch: Fetch
    activities: dict[str, Kind]
    hosts: tuple[Host, ...] = ()
    headers: Headers = field(factory=Headers)
    times: Times = _ISO
    find: dict[str, Find] = field(factory=dict)
    list: Listing | None = None
    history: dict[str, History] = field(factory=dict)
    fields: Schema | None = None
    errors: Errors = Errors()
    limits: Limits = Limits()
    check: dict[str, Reading] = field(factory=dict)

    def _mistakes(self) -> Told:
        place = urlsplit(self.auth.token_url).netloc
        home = urlsplit(self.base_url).netloc
        if place and place not in self.hosts and (self.hosts or place != home):
            yield "hosts", f"must name {place}, where tokens are got, and all others"
        yield from unknown_names("headers", self.headers.names, frozenset())
        yield from self._mistaken_kinds()
        for key, request in self._requests():
            if request.limit and request.limit not in self.limits.buckets:
                yield key, f"counts in limits.buckets.{request.limit}, which is missing"

    def _mistaken_kinds(self) -> Told:
        if not self.activities:
            yield "activities", "needs one kind at least, such as [activities.note]"
        taken: dict[str, str] = {}
        for name, kind in self.activities.items():
            for each in kind.types or (name,):
                if taken.setdefault(each, name) != name:
                    yield f"activities.{name}", f"takes {each}, as {taken[each]} does"

    def _requests(self) -> Iterator[tuple[str, Request]]:
        for key in ("fetch", "list", "fields"):
            if (request := getattr(self, key)) is not None:
                yield key, request
        for key in ("find", "history", "check", "activities"):
            for name, request in getattr(self, key).items():
                yield f"{key}.{name}", request
        for name, kind in self.activities.items():
            if kind.look is not None:
                yield f"activities.{name}", kind.look
