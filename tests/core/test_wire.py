"""
Connections: reused, opened anew after a fork, and honest when there is none.
"""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from tests.core.acme_crm import TOKEN
from tests.core.server import Answer

from crmkit import UnavailableError


def test_connections_are_kept(connect, server):
    """
    One connection serves the requests of a connector one after the other.
    """
    server.answer = lambda request: {}
    connector = connect()

    for _ in range(3):
        connector.session("bob").http.get("/people")

    assert len({request.port for request in server.requests}) == 1


def test_tls_with_a_server_that_speaks_none(connect, server):
    """
    A server that does not speak TLS got nothing, so the write is known as not sent.
    """
    http = connect(own={"base_url": f"https://127.0.0.1:{server.port}"}).session().http

    with pytest.raises(UnavailableError, match="no secure connection to 127") as caught:
        http.post("/notes", content=TOKEN.encode())

    assert not caught.value.sent
    assert server.requests == []


def test_unknown_host(connect, monkeypatch, clock):
    """
    A host that the name service does not know got nothing.
    """

    def fail(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    http = connect(own={"base_url": "https://api.acme.example"}).session().http

    with pytest.raises(
        UnavailableError, match=r"host api\.acme\.example is not known"
    ) as c:
        http.post("/notes")

    assert not c.value.sent
    assert clock.waits == [1, 2, 4]


@pytest.mark.parametrize("status", [403, 407, 502])
def test_proxy_that_refuses(connect, server, monkeypatch, status):
    """
    The proxy of the environment is used; one that refuses let nothing through.
    """
    monkeypatch.setenv("HTTPS_PROXY", f"http://bob:pass@127.0.0.1:{server.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    server.answer = lambda request: Answer(status, headers={"Connection": "close"})
    connector = connect(own={"base_url": "https://api.acme.example"}, max_retries=0)

    with pytest.raises(
        UnavailableError, match=r"proxy gives no way to api\.acme"
    ) as caught:
        connector.session().http.post("/notes")

    assert not caught.value.sent
    (request,) = server.requests
    assert (request.method, request.path) == ("CONNECT", "api.acme.example:443")
    assert "proxy-authorization" in request.headers
    assert "authorization" not in request.headers


def test_no_proxy_for_this_machine(connect, server, monkeypatch):
    """
    What runs on this machine is reached without the proxy of the environment.
    """
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    server.answer = lambda request: {"fine": 1}

    assert connect().session().http.get("/people").json() == {"fine": 1}


def test_after_close(connect, server):
    """
    A session that outlives its connector opens a connection of its own.
    """
    server.answer = lambda request: {"fine": 1}
    connector = connect()
    http = connector.session().http
    http.get("/people")

    connector.close()

    assert http.get("/people").json() == {"fine": 1}
    assert len({request.port for request in server.requests}) == 2


FORK = """
import os, sys
sys.path.insert(0, {root!r})
from crmkit import CRMConnector
from tests.core import acme

connector = CRMConnector(
    default_provider="acme", plugins={{"acme": acme}}, credentials="t",
    settings={{"acme": {{"base_url": {url!r}}}}},
)
http = connector.session().http
http.get("/before")
child = os.fork()
if child == 0:
    http.get("/child")
    os._exit(0)
assert os.waitpid(child, 0)[1] == 0
http.get("/parent")
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork(server):
    """
    After a fork the child opens its own connection, and the parent keeps its.
    """
    server.answer = lambda request: {}
    code = FORK.format(root=str(Path.cwd()), url=server.url)

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)

    ports = {request.path: request.port for request in server.requests}
    assert ports["/parent"] == ports["/before"] != ports["/child"]
