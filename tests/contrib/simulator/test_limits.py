"""
Rate limits: what is allowed, what is announced, what is refused.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmkit_simulator import Simulator
from crmkit_simulator._window import Limit, Window, parse_limit

CONTACT = "/crm/objects/2026-09/contacts/101"
SEARCH = "/crm/objects/2026-09/contacts/search"
LEFT = "X-HubSpot-RateLimit-Remaining"
KEYS = {"status", "message", "errorType", "correlationId", "policyName"}


def test_headers(crm_simulator, clients):
    """
    Each answer announces what is left of the limit, an error too.
    """
    send = clients(crm_simulator("hubspot", contacts=1, limit="5/10s", daily=100))
    answers = [send("GET", CONTACT), send("GET", f"{CONTACT}9"), send("GET", CONTACT)]
    headers = answers[0].headers

    assert [answer.headers[LEFT] for answer in answers] == ["4", "3", "2"]
    assert headers["X-HubSpot-RateLimit-Max"] == "5"
    assert headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"
    assert headers["X-HubSpot-RateLimit-Daily"] == "100"
    assert headers["X-HubSpot-RateLimit-Daily-Remaining"] == "99"


def test_spent(crm_simulator, clients):
    """
    What goes beyond is refused without Retry-After, and allowed again after ten seconds.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="3/10s")
    send = clients(hub)
    answers = [send("GET", CONTACT) for _ in range(5)]
    refused = answers[-1]

    assert [answer.status for answer in answers] == [200, 200, 200, 429, 429]
    assert refused.json["policyName"] == "TEN_SECONDLY_ROLLING"
    assert set(refused.json) == KEYS | {"groupName"}
    assert refused.json["errorType"] == "RATE_LIMIT"
    assert "Retry-After" not in refused.headers
    assert refused.headers[LEFT] == "0"
    assert hub.requests.limited == 2
    hub.clock.advance(10)
    assert send("GET", CONTACT).status == 200


def test_refused_work(crm_simulator, clients):
    """
    What is refused is not done.
    """
    hub = crm_simulator("hubspot", limit="1/10s")
    send = clients(hub)
    for name in "ab":
        send("POST", "/crm/v3/objects/contacts", {"properties": {"lastname": name}})

    assert len(hub.contacts()) == 1


def test_apps(crm_simulator, clients):
    """
    Each token has a window of its own.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="1/10s")

    assert clients(hub)("GET", CONTACT).status == 200
    assert clients(hub, hub.add_token())("GET", CONTACT).status == 200
    assert clients(hub)("GET", CONTACT).status == 429


def test_daily(crm_simulator, clients):
    """
    The day's quota is shared by the account's tokens, and comes back the next day.
    """
    hub = crm_simulator("hubspot", contacts=1, daily=2)
    send, other = clients(hub), clients(hub, hub.add_token())
    statuses = [send("GET", CONTACT).status, other("GET", CONTACT).status]
    refused = send("GET", CONTACT)

    assert statuses == [200, 200]
    assert (refused.status, refused.json["policyName"]) == (429, "DAILY")
    assert set(refused.json) == KEYS | {"requestId"}
    hub.clock.advance(86_400)
    assert send("GET", CONTACT).status == 200


def test_oauth(crm_simulator, clients):
    """
    The tokens of an OAuth app have no daily quota, and no headers for one.
    """
    hub = crm_simulator("hubspot", contacts=1, daily=1)
    clients(hub)("GET", CONTACT)
    send = clients(hub, hub.add_token(oauth=True))
    answers = [send("GET", CONTACT) for _ in range(3)]

    assert [answer.status for answer in answers] == [200, 200, 200]
    assert answers[0].headers[LEFT]
    assert not [name for name in answers[0].headers if "Daily" in name]


def test_search(crm_simulator, clients):
    """
    Five searches a second are allowed, whatever else is, and nothing is announced.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="1/10s")
    send = clients(hub)
    answers = [send("POST", SEARCH, {}) for _ in range(6)]

    assert [answer.status for answer in answers] == [200] * 5 + [429]
    assert answers[-1].json["policyName"] == "SECONDLY"
    assert set(answers[-1].json) == KEYS | {"groupName", "requestId"}
    names = [name for answer in answers for name in answer.headers]
    assert not [name for name in names if "RateLimit" in name]
    hub.clock.advance(1)
    assert send("POST", SEARCH, {}).status == 200


def test_off(crm_simulator, clients):
    """
    Without a limit nothing is refused or announced.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="off")
    send = clients(hub)
    answers = [send("GET", CONTACT) for _ in range(200)]
    answers += [send("POST", SEARCH, {}) for _ in range(10)]

    assert {answer.status for answer in answers} == {200}
    assert not [name for name in answers[0].headers if "RateLimit" in name]


def test_changed(crm_simulator, clients):
    """
    A limit can be changed while it is served.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="off")
    send = clients(hub)
    send("GET", CONTACT)
    hub.set_limit("1/10s")

    assert [send("GET", CONTACT).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize(
    "limit", ["", "190", "0/10s", "190/0s", "10s/190", "-1/10s", "190/10"]
)
def test_wrong(limit):
    """
    A limit that cannot be read is refused, with the form that is expected.
    """
    with pytest.raises(ValueError, match="off nor of the form 190/10s"):
        parse_limit(limit)
    with pytest.raises(ValueError, match="190/10s"):
        Simulator("hubspot", limit=limit or "none")


def test_forms():
    """
    Seconds may be left out where it is one, and have a fraction.
    """
    limits = [parse_limit("5/s"), parse_limit("5/1s"), parse_limit("3/2.5s")]

    assert limits == [Limit(5, 1), Limit(5, 1), Limit(3, 2.5)]


@given(
    most=st.integers(1, 5),
    steps=st.lists(st.sampled_from([0.0, 0.5, 1.0, 3.0, 9.5, 10.0, 12.0]), max_size=40),
)
def test_window(most, steps):
    """
    No stretch of ten seconds holds more than the limit, and nothing less is refused.
    """
    window, now, taken = Window(Limit(most, 10)), 0.0, []
    for step in steps:
        now += step
        recent = [moment for moment in taken if moment > now - 10]
        allowed = window.take(now)
        assert allowed is (len(recent) < most)
        if allowed:
            taken.append(now)
            assert window.remaining == most - len(recent) - 1


def test_associations(crm_simulator, clients):
    """
    Associations have a limit of their own, a hundred in ten seconds, and announce it.
    """
    hub = crm_simulator("hubspot", contacts=1, limit="190/10s")
    send = clients(hub)
    paths = (f"{CONTACT}/associations/notes", "/crm/v4/associations/notes/contacts/labels")
    answers = [send("GET", paths[place % 2]) for place in range(101)]
    refused = answers[-1]

    assert [answer.status for answer in answers] == [200] * 100 + [429]
    assert refused.json["policyName"] == "TEN_SECONDLY_ROLLING"
    assert answers[0].headers["X-HubSpot-RateLimit-Max"] == "100"
    assert [answers[0].headers[LEFT], refused.headers[LEFT]] == ["99", "0"]
    assert send("GET", CONTACT).headers[LEFT] == "189"
    hub.clock.advance(10)
    assert send("GET", paths[0]).status == 200


def test_lower(crm_simulator, clients):
    """
    The limit of associations is never above that of other requests.
    """
    send = clients(crm_simulator("hubspot", contacts=1, limit="2/10s"))
    path = f"{CONTACT}/associations/notes"

    assert [send("GET", path).status for _ in range(3)] == [200, 200, 429]


def test_lifted(crm_simulator, clients):
    """
    Without a limit associations have none either.
    """
    send = clients(crm_simulator("hubspot", contacts=1, limit="off"))
    path = f"{CONTACT}/associations/notes"

    assert {send("GET", path).status for _ in range(101)} == {200}
