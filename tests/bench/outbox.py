"""
What the outbox costs: adding, one activity, flushing, memory.

    python tests/bench/outbox.py          # flushes 20,000
    python tests/bench/outbox.py --full   # flushes 100,000
"""

import itertools
import json
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from network import NOTES, activities, bare, connector, plain, simulator

ADDED, SINGLES = 10_000, 40
FLUSHED = 100_000 if "--full" in sys.argv else 20_000
MEMORY, ROUND = (10_000, 100_000), 10_000
LATELY, LATE = 5_000, {"name": "latency", "seconds": 0.2, "times": None}
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


def flushing(url, client, folder, number):
    """
    Return how long bare requests and a flush take, in turn, each with its CPU time.
    """
    records = activities(client, number)
    bodies = [
        {"inputs": [plain(record, client) for record in records[at : at + NOTES]]}
        for at in range(0, number, NOTES)
    ]
    with waiting(folder, url) as crm:
        for at in range(0, number, ROUND):
            crm.batch_sync_activities(records[at : at + ROUND])
        moments = [(time.perf_counter(), time.process_time())]
        for body in bodies:
            bare(url, "POST", PATH, body)
        moments.append((time.perf_counter(), time.process_time()))
        assert crm.flush_pending().counts["synced"] == number
        moments.append((time.perf_counter(), time.process_time()))
    (theirs, their_cpu), (ours, our_cpu) = (
        (end[0] - start[0], end[1] - start[1]) for start, end in itertools.pairwise(moments)
    )
    return (ours, theirs), (our_cpu, their_cpu)


def flushed(url, client, folder):
    """
    Print what flushing costs beside the bare requests, and where the CRM takes its time.
    """
    rounds = [flushing(url, client, folder, FLUSHED) for _ in range(3)]
    waited, worked = zip(*rounds, strict=True)
    rate = FLUSHED / statistics.median(ours for ours, _ in waited)
    print(f"flushing {FLUSHED:,} : the bare requests: {ratio(waited):.2f} (goal <= 1.3)")
    print(f"  in CPU time: {ratio(worked):.2f}")
    print(f"  {rate:,.0f} activities a second")
    bare(url, "POST", "/_simulator/faults", {**LATE, "path": "batch/create"})
    slow, _ = zip(*(flushing(url, client, folder, LATELY) for _ in range(3)), strict=True)
    print(
        f"  with a CRM that takes {LATE['seconds']} s for each hundred: {ratio(slow):.2f}"
    )


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
        with simulator() as (url, client):
            single(url, client, folder)
            memory(url, client, folder)
            flushed(url, client, folder)


if __name__ == "__main__":
    main()
