"""
Whatever a CRM, or the wire, does with whichever request: nothing is lost, nothing twice.

How many storms there are is the environment variable FAULTS_STORMS, which FAULTS_SEED.
"""

import os
from collections import Counter
from random import Random

import pytest
from attrs import evolve
from tests.core.waiting import until
from tests.faults.crms import LONG
from tests.faults.faults import ALL, HARMLESS, QUICK, TOLD

STORMS = int(os.environ.get("FAULTS_STORMS", "8"))
SEED = int(os.environ.get("FAULTS_SEED", "1"))

pytestmark = pytest.mark.usefixtures("impatient")


@pytest.mark.parametrize("position", [0, 1, 2])
@pytest.mark.parametrize("fault", ALL)
def test_one_request(world, fault, position):
    """
    A batch tells the truth about what one bad answer left, and a flush makes it good.

    What is refused among others is sent again; what is refused alone is dead.
    """
    connector, activities = world.connect(), world.case.activities()
    world.proxy.script(*[None] * position, fault, where=world.crm.write)
    dead = 1 if world.crm.single and fault in world.crm.final else 0

    report = connector.batch_sync_activities(activities)

    assert sum(not outcome.accepted for outcome in report) == dead
    world.judge(connector, activities, report)
    found = world.settled(connector, activities, fault, "one", report)
    assert found == Counter(synced=len(activities) - dead, dead=dead)


@pytest.mark.parametrize("fault", ALL)
def test_all_requests(world, fault):
    """
    While a CRM answers nothing else, what it refuses is dead, and all the rest is kept.
    """
    connector, activities = world.connect(), world.case.activities()
    world.proxy.script(*[fault] * 100, where=world.crm.write)

    report = connector.batch_sync_activities(activities)

    world.judge(connector, activities, report)
    found = world.settled(connector, activities, fault, "all", report)
    assert found == {"dead" if fault in world.crm.final else "synced": len(activities)}


@pytest.mark.parametrize("step", [0, 1, 2])
@pytest.mark.parametrize("fault", TOLD)
def test_flush(world, fault, step):
    """
    A flush that meets a fault, while it looks for the uncertain or sends, is made good too.
    """
    connector, activities = world.connect(), world.case.activities()
    world.proxy.script("closed_after", where=world.crm.write)
    connector.batch_sync_activities(activities)
    world.clock.sleep(LONG)
    world.proxy.script(fault, fault, where=world.crm.steps[step])

    report = connector.flush_pending()

    assert all(world.there()[it.activity_id] == 1 for it in report if it)
    world.settled(connector, activities, fault, "flush", report)


@pytest.mark.parametrize("fault", TOLD)
def test_token(world, fault):
    """
    While no token can be had nothing is written, and all is pending until there is one.
    """
    connector, activities = world.connect(world.signed_out()), world.case.activities()
    world.proxy.script(*[fault] * 100, where="oauth")

    report = connector.batch_sync_activities(activities)

    if fault not in HARMLESS:
        assert {outcome.status for outcome in report} == {"pending"}
        assert world.there() == {}
    found = world.settled(connector, activities, fault, "token", report)
    assert found == {"synced": len(activities)}


def test_slow(world):
    """
    What a slow CRM does only after it was looked for there is not sent a second time.
    """
    connector, activities = world.connect(), world.case.activities()[:1]
    world.proxy.script("held", where=world.crm.write)
    assert connector.batch_sync_activities(activities).counts["uncertain"] == 1

    assert connector.flush_pending().counts["uncertain"] == 1

    world.proxy.heal()
    until(world.there)
    assert world.settled(connector, activities) == {"synced": 1}


@pytest.mark.parametrize("seed", range(SEED, SEED + STORMS))
def test_storm(world, seed):
    """
    In a storm of all faults together, over batches and flushes, the same holds.
    """
    random = Random(seed)
    connector, activities, told = world.connect(), [], []
    world.proxy.storm(random, random.uniform(0.1, 0.9), QUICK)
    for run in range(3):
        batch = evolve(world.case, run=str(run)).activities()
        report = connector.batch_sync_activities(batch)
        assert all(world.there()[it.activity_id] == 1 for it in report if it)
        activities += batch
        told += report
        world.clock.sleep(random.choice([0, 30, LONG]))
        connector.flush_pending()

    world.settled(connector, activities, "storm", "all", told)
