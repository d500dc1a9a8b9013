"""
Adding: all rows or none, whatever happens on the way.
"""

import pytest
from tests.plugins.dynamodb.faults import AWAY, LOST
from tests.plugins.dynamodb.places import GROUP, NOW, row, rows

from crmkit import ConfigurationError, StoreError


def seen(store):
    """
    Return all that a store shows of what was added.
    """
    return (
        [it.activity_id for it in store.rows(state=None, limit=999)],
        {state: count for state, count in store.counts().items() if count},
        list(store.groups(NOW)),
        list(store.claim(GROUP, state="pending", now=NOW, limit=999)),
        store.get(row("0").key),
        list(store.claim_keys([it.key for it in rows(30)])),
        store.retry([it.key for it in rows(30)], NOW),
        store.drop([it.key for it in rows(30)]),
        store.forget("7", provider="acme", user_id=None).erased,
    )


NOTHING = ([], {}, [], [], None, [], 0, 0, 0)


@pytest.mark.parametrize("state", ["pending", "sending"])
@pytest.mark.parametrize("written", [0, 1, 29])
def test_away(aws, opened, written, state):
    """
    When AWS goes away after so many rows, add fails and nobody ever sees one of them.
    """
    store, other = opened(), opened()
    other.counts(), store.add([row("x", "dead", user_id="eve")])
    store.drop([row("x", user_id="eve").key])
    aws.fail(AWAY, "PutItem", after=written + (state == "pending") + 1)
    aws.plan = gone_after(aws.plan)

    with pytest.raises(StoreError):
        store.add(rows(30, state))
    aws.end()

    assert seen(other) == seen(store) == NOTHING


def gone_after(plan):
    """
    Fail all requests from the first that fails.
    """
    fallen = []

    def planned(action, values):
        if fallen or plan(action, values):
            fallen.append(action)
        return AWAY if fallen else None

    return planned


def test_undone(aws, opened, items):
    """
    Where AWS answers again, what was written of a failed add is deleted at once.
    """
    store = opened()
    aws.fail(AWAY, "PutItem", after=20, times=10)

    with pytest.raises(StoreError):
        store.add(rows(30))
    aws.end()

    assert [it for it in items() if it["EntityType"]["S"] == "PendingActivity"] == []


def test_again(aws, opened):
    """
    What failed to be added can be added again, by whom it failed and by others.
    """
    store, other = opened(), opened()
    aws.plan = gone_after(
        lambda action, values: action == "PutItem" and len(aws.asked) > 40
    )
    with pytest.raises(StoreError):
        store.add(rows(60))
    aws.end()
    store.close()

    assert other.add(rows(60)) == {}
    assert other.counts()["pending"] == 60


def test_being_added(aws, opened):
    """
    What another process is adding at this moment is refused, with none of its batch.
    """
    store, other = opened(), opened()
    raised = []

    def plan(action, values):
        if action == "DeleteItem" and not raised:  # it is about to be added
            raised.append(None)
            with pytest.raises(StoreError, match="by another process at this moment") as it:
                other.add([row("new"), row("3")])
            raised.append(it)

    other.counts()
    aws.plan = plan

    assert store.add(rows(5)) == {}
    assert len(raised) == 2
    assert store.get(row("new").key) is None
    assert other.counts()["pending"] == 5


def test_hidden(aws, opened):
    """
    A group is found by a row that stands behind many that are still being added.
    """
    store, other = opened(), opened()
    other.add([row("there")])
    found = []

    def plan(action, values):
        if action == "DeleteItem" and not found:  # they are about to be added
            found.append(None)
            found[:] = other.groups(NOW)

    aws.plan = plan
    store.add(rows(250, due_at=NOW - 9))

    assert found == [GROUP]


@pytest.mark.parametrize("number", [1, 2, 30])
@pytest.mark.parametrize("action", ["PutItem", "DeleteItem"])
def test_lost(aws, opened, action, number):
    """
    Where answers are lost and requests repeated, all is added once, and nothing is known.
    """
    store = opened()
    store.counts()
    aws.plan = first_lost(action)

    assert store.add(rows(number)) == {}
    aws.end()
    assert store.counts()["pending"] == number


def first_lost(action):
    """
    Lose the first answer about each item.
    """
    known = set()

    def planned(asked, values):
        if asked != action:
            return None
        key = values.get("Key", values.get("Item"))
        name = key["PK"]["S"], key["SK"]["S"]
        return LOST if name not in known and not known.add(name) else None

    return planned


def test_outlived(aws, opened):
    """
    Who was taken for dead while it added is told so, and nothing of it is added.
    """
    store, other = opened(), opened()
    other.counts()

    def plan(action, values):
        if action == "DeleteItem" and "BATCH" in str(values["Key"]["PK"]):
            aws.end()
            store._opened.owner.leave()
            assert seen(other) == NOTHING

    aws.plan = plan

    with pytest.raises(StoreError, match="taken for dead"):
        store.add(rows(10))
    assert seen(other) == NOTHING


def test_known_unreadable(aws, opened, monkeypatch):
    """
    When a row that is known cannot be read, nothing of the batch is added.
    """
    store, other = opened(), opened()
    store.add([row("3")])

    def lost(key_id, place):
        msg = "the key is not at hand"
        raise ConfigurationError(msg)

    monkeypatch.setattr(other.keys, "find", lost)

    with pytest.raises(ConfigurationError):
        other.add(rows(10))
    assert store.counts()["pending"] == 1


def test_large(aws, opened):
    """
    A row that is too large for DynamoDB is refused before any is written.
    """
    store = opened()
    store.counts()
    before = len(aws.asked)

    with pytest.raises(StoreError, match="400"):
        store.add([*rows(3), row("large", payload="é" * 200_000)])
    assert len(aws.asked) == before


def test_many_keys(aws, opened):
    """
    No request asks for more than a hundred items at once.
    """
    store = opened()
    assert store.claim_keys([it.key for it in rows(250)]) == []

    asked = [values for action, values in aws.asked if action.endswith("BatchGetItem")]
    keys = [len(it["Keys"]) for values in asked for it in values["RequestItems"].values()]
    assert sorted(keys) == [50, 100, 100]
