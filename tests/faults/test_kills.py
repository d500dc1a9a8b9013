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
        self._spans = {verb: self._span(verb) for verb in (batch, flush)}
        self.phases = Counter()

    def fresh(self, **settings):
        """
        Return a case of its own, with a new store.
        """
        number = next(self._stores)
        store = f"{self._world.folder}/{number}.db"
        return evolve(self._world.case, store=store, run=str(number), settings=settings)

    def kill(self, verb, case):
        """
        Kill a process at a random moment, or a random call; tell if it had the batch.
        """
        seconds, calls = self._spans[verb]
        if self._random.random() < 0.5:
            process, marks = self._victims.start(verb, case, 0)
            process.join(self._random.uniform(0, seconds))
            process.kill()
        else:
            process, marks = self._victims.start(verb, case, self._random.randint(1, calls))
        process.join()
        assert process.exitcode in {0, -signal.SIGKILL}
        self.phases[f"{verb.__name__}: {phase_of(marks)}"] += 1
        self._world.proxy.quiet()
        return marks[ACCEPTED]

    def judge(self, case):
        """
        Have another process flush until nothing waits; return what it was told.
        """
        (told,) = self._victims.results(judged, [case])
        return told

    def _span(self, verb):
        """
        Return how many seconds a process lives that nobody kills, and its calls.
        """
        lives = []
        for _ in range(3):
            case = self.fresh()
            if verb is flush:
                half_way = self._spans_of_batch[1] // 2
                self._victims.start(batch, case, half_way)[0].join()
            start = monotonic()
            process, marks = self._victims.start(verb, case, 0)
            process.join()
            assert process.exitcode == 0
            lives.append((monotonic() - start, marks[CALLS]))
        self._spans_of_batch = [median(life) for life in zip(*lives, strict=True)]
        return self._spans_of_batch


def test_kills(world, hunt):
    """
    After kill -9 during a batch, and during a flush, another process makes all good.
    """
    print(hunt._spans)
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
    print(hunt.phases)


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
    print(hunt.phases)
