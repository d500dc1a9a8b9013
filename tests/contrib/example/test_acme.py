"""
What is Acme's alone, which no rule of the contract knows.
"""

import pytest
from attrs import evolve
from tests.contrib.example.fake import FakeAcme

from crmkit import (
    AccessDeniedError,
    ActivityRecord,
    ClientData,
    ClientInteraction,
    Consent,
    CRMConnector,
    NotSupportedError,
)
from crmkit.testing import Answer, Clock, Server
from crmkit_example import crmkit_list_clients

ANA = ClientData(
    id="7",
    name="Ana Núñez",
    email="ana@example.com",
    phone="+351 555 0001",
    custom_fields={"Budget": 450_000},
    consent=[Consent(channel="email", status="opted_out", source="Acme")],
    updated_at="2026-04-30T23:30:00-05:00",
)
CALL = ActivityRecord(
    type="call",
    client_id="7",
    description="Wants a garden",
    timestamp="2026-05-01T09:30:00Z",
)


@pytest.fixture
def clock():
    """
    Return a clock by which waits take no time.
    """
    return Clock()


@pytest.fixture
def instead():
    """
    Return the answers that stand in for Acme's own, the last first.
    """
    return []


@pytest.fixture
def acme():
    """
    Return an Acme with one person.
    """
    acme = FakeAcme()
    acme.add_client(ANA)
    return acme


@pytest.fixture
def crm(tmp_path, clock, acme, instead):
    """
    Return a connector to that Acme; the provider is found by its name.
    """
    with (
        Server(lambda request: instead.pop() if instead else acme(request)) as server,
        CRMConnector(
            default_provider="example",
            settings={"example": {"base_url": server.url}},
            credentials="any",
            store=f"sqlite:///{tmp_path}/outbox.db",
            clock=clock,
        ) as crm,
    ):
        yield crm


def test_spent_day(crm, clock, instead):
    """
    A spent day is waited for as long as the headers say, though Acme says 403.
    """
    instead.append(Answer(status=403, headers={"X-Left": "0", "X-Reset": "30"}))

    assert crm.get_client_data("7").name == "Ana Núñez"
    assert sum(clock.waits) == 30


def test_missing_right(crm, clock, instead):
    """
    With requests left 403 is a missing right, and nothing is waited for.
    """
    instead.append(Answer(status=403, headers={"X-Left": "5", "X-Reset": "30"}))

    with pytest.raises(AccessDeniedError):
        crm.get_client_data("7")
    assert clock.waits == []


def test_searched(crm):
    """
    What Acme cannot search by is said to be so, without a request.
    """
    with pytest.raises(NotSupportedError, match="phone"):
        crm.find_client(phone="+351 555 0001")
    assert crm.stats().get("requests", 0) == 0


def test_whole(crm):
    """
    All that Acme knows of a person comes back, custom fields by their names.
    """
    found = crm.get_client_data("7")

    assert evolve(found, provider=None, fetched_at=None) == ANA


def test_history(crm, acme):
    """
    A note that was written is read back whole, under the id that its outcome has.
    """
    outcome = crm.sync_activity(CALL)
    (entry,) = crm.get_client_data("7", include=["history"]).history

    assert entry == ClientInteraction(
        id=outcome.remote_id,
        type=CALL.type,
        description=CALL.description,
        timestamp=CALL.timestamp,
    )
    assert [note["id"] for note in acme.written] == [outcome.remote_id]


def test_quoted(crm, acme):
    """
    An id is one segment of the path to somebody's notes, whatever it holds.
    """
    acme.add_client(evolve(ANA, id="7/8?x"))
    crm.sync_activity(evolve(CALL, client_id="7/8?x"))

    assert len(crm.get_client_data("7/8?x", include=["history"]).history) == 1


def test_deleted(crm, acme):
    """
    A page names who is gone.
    """
    acme.remove_client("7")

    assert crmkit_list_clients(crm.session(), None, None).deleted == ("7",)


def test_discreet(crm, acme):
    """
    A refusal does not repeat what was to be written.
    """
    acme.refused.add("garden")
    outcome = crm.sync_activity(CALL)

    assert outcome.status == "dead"
    assert "garden" not in str(outcome.error)
