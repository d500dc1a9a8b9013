"""
Make the file that this version of the embedded store leaves: ``python make.py PATH``.

A file here is of the version that its name says, made once, by the code of its day, and
never again: it stands for the files of users. A new version of the file gets its own.
"""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

from crmkit import ActivityRecord
from crmkit._outbox import row_of
from crmkit._sqlite import open_store
from crmkit.stores import Key, Settlement
from crmkit.vaults import SealedCredentials

NOON = 1_790_000_000.0
SENT = ("known", "lost", "refused", "killed")
BEGUN = {"waits": "pending", **dict.fromkeys(SENT, "sending")}
ENDED = [
    {"state": "synced", "remote_id": "r-1"},
    {"state": "uncertain", "due_at": NOON, "error_type": "UnavailableError", "error": "?"},
    {"state": "dead", "error_type": "InvalidRequestError", "error": "400"},
]


def activity(name):
    """
    Return what is in the file under this name.
    """
    return ActivityRecord(
        id=name,
        type="note",
        client_id="7",
        user_id="ada",
        provider="acme",
        description=f"Called about the house, {name}",
        timestamp="2026-11-20T10:00:00Z",
        metadata={"subject": name},
    )


def fill(path):
    """
    Write one activity of each state, with credentials and a checkpoint, and be killed.
    """
    store = open_store(f"sqlite:///{path}")
    store.add(
        [
            row_of(activity(name), "notes", state=state, now=NOON)
            for name, state in BEGUN.items()
        ]
    )
    store.settle(
        Settlement(key=Key("ada", name), **ended)
        for name, ended in zip(SENT, ENDED, strict=False)
    )
    store.set_checkpoint("nightly", "2026-11-20T10:00:00+00:00")
    sealed = SealedCredentials(
        user_id="ada", provider="acme", version="v", access_token="sealed", expires_at=NOON
    )
    store.save_credentials(sealed, replacing=None)
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    target = Path(sys.argv[1]).resolve()
    if sys.argv[2:] == ["fill"]:
        fill(target)
    subprocess.run([sys.executable, __file__, target, "fill"], check=False)
    database = sqlite3.connect(target)
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # so that it is one file
    database.close()
