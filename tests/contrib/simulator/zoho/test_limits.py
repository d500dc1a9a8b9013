"""
Limits: credits of a day, requests at once, a rate; and what is told of them.
"""

from concurrent.futures import ThreadPoolExecutor

import pytest

ANA = "5725767000000524157"
LEFT = "X-API-CREDITS-REMAINING"
DAY = 86_400


def refused(answer):
    """
    Tell whether an answer is the refusal of a limit.
    """
    return answer.status == 429 and answer.json["code"] == "TOO_MANY_REQUESTS"


def spent(hub, send, method, path, body=None):
    """
    Return how many credits a request costs.
    """
    before = int(send("GET", "org").headers[LEFT])
    return before - int(send(method, path, body).headers[LEFT])


@pytest.fixture
def half(crm_simulator, clients):
    """
    Return a client of a Zoho of whose 200 credits half are spent.
    """
    hub = crm_simulator("zoho", contacts=[{"id": ANA}], daily=200)
    send = clients(hub)
    for _ in range(100):
        send("GET", "org")
    return send


def test_credits_told(crm_simulator, clients):
    """
    What is left of the day is told once half of it is spent, and not before.
    """
    send = clients(crm_simulator("zoho", contacts=[{"id": ANA}], daily=4))
    answers = [send("GET", f"Contacts/{id_}") for id_ in (ANA, "9", "x", ANA)]

    assert [answer.headers[LEFT] for answer in answers] == [None, "2", "1", "0"]


def test_credits_spent(crm_simulator, clients):
    """
    A day's credits are spent for all tokens, without Retry-After; they come back by and by.
    """
    hub = crm_simulator("zoho", daily=2)
    send, other = clients(hub), clients(hub, hub.add_token())
    send("GET", "org")
    hub.clock.advance(3600)
    other("GET", "org")
    late = send("GET", "org")

    assert refused(late)
    assert refused(other("GET", "org"))
    assert "Retry-After" not in late.headers
    hub.clock.advance(DAY - 3600)
    assert send("GET", "org").status == 200
    assert refused(send("GET", "org"))


def test_refused_work(crm_simulator, clients):
    """
    What is refused is not done, and costs nothing.
    """
    hub = crm_simulator("zoho", daily=1)
    send = clients(hub)
    for name in "ab":
        send("POST", "Contacts", {"data": [{"Last_Name": name}]})

    assert len(hub.contacts()) == 1
    assert hub.requests.limited == 1


def test_unknown_costs_nothing(crm_simulator, clients):
    """
    Requests without a good token cost nobody's credits.
    """
    hub = crm_simulator("zoho", daily=1)
    for _ in range(3):
        clients(hub, token="no")("GET", "org")

    assert clients(hub)("GET", "org").status == 200


@pytest.mark.parametrize(("rows", "cost"), [(1, 1), (10, 1), (11, 2), (100, 10)])
def test_cost_of_rows(half, rows, cost):
    """
    Ten rows cost one credit.
    """
    body = {"data": [{"Last_Name": "Ng"}] * rows}

    assert spent(half.hub, half, "POST", "Contacts", body) == cost


@pytest.mark.parametrize(("limit", "cost"), [(200, 1), (201, 2), (1000, 2), (2000, 3)])
def test_cost_of_queries(half, limit, cost):
    """
    A query costs by its limit.
    """
    query = f"select id from Contacts where id is not null limit {limit}"

    assert spent(half.hub, half, "POST", "coql", {"select_query": query}) == cost


def test_rate(crm_simulator, clients):
    """
    A rate can be set, and lifted with all other limits.
    """
    hub = crm_simulator("zoho", limit="2/10s", daily=4)
    send = clients(hub)
    answers = [send("GET", "org") for _ in range(3)]
    hub.clock.advance(10)

    assert [refused(answer) for answer in answers] == [False, False, True]
    assert send("GET", "org").status == 200
    hub.set_limit("off")
    free = [send("GET", "org") for _ in range(10)]
    assert {answer.status for answer in free} == {200}
    assert {answer.headers[LEFT] for answer in free} == {None}


def at_once(hub, clients, requests):
    """
    Send requests at the same time, each over a connection of its own.
    """
    sends = [clients(hub) for _ in requests]
    with ThreadPoolExecutor(len(requests)) as pool:
        return list(pool.map(lambda send, request: send(*request), sends, requests))


def test_concurrency(crm_simulator, clients):
    """
    More requests at once than are allowed are refused.
    """
    hub = crm_simulator("zoho", concurrency=3, takes=1)
    many = at_once(hub, clients, [("GET", "org")] * 8)

    assert sum(map(refused, many)) == 5
    assert sum(answer.status == 200 for answer in many) == 3


def test_one_by_one(crm_simulator, clients):
    """
    Of requests that follow each other none is refused.
    """
    send = clients(crm_simulator("zoho", concurrency=1, takes=0.01))

    assert {send("GET", "org").status for _ in range(10)} == {200}


def test_heavy(crm_simulator, clients):
    """
    Of searches, queries and long batches ten at once are allowed, whatever else is.
    """
    hub = crm_simulator("zoho", concurrency=25, takes=1)
    rows = {"data": [{"Last_Name": "Ng"}] * 11}
    short = {"data": [{"Last_Name": "Ng"}] * 10}
    query = {"select_query": "select id from Contacts where id is null"}
    heavy = [
        *[("GET", "Contacts/search?word=x")] * 4,
        *[("POST", "coql", query)] * 4,
        *[("POST", "Contacts", rows)] * 4,
    ]
    light = [*[("GET", "org")] * 4, *[("POST", "Contacts", short)] * 4]
    answers = at_once(hub, clients, heavy + light)

    assert sum(map(refused, answers[:12])) == 2
    assert sum(map(refused, answers[12:])) == 0


def test_wrong_limit(crm_simulator):
    """
    A limit that is none is refused.
    """
    with pytest.raises(ValueError, match="190/10s"):
        crm_simulator("zoho", limit="many")
