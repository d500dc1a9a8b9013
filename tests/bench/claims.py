"""
How much longer it takes to find and to claim work where a million activities wait.
"""

import statistics
import tempfile
import time
from pathlib import Path

from crmkit._sqlite import open_store
from crmkit.reports import PENDING
from crmkit.stores import Row, Settlement

ACCOUNTS, FEW, MANY = 50, 1_000, 1_000_000
AT_ONCE, LIMIT = 10_000, FEW // ACCOUNTS
NOW = float(MANY)


def filled(folder, number):
    """
    Return a store in which so many rows of all accounts wait.
    """
    store = open_store(f"sqlite:///{tempfile.mkdtemp(dir=folder)}/outbox.db")
    for at in range(0, number, AT_ONCE):
        store.add([a_row(place) for place in range(at, min(at + AT_ONCE, number))])
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


def claimed(store, account):
    """
    Return how long it takes to find all groups, and to claim some of one account's.
    """
    start = time.perf_counter()
    group = store.groups(NOW)[account]
    rows = store.claim(group, state=PENDING, now=NOW, limit=LIMIT)
    taken = time.perf_counter() - start
    assert len(rows) == LIMIT
    store.settle(Settlement(key=row.key, state=PENDING, due_at=row.due_at) for row in rows)
    return taken


def main():
    """
    Print the table.
    """
    with tempfile.TemporaryDirectory() as folder:
        few, many = filled(folder, FEW), filled(folder, MANY)
        taken = [
            (claimed(many, at % ACCOUNTS), claimed(few, at % ACCOUNTS))
            for at in range(4 * ACCOUNTS)
        ]
        size = max(file.stat().st_size for file in Path(folder).glob("*/outbox.db"))
    ratio = statistics.median(ours / theirs for ours, theirs in taken)
    each = statistics.median(ours for ours, _ in taken)
    print(f"claiming {LIMIT} of one of {ACCOUNTS} accounts, from {MANY:,} pending :")
    print(f"  from {FEW:,}: {ratio:.2f} (goal <= 1.5)")
    print(f"  {each * 1000:.2f} ms, groups and claim; the file has {size / 1e6:,.0f} MB")


if __name__ == "__main__":
    main()
