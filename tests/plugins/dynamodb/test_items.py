"""
What stands in the table: the specification's names, sealed values, nothing of the finished.
"""

import pytest
from attrs import evolve
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.plugins.dynamodb.places import NOW, OneKey, row, rows

from crmkit import ActivityRecord, StoreError
from crmkit.codec import activity_to_json
from crmkit.stores import LEDGER_DAYS, Row, Settlement
from crmkit.testing.strategies import activities
from crmkit.vaults import SealedCredentials
from crmkit_dynamodb._items import item_of, row_of

CALLED = ActivityRecord(
    id="a1",
    user_id="ana",
    client_id="7",
    provider="acme",
    type="call",
    description="Zoë planted this",
    timestamp="2026-05-01T09:30:00+02:00",
    metadata={"note": "planted here, too", "duration_s": 60},
)


def kept(activity, **more):
    """
    Return the row that keeps an activity.
    """
    return row(
        activity.id,
        user_id=activity.user_id or "",
        client_id=activity.client_id,
        provider=activity.provider,
        payload=activity_to_json(activity),
        **more,
    )


def synced(key):
    """
    Return what says that this is in the CRM.
    """
    return [Settlement(key=key, state="synced", due_at=NOW, remote_id="r")]


def values(item):
    """
    Return an item as plain texts.
    """
    return {name: next(iter(value.values())) for name, value in item.items()}


@pytest.mark.usefixtures("aws")
def test_names(opened, items):
    """
    An activity has the specification's keys and attributes; what says more is sealed.
    """
    opened().add([kept(CALLED)])
    (item,) = [it for it in map(values, items()) if it["EntityType"] == "PendingActivity"]

    assert (item["PK"], item["SK"]) == ("USER#ana", "PENDING_ACTIVITY#a1")
    assert (item["type"], item["timestamp"]) == ("call", "2026-05-01T09:30:00+02:00")
    assert item["storedAt"] == "2026-05-28T20:26:40.250000+00:00"
    assert item["description"].startswith("crmkit1.k1.")
    assert item["metadata"].startswith("crmkit1.k1.")
    assert "payload" not in item


@pytest.mark.usefixtures("aws")
def test_names_credentials(opened, items):
    """
    Credentials have the specification's keys and attributes.
    """
    new = SealedCredentials(
        user_id="ana",
        provider="acme",
        version="v1",
        access_token="sealed a",
        refresh_token="sealed r",
        metadata="sealed m",
        expires_at=NOW,
    )
    store = opened()
    assert store.save_credentials(new, replacing=None)
    (item,) = [it for it in map(values, items()) if it["EntityType"] == "CRMCredentials"]

    assert (item["PK"], item["SK"]) == ("USER#ana", "CRM_CREDENTIALS#acme")
    assert (item["accessToken"], item["refreshToken"]) == ("sealed a", "sealed r")
    assert (item["provider"], item["metadata"]) == ("acme", "sealed m")
    assert item["expiresAt"] == "2026-05-28T20:26:40.250000+00:00"
    assert store.all_credentials() == [new] == [store.credentials("ana", "acme")]


@pytest.mark.usefixtures("aws")
@pytest.mark.parametrize(
    "payload", [activity_to_json(CALLED), '{"type": "planted"}', "planted", '"planted"']
)
def test_sealed(opened, items, payload):
    """
    What somebody wrote is found in no item, whatever its form; the row has it again.
    """
    store = opened()
    one = row("a1", payload=payload)
    store.add([one])
    store.add([row("x"), *rows(2)])

    assert "planted" not in str(items())
    assert store.get(one.key).payload == payload


def test_moved_aside():
    """
    What is sealed for one activity opens in no other.
    """
    item = item_of(kept(CALLED), OneKey(), 2)

    with pytest.raises(StoreError, match="another place"):
        row_of({**item, "SK": "PENDING_ACTIVITY#a2"}, OneKey())
    with pytest.raises(StoreError, match="another place"):
        row_of({**item, "description": item["metadata"]}, OneKey())


@given(activities().map(lambda it: evolve(it, provider="acme")))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_activities(activity):
    """
    Any activity comes back to the letter, and its own attributes are there by name.
    """
    one = kept(activity)
    item = item_of(one, OneKey(), 8)

    assert row_of(item, OneKey()) == one
    assert "payload" not in item


@given(st.text(), st.text(max_size=200).map(lambda text: text or None))
def test_texts(payload, error):
    """
    Any other text comes back as well.
    """
    one = row("1", "dead", payload=payload, error=error)

    assert row_of(item_of(one, OneKey(), 8), OneKey()) == one


@pytest.mark.usefixtures("aws")
def test_finished(opened, items):
    """
    Once synced nothing of the activity is left, and the row goes by itself in time.
    """
    store = opened()
    store.add([kept(CALLED), row("waits"), row("ends", "sending"), row("dead", "dead")])
    store.claim_keys([kept(CALLED).key])
    store.settle(synced(kept(CALLED).key))
    store.settle([Settlement(key=row("ends").key, state="uncertain", due_at=NOW)])
    found = [it for it in map(values, items()) if it["EntityType"] == "PendingActivity"]
    (done,) = [it for it in found if it["state"] == "synced"]

    gone = {"type", "timestamp", "description", "metadata", "payload", "clientId", "owner"}
    assert done.keys() & gone == set()
    assert float(done["ttl"]) == int(NOW + LEDGER_DAYS * 86400)
    assert [it["SK"] for it in found if "ttl" in it] == [done["SK"]]


@pytest.mark.usefixtures("aws")
def test_added_synced(opened, items):
    """
    What is added as synced goes by itself as well.
    """
    opened().add([row("1", "synced", payload=None, client_id=None)])
    (item,) = [it for it in map(values, items()) if it["EntityType"] == "PendingActivity"]

    assert float(item["ttl"]) == int(NOW + LEDGER_DAYS * 86400)


@pytest.mark.parametrize(
    "more",
    [{"user_id": "u" * 2048}, {"activity_id": "a" * 1010}, {"client_id": "c" * 1025}],
)
def test_long_ids(more):
    """
    An id that is too long for a key is refused by its name.
    """
    given = {"activity_id": "1", **more}

    with pytest.raises(StoreError, match=r"takes no (PK|SK|clientId) longer than"):
        item_of(row(**given), OneKey(), 8)


@pytest.mark.usefixtures("aws")
def test_fields(opened):
    """
    All that a row knows comes back.
    """
    one = Row(
        user_id="",
        activity_id="1#2",
        provider="acme",
        kind="notes#1",
        digest="d",
        stored_at=NOW + 0.000001,
        state="dead",
        payload=None,
        client_id=None,
        due_at=NOW / 3,
        attempts=7,
        remote_id="9",
        error_type="CRMError",
        error="",
    )
    store = opened()
    store.add([one])

    assert store.get(one.key) == one
    assert store.rows(state="dead", limit=1) == [one]
