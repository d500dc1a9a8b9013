"""
What the outbox costs: adding, one activity, claiming, flushing, memory.

    python tests/bench/outbox.py          # flushes 20,000
    python tests/bench/outbox.py --full   # flushes 100,000
"""

import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from network import NOTES, activities, bare, connector, plain, simulator

from crmkit._sqlite import open_store
from crmkit.reports import PENDING
from crmkit.stores import Row, Settlement

ADDED, SINGLES, ACCOUNTS, WAITING = 10_000, 40, 50, (1_000, 1_000_000)
FLUSHED = 100_000 if "--full" in sys.argv else 20_000
MEMORY, ROUND = (10_000, 100_000), 10_000
PATH = "/crm/objects/2026-09/notes/batch/create"
COLUMNS = (
    "user_id, activity_id, provider, kind, digest, stored_at, state, payload, client_id, "
    "due_at, attempts, remote_id, error_type, error, owner"
)
INSERT = f"INSERT INTO activity ({COLUMNS}) VALUES ({', '.join('?' * 15)})"


def raw(folder):
    """
    Return a new database with a table of the outbox's columns, as durable, and no index.
    """
    place = Path(tempfile.mkdtemp(dir=folder), "raw.db")
    database = sqlite3.connect(place, isolation_level=None)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.execute(f"CREATE TABLE activity (seq INTEGER PRIMARY KEY, {COLUMNS})")
    return database


def written(record):
    """
    Return a record as one would have it in a dictionary.
    """
    return {
        "id": record.id,
        "type": record.type,
        "description": record.description,
        "client_id": record.client_id,
        "user_id": None,
        "timestamp": record.timestamp.isoformat(),
        "metadata": {},
        "provider": "hubspot",
    }


def values(one):
    """
    Return what a row of the outbox holds, for one dictionary.
    """
    digest, payload = one["id"] * 2, json.dumps(one)
    head = ("", one["id"], "hubspot", "notes", digest, 1.0, "pending")
    return (*head, payload, one["client_id"], 1.0, 0, None, None, None, None)


def insert(database, ones):
    """
    Write dictionaries in one transaction.
    """
    database.execute("BEGIN IMMEDIATE")
    database.executemany(INSERT, map(values, ones))
    database.execute("COMMIT")


def seconds(function, *arguments):
    """
    Return how long a call takes.
    """
    start = time.perf_counter()
    function(*arguments)
    return time.perf_counter() - start


def ratio(pairs):
    """
    Return the median of ours over theirs.
    """
    return statistics.median(ours / theirs for ours, theirs in pairs)


def waiting(folder, url="http://127.0.0.1:9"):
    """
    Return a connector whose sync calls only write to the outbox, which is open already.
    """
    crm = connector(url, tempfile.mkdtemp(dir=folder), auto_sync=False)
    assert crm.batch_sync_activities(activities("1", 1)).counts["pending"] == 1
    assert crm.outbox.drop(crm.outbox.list()[0].activity_id) == 1
    return crm


def adding(folder):
    """
    Print what adding many activities costs beside writing as many rows.
    """
    pairs = []
    for _ in range(9):
        records = activities("101", ADDED)
        ones = [written(record) for record in records]
        theirs = seconds(insert, raw(folder), ones)
        with waiting(folder) as crm:
            pairs.append((seconds(crm.batch_sync_activities, records), theirs))
    rate = ADDED / statistics.median(ours for ours, _ in pairs)
    print(f"adding {ADDED:,} activities : raw sqlite3: {ratio(pairs):.2f} (goal <= 2.5)")
    print(f"  {rate:,.0f} activities a second")


def single(url, client, folder):
    """
    Print what one activity costs beside one durable commit and the bare request.
    """
    pairs = []
    database = raw(folder)

    def theirs(records):
        for record in records:
            insert(database, [written(record)])
            bare(url, "POST", PATH, {"inputs": [plain(record, client)]})

    with connector(url, tempfile.mkdtemp(dir=folder)) as crm:

        def ours(records):
            assert all(crm.sync_activity(record) for record in records)

        ours(activities(client, 1))
        for _ in range(15):
            some = activities(client, SINGLES)
            pairs.append((seconds(ours, some), seconds(theirs, some)))
    each = statistics.median(ours for ours, _ in pairs) / SINGLES
    print(f"one activity : a commit and the bare request: {ratio(pairs):.2f} (goal <= 1.5)")
    print(f"  {each * 1000:.2f} ms each")


def filled(folder, number):
    """
    Return a store in which so many rows of all accounts wait.
    """
    store = open_store(f"sqlite:///{tempfile.mkdtemp(dir=folder)}/outbox.db")
    for at in range(0, number, ADDED):
        store.add([a_row(place) for place in range(at, min(at + ADDED, number))])
    return store


def a_row(place):
    """
    Return the row of this place.
    """
    return Row(
        user_id=f"user-{place % ACCOUNTS}",
        activity_id=f"activity-{place}",
        provider="hubspot",
        kind="notes",
        digest="0" * 64,
        stored_at=float(place),
        state=PENDING,
        payload="{}" * 100,
        client_id="101",
        due_at=float(place),
    )


def claiming(folder):
    """
    Print how much longer finding and claiming work takes where a million rows wait.
    """
    few, many = (filled(folder, number) for number in WAITING)
    now, limit = float(WAITING[1]), WAITING[0] // ACCOUNTS

    def claim(store, account):
        group = store.groups(now)[account]
        rows = store.claim(group, state=PENDING, now=now, limit=limit)
        assert len(rows) == limit
        return rows

    def taken(store, account):
        start = time.perf_counter()
        rows = claim(store, account)
        end = time.perf_counter()
        store.settle(
            Settlement(key=row.key, state=PENDING, due_at=row.due_at) for row in rows
        )
        return end - start

    pairs = [
        (taken(many, at % ACCOUNTS), taken(few, at % ACCOUNTS))
        for at in range(4 * ACCOUNTS)
    ]
    each = statistics.median(ours for ours, _ in pairs)
    print(f"claiming {limit} of one of {ACCOUNTS} accounts, from {WAITING[1]:,} pending :")
    print(f"  from {WAITING[0]:,}: {ratio(pairs):.2f} (goal <= 1.5)")
    print(f"  {each * 1000:.2f} ms, groups and claim")


def flushing(url, client, folder):
    """
    Print what flushing costs beside the bare requests, by the clock and in CPU time.
    """
    pairs, worked = [], []
    for _ in range(3):
        records = activities(client, FLUSHED)
        bodies = [
            {"inputs": [plain(record, client) for record in records[at : at + NOTES]]}
            for at in range(0, FLUSHED, NOTES)
        ]
        with waiting(folder, url) as crm:
            for at in range(0, FLUSHED, ROUND):
                crm.batch_sync_activities(records[at : at + ROUND])
            moments = [(time.perf_counter(), time.process_time())]
            for body in bodies:
                bare(url, "POST", PATH, body)
            moments.append((time.perf_counter(), time.process_time()))
            assert crm.flush_pending().counts["synced"] == FLUSHED
            moments.append((time.perf_counter(), time.process_time()))
        start, between, end = moments
        pairs.append((end[0] - between[0], between[0] - start[0]))
        worked.append((end[1] - between[1], between[1] - start[1]))
    rate = FLUSHED / statistics.median(ours for ours, _ in pairs)
    print(f"flushing {FLUSHED:,} : the bare requests: {ratio(pairs):.2f} (goal <= 1.3)")
    print(f"  in CPU time: {ratio(worked):.2f}")
    print(f"  {rate:,.0f} activities a second")


CHILD = """
import sys, re, pathlib
sys.path.insert(0, sys.argv[1])
from network import activities, connector
url, client, folder, number = sys.argv[2], sys.argv[3], sys.argv[4], int(sys.argv[5])
with connector(url, folder, auto_sync=False) as crm:
    for at in range(0, number, 10_000):
        crm.batch_sync_activities(activities(client, 10_000))
    while crm.flush_pending(limit=10_000).counts["synced"]:
        pass
    print(crm.outbox.check().counts["synced"])
print(re.search(r"VmHWM:\\s+(\\d+)", pathlib.Path("/proc/self/status").read_text())[1])
"""


def memory(url, client, folder):
    """
    Print how much more memory ten times as many activities take.
    """
    peaks = []
    for number in MEMORY:
        place = tempfile.mkdtemp(dir=folder)
        command = [sys.executable, "-c", CHILD, str(Path(__file__).parent), url, client]
        done = subprocess.run(
            [*command, place, str(number)], capture_output=True, text=True, check=True
        )
        synced, peak = map(int, done.stdout.split())
        assert synced == number
        peaks.append(peak)
    few, many = peaks
    print(f"peak memory, {MEMORY[1]:,} : {MEMORY[0]:,}, in rounds of {ROUND:,}:")
    print(f"  {many / few:.2f} (goal <= 1.1), {few / 1024:.0f} and {many / 1024:.0f} MiB")


def main():
    """
    Print the table.
    """
    with tempfile.TemporaryDirectory() as folder:
        adding(folder)
        claiming(folder)
        with simulator() as (url, client):
            single(url, client, folder)
            flushing(url, client, folder)
            memory(url, client, folder)


if __name__ == "__main__":
    main()
