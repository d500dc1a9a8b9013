"""
A CRM that is a book: what became of each activity is as a test decides.
"""

from collections import Counter
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.core.plugins import provider

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    AuthenticationError,
    ClientNotFoundError,
    CRMConnector,
    InvalidRequestError,
    NotSupportedError,
    RateLimitedError,
    SyncOutcome,
    UnavailableError,
)
from crmkit.testing import Clock

NOTHING_DONE = (
    RateLimitedError,
    InvalidRequestError,
    ClientNotFoundError,
    NotSupportedError,
    AuthenticationError,
    AccessDeniedError,
)
REFUSED = {
    "refused": InvalidRequestError("no such field"),
    "no client": ClientNotFoundError("gone"),
    "cannot": NotSupportedError("no calls here"),
    "limited": RateLimitedError("slowly", retry_after=9),
    "unreachable": UnavailableError("no way", sent=False),
}
FATES = ["synced", "synced twice", "timeout", "silent", "odd", *REFUSED]


# Hundreds of stores are made here, each made durable: where there is one, on a disk of
# memory.
_IN_MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None


def activities(*ids, **fields):
    """
    Return notes with these ids.
    """
    return [ActivityRecord(id=str(i), type="note", **fields) for i in ids]


def statuses(report):
    """
    Return the statuses in the report's order.
    """
    return [outcome.status for outcome in report]


class Book:
    """
    A provider that writes into *entries* what it is *given*; fates are in *fates*, by id.

    *end* is raised after all outcomes were given, *meanwhile* called before it. Outcomes
    come in the order that *shuffle* leaves, with as many of *strangers* that nobody asked
    for. What the book says is true: it never wrote what it says was not done.
    """

    def __init__(self, *, looks=True, batch=50, kinds=None):
        self.entries = []
        self.given = []
        self.calls = []
        self.looked = []
        self.fates = {}
        self.end = None
        self.meanwhile = lambda: None
        self.shuffle = lambda outcomes: None
        self.strangers = 0
        hooks = {"find_activity": self._look()} if looks else {}
        info = {"sync_batch": batch, "kinds": kinds or {}}
        self.plugin = provider(sync=self._sync(), info=info, **hooks)

    def heal(self):
        """
        From now on everything is written.
        """
        self.fates, self.end, self.strangers = {}, None, 0

    def times(self):
        """
        Return how often each activity is in the book, by user and id.
        """
        return Counter(self.entries)

    def _look(self):
        def crmkit_find_activity(session, activity):
            key = (session.user_id, activity.id)
            self.looked.append(activity.id)
            return f"{self.entries.index(key)}" if key in self.entries else None

        return crmkit_find_activity

    def _sync(self):
        def crmkit_sync(session, kind, activities):
            self.calls.append((session.user_id, kind, [a.id for a in activities]))
            self.given += activities
            outcomes = [o for a in activities for o in self._write(session.user_id, a)]
            outcomes += [
                SyncOutcome(activity_id=f"stranger {number}", status="synced")
                for number in range(self.strangers)
            ]
            self.shuffle(outcomes)
            yield from outcomes
            self.meanwhile()
            if self.end is not None:
                raise self.end

        return crmkit_sync

    def _write(self, user_id, activity):
        fate = self.fates.get(activity.id, "synced")
        if fate in REFUSED:
            return [SyncOutcome.failed(activity, REFUSED[fate])]
        nothing_done = isinstance(self.end, NOTHING_DONE) or (
            isinstance(self.end, UnavailableError) and not self.end.sent
        )
        if fate != "silent" or not nothing_done:
            self.entries.append((user_id, activity.id))
        done = SyncOutcome.synced(activity, len(self.entries))
        broken = UnavailableError("no answer", sent=True)
        return {
            "synced": [done],
            "synced twice": [done, done],
            "timeout": [SyncOutcome.failed(activity, broken)],
            "silent": [],
            "odd": [SyncOutcome(activity_id=activity.id, status="pending")],
        }[fate]


@contextmanager
def keeping(book, **arguments):
    """
    Give a connector to this book, with a store and a clock of its own.
    """
    with TemporaryDirectory(dir=_IN_MEMORY) as folder:
        given = {
            "default_provider": "book",
            "plugins": {"book": book.plugin},
            "store": f"sqlite:///{Path(folder) / 'outbox.db'}",
            "clock": Clock(),
            **arguments,
        }
        with CRMConnector(**given) as connector:
            yield connector
