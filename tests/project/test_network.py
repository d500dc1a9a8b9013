"""
Tests reach no network but loopback.
"""

import socket

import pytest


@pytest.mark.parametrize("host", ["192.0.2.1", "127.0.0.10", "2001:db8::1"])
def test_blocked(host):
    """
    A test that connects to another machine fails at once, and says why.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with (
        socket.socket(family) as client,
        pytest.raises(RuntimeError, match="Network is disabled"),
    ):
        client.connect((host, 9))


def test_loopback():
    """
    A test can talk to a server of its own.
    """
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname(), timeout=5) as client,
    ):
        assert server.getsockname() == client.getpeername()
