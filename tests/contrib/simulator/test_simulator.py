"""
The simulator itself: started, taken away, brought back; its clock; what it imports.
"""

import socket
import subprocess
import sys
import threading

import pytest

from crmkit_simulator import Simulator

CONTACT = "/crm/objects/2026-09/contacts/101"
CONTACTS = "/crm/objects/2026-09/contacts"


def test_away_and_back(crm_simulator, clients):
    """
    Taken away it refuses, brought back it has the same address, token and state.
    """
    hub = crm_simulator("hubspot")
    send, address = clients(hub), hub.base_url
    made = send("POST", CONTACTS, {"properties": {"lastname": "X"}}).json["id"]
    hub.stop()
    send.close()
    with pytest.raises(ConnectionRefusedError):
        send("GET", f"{CONTACTS}/{made}")
    hub.start()

    assert hub.base_url == address
    assert send("GET", f"{CONTACTS}/{made}").status == 200


def test_cut(crm_simulator, clients):
    """
    Taken away it cuts the connections that there are.
    """
    hub = crm_simulator("hubspot", contacts=1)
    send = clients(hub)
    send("GET", CONTACT)
    open_connection = send._connected().sock
    hub.stop()

    assert open_connection.recv(1) == b""


def test_twice(crm_simulator, clients):
    """
    Starting and stopping twice does no harm.
    """
    hub = crm_simulator("hubspot", contacts=1)
    address = hub.start().base_url
    assert clients(hub)("GET", CONTACT).status == 200
    hub.stop()
    hub.stop()
    assert hub.start().base_url == address


def test_threads_end():
    """
    What is stopped leaves no thread behind.
    """
    before = threading.active_count()
    with Simulator("hubspot"):
        assert threading.active_count() > before

    assert threading.active_count() == before


def test_two(crm_simulator, clients):
    """
    Two simulators have their own addresses, tokens and contacts.
    """
    one, two = crm_simulator("hubspot", contacts=1), crm_simulator("hubspot")

    assert one.base_url != two.base_url
    assert clients(two, one.token)("GET", CONTACT).status == 401
    assert clients(two)("GET", CONTACT).status == 404


def test_port_in_use():
    """
    A port that is in use is an error of the system, at once.
    """
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            Simulator("hubspot", port=port).start()


def test_no_address():
    """
    Before it is started it may have no address, and says so.
    """
    with pytest.raises(RuntimeError, match="start it, or give it a port"):
        _ = Simulator("hubspot").base_url
    assert Simulator("hubspot", port=8710).base_url == "http://127.0.0.1:8710"


def test_config():
    """
    The configuration names provider, address and token.
    """
    hub = Simulator("hubspot", port=8710, token="secret")

    assert hub.config == {
        "default_provider": "hubspot",
        "settings": {"hubspot": {"base_url": "http://127.0.0.1:8710"}},
        "credentials": {"hubspot": "secret"},
    }


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "example.com", ""])
def test_loopback_only(host):
    """
    It is not for any network.
    """
    with pytest.raises(ValueError, match="loopback only"):
        Simulator("hubspot", host=host)


def test_unknown():
    """
    A CRM that it cannot simulate is refused with those that it can.
    """
    with pytest.raises(ValueError, match=r"'acme', only of .*hubspot"):
        Simulator("acme")


def test_unknown_option():
    """
    An option that the CRM does not have is refused by name.
    """
    with pytest.raises(TypeError, match="colour"):
        Simulator("hubspot", colour="orange")


@pytest.mark.parametrize(
    ("contacts", "problem"),
    [
        ([{"email": "a@example.com"}, {"email": "A@example.com"}], "two contacts"),
        ([{"id": 5}, {"id": 5}], "a number that no other has"),
        ([{"id": "x"}], "a number that no other has"),
        ([{"lifecyclestage": "Lead"}], "not one of the allowed options"),
        ([{"email": "nobody"}], "Email address nobody is invalid"),
    ],
)
def test_wrong_contacts(contacts, problem):
    """
    Contacts that HubSpot could not hold are refused at the start.
    """
    with pytest.raises(ValueError, match=problem):
        Simulator("hubspot", contacts=contacts)


def test_contacts():
    """
    Contacts keep their ids, and a property that is not known becomes a text.
    """
    contacts = [
        {"id": 102, "lastname": "X", "budget": 5},
        {"lastname": "Y"},
        {"lastname": "Z", "hs_email_optout": True},
    ]
    hub = Simulator("hubspot", contacts=contacts)
    held = {one["id"]: one["properties"] for one in hub.contacts()}

    assert set(held) == {"101", "102", "103"}
    assert held["102"]["budget"] == "5"
    assert held["103"]["hs_email_optout"] == "true"


def test_made_up():
    """
    Made-up contacts are as many as asked for, the same each time, each with an address.
    """
    contacts = Simulator("hubspot", contacts=700).contacts()
    people = [
        (one["id"], one["properties"]["email"], one["properties"]["lastname"])
        for one in contacts
    ]
    again = Simulator("hubspot", contacts=700).contacts()

    assert len({address for _, address, _ in people}) == 700
    assert [one["id"] for one in again] == [id_ for id_, _, _ in people]


def test_added(hub, send):
    """
    Contacts can be added while it is served.
    """
    (id_,) = hub.add_contacts([{"email": "cy@example.com"}])
    found = send("GET", "/crm/v3/objects/contacts/cy@example.com", idProperty="email")

    assert found.json["id"] == id_
    assert len(hub.add_contacts(2)) == 2


def test_reset(hub, send, note):
    """
    A reset brings back the contacts of the start, and keeps the token.
    """
    send("POST", "/crm/v3/objects/notes", note())
    send("DELETE", f"{CONTACTS}/8")
    hub.fault(503, times=None)
    before = hub.token
    hub.reset()

    assert [one["id"] for one in hub.contacts()] == ["7", "8"]
    assert (hub.activities(), hub.faults, len(hub.requests)) == ([], [], 0)
    assert hub.token == before
    assert send("GET", f"{CONTACTS}/8").status == 200


def test_clock(hub, send):
    """
    Times come from the simulator's clock, which only moves ahead.
    """
    first = send("POST", CONTACTS, {"properties": {"lastname": "X"}}).json["createdAt"]
    hub.clock.advance(3 * 86_400)
    later = send("POST", CONTACTS, {"properties": {"lastname": "X"}}).json["createdAt"]

    assert later[:10] > first[:10]
    assert f"{hub.clock.moment():%Y-%m-%d}" == later[:10]
    with pytest.raises(ValueError, match="only moves ahead"):
        hub.clock.advance(-1)


def test_concurrent(crm_simulator, clients):
    """
    Requests from many threads at once are each done once.
    """
    hub = crm_simulator("hubspot", limit="off")

    def work(number):
        send = clients(hub)
        for place in range(20):
            send("POST", CONTACTS, {"properties": {"lastname": f"{number}.{place}"}})

    threads = [threading.Thread(target=work, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len({one["properties"]["lastname"] for one in hub.contacts()}) == 160
    assert len(hub.contacts()) == hub.requests.total == 160


@pytest.mark.parametrize(
    "module",
    ["crmkit_simulator", "crmkit_simulator.pytest_plugin", "crmkit_simulator._crms"],
)
def test_light(module):
    """
    Who has it installed pays for no HTTP server, and needs no crmkit.
    """
    code = f"import {module}, sys; print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert {"aiohttp", "asyncio", "crmkit"}.isdisjoint(done.stdout.split())


def test_without_crmkit():
    """
    It serves without crmkit.
    """
    code = (
        "import sys; sys.modules['crmkit'] = None\n"
        "from crmkit_simulator import Simulator\n"
        "with Simulator('hubspot') as hub: print(hub.base_url)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )

    assert done.stdout.startswith("http://127.0.0.1:")
