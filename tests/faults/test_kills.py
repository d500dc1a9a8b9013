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
from tests.faults.faults import QUICK
from tests.faults.table import KILLED, SIGNED_OUT, TABLE
from tests.faults.victims import ACCEPTED, CALLS, LOCAL, batch, flush, judged, phase_of

KILLS = int(os.environ.get("FAULTS_KILLS", "50"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))
BLIND = {"settings": {"marker": False}}  # without it HubSpot can look nothing up

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

    def fresh(self, **changes):
        """
        Return a case of its own, with a new store.
        """
        number = next(self._stores)
        store = f"{self._world.folder}/{number}/outbox.db"
        return evolve(self._world.case, store=store, run=str(number), **changes)

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
        if process.exitcode:  # else it was done before its time had come
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

    def killed(self, **changes):
        """
        Return a case that was killed in a batch and a flush, and if its batch was accepted.
        """
        self._world.simulator.reset()
        case = self.fresh(**changes)
        accepted = self.kill(batch, case)
        if accepted:
            self.kill(flush, case)
        return case, accepted


def test_kills(world, hunt):
    """
    After kill -9 during a batch, and during a flush, another process makes all good.
    """
    while hunt.phases.total() < KILLS:
        case, accepted = hunt.killed()

        found = judged_once(hunt, world, case, "kill -9", accepted=accepted)

        assert found.keys() <= {"synced"}
    KILLED.update(hunt.phases)


def test_storm(world, hunt):
    """
    The same holds where the CRM fails, too: what it refused is dead, the rest is there.
    """
    while hunt.phases.total() < KILLS // 5:
        world.proxy.storm(Random(hunt.phases.total()), 0.3, QUICK)
        case, accepted = hunt.killed()
        world.proxy.heal()

        found = judged_once(hunt, world, case, "kill -9 in a storm", accepted=accepted)

        assert found.keys() <= {"synced", "dead"}
    KILLED.update(hunt.phases)


def test_blind(world, hunt):
    """
    Where a CRM cannot look, what a killed process left is synced, or uncertain and told so.
    """
    while hunt.phases.total() < KILLS // 5:
        case, accepted = hunt.killed(**BLIND)

        found = judged_once(hunt, world, case, "kill -9, no look", accepted=accepted)

        assert found.keys() <= {"synced", "uncertain"}
    KILLED.update(hunt.phases)


def test_refresh(rotating, hunt):
    """
    Killed while it renews a token that is good once, a process leaves all to be sent.

    Where it died between the CRM's answer and its own note of it, nobody has the new token:
    what waits says to sign in again, and is there once after that.
    """
    grant = rotating.signed_out().grant
    while hunt.phases.total() < KILLS // 5:
        case, accepted = hunt.killed(grant=grant)

        waiting = [fate for fate in hunt.judge(case).values() if fate.status != "synced"]
        if waiting:
            assert any("sign in again" in fate.why for fate in waiting)
            SIGNED_OUT[case.crm] += 1
            case = evolve(case, grant=None, credentials=rotating.simulator.add_token())

        found = judged_once(hunt, rotating, case, "kill -9, refresh", accepted=accepted)

        assert found.keys() <= {"synced"}
    KILLED.update(hunt.phases)


def test_turn(rotating, victims):
    """
    Who is killed while it asks for a token keeps no other from asking.
    """
    case = rotating.signed_out()
    rotating.proxy.script("hang_before", where="oauth")
    process, _ = victims.start(batch, case, 0)
    until(lambda: rotating.proxy.struck["hang_before"])
    process.kill()
    process.join()
    rotating.proxy.heal()

    (told,) = victims.results((judged, case))

    assert {fate.status for fate in told.values()} == {"synced"}
    assert rotating.there() == dict.fromkeys(told, 1)


def judged_once(hunt, world, case, name, *, accepted):
    """
    Hold that a batch is known whole or not at all, and each activity what it is said to be.

    Returns how many are of which state.
    """
    told, there = hunt.judge(case), world.there()
    assert len(told) == (case.size if accepted or told else 0)
    assert not there.keys() - told.keys()
    for key, fate in told.items():
        match fate.status:
            case "synced":
                assert there[key] == 1
            case "dead":
                assert there[key] == 0
            case _:
                assert fate.status == fate.said == "uncertain"
                assert fate.user_decides
                assert there[key] <= 1
    found = Counter(fate.status for fate in told.values())
    TABLE[name]["end"].update(found)
    TABLE[name]["end"]["twice"] += sum(times > 1 for times in there.values())
    return found
