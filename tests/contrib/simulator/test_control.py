"""
The simulator is controlled over HTTP as it is from Python.
"""

import pytest

CONTACT = "/crm/objects/2026-09/contacts/7"


def test_about(hub, send):
    """
    It tells where it is and which token it takes, without one.
    """
    send.token = ""

    assert send("GET", "/_simulator").json == {
        "base_url": hub.base_url,
        "token": hub.token,
    }


def test_faults(send):
    """
    Faults are set, listed and cleared.
    """
    fault = {"name": "503", "times": 1, "path": "contacts"}
    made = send("POST", "/_simulator/faults", fault)
    assert made.status == 200
    assert [send("GET", CONTACT).status for _ in "ab"] == [503, 200]
    (listed,) = send("GET", "/_simulator/faults").json
    assert listed == {
        "name": "503",
        "times": 1,
        "method": None,
        "path": "contacts",
        "after": 0,
        "seconds": None,
        "policy": None,
        "struck": 1,
    }
    send("POST", "/_simulator/faults", {"name": "503"})
    assert send("DELETE", "/_simulator/faults").json == []
    assert send("GET", CONTACT).status == 200


def test_contacts(hub, send):
    """
    Contacts are added and listed.
    """
    (id_,) = send("POST", "/_simulator/contacts", [{"lastname": "Cy"}]).json

    assert [one["id"] for one in send("GET", "/_simulator/contacts").json] == [
        one["id"] for one in hub.contacts()
    ]
    assert id_ in {one["id"] for one in hub.contacts()}


def test_activities(hub, send, note):
    """
    Activities are told by kind and client.
    """
    send("POST", "/crm/v3/objects/notes", note())
    (held,) = send("GET", "/_simulator/activities", kind="notes", client_id="7").json

    assert held == hub.activities()[0]
    assert send("GET", "/_simulator/activities", client_id="8").json == []


def test_clock(hub, send):
    """
    The clock is read and moved ahead.
    """
    before = send("GET", "/_simulator/clock").json["now"]
    after = send("POST", "/_simulator/clock", {"advance": 86_400}).json["now"]

    assert after[:10] > before[:10]


def test_requests(hub, send):
    """
    Requests are counted, those to the simulator itself are not.
    """
    send("GET", CONTACT)
    send("GET", CONTACT)
    found = send("GET", "/_simulator/requests").json

    assert (found["total"], found["limited"]) == (2, 0)
    assert found["requests"][0]["path"] == CONTACT
    assert send("DELETE", "/_simulator/requests").json["total"] == 0
    assert hub.requests.total == 0


def test_limit(send):
    """
    The limit is changed.
    """
    assert send("PUT", "/_simulator/limit", {"limit": "1/10s"}).status == 200
    assert [send("GET", CONTACT).status for _ in "ab"] == [200, 429]


def test_tokens(hub, clients, send):
    """
    Tokens are made.
    """
    options = {"scopes": ["oauth"], "expires_in": 60}
    made = send("POST", "/_simulator/tokens", options).json["token"]

    assert clients(hub, made)("GET", CONTACT).status == 403


def test_reset(hub, send):
    """
    The start is brought back.
    """
    send("DELETE", CONTACT)

    assert send("POST", "/_simulator/reset").json["token"] == hub.token
    assert send("GET", CONTACT).status == 200


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "faults", {"name": "nothing"}),
        ("POST", "faults", {"nome": "503"}),
        ("POST", "faults", [1]),
        ("POST", "faults", b"{"),
        ("POST", "clock", {}),
        ("POST", "clock", {"advance": -1}),
        ("POST", "clock", {"advance": "a"}),
        ("PUT", "limit", {"limit": "fast"}),
        ("PUT", "limit", {"limit": 5}),
        ("POST", "contacts", [{"email": "ana@example.com"}]),
        ("POST", "contacts", [1]),
        ("POST", "contacts", -1),
        ("POST", "tokens", {"scopes": "oauth"}),
    ],
)
def test_wrong(hub, send, method, path, body):
    """
    What is wrong is told, and nothing is done.
    """
    answer = send(method, f"/_simulator/{path}", body)

    assert answer.status == 400
    assert answer.json["error"]
    assert (len(hub.contacts()), hub.faults) == (2, [])


def test_unknown(send):
    """
    A path or method that there is not is told, with those that there are.
    """
    assert "POST /_simulator/faults" in send("GET", "/_simulator/x").json["known"]
    assert send("GET", "/_simulator/x").status == 404
    assert send("GET", "/_simulatorx").status == 404
    assert send("PATCH", "/_simulator/faults", {}).status == 405
