"""
Whatever goes wrong with whichever request of a batch, all is there once in the end.
"""

import pytest
from tests.faults.conftest import (
    activities,
    assert_each_there_once,
    times_there,
)

from crmkit import CRMCredentials

HOURS = 7200
FAULTS = [
    "reset_before",
    "reset_after",
    "done_but_500",
    "truncated",
    "broken_json",
    "html",
    *("401", "404", "423", "429", "477", "503"),
]


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("fault", FAULTS)
def test_one_request(hub, connect, clock, fault, position):
    """
    A batch tells the truth about what a fault left, and a flush brings the rest there.
    """
    connector = connect()
    hub.fault(fault, method="POST", path="batch/create", after=position)

    report = connector.batch_sync_activities(activities())

    there = times_there(hub)
    assert all(outcome.accepted for outcome in report)
    for outcome in report:
        if outcome.status != "uncertain":
            assert bool(outcome) == (outcome.activity_id in there)

    clock.sleep(HOURS)
    flushed = connector.flush_pending()
    assert all(flushed)
    assert len(flushed) == len(report) - report.counts["synced"]
    assert_each_there_once(hub)


@pytest.mark.parametrize("fault", ["html", "broken_json", "404", "500", "reset_after"])
def test_token_endpoint(crm_simulator, connect, config, clock, fault):
    """
    While no token can be had everything is pending, and nothing was written.
    """
    app = {"client_id": "app", "client_secret": "s3cret", "refresh_token": "again"}
    hub = crm_simulator("hubspot", limit="off", app=app)
    given = {"refresh_token": "again", "metadata": app}
    config |= {**hub.config, "credentials": CRMCredentials(provider="hubspot", **given)}
    hub.fault(fault, path="/oauth/", times=None)
    connector = connect()

    report = connector.batch_sync_activities(activities())

    assert {outcome.status for outcome in report} == {"pending"}
    assert hub.requests.total == 1
