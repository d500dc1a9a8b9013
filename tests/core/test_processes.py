"""
One outbox for many: threads, processes, forks, and processes that die.
"""

import json
import os
from textwrap import dedent
from threading import Event

import pytest
from tests.core import acme
from tests.core.acme_crm import TOKEN
from tests.core.children import Child
from tests.core.waiting import Skipping, in_threads

from crmkit import ActivityRecord

CONNECT = """
import json
from crmkit import ActivityRecord, CRMConnector
from tests.core.waiting import in_threads

def connect():
    return CRMConnector(
        default_provider="acme", plugins={"acme": plugin}, credentials=token,
        settings={"acme": {"base_url": url}}, store=store, max_retries=0,
    )
"""


@pytest.fixture
def names(running_server, store):
    """
    Return what the code of another process needs to know.
    """
    return {
        "plugin": acme.__file__,
        "token": TOKEN,
        "url": running_server.url,
        "store": f"sqlite:///{store}",
    }


def child(code, names, **more):
    """
    Start a process with this code and a function connect().
    """
    return Child(CONNECT + dedent(code), **names, **more)


@pytest.mark.parametrize("written", [True, False])
def test_kill(connect, crm, server, names, written):
    """
    What a killed process was sending is uncertain at once, then found or sent, once.
    """
    arrived = Event()

    def answer(request):
        if request.method == "POST":
            if written:
                crm(request)
            arrived.set()
            server.released.wait(30)
        return 500

    server.answer = answer
    code = """
    connect().batch_sync_activities([ActivityRecord(id="1", type="note", client_id="7")])
    """
    with child(code, names) as process:
        assert arrived.wait(30)
        connector = connect(clock=None)
        assert [row.state for row in connector.outbox.list()] == ["sending"]
        process.kill()
    server.answer = crm

    with connect() as other:
        assert [row.state for row in other.outbox.list()] == ["uncertain"]
    (outcome,) = connector.flush_pending()

    assert outcome
    assert crm.times_written() == {"1": 1}


def test_flush_of_who_was_there_before(connect, crm, server, names):
    """
    A connector that was open before another process was killed flushes what that left.
    """
    arrived = Event()

    def answer(request):
        if request.method == "POST":
            arrived.set()
            server.released.wait(30)
        return 500

    clock = Skipping()
    connector = connect(clock=clock)
    connector.outbox.list()
    server.answer = answer
    with child(
        "connect().sync_activity(ActivityRecord(id='1', type='note'))", names
    ) as one:
        assert arrived.wait(30)
        one.kill()
    server.answer = crm

    assert [outcome.status for outcome in connector.flush_pending()] == ["uncertain"]
    clock.sleep(60)
    assert [outcome.status for outcome in connector.flush_pending()] == ["synced"]
    assert crm.times_written() == {"1": 1}


def test_kill_before_later_cuts(connect, crm, server, names):
    """
    What a killed process had not leased is pending, and is sent; it leases one cut ahead.
    """
    arrived = Event()

    def answer(request):
        if request.method == "POST":
            arrived.set()
            server.released.wait(30)
        return 500

    server.answer = answer
    code = """
    given = [ActivityRecord(id=str(number), type="note") for number in range(8)]
    connect().batch_sync_activities(given)
    """
    with child(code, names) as process:
        assert arrived.wait(30)
        process.kill()
    server.answer = crm
    clock = Skipping()
    connector = connect(clock=clock)

    states = [row.state for row in connector.outbox.list()]
    sent, ahead, rest = states[:3], states[3:6], states[6:]
    assert acme.SYNC_BATCH == 3
    assert sent == ["uncertain"] * 3
    assert ahead in (["uncertain"] * 3, ["pending"] * 3)
    assert rest == ["pending"] * 2
    clock.sleep(60)
    assert [outcome.status for outcome in connector.flush_pending()] == ["synced"] * 8
    assert crm.times_written() == {str(number): 1 for number in range(8)}


def test_everybody_flushes(connect, crm, names):
    """
    Eight threads in each of four processes flush one outbox: everything goes once.
    """
    users = ["bob", "eve", None]
    given = [
        ActivityRecord(id=str(number), type="note", user_id=users[number % 3])
        for number in range(90)
    ]
    connect(auto_sync=False, clock=None).batch_sync_activities(given)
    code = """
    print("ready")
    input()
    connectors = [connect(), connect()]
    reports = in_threads(8, lambda n: connectors[n % 2].flush_pending())()
    for connector in connectors:
        connector.close()
    print(json.dumps([[o.activity_id, o.status] for report in reports for o in report]))
    """
    children = [child(code, names) for _ in range(4)]
    for process in children:
        assert process.hear() == "ready"
    for process in children:
        process.tell()
    told = [outcome for process in children for outcome in json.loads(process.end()[0])]

    assert sorted(told) == sorted([activity.id, "synced"] for activity in given)
    assert crm.times_written() == {activity.id: 1 for activity in given}
    assert connect().outbox.list() == []


def test_everybody_syncs_the_same(connect, crm, names):
    """
    Four processes that sync one batch at one moment send each activity once.
    """
    code = """
    given = [ActivityRecord(id=str(number), type="note") for number in range(20)]
    print("ready")
    input()
    with connect() as connector:
        report = connector.batch_sync_activities(given)
    print(json.dumps([outcome.status for outcome in report]))
    """
    children = [child(code, names) for _ in range(4)]
    for process in children:
        assert process.hear() == "ready"
    for process in children:
        process.tell()
    told = [json.loads(process.end()[0]) for process in children]

    assert crm.times_written() == {str(number): 1 for number in range(20)}
    assert {status for statuses in told for status in statuses} <= {"synced", "pending"}
    assert connect().outbox.list() == []


def test_threads_of_one_connector(connect, crm):
    """
    Eight threads that sync through one connector send everything once.
    """
    connector = connect(clock=None)

    def sync(index):
        return connector.batch_sync_activities(
            [ActivityRecord(id=f"{index}-{number}", type="note") for number in range(5)]
        )

    reports = in_threads(8, sync)()

    assert all(outcome for report in reports for outcome in report)
    assert len(crm.written) == 40
    assert set(crm.times_written().values()) == {1}


def test_closed_while_sending(connect, crm, server):
    """
    A connector that is closed in mid-batch keeps its leases until the batch is through.
    """
    arrived, released = Event(), Event()

    def answer(request):
        if request.method == "POST":
            arrived.set()
            assert released.wait(30)
        return crm(request)

    server.answer = answer
    connector, other = connect(clock=None), connect(clock=None)
    given = [ActivityRecord(id=str(number), type="note") for number in range(3)]
    batch = in_threads(1, lambda _: connector.batch_sync_activities(given))
    assert arrived.wait(30)
    connector.close()

    assert len(other.flush_pending()) == 0
    released.set()
    (report,) = batch()
    assert [outcome.status for outcome in report] == ["synced"] * 3
    assert crm.times_written() == {"0": 1, "1": 1, "2": 1}
    assert other.outbox.list() == []


def test_closed_at_the_end(connect, crm, server, store):
    """
    What was closed in mid-batch is closed after it: no lease and no connection is left.
    """
    connector = connect(clock=None)

    def answer(request):
        connector.close()
        return crm(request)

    server.answer = answer
    connector.sync_activity(ActivityRecord(id="1", type="note"))

    assert [path.name for path in store.parent.iterdir()] == [store.name]


FORK = """
import os
connector = connect()
def sync(*ids):
    report = connector.batch_sync_activities(
        [ActivityRecord(id=i, type="note") for i in ids]
    )
    assert all(report), list(report)

sync("before")
child = os.fork()
if child == 0:
    sync("child 1", "child 2")
    connector.close()
    os._exit(0)
sync("parent 1", "parent 2")
assert os.waitpid(child, 0)[1] == 0
sync("after")
connector.close()
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
def test_fork(connect, crm, names):
    """
    Parent and child use one connector after a fork, and everything goes once.
    """
    with child(FORK, names) as process:
        process.end()

    sent = {"before", "child 1", "child 2", "parent 1", "parent 2", "after"}
    assert crm.times_written() == dict.fromkeys(sent, 1)
    connector = connect()
    assert connector.outbox.list() == []
    assert all(connector.outcome_of(activity_id) for activity_id in sent)
