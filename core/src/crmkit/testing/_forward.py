"""
A fake that is another server: a simulator, or the CRM itself.
"""

from __future__ import annotations

import http.client
import json
import ssl
from base64 import b64decode, b64encode
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crmkit.testing._fake import FakeCRM
from crmkit.testing._messages import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Iterable

_SECONDS = 30
# What is between two neighbours only; answers are to come as they are, not compressed.
_OF_ONE_HOP = {
    *("connection", "host", "keep-alive", "proxy-authenticate", "proxy-authorization"),
    *("accept-encoding", "content-length", "te", "trailer", "transfer-encoding", "upgrade"),
}


class ForwardingAPI(FakeCRM):
    """
    Hands each request on to the server at *target*, a URL, and gives its answer back.

    So the contract's tests stand before a CRM that is simulated elsewhere, or real: what
    they need to go wrong goes wrong before it. A broken connection is handed on too. The
    server knows nothing of tokens that a rule makes up: it gets *token*.
    """

    target: str

    def __call__(self, request: Request) -> Answer:
        """
        Return what the server answers; a server that does not is unrouted.
        """
        try:
            return self._forwarded(request)
        except (ConnectionResetError, http.client.RemoteDisconnected):
            return Answer(lost=True)
        except OSError:
            self.unrouted.append(f"{request.method} {request.path} at {self.target}")
            return self.error(502, {})

    def signed(self, headers: dict[str, str]) -> dict[str, str]:
        """
        Return a request's headers, in lower case, with *token* where it had a token.

        An ``Authorization`` as crmkit makes it; a CRM with another way overrides this.
        """
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if not given:
            return headers
        token = self.token
        if scheme.lower() == "basic":
            if not b64decode(given).endswith(b":"):
                return headers
            token = b64encode(f"{token}:".encode()).decode()
        return {**headers, "authorization": f"{scheme} {token}"}

    def _forwarded(self, request: Request) -> Answer:
        url = urlsplit(self.target)
        connection = _connection(url.scheme, url.netloc)
        try:
            connection.request(
                request.method,
                url.path.rstrip("/") + _path(request),
                request.body or None,
                self.signed(_kept(request.headers.items())),
            )
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        headers = _kept(response.getheaders())
        return _answer(response.status, headers, content)


def _connection(scheme: str, host: str) -> http.client.HTTPConnection:
    # The classes are looked up here, since what records cassettes stands in for them.
    if scheme == "http":
        return http.client.HTTPConnection(host, timeout=_SECONDS)
    return http.client.HTTPSConnection(host, timeout=_SECONDS, context=_trust())


@cache
def _trust() -> ssl.SSLContext:
    return ssl.create_default_context()  # which reads all certificates


def _path(request: Request) -> str:
    return request.path + (request.query_string and f"?{request.query_string}")


def _answer(status: int, headers: dict[str, str], content: bytes) -> Answer:
    try:
        values: Any = json.loads(content)
    except ValueError:
        values = None
    if values is None:  # else a rule can change them
        return Answer(status=status, content=content, headers=headers)
    return Answer(status=status, json=values, headers=headers)


def _kept(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    return {name: value for name, value in headers if name.lower() not in _OF_ONE_HOP}
