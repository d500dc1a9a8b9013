"""
HubSpot, simulated, and what judges a sync to it: what HubSpot itself counts.
"""

from collections import Counter
from datetime import timedelta

import pytest

from crmkit import ActivityRecord, CRMConnector
from crmkit._clock import SystemClock

PEOPLE = [{"id": str(501 + number)} for number in range(10)]
CUTS, SIZE = 3, 100


class Clock(SystemClock):
    """
    The computer's clock, which several processes share, but that waits take no time.
    """

    skipped = 0.0

    def now(self):
        return super().now() + timedelta(seconds=self.skipped)

    def monotonic(self):
        return super().monotonic() + self.skipped

    def sleep(self, seconds):
        self.skipped += seconds


def activities():
    """
    Return the notes of a batch of several requests; each says its id.
    """
    return [
        ActivityRecord(
            id=str(number),
            type="note",
            client_id=PEOPLE[number % len(PEOPLE)]["id"],
            description=f"note {number} of many",
        )
        for number in range(CUTS * SIZE)
    ]


@pytest.fixture
def hub(crm_simulator):
    """
    Return HubSpot without a limit.
    """
    return crm_simulator("hubspot", contacts=PEOPLE, limit="off")


@pytest.fixture
def clock():
    """
    Return a clock whose waits take no time.
    """
    return Clock()


@pytest.fixture
def config(hub, tmp_path):
    """
    Return the arguments of a connector that repeats once what may be repeated.
    """
    return {**hub.config, "store": f"sqlite:///{tmp_path}/outbox.db", "max_retries": 1}


@pytest.fixture
def connect(config, clock):
    """
    Return a function that connects to HubSpot.
    """
    made = []

    def connect():
        made.append(CRMConnector(**config, clock=clock))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


def times_there(hub):
    """
    Return how often HubSpot holds each note, by the id that it says.
    """
    bodies = (note["properties"]["hs_note_body"] for note in hub.activities("notes"))
    return Counter(body.partition("note ")[2].partition(" of many")[0] for body in bodies)


def assert_each_there_once(hub):
    """
    Hold that HubSpot has all that was accepted, and nothing twice.
    """
    assert times_there(hub) == {str(number): 1 for number in range(CUTS * SIZE)}
