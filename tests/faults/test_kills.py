"""
A process that dies at any point of a batch or a flush loses nothing, and doubles nothing.
"""

import pytest
from tests.core.children import Child
from tests.faults.conftest import activities, assert_each_there_once, times_there

CODE = """
import os, signal
from crmkit import CRMConnector
from crmkit._sqlite import SqliteStore
from crmkit._wire import Wire
from tests.faults.conftest import Clock, activities

times = []

def deadly(call):
    def called(*args, **kwargs):
        times.append(call)
        if not after and len(times) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call(*args, **kwargs)
        if after and len(times) == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return result
    return called

room = {"Wire": Wire, "SqliteStore": SqliteStore}[place]
setattr(room, method, deadly(getattr(room, method)))
connector = CRMConnector(**config, clock=Clock())
if verb == "batch":
    connector.batch_sync_activities(activities())
else:
    connector.flush_pending()
print("lived")
"""


def die(config, verb, point):
    """
    Have a process kill itself before or after the nth call of a method.
    """
    place, method, nth, after = point
    names = {"place": place, "method": method, "nth": nth, "after": after}
    with Child(CODE, config=config, verb=verb, **names) as process:
        assert process.hear() == ""


BATCH = [
    ("SqliteStore", "add", 1, True),
    ("Wire", "send", 1, False),
    ("Wire", "send", 1, True),
    ("SqliteStore", "claim_keys", 1, True),
    ("SqliteStore", "settle", 1, False),
    ("Wire", "send", 2, True),
    ("SqliteStore", "settle", 2, True),
    ("Wire", "send", 3, False),
    ("Wire", "send", 3, True),
]
FLUSH = [
    ("SqliteStore", "recover", 2, True),
    ("SqliteStore", "claim", 1, True),
    ("Wire", "send", 1, True),
    ("Wire", "send", 25, True),
    ("SqliteStore", "settle", 1, True),
]


@pytest.mark.parametrize("point", BATCH, ids=str)
def test_batch(hub, config, connect, point):
    """
    What a batch that died had accepted is there once after a flush.
    """
    die(config, "batch", point)

    assert all(connect().flush_pending())
    assert_each_there_once(hub)


@pytest.mark.parametrize("point", FLUSH, ids=str)
def test_flush(hub, config, connect, point):
    """
    A flush that died, while it sent what a batch that died had left, is made good too.
    """
    die(config, "batch", ("Wire", "send", 2, True))
    die(config, "flush", point)

    assert all(connect().flush_pending())
    assert_each_there_once(hub)


def test_before_the_outbox(hub, config, connect):
    """
    What died before it was in the outbox was not accepted, and nothing of it is sent.
    """
    die(config, "batch", ("SqliteStore", "add", 1, False))

    assert len(connect().flush_pending()) == 0
    assert times_there(hub) == {}
    assert all(connect().batch_sync_activities(activities()))
    assert_each_there_once(hub)
