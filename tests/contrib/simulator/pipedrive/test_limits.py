"""
Limits: two seconds for each token, searches apart, a budget for the day.
"""

import pytest
from tests.contrib.simulator.pipedrive.conftest import client

PERSON, SEARCH = "/api/v2/persons/1", "/api/v2/persons/search?term=example"
LEFT = "x-ratelimit-remaining"


def statuses(send, count, path=PERSON):
    """
    Return the statuses of so many requests.
    """
    return [send("GET", path).status for _ in range(count)]


def test_burst(crm_simulator):
    """
    An API token has 20 requests in two seconds; headers tell, the reset in seconds.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    send = client(pipe)
    first = send("GET", PERSON).headers
    assert statuses(send, 19) == [200] * 19
    refused = send("GET", PERSON)

    assert (first["x-ratelimit-limit"], first[LEFT]) == ("20", "19")
    assert (refused.status, refused.json["success"]) == (429, False)
    assert (refused.headers[LEFT], refused.headers["x-ratelimit-reset"]) == ("0", "2")
    assert "Retry-After" not in refused.headers
    pipe.clock.advance(int(refused.headers["x-ratelimit-reset"]))
    assert send("GET", PERSON).headers[LEFT] == "19"


def test_tokens_apart(crm_simulator):
    """
    Each token has its own two seconds, and an app four times as many requests.
    """
    pipe = crm_simulator("pipedrive", contacts=1, limit="1/2s")
    app = client(pipe, pipe.add_token(scopes=["contacts:read"]), bearer=True)

    assert statuses(client(pipe), 2) == [200, 429]
    assert statuses(client(pipe, pipe.add_token()), 2) == [200, 429]
    assert statuses(app, 5) == [200] * 4 + [429]


def test_search(crm_simulator):
    """
    Ten searches in two seconds are allowed, whatever else is.
    """
    pipe = crm_simulator("pipedrive", contacts=1, limit="1/2s")
    send = client(pipe)

    assert statuses(send, 11, SEARCH) == [200] * 10 + [429]
    assert send("GET", SEARCH).headers["x-ratelimit-limit"] == "10"
    assert send("GET", PERSON).status == 200


def test_daily(crm_simulator):
    """
    The budget of the day is the company's, and paid by what each call costs.
    """
    pipe = crm_simulator("pipedrive", contacts=1, daily=16)
    send, other = client(pipe), client(pipe, pipe.add_token())
    answers = [
        send("POST", "/api/v2/persons", {"name": "X"}).status,
        send("GET", "/api/v2/persons").status,
        other("GET", PERSON).status,
    ]
    refused = other("GET", PERSON)

    assert answers == [200, 200, 200]
    assert (refused.status, refused.json["error"]) == (429, "Daily rate limit exceeded")
    assert (refused.headers[LEFT], refused.headers["Retry-After"]) == ("18", "2")
    pipe.clock.advance(60)
    assert send("GET", PERSON).status == 429
    pipe.clock.advance(86_400)
    assert send("GET", PERSON).status == 200


def test_dear(crm_simulator):
    """
    What costs more than is left is refused, what costs less is not.
    """
    send = client(crm_simulator("pipedrive", contacts=1, daily=10))
    paths = (PERSON, "/api/v2/persons", PERSON)

    assert [send("GET", path).status for path in paths] == [200, 429, 200]


@pytest.mark.parametrize(
    ("method", "path", "cost"),
    [
        ("GET", "/api/v2/persons/1", 1),
        ("GET", "/api/v2/persons", 10),
        ("GET", "/api/v2/persons/search", 20),
        ("PATCH", "/api/v2/persons/1", 5),
        ("DELETE", "/api/v2/persons/1", 3),
        ("GET", "/api/v2/personFields", 10),
        ("GET", "/v1/personFields", 20),
        ("GET", "/api/v2/activities/1", 1),
        ("POST", "/api/v2/activities", 5),
        ("DELETE", "/api/v2/activities/1", 3),
        ("GET", "/v1/notes", 20),
        ("GET", "/v1/notes/1", 2),
        ("POST", "/v1/notes", 10),
        ("DELETE", "/v1/notes/1", 6),
        ("POST", "/v1/callLogs", 10),
        ("GET", "/v1/users/me", 2),
        ("GET", "/v1/users", 20),
        ("GET", "/v1/activityTypes", 20),
        ("PUT", "/v1/persons/1/merge", 40),
        ("GET", "/v1/persons/1/mailMessages", 20),
    ],
)
def test_costs(crm_simulator, method, path, cost):
    """
    Each call costs what the API's description says, whether it succeeds or not.
    """
    pipe = crm_simulator("pipedrive", contacts=1, daily=1000, daily_headers=True)
    left = client(pipe)(method, path, {}).headers["x-daily-ratelimit-token-remaining"]

    assert int(left) == 1000 - cost


def test_silent(crm_simulator):
    """
    Without the option no header tells of the budget.
    """
    headers = client(crm_simulator("pipedrive", contacts=1))("GET", PERSON).headers

    assert not [name for name in headers if "daily" in name.lower()]


def test_midnight(crm_simulator):
    """
    The server's midnight is another than that of UTC.
    """
    pipe = crm_simulator("pipedrive", contacts=1, daily=1)
    now = pipe.clock.now()
    pipe.clock.advance(86_400 - now % 86_400 - 1)
    send = client(pipe)
    send("GET", PERSON)
    pipe.clock.advance(2)

    assert send("GET", PERSON).status == 429
    pipe.clock.advance(5 * 3600)
    assert send("GET", PERSON).status == 200


def test_blocked(crm_simulator):
    """
    An API token that goes on after refusals is blocked with a page for people, for a while.
    """
    pipe = crm_simulator("pipedrive", contacts=1, limit="1/2s", patience=3)
    send = client(pipe)
    blocked = [send("GET", PERSON) for _ in range(6)]

    assert [answer.status for answer in blocked] == [200, 429, 429, 429, 429, 403]
    assert "Cloudflare" in blocked[-1].text
    assert (blocked[-1].json, blocked[-1].headers.get(LEFT)) == (None, None)
    assert pipe.requests.limited == 5
    pipe.clock.advance(30)
    assert send("GET", PERSON).status == 403
    pipe.clock.advance(31)
    assert send("GET", PERSON).status == 200


def test_patience(crm_simulator):
    """
    Who waits between refusals, or is an app, is not blocked.
    """
    pipe = crm_simulator("pipedrive", contacts=1, limit="1/2s", patience=3)
    send = client(pipe)
    app = client(pipe, pipe.add_token(expires_in=60), bearer=True)

    for _ in range(3):
        assert statuses(send, 3) == [200, 429, 429]
        pipe.clock.advance(10)
    assert statuses(app, 12) == [200] * 4 + [429] * 8


def test_off(crm_simulator):
    """
    Without a limit nothing is refused or announced.
    """
    send = client(crm_simulator("pipedrive", contacts=1, limit="off", daily=1))

    assert set(statuses(send, 30) + statuses(send, 12, SEARCH)) == {200}
    assert not [name for name in send("GET", PERSON).headers if "ratelimit" in name.lower()]


def test_changed(crm_simulator):
    """
    A limit can be changed while it is served.
    """
    pipe = crm_simulator("pipedrive", contacts=1, limit="off")
    send = client(pipe)
    send("GET", PERSON)
    pipe.set_limit("1/2s")

    assert statuses(send, 2) == [200, 429]


@pytest.mark.parametrize(
    ("policy", "left", "wait"),
    [(None, "0", None), ("search", "0", None), ("daily", "20", "2")],
)
def test_on_demand(crm_simulator, policy, left, wait):
    """
    A limit can be spent on demand, with the headers that tell which.
    """
    pipe = crm_simulator("pipedrive", contacts=1)
    pipe.fault(429, policy=policy)
    refused = client(pipe)("GET", PERSON)

    assert (refused.status, refused.headers[LEFT]) == (429, left)
    assert refused.headers.get("Retry-After") == wait


def test_daily_told(crm_simulator):
    """
    Where headers tell of the budget, one that is spent on demand is told as such.
    """
    pipe = crm_simulator("pipedrive", contacts=1, daily_headers=True)
    pipe.fault(429, policy="daily")
    refused = client(pipe)("GET", PERSON)

    assert refused.headers["x-daily-ratelimit-token-remaining"] == "0"
