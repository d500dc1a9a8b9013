"""
Clocks that jump lose nothing: what waits may wait longer, and is told to.
"""

import pytest
from tests.faults.crms import Clock, flush_until_quiet

DAY = 86400
YEAR = 365 * DAY


@pytest.mark.parametrize("fault", ["closed_before", "closed_after", "500", "401", "429"])
@pytest.mark.parametrize("jump", [YEAR, -YEAR, -60])
def test_jump(world, fault, jump):
    """
    When the clock jumps before a flush, all is there once when it is right again.
    """
    activities = world.case.activities()
    world.proxy.script(fault, fault, where=world.crm.write)
    with world.case.connect(Clock()) as connector:
        connector.batch_sync_activities(activities)
    world.proxy.heal()

    with world.case.connect(Clock(jump)) as connector:
        report = connector.flush_pending()
        assert all(world.there()[it.activity_id] == 1 for it in report if it)

    assert world.settled(world.connect(), activities) == {"synced": len(activities)}


def test_ahead(world):
    """
    What was written while the clock was a year ahead is sent when the clock is right.
    """
    activities = world.case.activities()
    with world.case.connect(Clock(YEAR), auto_sync=False) as connector:
        connector.batch_sync_activities(activities)

    connector = world.connect()
    last = flush_until_quiet(connector, world.clock)

    assert world.judge(connector, activities, last) == {"synced": len(activities)}


def test_ledger(world):
    """
    A ledger that is purged because years went by forgets what is done, never what waits.
    """
    activities = world.case.activities()
    world.proxy.script("closed_before", where=world.crm.write)
    with world.case.connect(Clock()) as connector:
        connector.batch_sync_activities(activities)

    with world.case.connect(Clock(10 * YEAR)) as connector:
        assert connector.outbox.check().counts == {"uncertain": 4, "pending": 8}

    assert world.settled(world.connect(), activities) == {"synced": len(activities)}
