"""
Each fault does what it says: to the connection, to the answer, and to the CRM.
"""

import json
import time
from http.client import IncompleteRead

import pytest

from crmkit_simulator import Fault
from crmkit_simulator._faults import parse_fault

CONTACT = "/crm/objects/2026-09/contacts/7"
CONTACTS = "/crm/objects/2026-09/contacts"
NEW = {"properties": {"lastname": "New"}}


@pytest.mark.parametrize(
    ("name", "error", "done"),
    [
        ("reset_before", ConnectionResetError, False),
        ("reset_after", ConnectionResetError, True),
        ("truncated", IncompleteRead, True),
    ],
)
def test_connection(hub, send, name, error, done):
    """
    The connection ends without a whole answer, with the work done or not, as it says.
    """
    fault = hub.fault(name, method="POST")
    send("GET", CONTACT)
    with pytest.raises(error):
        send("POST", CONTACTS, NEW)
    send.close()

    assert (len(hub.contacts()) == 3) is done
    assert fault.struck == 1
    assert send("POST", CONTACTS, NEW).status == 201


@pytest.mark.parametrize(
    ("name", "status", "done"),
    [
        ("done_but_500", 500, True),
        ("html", 200, False),
        ("broken_json", 200, True),
        ("500", 500, False),
        ("502", 502, False),
        ("524", 524, False),
        ("429", 429, False),
        ("423", 423, False),
        ("477", 477, False),
        ("401", 401, False),
    ],
)
def test_answer(hub, send, name, status, done):
    """
    The answer is the one asked for, once, with the work done or not, as it says.
    """
    fault = hub.fault(name)
    connection = send._connected()
    body = json.dumps(NEW)
    headers = {"Authorization": f"Bearer {hub.token}"}
    connection.request("POST", CONTACTS, body, headers)
    answer = connection.getresponse()
    text = answer.read()

    assert answer.status == status
    assert (len(hub.contacts()) == 3) is done
    if name in {"html", "broken_json"}:
        with pytest.raises(ValueError, match=r"Expecting|Unterminated"):
            json.loads(text)
    else:
        assert json.loads(text)["status"] == "error"
    assert (hub.requests[-1].status, hub.requests[-1].fault) == (status, name)
    assert fault.struck == 1
    assert send("GET", CONTACT).status == 200


@pytest.mark.parametrize("policy", ["TEN_SECONDLY_ROLLING", "SECONDLY", "DAILY"])
def test_storm(hub, send, policy):
    """
    A storm of 429 names the limit that it is told, as often as it is told.
    """
    hub.fault(429, times=3, policy=policy)
    answers = [send("GET", CONTACT) for _ in range(4)]

    assert [answer.status for answer in answers] == [429, 429, 429, 200]
    assert {answer.json["policyName"] for answer in answers[:3]} == {policy}
    assert "Retry-After" not in answers[0].headers
    left = answers[0].headers["X-HubSpot-RateLimit-Remaining"]
    assert left == ("0" if policy == "TEN_SECONDLY_ROLLING" else None)
    assert hub.requests.limited == 3


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        ("TEN_SECONDLY_ROLLING", ("0", "650000")),
        ("DAILY", ("190", "0")),
        ("SECONDLY", (None, None)),
    ],
)
def test_spent(crm_simulator, clients, policy, left):
    """
    Headers of a 429 on demand say that what it names is spent, and nothing else.
    """
    hub = crm_simulator("hubspot", contacts=1)
    hub.fault(429, policy=policy)
    headers = clients(hub)("GET", CONTACT).headers
    names = ("X-HubSpot-RateLimit-Remaining", "X-HubSpot-RateLimit-Daily-Remaining")

    assert tuple(map(headers.get, names)) == left


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("POST", CONTACTS, "crm.objects.contacts.write"),
        ("GET", "/crm/v3/objects/deals", "crm.objects.deals.read"),
        ("DELETE", CONTACT, "crm.objects.contacts.write"),
        ("GET", "/crm/owners/2026-09", "crm.objects.owners.read"),
        ("POST", "/crm/properties/2026-09/contacts", "crm.schemas.contacts.write"),
        ("GET", "/crm/nothing", "oauth"),
    ],
)
def test_forbidden(hub, send, method, path, scope):
    """
    A 403 on demand names the scope that the request would need, and nothing is done.
    """
    before = hub.contacts()
    hub.fault(403)
    answer = send(method, path, NEW)

    assert (answer.status, answer.json["category"]) == (403, "MISSING_SCOPES")
    (error,) = answer.json["errors"]
    assert error["context"] == {"requiredGranularScopes": [scope]}
    assert hub.contacts() == before


@pytest.mark.parametrize(
    ("status", "category"),
    [("400", "VALIDATION_ERROR"), ("414", None), ("500", "INTERNAL_ERROR")],
)
def test_category(hub, send, status, category):
    """
    An internal error is the server's, never the client's.
    """
    hub.fault(status)

    assert send("GET", CONTACT).json.get("category") == category


def test_retry_after(hub, send):
    """
    A portal that migrates says when to come back; other statuses do if they are told.
    """
    hub.fault(477)
    hub.fault(477, seconds=86_400)
    hub.fault(503, seconds=7)
    hub.fault(503)
    found = [send("GET", CONTACT).headers.get("Retry-After") for _ in range(4)]

    assert found == ["60", "86400", "7", None]


def test_latency(hub, send):
    """
    A late answer comes after the time that it is told.
    """
    hub.fault("latency", seconds=0.2)
    start = time.monotonic()

    assert send("GET", CONTACT).status == 200
    assert time.monotonic() - start >= 0.2


def test_late_work(hub, clients):
    """
    What a client no longer waits for is done all the same.
    """
    send = clients(hub)
    hub.fault("latency", seconds=0.3)
    connection = send._connected()
    connection.timeout = 0.05
    with pytest.raises(TimeoutError):
        send("POST", CONTACTS, NEW)
    send.close()
    deadline = time.monotonic() + 5
    while len(hub.contacts()) < 3 and time.monotonic() < deadline:
        clients(hub)("GET", CONTACT)

    assert len(hub.contacts()) == 3


def test_hang(hub, send):
    """
    What hangs does nothing and answers nothing, and does not keep it from stopping.
    """
    hub.fault("hang")
    send._connected().timeout = 0.05
    with pytest.raises(TimeoutError):
        send("POST", CONTACTS, NEW)
    send.close()

    assert len(hub.contacts()) == 2
    hub.stop()
    hub.start()
    assert send("GET", CONTACT).status == 200


@pytest.mark.parametrize(
    ("options", "statuses"),
    [
        ({"times": 2}, [503, 503, 200, 200]),
        ({"times": None}, [503, 503, 503, 503]),
        ({"after": 1}, [200, 503, 200, 200]),
        ({"after": 2, "times": None}, [200, 200, 503, 503]),
        ({"method": "post"}, [200, 200, 200, 200]),
        ({"method": "get"}, [503, 200, 200, 200]),
        ({"path": "contacts/7$"}, [503, 200, 200, 200]),
        ({"path": r"contacts/\d\d"}, [200, 200, 200, 200]),
    ],
)
def test_strikes(hub, send, options, statuses):
    """
    A fault strikes where, when and as often as it is told.
    """
    hub.fault(503, **options)

    assert [send("GET", CONTACT).status for _ in statuses] == statuses


def test_query(hub, send):
    """
    A fault can be aimed at a query.
    """
    hub.fault(503, path="properties=phone")

    assert send("GET", CONTACT).status == 200
    assert send("GET", CONTACT, properties="phone").status == 503


def test_cleared(hub, send):
    """
    Faults that are cleared strike no more.
    """
    hub.fault(503, times=None)
    hub.faults.clear()

    assert send("GET", CONTACT).status == 200


def test_counts(hub, send):
    """
    Requests without an answer are counted apart.
    """
    hub.fault("reset_before")
    with pytest.raises(ConnectionResetError):
        send("GET", CONTACT)
    send("GET", CONTACT)

    assert hub.requests.statuses == {None: 1, 200: 1}
    assert [call.method for call in hub.requests] == ["GET", "GET"]
    assert hub.requests.total == len(hub.requests) == 2
    hub.requests.clear()
    assert hub.requests.total == len(hub.requests) == 0


@pytest.mark.parametrize("name", ["nothing", "200", "4290", ""])
def test_unknown(hub, name):
    """
    A fault that there is not is refused, with those that there are.
    """
    with pytest.raises(ValueError, match="latency, hang, reset_before"):
        hub.fault(name)


def test_wrong_path(hub):
    """
    A path that is no regular expression is refused when it is given.
    """
    with pytest.raises(ValueError, match="no regular expression"):
        hub.fault(503, path="(")


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("reset_after", Fault(name="reset_after")),
        ("429:times=3,policy=DAILY", Fault(name="429", times=3, policy="DAILY")),
        ("503:times=always,after=2", Fault(name="503", times=None, after=2)),
        (
            "latency:seconds=0.5,method=POST,path=notes",
            Fault(name="latency", seconds=0.5, method="POST", path="notes"),
        ),
    ],
)
def test_parsed(text, fault):
    """
    A fault can be written in one word.
    """
    assert parse_fault(text) == fault


@pytest.mark.parametrize("text", ["503:x=1", "503:times", "503:times=x", "nothing:times=1"])
def test_not_parsed(text):
    """
    What is wrong about such a word is refused.
    """
    with pytest.raises(ValueError, match=r"times|nothing|x"):
        parse_fault(text)
