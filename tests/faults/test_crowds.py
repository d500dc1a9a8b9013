"""
Many processes at one store, and many accounts in it, do not get in each other's way.
"""

import pytest
from attrs import evolve
from tests.faults.crms import Tripwire
from tests.faults.victims import LOCAL, flushed, synced

pytestmark = LOCAL
PROCESSES, USERS = 8, 10


@pytest.fixture
def users(world):
    """
    Return the case of each of ten users.
    """
    return [evolve(world.case, user=f"user-{n}", run=f"{n}") for n in range(USERS)]


def written_ahead(world, users):
    """
    Put a batch of each user into the outbox, and nothing into the CRM.
    """
    with world.case.connect(world.clock, auto_sync=False) as connector:
        activities = [activity for user in users for activity in user.activities()]
        connector.batch_sync_activities(activities)
    assert world.there() == {}
    return activities


def test_flush(world, users, victims):
    """
    Eight processes that flush one store send each activity once, and share the work.
    """
    activities = written_ahead(world, users)

    told = victims.results(*[(flushed, world.case)] * PROCESSES)

    assert sum(told) == len(activities)
    assert sum(map(bool, told)) > 1
    assert world.settled(world.connect(), activities) == {"synced": len(activities)}


def test_batch(world, victims):
    """
    Eight processes that sync one batch at once bring each activity there once.
    """
    told = victims.results(*[(synced, world.case)] * PROCESSES)

    assert {status for one in told for status in one} <= {"synced", "pending"}
    activities = world.case.activities()
    assert world.settled(world.connect(), activities) == {"synced": len(activities)}


def test_taken(world):
    """
    What a flush takes out of a batch that is being sent is not sent by the batch as well.
    """
    activities, told = world.case.activities(), []

    def flush():
        if not told:
            told.append(world.connect().flush_pending())

    connector = world.connect(wrappers=[Tripwire(flush)])
    connector.batch_sync_activities(activities)

    assert told[0].counts["synced"] > 0
    assert world.settled(connector, activities) == {"synced": len(activities)}


def test_refresh(rotating, victims):
    """
    Eight processes with one spent token, which is good once more, renew it once.
    """
    cases = [evolve(rotating.signed_out(), run=str(n)) for n in range(PROCESSES)]

    told = victims.results(*((synced, case) for case in cases))

    assert {status for one in told for status in one} == {"synced"}
    asked = [one for one in rotating.simulator.requests if one.path.startswith("/oauth/")]
    assert len(asked) == 1
    connector = rotating.connect(cases[0])
    activities = [activity for case in cases for activity in case.activities()]
    assert rotating.settled(connector, activities) == {"synced": len(activities)}


@pytest.mark.usefixtures("impatient")
def test_wedged(world, users):
    """
    An account that hangs is asked once and keeps waiting; all others are served meanwhile.
    """
    wedged = world.simulator.add_token()
    users = [evolve(user, credentials=world.simulator.token) for user in users]
    credentials = {(world.crm.name, user.user): user.credentials for user in users}
    credentials[world.crm.name, users[3].user] = wedged
    activities = written_ahead(world, users)
    connector = world.connect(credentials=credentials)
    world.proxy.script(*["hang_before"] * 100, where=wedged)

    report = connector.flush_pending()

    mine = {activity.id for activity in users[3].activities()}
    assert world.there().keys() == {activity.id for activity in activities} - mine
    assert not {it.activity_id for it in report if it} & mine
    assert any(users[3].user in reason for reason in report.unsent)
    assert world.proxy.struck["hang_before"] == 1
    assert world.settled(connector, activities) == {"synced": len(activities)}
