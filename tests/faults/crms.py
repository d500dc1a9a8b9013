"""
The CRMs that the promise is held to, and what judges it: their own count.

A provider that is reached over HTTP joins by a line in ``CRMS``.
"""

import os
import re
from collections import Counter
from datetime import timedelta
from importlib import import_module
from types import SimpleNamespace

from attrs import evolve, field, frozen
from tests.faults.faults import REFUSED

from crmkit import ActivityRecord, CRMConnector, CRMCredentials, hookimpl
from crmkit._clock import SystemClock

PEOPLE = tuple({"id": str(501 + number)} for number in range(10))
SIZE, CUT = 12, 4
LONG = 7200
TEXT = re.compile(r"number (\S+) of many")


@frozen(kw_only=True)
class Crm:
    """
    A CRM by its provider's *name*: what the paths of a note's *write* hold, and of *looks*.

    A *single* one takes one note a request. *refuses* are the statuses with which it
    refuses for good, beside those that all have.

    *people* are ten contacts, by the CRM's own fields. The first CRM of all goes through
    everything, the others through what differs between CRMs.
    """

    name: str = field(kw_only=False)
    write: str
    looks: tuple[str, ...]
    single: bool = False
    refuses: frozenset[str] = frozenset({"477"})
    people: tuple[dict, ...] = PEOPLE

    @property
    def final(self):
        """
        The statuses after which an activity is dead.
        """
        return REFUSED | self.refuses

    @property
    def steps(self):
        """
        What a flush of something uncertain asks for, one after the other.
        """
        return (*self.looks, self.write)


CRMS = {
    crm.name: crm
    for crm in [
        Crm(
            "hubspot",
            write="batch/create",
            looks=("/associations/", "batch/read"),
            refuses=frozenset(),
        ),
        Crm("followupboss", write="/v1/notes", looks=("/v1/notes?",), single=True),
        Crm(
            "pipedrive",
            write="/v1/notes",
            looks=("/v1/notes?",),
            single=True,
            refuses=frozenset({"404", "477"}),
        ),
        Crm(
            "salesforce",
            write="/composite/sobjects",
            looks=("/query",),
            people=tuple(
                {"id": f"003000000000{501 + number}AAA", "LastName": f"Doe {number}"}
                for number in range(10)
            ),
        ),
        Crm("zoho", write="/Notes", looks=("/coql",)),
    ]
}


class Clock(SystemClock):
    """
    The computer's clock, some seconds ahead; waits take no time, but move it on.
    """

    def __init__(self, ahead=0.0):
        self.ahead = ahead

    def now(self):
        return super().now() + timedelta(seconds=self.ahead)

    def monotonic(self):
        return super().monotonic() + self.ahead

    def sleep(self, seconds):
        self.ahead += seconds


@frozen(kw_only=True)
class Case:
    """
    All that a process needs to know to write to a CRM; *run* is in each activity's id.

    It signs in by *credentials*, or by a *grant*, a refresh token with its app.
    """

    crm: str
    url: str | None = None
    credentials: object = field(default=None, repr=False)
    grant: dict = field(default=None, repr=False)
    store: str
    run: str = "a"
    user: str | None = None
    size: int = SIZE
    cut: int = CUT
    settings: dict = field(factory=dict)
    key: str | None = field(default=None, repr=False)

    def connect(self, clock, **arguments):
        """
        Return a connector that cuts small, and repeats once what may be repeated.
        """
        if self.key:  # which a process that was just forked does not know yet
            os.environ["CRMKIT_KEY"] = self.key
        place = {"base_url": self.url} if self.url else {}
        credentials = self.credentials
        if self.grant:
            credentials = CRMCredentials(provider=self.crm, **self.grant)
        options = {
            "default_provider": self.crm,
            "plugins": {self.crm: cutting(self.crm, self.cut)},
            "settings": {self.crm: {**place, **self.settings}},
            "credentials": credentials,
            "store": f"sqlite:///{self.store}",
            "max_retries": 1,
        }
        return CRMConnector(**{**options, **arguments}, clock=clock)

    def activities(self):
        """
        Return a batch of several requests; each text tells its activity's id.
        """
        people = CRMS[self.crm].people if self.crm in CRMS else PEOPLE
        return [
            ActivityRecord(
                id=f"{self.run}-{number}",
                user_id=self.user,
                type="note",
                client_id=people[number % len(people)]["id"],
                description=f"number {self.run}-{number} of many",
            )
            for number in range(self.size)
        ]


def cutting(name, size):
    """
    Return the installed provider itself, but that it sends no more activities at once.
    """
    module = import_module(f"crmkit_{name}")
    hooks = {hook: getattr(module, hook) for hook in dir(module) if hook[:7] == "crmkit_"}

    @hookimpl
    def crmkit_provider():
        info = module.crmkit_provider()
        return evolve(info, sync_batch=capped(info.sync_batch, size))

    return SimpleNamespace(**{**hooks, "crmkit_provider": crmkit_provider})


def capped(batch, size):
    """
    Return a batch's size, or sizes by kind, of which none is larger.
    """
    if isinstance(batch, int):
        return min(batch, size)
    return {kind: min(number, size) for kind, number in batch.items()}


class Tripwire:
    """
    A wrapper that lets something happen just before activities are sent.
    """

    def __init__(self, happen):
        self._happen = happen

    @hookimpl(wrapper=True)
    def crmkit_sync(self):
        self._happen()
        return (yield)


def held_by(simulator):
    """
    Return how often a simulated CRM holds each activity, by id.
    """
    texts = (str(activity["properties"]) for activity in simulator.activities())
    return Counter(found[1] for text in texts if (found := TEXT.search(text)))


def flush_until_quiet(connector, clock):
    """
    Flush, two hours later again, until nothing waits but what the user must decide.

    Returns the last report.
    """
    for _ in range(6):
        report = connector.flush_pending()
        waiting = [row for row in connector.outbox.list() if row.state != "dead"]
        if all(connector.outcome_of(*row.key[::-1]).user_decides for row in waiting):
            break
        clock.sleep(LONG)
    return report


def fates(connector, activities, report, there):
    """
    Count what became of accepted activities, and hold that it is what the CRM has.

    Each is there once, or waits and is not there, or is dead with a reason and not there,
    or is uncertain and said to be so by the *report*, and not there twice.
    """
    told = {outcome.activity_id: outcome for outcome in report}
    found = Counter()
    for activity in activities:
        outcome = connector.outcome_of(activity.id, activity.user_id)
        times = there[activity.id]
        match getattr(outcome, "status", None):
            case "synced":
                right = times == 1
            case "pending":
                right = times == 0
            case "dead":
                right = times == 0 and outcome.error
            case "uncertain":
                right = times <= 1 and told[activity.id].status == "uncertain"
            case _:
                right = False
        assert right, f"{activity.id}: {outcome} and {times} times there"
        found[outcome.status] += 1
    assert not there.keys() - {activity.id for activity in activities}
    return found
