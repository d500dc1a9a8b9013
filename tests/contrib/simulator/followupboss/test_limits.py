"""
Follow Up Boss's limits: windows of ten seconds, one for each context.
"""

import pytest
from tests.contrib.simulator.followupboss.conftest import ANA, ask

NOTE = {"personId": 7, "body": "Hello"}
EVENT = {"type": "Viewed Page", "person": {"id": 7}}


@pytest.fixture
def fub(crm_simulator):
    """
    Return Follow Up Boss with its own limits.
    """
    return crm_simulator("followupboss", contacts=[ANA])


def told(answer):
    """
    Return what the headers say: context, limit, what is left, seconds.
    """
    names = ("Context", "Limit", "Remaining", "Window")
    return tuple(answer.headers[f"X-RateLimit-{name}"] for name in names)


def test_contexts(fub):
    """
    Each answer names its context, and counts in it alone.
    """
    assert told(ask(fub, "GET", "/v1/people")) == ("global", "250", "249", "10")
    assert told(ask(fub, "POST", "/v1/notes", NOTE)) == ("notes", "10", "9", "10")
    assert told(ask(fub, "GET", "/v1/notes")) == ("notes", "10", "8", "10")
    assert told(ask(fub, "GET", "/v1/events")) == ("events", "20", "19", "10")
    assert told(ask(fub, "PUT", "/v1/people/7", {})) == ("people", "25", "24", "10")
    assert told(ask(fub, "GET", "/v1/people/7")) == ("global", "250", "248", "10")


def test_without_system(fub):
    """
    Who names no registered system has half of it, and no free events.
    """
    assert told(ask(fub, "GET", "/v1/people", system=False))[:2] == ("global", "125")
    posted = ask(fub, "POST", "/v1/events", EVENT, system=False)
    assert told(posted) == ("events", "10", "9", "10")


def test_spent(fub):
    """
    What is too much is refused with the time to wait, and it slides: not all comes back.
    """
    for _ in range(5):
        ask(fub, "POST", "/v1/notes", NOTE)
    fub.clock.advance(4)
    for _ in range(5):
        ask(fub, "POST", "/v1/notes", NOTE)
    refused = ask(fub, "POST", "/v1/notes", NOTE)

    assert refused.status == 429
    assert refused.headers["Retry-After"] == "6"
    assert told(refused)[2] == "0"
    fub.clock.advance(6)
    statuses = [ask(fub, "POST", "/v1/notes", NOTE).status for _ in range(6)]
    assert statuses == [201] * 5 + [429]


def test_events_are_free(fub):
    """
    A registered system may send any number of events.
    """
    statuses = {ask(fub, "POST", "/v1/events", EVENT).status for _ in range(30)}

    assert statuses == {200}


def test_protective(fub):
    """
    A 429 on demand comes though much is left, as a protective limit's does.
    """
    fub.fault(429, seconds=3)
    refused = ask(fub, "GET", "/v1/people")

    assert (refused.status, refused.headers["Retry-After"]) == (429, "3")
    assert int(refused.headers["X-RateLimit-Remaining"]) > 0


def test_settable(fub):
    """
    The limit can be another, or none.
    """
    fub.set_limit("2/10s")
    statuses = [ask(fub, "GET", "/v1/people").status for _ in range(3)]
    fub.set_limit("off")
    free = ask(fub, "GET", "/v1/people")

    assert statuses == [200, 200, 429]
    assert "X-RateLimit-Limit" not in free.headers
