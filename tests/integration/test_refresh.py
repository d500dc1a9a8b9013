"""
One sign-in for many processes: a refresh token that is good once is used once.
"""

from base64 import b64encode
from contextlib import ExitStack, nullcontext

import pytest
from tests.core.children import Child

from crmkit import CredentialsError, CRMConnector, CRMCredentials
from crmkit._sqlite import open_store
from crmkit._vault import vault_of
from crmkit_simulator import Simulator

PROCESSES = 8
APP = {
    "client_id": "app",
    "client_secret": "hush",
    "refresh_token": "first",
    "rotate_refresh_tokens": True,
}
SPENT = CRMCredentials(
    provider="hubspot",
    access_token="refused",
    refresh_token="first",
    metadata={"client_id": "app", "client_secret": "hush"},
)
CHILD = """
from crmkit import CRMConnector, CRMCredentials

credentials = given and CRMCredentials(**given)
with CRMConnector(settings=settings, store=store, credentials=credentials) as crm:
    session = crm.session("bob")  # it knows the token that is refused
    print("ready")
    input()
    session.http.get("/crm/objects/2026-09/contacts")
    print("done")
    for _ in iter(input, "end"):  # a grant that is dead shows itself later
        print(session.http.get("/crm/objects/2026-09/contacts").status)
"""


@pytest.fixture
def hub(monkeypatch, tmp_path):
    """
    Run HubSpot, with a key to keep credentials with.
    """
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(32)).decode())
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    with Simulator("hubspot", app=APP, contacts=1) as hub:
        yield hub


def refreshes(hub):
    """
    Return how often a token was asked for.
    """
    return sum(request.path.endswith("/token") for request in hub.requests)


def given():
    """
    Return the arguments of the credentials that are given.
    """
    return {
        "provider": SPENT.provider,
        "access_token": SPENT.access_token.reveal(),
        "refresh_token": SPENT.refresh_token.reveal(),
        "metadata": dict(SPENT.metadata),
    }


@pytest.mark.parametrize("source", ["store", "given"])
def test_processes(hub, tmp_path, source):
    """
    Of eight processes whose token is refused at once one refreshes, and all go on.
    """
    store = f"sqlite:///{tmp_path}/crmkit.db"
    if source == "store":
        vault = vault_of(open_store(store))
        vault.save(SPENT, "bob", replacing=None)
        vault.store.close()
    names = {
        "settings": dict(hub.config["settings"]),
        "store": store,
        "given": given() if source == "given" else None,
    }
    with ExitStack() as stack:
        children = [stack.enter_context(Child(CHILD, **names)) for _ in range(PROCESSES)]
        assert [child.hear() for child in children] == ["ready"] * PROCESSES
        for said in ("done", "200"):
            for child in children:
                child.tell()
            assert [child.hear() for child in children] == [said] * PROCESSES

    assert refreshes(hub) == 1


def test_next_start(hub, tmp_path):
    """
    Successors of given tokens are found at each start, so that the grant lives on.
    """
    arguments = {"settings": hub.config["settings"], "credentials": SPENT}
    for _ in range(3):
        with CRMConnector(store=f"sqlite:///{tmp_path}/crmkit.db", **arguments) as crm:
            session = crm.session("bob")
            session.http.get("/crm/objects/2026-09/contacts")
            session.http.renew(session.credentials)

    assert refreshes(hub) == 4


def test_killed(hub, tmp_path):
    """
    A process that is killed once it uses the new token leaves it to the next one.
    """
    names = {
        "settings": dict(hub.config["settings"]),
        "store": f"sqlite:///{tmp_path}/crmkit.db",
        "given": given(),
    }
    with Child(CHILD, **names) as child:
        assert child.hear() == "ready"
        child.tell()
        assert child.hear() == "done"
        child.kill()
    with Child(CHILD, **names) as child:
        child.hear()
        child.tell()
        assert child.hear() == "done"

    assert refreshes(hub) == 1


DYING = """
import os
from crmkit._sqlite import SqliteStore

def die(self, *arguments, **more):
    if point == "lease_credentials":
        right(self, *arguments, **more)
    os._exit(9)

right = getattr(SqliteStore, point)
setattr(SqliteStore, point, die)
"""


@pytest.mark.parametrize(
    ("point", "outcome"),
    [
        ("lease_credentials", nullcontext()),
        ("save_credentials", pytest.raises(CredentialsError, match="sign in again")),
    ],
)
def test_killed_while_renewing(hub, tmp_path, point, outcome):
    """
    A lease of a killed process holds nobody up; after the CRM's answer its token is lost.
    """
    store = f"sqlite:///{tmp_path}/crmkit.db"
    names = {"settings": dict(hub.config["settings"]), "store": store, "given": given()}
    with Child(DYING + CHILD, point=point, **names) as child:
        child.hear()
        child.tell()
        assert child.hear() == ""

    with CRMConnector(settings=names["settings"], store=store, credentials=SPENT) as crm:
        session = crm.session("bob")
        with outcome:
            session.http.get("/crm/objects/2026-09/contacts")
