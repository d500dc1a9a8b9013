"""
The store under a connector: written ahead, sent once, nothing of it left.
"""

from base64 import b64encode
from types import SimpleNamespace

import pytest
from tests.plugins.dynamodb.places import made

from crmkit import ActivityRecord, CRMConnector, ProviderInfo, SyncOutcome, hookimpl
from crmkit_dynamodb._url import place_of


class Acme:
    """
    A CRM that keeps what it is given.
    """

    def __init__(self):
        self.written = []

    @hookimpl
    def crmkit_provider(self):
        return ProviderInfo(label="Acme", sync_batch=10)

    @hookimpl
    def crmkit_fetch(self, session, ids):
        return []

    @hookimpl
    def crmkit_sync(self, session, activities):
        self.written += [activity.description for activity in activities]
        return [SyncOutcome.synced(activity) for activity in activities]


@pytest.fixture
def acme(url, monkeypatch):
    """
    Return a CRM, and what connects to it from one more machine.
    """
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(32)).decode())
    made(place_of(url))
    crm = Acme()

    def connect(**more):
        return CRMConnector(
            default_provider="acme", plugins={"acme": crm}, store=url, **more
        )

    return SimpleNamespace(crm=crm, connect=connect)


def activities(number):
    """
    Make so many activities, each of which says something of a person.
    """
    return [
        ActivityRecord(id=str(n), type="note", client_id="7", description=f"planted {n}")
        for n in range(number)
    ]


def test_sync(acme, items):
    """
    A batch is sent once, whoever sends it again, and what it said is gone then.
    """
    with acme.connect() as one, acme.connect() as other:
        report = one.batch_sync_activities(activities(25))
        again = other.batch_sync_activities(activities(25))

        assert {outcome.status for outcome in (*report, *again)} == {"synced"}
    assert sorted(acme.crm.written) == sorted(it.description for it in activities(25))
    assert "planted" not in str(items())


def test_flush(acme, items):
    """
    What one machine writes ahead another one sends.
    """
    with acme.connect(auto_sync=False) as one, acme.connect() as other:
        one.batch_sync_activities(activities(25))
        assert acme.crm.written == []
        assert "planted" not in str(items())
        assert other.flush_pending().exit_code == 0
        assert one.outbox.check().counts["synced"] == 25
    assert len(set(acme.crm.written)) == len(acme.crm.written) == 25
