"""
Rules of crmkit_fetch: who is asked for comes back, whole and alone.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from crmkit import ClientData, ClientNotFoundError
from crmkit.testing._laws import law
from crmkit.testing._provider.changes import (
    GONE,
    everywhere,
    in_records,
    leaves,
    record_paths,
    value_of,
    with_value,
    without,
)
from crmkit.testing._provider.failing import fetched
from crmkit.testing._verdicts import rule

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from crmkit.testing._messages import Answer, Request
    from crmkit.testing._provider.subject import Subject

ODD_IDS = (
    *("7/8", "7?x=1", "7#f", "a b", "7,8", "../7", "7%2F8", "ü", "7&x=8", "7'--", "7;8"),
    *("*", "7\n8", "{id}", '7"8'),
)


class Fetching:
    """
    What a provider that fetches clients by id holds to.
    """

    @rule
    def test_f01_by_id(self, subject: Subject) -> None:
        """
        A client comes back under the id that was asked for.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        found = fetched(subject.connect(), client.id)
        subject.answered()
        if isinstance(found, Exception):
            subject.broken("does not give a client that is there", cause=found)
        if found.id != client.id:
            subject.broken(f"gives {found.id!r} for {client.id!r}")

    @rule
    def test_f02_absent(self, subject: Subject) -> None:
        """
        An id that the CRM does not have is a client not found, and costs no other client.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        nobody = subject.absent(client)
        found = subject.connect().get_clients_data([client.id, nobody])
        there, absent = found[client.id], found[nobody]
        if not isinstance(there, ClientData):
            subject.broken("loses the client that is there", cause=there)
        if not isinstance(absent, ClientNotFoundError):
            subject.broken("does not say that it is absent", cause=absent)

    @rule
    def test_f03_many(self, subject: Subject) -> None:
        """
        All clients that are asked for come back, each as itself.

        However they are cut into calls, and in whatever order the CRM answers.
        """
        subject.about("crmkit_fetch")
        clients = {client.id: client for client in (subject.add() for _ in range(5))}

        def change(answer: Answer) -> Answer:
            return _backwards(answer, clients)

        @law
        @given(
            cut=st.integers(1, min(5, subject.info.fetch_batch)),
            ids=st.permutations(sorted(clients)),
            backwards=st.booleans() if subject.speaks_http else st.just(value=False),
        )
        def comes_back(cut: int, ids: list[str], *, backwards: bool) -> None:
            with subject.between(change=change if backwards else None):
                found = subject.connect(cut=cut).get_clients_data(ids)
            for asked, client in found.items():
                if not isinstance(client, ClientData):
                    what = f"loses a client of {len(ids)}, asked for {cut} at a time"
                    subject.broken(what, cause=client)
                given = clients[asked]
                if {client.email, client.phone} - {None, given.email, given.phone}:
                    subject.broken("takes one client for another")

        comes_back()

    @rule
    def test_f04_odd_ids(self, subject: Subject) -> None:
        """
        An id is data: whatever it holds, it goes where any id goes, and finds nobody else.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        connector = subject.connect()
        connector.get_client_data(client.id)  # what is cached is there before
        if subject.speaks_http:
            subject.gate.shapes()
        shapes, nobody = {}, subject.absent(client)
        for odd in (nobody, *ODD_IDS, f"{client.id}/", f"{client.id}?x", f" {client.id}"):
            found = connector.get_clients_data([odd])[odd]
            shapes[odd] = subject.gate.shapes() if subject.speaks_http else set()
            if isinstance(found, ClientData):
                subject.broken(f"finds somebody by the id {odd!r}")
        for odd, shape in shapes.items():
            if not shape <= shapes[nobody]:  # no request is needed for what can be no id
                subject.fake.unrouted.clear()  # the fake cannot be blamed for that
                subject.broken(f"asks in another place for the id {odd!r}: use path_values")

    @rule
    def test_f05_null(self, subject: Subject) -> None:
        """
        Whatever a record leaves out, or holds as null, its client comes back.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        connector = subject.connect()
        values: list[Any] = []

        def keep(answer: Answer) -> Answer:
            values.append(value_of(answer))
            return answer

        with subject.between(change=keep):
            connector.get_client_data(client.id)
        paths = leaves(values, client.id)
        if not paths:
            subject.not_proven("no answer of the fake shows more of a client than its id")
        for path in paths:
            for new, word in ((None, "null"), (GONE, "missing")):
                with subject.between(change=in_records(client.id, without(path, new))):
                    found = connector.get_clients_data([client.id])[client.id]
                if not isinstance(found, ClientData):
                    name = ".".join(map(str, path))
                    subject.broken(f"loses a client whose {name} is {word}", cause=found)

    @rule
    def test_f06_unknown(self, subject: Subject) -> None:
        """
        What a record holds beyond what the plugin knows changes nothing.
        """
        subject.about("crmkit_fetch")
        client = subject.add()
        connector = subject.connect()
        before = connector.get_client_data(client.id)
        with subject.changing(in_records(client.id, _with_more)):
            after = connector.get_clients_data([client.id])[client.id]
        if not isinstance(after, ClientData):
            subject.broken("loses a client whose record has more fields", cause=after)
        if (after.name, after.email) != (before.name, before.email):
            subject.broken("reads a record in another way when it has more fields")

    @rule
    def test_f07_unreadable(self, subject: Subject) -> None:
        """
        A record that cannot be read costs that record, not the others of its answer.

        It is told as an error, never as a client that is not there.
        """
        subject.about("crmkit_fetch")
        if subject.info.fetch_batch == 1:
            subject.not_offered("it fetches one client a call")
        first, second, third = (subject.add() for _ in range(3))
        with subject.changing(in_records(second.id, scrambled)):
            found = subject.connect().get_clients_data([first.id, second.id, third.id])
        for client in (first, third):
            if not isinstance(found[client.id], ClientData):
                # What was raised tells of the record; of the others, how it is called.
                subject.broken("loses clients for the record of another: return map(…)")
        error = found[second.id]
        if isinstance(error, ClientData):
            subject.not_proven("it can read a record whatever is in it")
        if isinstance(error, ClientNotFoundError):
            subject.broken("does not tell of a record that it cannot read", cause=error)

    @rule
    def test_f08_threads(self, subject: Subject) -> None:
        """
        Two threads that fetch at the same time each get what they asked for.
        """
        subject.about("crmkit_fetch")
        clients = [subject.add() for _ in range(2)]
        connector = subject.connect()
        connector.get_client_data(clients[0].id)  # what is cached is there before
        both = Barrier(2)

        def meet(_request: Request) -> None:
            try:
                both.wait(timeout=1)
            except BrokenBarrierError:
                return  # one of them needs no request, or more than the other

        def fetch(client: ClientData) -> ClientData | Exception:
            return connector.get_clients_data([client.id])[client.id]

        before = meet if subject.speaks_http else None
        with subject.between(before=before), ThreadPoolExecutor(2) as threads:
            found = list(threads.map(fetch, clients))
        for client, got in zip(clients, found, strict=True):
            if not isinstance(got, ClientData) or got.email not in {None, client.email}:
                what = "mixes up calls of two threads: keep nothing outside session.memory"
                subject.broken(what, cause=got)


def _backwards(answer: Answer, ids: Iterable[str]) -> Answer:
    def turned(value: Any) -> Any:
        # Other lists, such as a table's columns, have an order that means something.
        inner = value if isinstance(value, list) else []
        records = any(record_paths(one, asked) == [()] for one in inner for asked in ids)
        return value[::-1] if records else value

    value = value_of(answer)
    return answer if value is None else with_value(answer, everywhere(value, turned))


def _with_more(record: dict[str, Any]) -> dict[str, Any]:
    return {**record, "something_new": {"deep": [1, None, {"id": "other"}]}}


def scrambled(record: dict[str, Any]) -> dict[str, Any]:
    """
    Return a record of which no field is what it should be.
    """
    return {name: [{"unexpected": True}] for name in record}
