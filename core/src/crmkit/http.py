"""
HTTP as plugins use it: signed, pinned to the CRM's hosts, limited, repeated, judged.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypedDict, Unpack
from urllib.parse import urlsplit

from attrs import define, field, frozen

from crmkit._answers import error_by_status, retry_after, status_message
from crmkit._requests import FITS_A_HEADER, Request, Writes, encoded
from crmkit._retry import Patience, persist
from crmkit._urls import join, locate
from crmkit.codec import from_json
from crmkit.errors import (
    AuthenticationError,
    CredentialsError,
    CRMError,
    ProtocolError,
    RateLimitedError,
)

if TYPE_CHECKING:
    from crmkit._clock import Clock
    from crmkit._limits import Limiter
    from crmkit._tally import Tally
    from crmkit._wire import Wire
    from crmkit.infos import ProviderInfo
    from crmkit.models import CRMCredentials

__all__ = ["Http", "Options", "Response", "status_message"]

_LOG = logging.getLogger("crmkit.http")
_COMMON = {"Accept": "application/json", "User-Agent": "crmkit"}


@frozen(kw_only=True)
class Response:
    """
    An answer: *status*, *headers* (looked up in any case), *url* and *content* in bytes.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    url: str = field(repr=False)
    content: bytes = field(repr=False)

    def json(self) -> Any:
        """
        Return the content as JSON values; raise ProtocolError when it is something else.
        """
        try:
            return from_json(self.content)
        except ValueError:
            kind = (self.headers.get("Content-Type") or "untyped").partition(";")[0]
            what = "is not valid JSON" if "json" in kind else f"is not JSON but {kind}"
            msg = f"the answer of {urlsplit(self.url).hostname} {what}"
            raise ProtocolError(msg, status=self.status) from None


class Options(TypedDict, total=False):
    """
    What every request takes, see Http.
    """

    path_values: Mapping[str, object]
    params: Mapping[str, object]
    json: object
    form: Mapping[str, object]
    content: bytes
    headers: Mapping[str, str]
    repeatable: bool
    limit: str


@define(kw_only=True)
class Http:
    """
    The way to one account of a CRM, handed to hooks as ``session.http``.

    Each verb takes a *path* below the provider's base URL (or a whole URL on one of its
    hosts), with ``{names}`` that *path_values* fill and quote, *params* for the query, and
    one of *json*, *form* or *content* as body. *repeatable* says that the same request may
    be sent twice without harm; GET always may. *limit* names the rate limit's bucket.
    Returns a Response with a status below 300; raises a CRMError otherwise.
    """

    provider: str
    info: ProviderInfo
    base_url: Callable[[], str] = field(repr=False)
    hosts: tuple[str, ...]
    credentials: Callable[[], CRMCredentials] = field(repr=False)
    sign: Callable[[], Mapping[str, str]] = field(repr=False)
    renew: Callable[[CRMCredentials], bool] = field(repr=False)
    wire: Wire = field(repr=False)
    limiter: Limiter = field(repr=False)
    clock: Clock = field(repr=False)
    patience: Patience
    tally: Tally = field(repr=False)
    writes: Writes

    def reach(self) -> Mapping[str, str]:
        """
        Return the headers of whatever the CRM answers to an unsigned request.
        """
        base = self.base_url()
        place = locate(base, base=base, hosts=self.hosts, label=self.info.label)
        request = Request(method="GET", path="", place=place)
        return self._send(request, _COMMON).headers

    def get(self, path: str, **options: Unpack[Options]) -> Response:
        """
        Read.
        """
        options.setdefault("repeatable", True)
        return self._request("GET", path, **options)

    def post(self, path: str, **options: Unpack[Options]) -> Response:
        """
        Create, or whatever the CRM makes of a POST.
        """
        return self._request("POST", path, **options)

    def put(self, path: str, **options: Unpack[Options]) -> Response:
        """
        Replace.
        """
        return self._request("PUT", path, **options)

    def patch(self, path: str, **options: Unpack[Options]) -> Response:
        """
        Change.
        """
        return self._request("PATCH", path, **options)

    def delete(self, path: str, **options: Unpack[Options]) -> Response:
        """
        Remove.
        """
        return self._request("DELETE", path, **options)

    def _request(
        self,
        method: str,
        path: str,
        *,
        path_values: Mapping[str, object] | None = None,
        params: Mapping[str, object] | None = None,
        json: object = None,
        form: Mapping[str, object] | None = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool = False,
        limit: str = "",
    ) -> Response:
        if not repeatable:
            self.writes.count(self.provider)
        base = self.base_url()
        url = join(base, path, path_values or {}, params or {})
        place = locate(url, base=base, hosts=self.hosts, label=self.info.label)
        body, kind = encoded(json, form, content)
        sent = {**kind, **(headers or {})}
        request = Request(
            method=method, path=path, place=place, headers=sent, body=body, bucket=limit
        )
        signed_by = self.credentials()

        def attempt() -> Response:
            nonlocal signed_by  # another thread may renew what the session holds
            signed_by = self.credentials()
            return self._attempt(request)

        patience, clock = self.patience, self.clock
        persistent = partial(
            persist, attempt, repeatable=repeatable, patience=patience, clock=clock
        )
        try:
            return persistent()
        except AuthenticationError:
            if not self.renew(signed_by):
                raise
            return persistent()

    def _attempt(self, request: Request) -> Response:
        try:
            waited, start = self.limiter.wait(request.bucket, self.patience)
            if waited:
                self.tally.add("waits")
            try:
                headers = {**_COMMON, **self._signature(), **request.headers}
                self.tally.add("requests")
                response = self._send(request, headers)
                self._judge(response, request.bucket)
            finally:  # after the judge: what the answer tells of the limit includes it
                self.limiter.answered(request.bucket, start)
        except CRMError as error:
            error.provider = error.provider or self.provider
            raise
        return response

    def _send(self, request: Request, headers: Mapping[str, str]) -> Response:
        if _LOG.isEnabledFor(logging.DEBUG):
            from crmkit._trace import traced

            send = traced(_LOG, self.provider, request, self.wire.send, self.clock)
        else:
            send = self.wire.send
        status, received, content = send(
            request.method,
            request.place,
            headers=headers,
            body=request.body,
            seconds=self.patience.left(self.clock),
        )
        return Response(
            status=status, headers=received, url="".join(request.place), content=content
        )

    def _signature(self) -> Mapping[str, str]:
        headers = self.sign()
        for name, value in headers.items():
            # What would be raised further down shows the token.
            if not FITS_A_HEADER.fullmatch(value):
                msg = (
                    f"the credentials of {self.provider!r} do not fit into the header "
                    f"{name}: the token holds a line break or a letter beyond Latin-1"
                )
                raise CredentialsError(msg)
        return headers

    def _judge(self, response: Response, bucket: str) -> None:
        if self.info.limit_from and (limit := self.info.limit_from(response)):
            self.limiter.learn(limit)
        error = self.info.error_from(response) if self.info.error_from else None
        error = error or error_by_status(self.info.label, response, self.clock)
        if error is None:
            return
        if isinstance(error, RateLimitedError):
            asked = retry_after(response, self.clock)
            error.retry_after = max(error.retry_after or 0.0, asked or 0.0) or None
            if response.status != HTTPStatus.LOCKED:  # which is one record, not the bucket
                self.limiter.close(bucket, error.retry_after or 0.0)
        error.status = error.status or response.status
        raise error
