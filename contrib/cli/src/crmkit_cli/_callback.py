"""
Waiting on loopback for the answer that a browser brings from a CRM's sign-in.
"""

from __future__ import annotations

import os
import secrets
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Empty, Queue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Self
from urllib.parse import parse_qs, urlsplit

from crmkit import ConfigurationError, CredentialsError
from crmkit_cli._output import note, one_line

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

_HOST, _PATH = "127.0.0.1", "/callback"
_PAGE = """<!DOCTYPE html>
<html lang="en"><meta charset="utf-8"><title>crmkit</title><p>{text}</p></html>
"""
_HEADERS = {
    "Content-Type": "text/html; charset=utf-8",
    "Content-Security-Policy": "default-src 'none'",
    "Referrer-Policy": "no-referrer",  # the address of the page holds the code
    "Cache-Control": "no-store",
    "Connection": "close",
}


class Callback:
    """
    A server for one sign-in, on *port* of this machine; ``url`` is where the CRM sends to.

    Raises ConfigurationError when the port is in use.
    """

    def __init__(self, port: int) -> None:
        try:
            self._server = _Server((_HOST, port), _Handler)
        except OSError as error:
            msg = (
                f"nothing can listen on port {port}: {error.strerror}; give another --port"
            )
            raise ConfigurationError(msg) from None
        self.url = f"http://{self._server.name}{_PATH}"

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def code(self, state: str, seconds: float) -> str:
        """
        Return the code for the sign-in of this state, once somebody has signed in.

        Answers of another state are passed over: any page that is open in a browser can
        send one. Raises CredentialsError when the sign-in is refused, or nobody has signed
        in in so many seconds.
        """
        answer = self._answer(state, monotonic() + seconds)
        if answer is None:
            msg = f"nobody signed in within {seconds:.0f} s"
            raise CredentialsError(msg)
        if "error" in answer:
            msg = f"the sign-in was refused: {one_line(answer['error'][:80])}"
            raise CredentialsError(msg)
        if not answer.get("code"):
            msg = "the answer holds no code; sign in again"
            raise CredentialsError(msg)
        return answer["code"]

    def _answer(self, state: str, end: float) -> Mapping[str, str] | None:
        while True:
            try:
                answer = self._server.answers.get(timeout=max(0.0, end - monotonic()))
            except Empty:
                return None
            if secrets.compare_digest(answer.get("state", "").encode(), state.encode()):
                return answer
            note("an answer of another sign-in came (its state differs); still waiting")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # Else the port rests for a minute after each sign-in; but on Windows it would let
    # another program listen, too.
    allow_reuse_address = os.name == "posix"

    def __init__(self, address: tuple[str, int], handler: type[_Handler]) -> None:
        super().__init__(address, handler)
        self.name = f"{_HOST}:{self.server_port}"
        self.answers: Queue[Mapping[str, str]] = Queue()

    def handle_error(self, *_: object) -> None:
        """
        Say nothing of connections that break off.
        """


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    timeout = 10.0

    def do_GET(self) -> None:
        """
        Take the answer; refuse what is not for this address, or not for its host.
        """
        parts = urlsplit(self.path)
        # A page elsewhere may have its name lead here; its requests bear that name.
        if parts.path != _PATH or self.headers.get("Host") != self.server.name:
            self._show(404, "There is nothing here.")
            return
        query = parse_qs(parts.query)
        self.server.answers.put({name: values[0] for name, values in query.items()})
        self._show(
            200, "crmkit has the answer: go on in the terminal, and close this page."
        )

    def log_message(self, *_: object) -> None:
        """
        Log nothing: the line would hold the code.
        """

    def _show(self, status: int, text: str) -> None:
        page = _PAGE.format(text=text).encode()
        self.send_response(status)
        for name, value in _HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)
