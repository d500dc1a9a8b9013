"""
A small HTTP server on loopback that answers as a function says.
"""

from __future__ import annotations

import socket
import struct
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from crmkit.testing._messages import Answer, Request

if TYPE_CHECKING:
    from collections.abc import Callable


class Server:
    """
    Answers each request with what *handle* makes of it, in threads, until it is closed.

    A *handle* that raises is answered with 500, so that the plugin's test goes on.
    *port* is any that is free unless given.
    """

    def __init__(self, handle: Callable[[Request], Answer], *, port: int = 0) -> None:
        self._http = _HTTPServer(("127.0.0.1", port), _Handler)
        self._http.handle = handle
        serve = {"poll_interval": 0.01}
        self._thread = Thread(target=self._http.serve_forever, kwargs=serve, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        """
        Where it listens.
        """
        return f"http://127.0.0.1:{self._http.server_port}"

    def close(self) -> None:
        """
        Stop listening.
        """
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


class _HTTPServer(ThreadingHTTPServer):
    block_on_close = False
    daemon_threads = True
    request_queue_size = 64
    handle: Callable[[Request], Answer]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """
        Say nothing: clients that hang up are part of the tests.
        """


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _HTTPServer

    def _handle(self) -> None:
        request = self._request()
        try:
            answer = self.server.handle(request)
        except Exception:  # noqa: BLE001 - the plugin's test goes on
            answer = Answer(status=500)
        if answer.lost:
            self._break()
        else:
            self._send(answer)

    def _request(self) -> Request:
        url = urlsplit(self.path if self.path.startswith("/") else f"//{self.path}")
        return Request(
            method=self.command,
            path=url.path or url.netloc,
            query_string=url.query,
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(int(self.headers.get("Content-Length") or 0)),
            port=self.client_address[1],
        )

    def _send(self, answer: Answer) -> None:
        body = answer.body()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "content-type" not in map(str.lower, answer.headers):
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _break(self) -> None:
        # Without lingering a close is a reset.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()
        self.close_connection = True

    def __getattr__(self, name: str) -> Callable[[], None]:
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def log_message(self, *_arguments: object) -> None:
        """
        Say nothing.
        """
