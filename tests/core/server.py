"""
A small HTTP server on this machine that answers as a test says.
"""

import gzip
import json
import socket
import struct
from collections import deque
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from urllib.parse import parse_qsl, urlsplit

from attrs import field, frozen


@frozen
class Request:
    """
    What came in: *path* as it was on the wire, without the *query*; *port* is the caller's.
    """

    method: str
    path: str
    query: dict
    headers: dict
    body: bytes
    port: int

    def json(self):
        return json.loads(self.body)


@frozen
class Answer:
    """
    What goes out; *send* replaces the whole answer by something worse.
    """

    status: int = 200
    json: object = None
    content: bytes = b""
    headers: dict = field(factory=dict)
    send: object = None

    def body(self):
        return self.content if self.json is None else json.dumps(self.json).encode()


def zipped(value):
    """
    Return an answer whose JSON is compressed.
    """
    content = gzip.compress(json.dumps(value).encode())
    return Answer(content=content, headers={"Content-Encoding": "gzip"})


def cut_short(content, missing=10):
    """
    Return an answer that announces more bytes than it has.
    """

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(content) + missing))
        handler.end_headers()
        handler.wfile.write(content)
        handler.close_connection = True

    return Answer(send=send)


def reset():
    """
    Return an answer that is none: the connection is reset once the request was read.
    """

    def send(handler):
        linger = struct.pack("ii", 1, 0)
        handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        handler.connection.close()
        handler.close_connection = True

    return Answer(send=send)


def silence():
    """
    Return an answer that does not come while the test runs.
    """

    def send(handler):
        handler.server.owner.released.wait(30)
        handler.close_connection = True

    return Answer(send=send)


def dripping():
    """
    Return an answer of a byte now and then, while the test runs.
    """

    def send(handler):
        handler.send_response(200)
        handler.send_header("Content-Length", "10000")
        handler.end_headers()
        with suppress(OSError):
            while not handler.server.owner.released.wait(0.05):
                handler.wfile.write(b" ")
        handler.close_connection = True

    return Answer(send=send)


class Server:
    """
    Answers what *script* queued, else what *answer* makes of the request, else 404.

    Keeps all *requests*. Safe for threads.
    """

    def __init__(self):
        self._http = _HTTPServer(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._lock = Lock()
        self.released = Event()
        self.reset()
        self._thread = Thread(target=self._http.serve_forever, daemon=True)
        self._thread.start()

    @property
    def port(self):
        return self._http.server_port

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    def script(self, *answers):
        """
        Queue answers: an Answer, a status, or JSON for a 200.
        """
        self._answers.extend(map(_answer, answers))

    def reset(self):
        """
        Forget script, function and requests of the last test.
        """
        self.released.set()
        self.released = Event()
        self.requests = []
        self.answer = None
        self._answers = deque()

    def take(self, request):
        """
        Keep the request and return what to answer.
        """
        with self._lock:
            self.requests.append(request)
            if self._answers:
                return self._answers.popleft()
        return _answer(self.answer(request) if self.answer else 404)

    def close(self):
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()


def _answer(given):
    if isinstance(given, Answer):
        return given
    return Answer(status=given) if isinstance(given, int) else Answer(json=given)


class _HTTPServer(ThreadingHTTPServer):
    block_on_close = False
    request_queue_size = 64

    def handle_error(self, request, client_address):
        """
        Say nothing: clients that hang up are part of the tests.
        """


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def _handle(self):
        length = int(self.headers.get("Content-Length") or 0)
        url = urlsplit(self.path if self.path.startswith("/") else f"//{self.path}")
        request = Request(
            method=self.command,
            path=url.path or url.netloc,
            query=dict(parse_qsl(url.query, keep_blank_values=True)),
            headers={name.lower(): value for name, value in self.headers.items()},
            body=self.rfile.read(length),
            port=self.client_address[1],
        )
        answer = self.server.owner.take(request)
        if answer.send is not None:
            answer.send(self)
            return
        body = answer.body()
        self.send_response_only(answer.status)
        for name, value in answer.headers.items():
            self.send_header(name, value)
        if "Content-Type" not in answer.headers:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def __getattr__(self, name):
        if name.startswith("do_"):
            return self._handle
        raise AttributeError(name)

    def log_message(self, *_args):
        """
        Say nothing.
        """
