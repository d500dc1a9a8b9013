"""
A chaos proxy: real sockets on loopback between a connector and its CRM.
"""

import socket
import struct
from collections import Counter
from contextlib import suppress
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread

from tests.core.waiting import until
from tests.faults.faults import FAULTS

RESET = struct.pack("ii", 1, 0)


class Exchange(BaseHTTPRequestHandler):
    """
    The requests of one connection, each passed on to the CRM, or not.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def pass_on(self):
        """
        Have the CRM do the work; keep its answer for ``reply``.
        """
        crm = HTTPConnection("127.0.0.1", self.server.upstream)
        crm.request(self.command, self.path, self.body, dict(self.headers))
        answer = crm.getresponse()
        self.status, self.content = answer.status, answer.read()
        self.told = dict(answer.getheaders())
        self.told.pop("Content-Length", None)
        crm.close()

    def reply(self, status=None, content=None, told=None):
        """
        Send the CRM's answer, or parts of another.
        """
        content = self.content if content is None else content
        self.send_response_only(status or self.status)
        for name, value in (self.told if told is None else told).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def head(self, length):
        """
        Send all of an answer but its content.
        """
        self.wfile.write(f"HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n".encode())

    def end(self, *, reset=False):
        """
        End the connection here and now.
        """
        self.close_connection = True
        if reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        socket.close(self.connection.detach())

    def until_gone(self):
        """
        Wait until the client leaves.
        """
        self.close_connection = True
        with suppress(OSError):
            self.connection.recv(1)

    def handle_one_request(self):
        with suppress(OSError):  # clients leave when they like
            super().handle_one_request()
            return
        self.close_connection = True

    def __getattr__(self, name):
        # Whatever the method, it is the CRM's to judge.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def _answer(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.body = self.rfile.read(length)
        fault = self.server.next_fault(f"{self.path} {self.headers.get('Authorization')}")
        if len(self.body) < length:  # the client died while it was asking
            self.end()
        elif fault is None:
            self.pass_on()
            self.reply()
        elif fault.isdigit():
            self.reply(int(fault), b"{}", {"Content-Type": "application/json"})
        else:
            FAULTS[fault](self)

    def log_message(self, *_):
        """
        Say nothing.
        """


class Proxy(ThreadingHTTPServer):
    """
    The proxy, served by ``with``: from its *address* to the port *upstream*.

    ``script`` says what happens to the next requests, ``storm`` what happens to any.
    """

    daemon_threads = True
    request_queue_size = 128

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Exchange)
        self.upstream = None
        self.address = f"http://127.0.0.1:{self.server_port}"
        self.struck = Counter()
        self._lock = Lock()
        self._here, self._newest = set(), None
        self.gate = Event()
        self.heal()

    def __enter__(self):
        Thread(target=self.serve_forever, args=[0.01], daemon=True).start()
        return self

    def __exit__(self, *_):
        self.heal()
        self.shutdown()
        self.server_close()

    def script(self, *faults, where=""):
        """
        Let these faults strike the next requests, one each; None lets one pass.

        *where* is in the path, or the signature, of those that count.
        """
        self._script, self._where = list(faults), where

    def storm(self, random, share, faults):
        """
        Let one of the *faults* strike this share of all requests, at random.
        """
        self._storm = random, share, faults

    def heal(self):
        """
        Let all pass again; what is held goes on.
        """
        self._script, self._where, self._storm = [], "", None
        self.gate.set()
        self.gate = Event()

    def next_fault(self, request):
        """
        Return the fault that meets this request, None for none.
        """
        with self._lock:
            fault = self._chosen(request)
            self.struck[fault] += 1
            return fault

    def _chosen(self, request):
        if self._script and self._where in request:
            return self._script.pop(0)
        if self._storm is not None:
            random, share, faults = self._storm
            return random.choice(faults) if random.random() < share else None
        return None

    def quiet(self):
        """
        Return when the CRM has done all that clients that are gone now had sent.
        """
        with socket.create_connection(self.server_address) as last:
            me = last.getsockname()
        until(lambda: self._newest == me and not self._here)

    def process_request(self, request, client_address):
        self._here.add(client_address)
        self._newest = client_address
        super().process_request(request, client_address)

    def shutdown_request(self, request):
        with suppress(OSError):
            super().shutdown_request(request)

    def process_request_thread(self, request, client_address):
        super().process_request_thread(request, client_address)
        self._here.discard(client_address)
