"""
What the cache saves and costs: CPU of a cached client beside a fetched one, bytes a client.
"""

import gc
import json
import multiprocessing
import socketserver
import statistics
import string
import time
import tracemalloc
from http.server import BaseHTTPRequestHandler

from crmkit import ClientData, CRMConnector, ProviderInfo, bearer, hookimpl

ROUNDS, FETCHES, HITS, CLIENTS = 9, 200, 20_000, 1000
RECORD = {
    "id": "1",
    "firstName": "Ana María",
    "lastName": "López García",
    "email": "ana.lopez@example.com",
    "phone": "+34 612 345 678",
}


class Answer(BaseHTTPRequestHandler):
    """
    A CRM that knows one client.
    """

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """
        Answer with the client.
        """
        body = json.dumps(RECORD).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """
        Say nothing.
        """


class Acme:
    """
    The provider for it.
    """

    @hookimpl
    def crmkit_provider(self) -> ProviderInfo:
        """
        Describe it.
        """
        return ProviderInfo(label="Acme", base_url="https://acme.example", auth=bearer)

    @hookimpl
    def crmkit_fetch(self, session, ids):
        """
        Fetch over HTTP.
        """
        record = session.http.get("/clients/{id}", path_values={"id": ids[0]}).json()
        return [
            ClientData(
                id=record["id"],
                first_name=record["firstName"],
                last_name=record["lastName"],
                email=record["email"],
                phone=record["phone"],
            )
        ]

    @hookimpl
    def crmkit_sync(self, session, activities):
        """
        Write nothing.
        """
        return []


class Book(Acme):
    """
    A provider that makes clients up, each value a text of its own.
    """

    def __init__(self, *, mappings: bool) -> None:
        self._mappings = mappings

    @hookimpl
    def crmkit_provider(self) -> ProviderInfo:
        """
        Describe it.
        """
        return ProviderInfo(label="Book", fetch_batch=CLIENTS)

    @hookimpl
    def crmkit_fetch(self, session, ids):
        """
        Make the clients up.
        """
        for number in ids:
            fields = {
                "first_name": f"First {number}",
                "last_name": f"Last-Name {number}",
                "email": f"client{number}@mail.example.com",
                "phone": f"+1 212 555 {number}",
                "language": f"en-{number}",
                "timezone": f"America/New_York {number}",
            }
            if self._mappings:
                fields["preferences"] = {"communicationStyle": f"formal{number}"}
                fields["custom_fields"] = {
                    "budget": f"50{number}",
                    "city": f"York {number}",
                }
            yield ClientData(id=number, name=f"First Last {number}", **fields)


def serve(ready) -> None:
    """
    Serve on loopback; tell the port.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Answer) as server:
        server.daemon_threads = True
        ready.send(server.server_address[1])
        server.serve_forever()


def cpu(times: int, function) -> float:
    """
    Return the CPU seconds of one of many calls.
    """
    start = time.process_time()
    for _ in range(times):
        function()
    return (time.process_time() - start) / times


def saved(port: int) -> float:
    """
    Return how many times more CPU a fetched client takes than a cached one.
    """
    with CRMConnector(
        default_provider="acme",
        plugins={"acme": Acme()},
        credentials="token",
        settings={"acme": {"base_url": f"http://127.0.0.1:{port}"}},
    ) as crm:

        def fetched() -> None:
            crm.clear_cache()
            crm.get_client_data("1")

        ratios = []
        for _ in range(ROUNDS):
            miss = cpu(FETCHES, fetched)
            ratios.append(miss / cpu(HITS, lambda: crm.get_client_data("1")))
        return statistics.median(ratios)


def weight(*, mappings: bool) -> float:
    """
    Return the bytes that one client takes in the cache, its key and bookkeeping included.
    """
    ids = ["".join(string.digits[int(d)] for d in f"{n:06d}") for n in range(CLIENTS)]
    with CRMConnector(
        default_provider="book", plugins={"book": Book(mappings=mappings)}
    ) as crm:
        crm.get_client_data("warm")
        crm.clear_cache()
        gc.collect()
        tracemalloc.start()
        crm.get_clients_data([str(number) for number in ids])
        gc.collect()
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        return size / len(crm.get_cache_stats().entries)


def main() -> None:
    """
    Print the table.
    """
    ready, told = multiprocessing.Pipe(duplex=False)
    server = multiprocessing.Process(target=serve, args=(told,), daemon=True)
    server.start()
    print(f"CPU, fetched : cached client: {saved(ready.recv()):.0f} (goal >= 100)")
    server.terminate()
    print(f"a cached client, plain fields: {weight(mappings=False):.0f} B (goal <= 1024)")
    print(f"  with two small mappings: {weight(mappings=True):.0f} B (goal <= 1638)")


if __name__ == "__main__":
    main()
