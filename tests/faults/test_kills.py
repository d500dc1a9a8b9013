"""
A process that is killed at any moment loses nothing that was accepted, and doubles nothing.

How many kills is the environment variable FAULTS_KILLS, which ones FAULTS_SEED.
"""

import os
import signal
from collections import Counter
from itertools import count
from random import Random
from statistics import median
from time import monotonic

import pytest
from attrs import evolve
from tests.core.waiting import until
from tests.faults.table import KILLED
from tests.faults.victims import ACCEPTED, CALLS, LOCAL, batch, flush, judged, phase_of

KILLS = int(os.environ.get("FAULTS_KILLS", "50"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
BLIND = {"marker": False}  # without it HubSpot can look nothing up

pytestmark = LOCAL


@pytest.fixture
def hunt(world, victims):
    """
    Return what kills processes at random.
    """
    return Hunt(world, victims)


class Hunt:
    """
    Kills processes that sync, and knows where each was.
    """

    def __init__(self, world, victims):
        self._world, self._victims = world, victims
        self._random, self._stores = Random(SEED), count()
        self._spans = {batch: self._span(batch)}
        half_way = self._spans[batch][1] // 2
        self._spans[flush] = self._span(flush, (batch, half_way))
        self.phases = Counter()

    def fresh(self, **settings):
        """
        Return a case of its own, with a new store.
        """
        number = next(self._stores)
        store = f"{self._world.folder}/{number}/outbox.db"
        return evolve(self._world.case, store=store, run=str(number), settings=settings)

    def kill(self, verb, case):
        """
        Kill a process at a random moment, or a random call; tell if it had the batch.
        """
        seconds, calls = self._spans[verb]
        fatal = self._random.randint(1, calls)
        if self._random.random() < 0.5:
            fatal = 0
        process, marks = self._victims.start(verb, case, fatal)
        if not fatal:
            until(lambda: marks[CALLS])
            process.join(self._random.uniform(0, seconds))
            process.kill()
        process.join(60)
        assert process.exitcode in {0, -signal.SIGKILL}
        self.phases[f"{verb.__name__}: {phase_of(marks)}"] += 1
        self._world.proxy.quiet()
        return marks[ACCEPTED]

    def judge(self, case):
        """
        Have another process flush until nothing waits; return what it was told.
        """
        (told,) = self._victims.results((judged, case))
        return told

    def _span(self, verb, *before):
        """
        Return how many seconds a process works that nobody kills, and its calls.
        """
        lives = []
        for _ in range(3):
            case = self.fresh()
            for earlier, fatal in before:
                self._victims.start(earlier, case, fatal)[0].join()
            process, marks = self._victims.start(verb, case, 0)
            until(lambda: marks[CALLS])  # noqa: B023 - it is over before the next
            start = monotonic()
            process.join()
            assert process.exitcode == 0
            lives.append((monotonic() - start, marks[CALLS]))
        return [median(life) for life in zip(*lives, strict=True)]


def test_kills(world, hunt):
    """
    After kill -9 during a batch, and during a flush, another process makes all good.
    """
    while hunt.phases.total() < KILLS:
        world.simulator.reset()
        case = hunt.fresh()
        accepted = hunt.kill(batch, case)
        if accepted:
            hunt.kill(flush, case)

        told = hunt.judge(case)

        there = world.there()
        assert len(told) == (case.size if accepted or told else 0)
        assert there == dict.fromkeys(told, 1), told
        assert {status for status, _, _ in told.values()} <= {"synced"}
    KILLED.update(hunt.phases)


def test_blind(world, hunt):
    """
    Where a CRM cannot look, what a killed process left is synced, or uncertain and told so.
    """
    while hunt.phases.total() < KILLS // 5:
        world.simulator.reset()
        case = hunt.fresh(**BLIND)
        accepted = hunt.kill(batch, case)
        if accepted:
            hunt.kill(flush, case)

        told = hunt.judge(case)

        there = world.there()
        assert len(told) == (case.size if accepted or told else 0)
        assert not there.keys() - told.keys()
        for key, (status, said, decides) in told.items():
            if status == "synced":
                assert there[key] == 1
            else:
                assert status == said == "uncertain"
                assert decides
                assert there[key] <= 1
    KILLED.update(hunt.phases)
