"""
The pool of connections: one request out, one bounded answer in.
"""

from __future__ import annotations

import os
import ssl
from functools import cache
from http.client import HTTPResponse
from io import BufferedReader, RawIOBase
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import urllib3
from urllib3 import exceptions as lib

from crmkit._clock import SystemClock
from crmkit._redaction import redact
from crmkit._urls import is_loopback
from crmkit.errors import CRMError, ProtocolError, UnavailableError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from socket import socket
    from urllib.parse import SplitResult

    from crmkit._urls import Place

MAX_ANSWER = 64 * 1024 * 1024
MAX_SECONDS = 300.0
_NOW = SystemClock().monotonic  # a socket's own time, whatever clock the connector has
_POOL_SIZE = 16
_ONCE = urllib3.Retry(total=False, redirect=0)  # repeating is for who knows what it does
_READ = 60.0
_TIMEOUT = urllib3.Timeout(connect=10, read=_READ)
_UNCLEAR_TLS = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ssl.SSLSyscallError)


class Wire:
    """
    The connections of one connector, kept open between requests and reopened after fork.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._pools: dict[str, urllib3.HTTPConnectionPool] = {}
        self._process = os.getpid()

    def send(
        self,
        method: str,
        place: Place,
        *,
        headers: Mapping[str, str],
        body: bytes | None,
        seconds: float | None = None,
    ) -> tuple[int, Mapping[str, str], bytes]:
        """
        Send one request; return status, headers (in any case of letters) and content.

        Follows no redirect and repeats nothing. Raises UnavailableError, whose *sent*
        tells whether the request may have reached the server, or ProtocolError for an
        answer above 64 MiB. One that has not ended after 300 s, or about *seconds*, is
        UnavailableError.
        """
        pool = self._pool(place.origin)
        try:
            response = pool.urlopen(
                method,
                place.target,
                body=body,
                headers=headers,
                retries=_ONCE,
                redirect=False,
                preload_content=False,
                timeout=_TIMEOUT if seconds is None else _within(seconds),
            )
        except lib.HTTPError as error:
            failure, cause = _not_answered(error, pool), _showing_nothing(error)
        else:
            return _read(response, pool.host)
        raise failure from cause

    def close(self) -> None:
        """
        Close all connections.
        """
        with self._lock:
            for pool in self._pools.values():
                pool.close()
            self._pools.clear()

    def _pool(self, origin: str) -> urllib3.HTTPConnectionPool:
        # The library's own manager would parse each URL once more.
        with self._lock:
            if self._process != os.getpid():  # a fork must not share its parent's sockets
                self._process, self._pools = os.getpid(), {}
            if origin not in self._pools:
                self._pools[origin] = _in_time(_open(origin))
            return self._pools[origin]


def _open(origin: str) -> urllib3.HTTPConnectionPool:
    parts = urlsplit(origin)
    redact(parts.hostname or "")
    proxy = _proxy(parts)
    options: dict[str, Any] = {"maxsize": _POOL_SIZE}
    if proxy is None:
        tls = {"ssl_context": _tls()} if parts.scheme == "https" else {}
        return urllib3.connection_from_url(origin, **options, **tls)
    user = urlsplit(proxy)
    if user.username:
        options["proxy_headers"] = urllib3.make_headers(
            proxy_basic_auth=f"{user.username}:{user.password or ''}"
        )
    manager = urllib3.ProxyManager(proxy, ssl_context=_tls(), **options)
    return manager.connection_from_url(origin)


def _within(seconds: float) -> urllib3.Timeout:
    known: tuple[Any, Any] = _TIMEOUT.connect_timeout, _TIMEOUT.read_timeout
    connect, read = (min(seconds, longest) for longest in known)
    return urllib3.Timeout(connect=connect, read=read)


def _in_time(pool: urllib3.HTTPConnectionPool) -> urllib3.HTTPConnectionPool:
    own: Any = {"response_class": _Answer}
    pool.ConnectionCls = type("Connection", (pool.ConnectionCls,), own)
    return pool


@cache
def _tls() -> ssl.SSLContext:
    # SSL_CERT_FILE and SSL_CERT_DIR are honoured by the TLS library itself.
    bundle = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("CURL_CA_BUNDLE")
    return ssl.create_default_context(cafile=bundle or None)


def _proxy(parts: SplitResult) -> str | None:
    host = parts.hostname or ""
    if is_loopback(host) or proxy_bypass(host):
        return None
    proxies = getproxies()
    return proxies.get(parts.scheme) or proxies.get("all")


def _not_answered(
    error: lib.HTTPError, pool: urllib3.HTTPConnectionPool
) -> UnavailableError:
    host = pool.host
    place = host if pool.port in {None, 80, 443} else f"{host}:{pool.port}"
    cause = error.original_error if isinstance(error, lib.ProxyError) else error
    if isinstance(cause, lib.SSLError):
        unclear = any(isinstance(argument, _UNCLEAR_TLS) for argument in cause.args)
        return UnavailableError(f"no secure connection to {host}", sent=unclear)
    if isinstance(cause, lib.NameResolutionError):
        return UnavailableError(f"the host {host} is not known", sent=False)
    if isinstance(
        cause, lib.ConnectTimeoutError | lib.NewConnectionError | lib.ClosedPoolError
    ):
        return UnavailableError(f"no connection to {place}", sent=False)
    if isinstance(error, lib.ProxyError):
        return UnavailableError(f"the proxy gives no way to {host}", sent=False)
    if isinstance(cause, lib.ReadTimeoutError):
        return UnavailableError(f"{host} did not answer in time", sent=True)
    return UnavailableError(f"the connection to {host} broke off", sent=True)


def _showing_nothing(error: lib.HTTPError) -> lib.HTTPError | None:
    # What is no HTTP is quoted, and may be anybody's data.
    return None if isinstance(error, lib.ProtocolError) else error


def _read(
    response: urllib3.BaseHTTPResponse, host: str
) -> tuple[int, Mapping[str, str], bytes]:
    try:
        told, packed = response.length_remaining, "Content-Encoding" in response.headers
        # To read a whole answer of known length costs less than to count what comes.
        known = told is not None and told <= MAX_ANSWER and not packed
        most = None if known else MAX_ANSWER + 1
        content = response.read(most, decode_content=True)
        if len(content) <= MAX_ANSWER:
            return response.status, response.headers, content
        response.close()
        msg = f"the answer of {host} is larger than {MAX_ANSWER // 2**20} MiB"
        failure: CRMError = ProtocolError(msg)
        cause = None
    except lib.HTTPError as error:
        failure = UnavailableError(f"the answer of {host} broke off", sent=True)
        cause = _showing_nothing(error)
    finally:
        response.release_conn()
    raise failure from cause


class _Answer(HTTPResponse):
    # The library's timeout begins anew with each byte that comes; this one does not.
    def __init__(self, sock: socket, *arguments: Any, **more: Any) -> None:
        super().__init__(sock, *arguments, **more)
        pause = sock.gettimeout() or _READ
        seconds = MAX_SECONDS if pause >= _READ else pause
        self.fp = BufferedReader(_InTime(self.fp.detach(), seconds))


class _InTime(RawIOBase):
    def __init__(self, raw: RawIOBase, seconds: float) -> None:
        super().__init__()
        self._raw = raw
        self._until = _NOW() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if _NOW() > self._until:
            raise TimeoutError
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()
