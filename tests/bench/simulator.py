"""
How soon the simulator is ready, and its requests a second beside a bare aiohttp handler.
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager

ROUNDS, REQUESTS = 7, 1500
TOKEN = "pat-bench"
BARE = """
import json
from aiohttp import web

answer = json.dumps({"id": "101", "properties": {"firstname": "Ana"}}).encode()

async def hello(request):
    return web.Response(body=answer, content_type="application/json")

async def main():
    runner = web.ServerRunner(web.Server(hello, access_log=None))
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = site._server.sockets[0].getsockname()
    print(json.dumps({"base_url": f"http://{host}:{port}"}), flush=True)
    await asyncio.Event().wait()

import asyncio
asyncio.run(main())
"""
SIMULATOR = ["-m", "crmkit_simulator", "hubspot", "--json", "--port", "0"]


@contextmanager
def serving(*arguments):
    """
    Serve from a process on a core of its own; yield the port and the seconds it took.
    """
    start = time.perf_counter()
    served = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, text=True
    )
    ready = json.loads(served.stdout.readline())
    seconds = time.perf_counter() - start
    if hasattr(os, "sched_setaffinity"):
        mine, *others = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(served.pid, others or {mine})
    try:
        yield int(ready["base_url"].rpartition(":")[2]), seconds
    finally:
        served.terminate()
        served.wait()


def rate(port, path):
    """
    Return how many requests a second are answered, one after the other.
    """
    request = (
        f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer {TOKEN}\r\n\r\n"
    ).encode()
    with socket.create_connection(("127.0.0.1", port)) as connection:
        start = time.perf_counter()
        for _ in range(REQUESTS):
            connection.sendall(request)
            received = connection.recv(65536)
            assert received.startswith(b"HTTP/1.1 200")
            assert received.endswith(b"}")
        return REQUESTS / (time.perf_counter() - start)


def main():
    """
    Print the table.
    """
    ready, ratios, rates = [], [], []
    for _ in range(ROUNDS):
        options = ("--token", TOKEN, "--limit", "off", "--contacts", "1")
        with (
            serving(*SIMULATOR, *options) as (port, seconds),
            serving("-c", BARE) as (bare, _),
        ):
            ours = rate(port, "/crm/objects/2026-09/contacts/101")
            ratios.append(ours / rate(bare, "/"))
            ready.append(seconds)
            rates.append(ours)
    print(f"simulator ready in {statistics.median(ready):.2f} s (goal < 1)")
    ratio, rate_ = statistics.median(ratios), statistics.median(rates)
    print(f"requests a second, simulator : bare aiohttp: {ratio:.2f} (goal >= 0.5)")
    print(f"  {rate_:,.0f} requests a second")


if __name__ == "__main__":
    main()
