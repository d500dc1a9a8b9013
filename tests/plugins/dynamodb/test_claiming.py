"""
Leases: taken once, given back, lost when nobody renews them.
"""

import subprocess
import sys
from collections import Counter
from pathlib import Path
from time import monotonic

import pytest
from tests.plugins.dynamodb.faults import AWAY, LOST, THROTTLED
from tests.plugins.dynamodb.places import GROUP, NOW, open_here, row, rows

from crmkit import ConfigurationError, StoreError
from crmkit.stores import Group, Settlement

ROOT = Path(__file__).parents[3]
CLAIMS = """
import sys
sys.path[:] = {path!r}
from tests.plugins.dynamodb.places import GROUP, NOW, open_here
store = open_here(sys.argv[1])
store.counts()
print("ready", flush=True)
sys.stdin.readline()
while claimed := store.claim(GROUP, state="pending", now=NOW, limit=7):
    print(*(row.activity_id for row in claimed), flush=True)
print("end", flush=True)
sys.stdin.readline()
"""


def synced(*names):
    """
    Return what says that these rows are in the CRM.
    """
    return [Settlement(key=row(name).key, state="synced", due_at=NOW) for name in names]


def expire(store):
    """
    Let the lease of a store's owner be over, as if its machine had stood still.
    """
    opened = store._opened
    opened.owner.stop()
    key = {"PK": f"OWNER#{opened.owner.name}", "SK": "OWNER"}
    change = {"until": 1.0, "change": "x"}
    assert opened.table.update(key, change, "attribute_exists(#PK)", {}) is not None


def test_processes(server):
    """
    Two processes claim at one moment: each row is leased once, and none is left.
    """
    url = f"dynamodb://claims?region=eu-central-1&shards=2&endpoint={server}"
    store = open_here(url)
    store.add(rows(60))
    code = CLAIMS.format(path=[str(ROOT), *sys.path])
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    both = [subprocess.Popen([sys.executable, "-c", code, url], **pipes) for _ in "ab"]
    assert [one.stdout.readline() for one in both] == ["ready\n"] * 2
    for one in both:
        one.stdin.write("\n")
        one.stdin.flush()
    claimed = Counter()
    for one in both:
        while (line := one.stdout.readline()) != "end\n":
            claimed.update(line.split())
    for one in both:
        one.communicate("\n")
    store.close()

    assert claimed == Counter(str(number) for number in range(60))


@pytest.mark.usefixtures("aws")
def test_outlived(opened):
    """
    An owner whose lease ran out settles nothing that another recovered meanwhile.
    """
    one, other = opened(), opened()
    one.add(rows(2, "sending"))
    expire(one)

    assert other.recover(NOW) == 2
    assert one.settle(synced("0", "1")) == 0
    assert {it.state for it in other.rows(state=None, limit=9)} == {"uncertain"}


@pytest.mark.usefixtures("aws")
def test_claimed_anew(opened):
    """
    What another leases by now is not settled by who leased it before.
    """
    one, other = opened(), opened()
    one.add([row("0", "sending")])
    expire(one)
    other.recover(NOW)
    other.claim(GROUP, state="uncertain", now=NOW, limit=1)

    assert one.settle(synced("0")) == 0
    assert other.settle(synced("0")) == 1


@pytest.mark.usefixtures("aws")
def test_renewed(opened, monkeypatch):
    """
    A lease is renewed by use, when half of it is over.
    """
    clock = [NOW]
    monkeypatch.setattr("crmkit_dynamodb._owners.time", lambda: clock[0])
    one, other = opened("&lease=60"), opened("&lease=60")
    one.add([row("0", "sending"), row("1")])
    clock[0] += 45
    one.claim_keys([row("1").key])
    clock[0] += 45

    assert other.recover(NOW) == 0
    clock[0] += 60
    assert other.recover(NOW) == 2


def test_kept(aws, opened):
    """
    A lease is renewed without being used, too, and also after that failed.
    """
    one, other = opened("&lease=1"), opened("&lease=1")
    one.add([row("0", "sending")])
    other.counts()
    aws.fail(AWAY, "PutItem", times=5)
    aws.asked.clear()
    end = monotonic() + 20
    while aws.counts["dynamodb:PutItem"] < 7 and monotonic() < end:
        other.get(row("0").key)

    assert aws.counts["dynamodb:PutItem"] >= 7
    assert other.recover(NOW) == 0


@pytest.mark.parametrize("state", ["pending", "uncertain"])
def test_lost(aws, opened, state):
    """
    Where answers are lost, what was leased and settled is known to be.
    """
    store = opened()
    store.add(rows(5, state, attempts=2))
    known = set()

    def plan(action, values):
        if action != "UpdateItem":
            return None
        name = values["Key"]["SK"]["S"]
        return LOST if name not in known and not known.add(name) else None

    aws.plan = plan
    claimed = store.claim(GROUP, state=state, now=NOW, limit=9)
    known.clear()
    settled = store.settle(synced(*"01234"))

    assert sorted(claimed, key=lambda it: it.activity_id) == rows(5, state, attempts=2)
    assert settled == 5
    assert {it.attempts for it in store.rows(state="synced", limit=9)} == {3}


@pytest.mark.usefixtures("aws")
def test_unreadable(opened, monkeypatch):
    """
    A claim of what cannot be read leases nothing.
    """
    one, other = opened(), opened()
    one.add(rows(3))

    def lost(key_id, place):
        msg = "the key is not at hand"
        raise ConfigurationError(msg)

    monkeypatch.setattr(other.keys, "find", lost)
    with pytest.raises(ConfigurationError):
        other.claim(GROUP, state="pending", now=NOW, limit=9)

    assert len(one.claim(GROUP, state="pending", now=NOW, limit=9)) == 3


def test_throttled(aws, opened):
    """
    What is throttled is tried again; for ever, it is a StoreError that says so.
    """
    store = opened()
    store.add(rows(3))
    aws.fail(THROTTLED, "UpdateItem", times=3)
    assert len(store.claim_keys([row("0").key])) == 1
    aws.fail(THROTTLED, "UpdateItem")

    with pytest.raises(StoreError, match="throttles; run again later"):
        store.claim_keys([row("1").key])


def test_settled_later(aws, opened):
    """
    What could not be settled can be settled later.
    """
    store = opened()
    store.add([row("0", "sending")])
    aws.fail(AWAY, "UpdateItem")
    with pytest.raises(StoreError):
        store.settle(synced("0"))
    aws.end()

    assert store.settle(synced("0")) == 1


@pytest.mark.usefixtures("aws")
def test_groups_many(opened):
    """
    Groups are found behind one with many rows, and many with one row each.
    """
    store = opened()
    store.add(rows(230))
    others = [row("1", user_id=f"user {number}") for number in range(230)]
    store.add([*others, row("1", "uncertain", user_id="eve", due_at=NOW + 1)])

    every = sorted([GROUP, *(Group("acme", it.user_id, "notes") for it in others)])
    assert list(store.groups(NOW)) == every
    assert Group("acme", "eve", "notes") in store.groups(NOW + 1)


@pytest.mark.usefixtures("aws")
def test_order_many(opened):
    """
    A claim of many keeps the order in which rows are due, and then were added.
    """
    store = opened()
    store.add([row(str(n), due_at=NOW - n % 3) for n in range(150)])

    claimed = [
        int(it.activity_id)
        for limit in (40, 200)
        for it in store.claim(GROUP, state="pending", now=NOW, limit=limit)
    ]
    assert claimed == sorted(range(150), key=lambda n: (-(n % 3), n))
