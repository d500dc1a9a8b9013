"""
The connector against a simulated HubSpot, from end to end.
"""

from collections import Counter
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.children import Child
from tests.plugins.hubspot.conftest import Clock

from crmkit import ActivityRecord, CRMConnector, MissingValueError, stable_id
from crmkit_simulator import Simulator

NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
TYPES = ("note", "call", "email_sent", "meeting", "task", "property_view")
LOSING = ("reset_before", "reset_after", "done_but_500", "truncated", "html", "503", "429")


@pytest.fixture
def hub(crm_simulator):
    """
    Return HubSpot with a hundred contacts and more, and its own limits.
    """
    return crm_simulator("hubspot", contacts=130)


@pytest.fixture
def connect(tmp_path):
    """
    Return a function that connects to HubSpot, with one outbox for all connectors.
    """
    made = []

    def connect(hub, **options):
        place = {"store": f"sqlite:///{tmp_path}/outbox.db", "clock": Clock(hub)}
        made.append(CRMConnector(**hub.config, **{**place, **options}))
        return made[-1]

    yield connect
    for connector in made:
        connector.close()


def visits(hub, count):
    """
    Make so many activities of all types, which any other process would make alike.
    """
    clients = [contact["id"] for contact in hub.contacts()]
    return [
        ActivityRecord(
            id=stable_id("visit", number),
            type=TYPES[number % len(TYPES)],
            client_id=clients[number % len(clients)],
            description=f"Visit {number:04}.",
            timestamp=NOON,
        )
        for number in range(count)
    ]


def held(hub):
    """
    Return how often HubSpot holds each activity, by client and text up to the full stop.
    """
    return Counter(
        (*one["client_ids"], text.partition(".")[0])
        for one in hub.activities()
        for name, text in one["properties"].items()
        if name.endswith(("_body", "_text"))
    )


def once(activities):
    """
    Return what HubSpot holds when it holds each of these once.
    """
    texts = ((one.client_id, one.description.partition(".")[0]) for one in activities)
    return dict.fromkeys(texts, 1)


def test_newsletter(hub, connect):
    """
    Everybody who can be is written to, and it is in the CRM once, run twice or not.
    """
    hub.add_contacts([{"id": "900", "firstname": "Nil", "email": "nil@example.com"}])
    template = "Hi {{ firstName }} {{ lastName }}, news from {{ place }}!"
    for _ in range(2):
        crm = connect(hub)
        clients = list(crm.iter_clients())
        messages = list(
            crm.personalize_many(template, clients, variables={"place": "Lisbon"})
        )
        failed = [one for one in messages if isinstance(one, MissingValueError)]
        written = [one for one in messages if one not in failed]
        report = crm.batch_sync_activities(
            one.activity("email_sent", id=stable_id("letter", one.client_id))
            for one in written
        )
        assert (len(written), len(failed)) == (130, 1)
        assert all(report)

    emails = hub.activities("emails")
    assert len({one["client_ids"][0] for one in emails}) == len(emails) == 130
    assert hub.requests.limited == 0


def test_changes(hub, connect):
    """
    What another program changes is read again, and nothing else.
    """
    crm = connect(hub)
    crm._clock.turn(60)
    start = crm._clock.now()
    hub.add_contacts([{"id": "901", "firstname": "Mo", "email": "mo@example.com"}])

    assert [client.id for client in crm.iter_clients(updated_since=start)] == ["901"]


def test_outage(hub, connect):
    """
    What was synced while HubSpot was away arrives once it is back, by another process too.
    """
    activities = visits(hub, 300)
    hub.stop()
    report = connect(hub).batch_sync_activities(activities)
    hub.start()
    later = Clock(hub)
    later.turn(3600)

    assert {outcome.status for outcome in report} == {"pending"}
    assert all(connect(hub, clock=later).flush_pending())
    assert held(hub) == once(activities)


def test_process_dies(hub, connect, tmp_path):
    """
    A process that dies after HubSpot did the work leaves nothing to be written twice.
    """
    code = """
        import os
        from crmkit import ActivityRecord, CRMConnector, hookimpl, stable_id

        class Dies:
            @hookimpl(wrapper=True)
            def crmkit_sync(self):
                yield
                os._exit(9)

        with CRMConnector(**config, store=store, wrappers=[Dies()]) as crm:
            crm.batch_sync_activities(
                ActivityRecord(
                    id=stable_id("visit", number),
                    type="note",
                    client_id=client,
                    description=f"Visit {number:04}.",
                    timestamp="2026-05-01T12:00:00Z",
                )
                for number in range(150)
            )
    """
    client = hub.contacts()[0]["id"]
    store = f"sqlite:///{tmp_path}/outbox.db"
    with Child(code, config=hub.config, store=store, client=client) as child:
        child.hear()
    done = len(hub.activities())
    connector = connect(hub)
    connector.outbox.list()
    connector._clock.turn(60)
    report = connector.flush_pending()

    assert (done, len(report)) == (100, 150)
    assert all(report)
    assert set(held(hub).values()) == {1}
    assert len(hub.activities()) == 150


@pytest.fixture(scope="module")
def stormy():
    """
    Return HubSpot, for all examples of a property.
    """
    with Simulator("hubspot", contacts=3, limit="off") as hub:
        yield hub


@settings(max_examples=max(10, settings().max_examples // 5))
@given(
    st.lists(st.tuples(st.sampled_from(LOSING), st.integers(0, 4)), max_size=6),
    st.integers(1, 12),
)
def test_storms(stormy, tmp_path_factory, faults, count):
    """
    Whatever goes wrong, and whenever, each activity is in HubSpot once in the end.
    """
    stormy.reset()
    activities = visits(stormy, count)
    for name, after in faults:
        stormy.fault(name, after=after)
    store = f"sqlite:///{tmp_path_factory.mktemp('storm')}/outbox.db"
    with CRMConnector(**stormy.config, store=store, clock=Clock(stormy)) as crm:
        crm.batch_sync_activities(activities)
        for _ in range(2 * len(faults) + 1):
            crm._clock.turn(3600)
            crm.flush_pending()

        assert all(crm.outcome_of(one.id) for one in activities)
    assert held(stormy) == once(activities)
