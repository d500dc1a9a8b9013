"""
Processes that sync until they are killed; each is forked from one that is warm already.
"""

import os
import signal
import sys
import threading
from multiprocessing import get_context
from time import sleep
from typing import NamedTuple

import pytest
from tests.faults.crms import Clock, flush_until_quiet

from crmkit._clock import SystemClock

WARM = [
    "crmkit._rooms",
    "crmkit._wire",
    "crmkit.http",
    "crmkit._sync",
    "concurrent.futures",
]
WARM += [
    "crmkit_hubspot._activities",
    "backoff",
    "crmkit._oauth",
    "crmkit._sessions",
    "encodings.idna",
    "tests.faults.victims",
]
SYSTEM = {"sqlite3", "socket", "_socket", "posix", "nt", "_io"}
# They are told what to do by a socket that is a file.
LOCAL = pytest.mark.block_network(allowed_hosts=[r"^127\.0\.0\.1$", r"^/.*/pymp-[^/]+/"])
CALLS, ACCEPTED, RETURNED = range(3)
STORE = ["add", "recover", "claim", "claim_keys", "settle"]
VAULT = ["credentials", "lease_credentials", "save_credentials", "release_credentials"]
PHASES = [*STORE, *VAULT, "request", "refresh"]


class Victims:
    """
    Starts processes, and knows how far each came.
    """

    def __init__(self):
        self._context = get_context("forkserver")
        self._context.set_forkserver_preload(WARM)

    def start(self, function, *arguments):
        """
        Start a process that calls the function with its marks and the arguments.
        """
        marks = self._context.RawArray("i", RETURNED + 1 + len(PHASES))
        process = self._context.Process(target=function, args=(marks, *arguments))
        process.start()
        return process, marks

    def results(self, *calls):
        """
        Return what functions return, each called with its argument in its process, at once.
        """
        go, ends = self._context.Event(), []
        for function, argument in calls:
            ours, theirs = self._context.Pipe()
            process = self._context.Process(
                target=tell, args=(theirs, go, function, argument)
            )
            process.start()
            theirs.close()
            ends.append((process, ours))
        try:
            assert [heard(ours) for _, ours in ends] == ["ready"] * len(ends)
            go.set()
            return [heard(ours) for _, ours in ends]
        finally:
            for process, ours in ends:
                ours.close()
                process.kill()
                process.join()


def heard(end):
    """
    Return what a process tells; it must be alive, and not take forever.
    """
    assert end.poll(60)
    return end.recv()


def tell(end, go, function, argument):
    """
    Call the function when all others are there too, and tell what it returned.
    """
    end.send("ready")
    go.wait()
    end.send(function(argument))


def batch(marks, case, fatal):
    """
    Sync a batch, and die at the fatal call.
    """
    live(marks, fatal, case, lambda crm: crm.batch_sync_activities(case.activities()))


def flush(marks, case, fatal):
    """
    Flush some minutes later, and die at the fatal call.
    """
    live(marks, fatal, case, lambda crm: crm.flush_pending(), ahead=300)


def live(marks, fatal, case, verb, ahead=0.0):
    """
    Call the verb of a connector, while the marks tell where it is.
    """
    mark(marks)
    threading.setprofile(counting(marks, fatal))
    sys.setprofile(counting(marks, fatal))
    with case.connect(Clock(ahead)) as connector:
        verb(connector)
        marks[RETURNED] = True


def counting(marks, fatal):
    """
    Return a profiler that counts the calls to files, database and network: before, after.
    """

    def count(frame, event, function):
        if event in {"c_call", "c_return"} and module_of(function) in SYSTEM:
            marks[CALLS] += 1
            if marks[CALLS] == fatal:
                os.kill(os.getpid(), signal.SIGKILL)

    return count


def module_of(function):
    """
    Return the module of a builtin function, or of the object whose method it is.
    """
    owner = function.__self__
    return getattr(owner, "__name__", None) or type(owner).__module__


def mark(marks):
    """
    Have the store and the wire tell when they are at work.
    """
    from crmkit._sqlite import SqliteStore
    from crmkit._wire import Wire

    for name in (*STORE, *VAULT):
        setattr(SqliteStore, name, marked(getattr(SqliteStore, name), marks, name))
    send, refresh = (marked(Wire.send, marks, name) for name in ("request", "refresh"))

    def either(wire, method, place, **request):
        chosen = refresh if "/oauth/" in place.target else send
        return chosen(wire, method, place, **request)

    Wire.send = either


def marked(method, marks, phase):
    """
    Return the method, but that its mark is set while it runs.
    """
    place = RETURNED + 1 + PHASES.index(phase)

    def called(*arguments, **options):
        marks[place] += 1
        try:
            result = method(*arguments, **options)
        finally:
            marks[place] -= 1
        if phase == "add":
            marks[ACCEPTED] = True
        return result

    return called


def phase_of(marks):
    """
    Say where a process was, by its marks.
    """
    at_work = [name for name, n in zip(PHASES, marks[RETURNED + 1 :], strict=True) if n]
    if at_work:
        return " and ".join(at_work)
    if marks[RETURNED]:
        return "after all"
    return "between" if marks[ACCEPTED] else "before"


def flushed(case):
    """
    Flush until nothing waits; return how many this process was told are synced.
    """
    told = 0
    with case.connect(Clock()) as connector:
        for _ in range(200):
            report = connector.flush_pending()
            told += report.counts["synced"]
            if not connector.outbox.list():
                break
            sleep(0.01)  # others are at the rest
    return told


def synced(case):
    """
    Sync the batch, as other processes do at the same time; return what was told.
    """
    with case.connect(SystemClock()) as connector:
        report = connector.batch_sync_activities(case.activities())
        return [outcome.status for outcome in report]


class Fate(NamedTuple):
    """
    What became of an activity: its *status*, the one *said* by the last flush, and why.
    """

    status: str
    said: str | None
    user_decides: bool
    why: str


def judged(case):
    """
    Flush until nothing waits; return what became of each activity that is known.
    """
    clock = Clock(600)
    with case.connect(clock) as connector:
        report = flush_until_quiet(connector, clock)
        said = {outcome.activity_id: outcome.status for outcome in report}
        known = {
            activity.id: connector.outcome_of(activity.id) for activity in case.activities()
        }
        return {
            key: Fate(it.status, said.get(key), it.user_decides, str(it.error))
            for key, it in known.items()
            if it is not None
        }
