"""
A world to fail in: a CRM, simulated, a proxy before it, and connectors through both.
"""

import os
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import urllib3
from attrs import evolve
from tests.faults.crms import CRMS, Case, Clock, fates, flush_until_quiet, held_by
from tests.faults.faults import FEW
from tests.faults.proxy import Proxy
from tests.faults.table import TABLE, lines
from tests.faults.victims import Victims

from crmkit import _wire

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SEED = int(os.environ.get("FAULTS_SEED", "1"))
KEY = b64encode(bytes(32)).decode()
APP = {"client_id": "app", "client_secret": "s3cret", "refresh_token": "again"}


class World:
    """
    One CRM without a limit, a store, a clock whose waits take no time.
    """

    def __init__(self, crm, simulator, proxy, folder):
        self.crm, self.proxy, self.folder = crm, proxy, folder
        self.clock, self._made = Clock(), []
        self.use(simulator)

    def use(self, simulator):
        """
        Have the proxy lead to this CRM.
        """
        self.simulator = simulator
        self.proxy.upstream = urlsplit(simulator.base_url).port
        self.case = Case(
            crm=self.crm.name,
            url=self.proxy.address,
            credentials=simulator.token,
            store=f"{self.folder}/outbox.db",
            key=KEY,
        )

    def connect(self, case=None, **arguments):
        """
        Return a connector that writes through the proxy.
        """
        self._made.append((case or self.case).connect(self.clock, **arguments))
        return self._made[-1]

    def signed_out(self):
        """
        Return the case of a user whose access token is still to be had, and is kept then.
        """
        return evolve(self.case, grant={"refresh_token": "again", "metadata": APP})

    def there(self):
        """
        Return how often the CRM has each activity, by id.
        """
        return held_by(self.simulator)

    def judge(self, connector, activities, report):
        """
        Hold that each activity is what it is said to be; return how many of which state.
        """
        return fates(connector, activities, report, self.there())

    def settled(self, connector, activities, fault="", verb="", told=()):
        """
        Heal all, flush until nothing waits, and judge; the table gets what was *told*.
        """
        self.proxy.heal()
        found = self.judge(connector, activities, flush_until_quiet(connector, self.clock))
        assert found["pending"] == 0
        if fault:
            TABLE[fault][verb].update(outcome.status for outcome in told)
            TABLE[fault]["end"].update(found)
            TABLE[fault]["end"]["lost"] += len(activities) - found.total()
            TABLE[fault]["end"]["twice"] += sum(n > 1 for n in self.there().values())
        return found

    def close(self):
        """
        Close all connectors.
        """
        for connector in self._made:
            connector.close()


@pytest.fixture(params=CRMS)
def world(request, crm_simulator, tmp_path, monkeypatch):
    """
    Return a world for each CRM of the table.
    """
    monkeypatch.setenv("CRMKIT_KEY", KEY)
    crm = CRMS[request.param]
    simulator = crm_simulator(crm.name, contacts=crm.people, limit="off", app=APP)
    with Proxy() as proxy:
        world = World(crm, simulator, proxy, tmp_path)
        yield world
        world.close()


@pytest.fixture
def rotating(world, crm_simulator):
    """
    Return a world whose refresh tokens are good once; a second use ends the grant.
    """
    app = {**APP, "rotate_refresh_tokens": True}
    crm = world.crm
    world.use(crm_simulator(crm.name, contacts=crm.people, limit="off", app=app))
    return world


@pytest.fixture
def impatient(monkeypatch):
    """
    Have requests end after half a second, since the real minutes have no setting.
    """
    monkeypatch.setattr(_wire, "MAX_SECONDS", 0.5)
    monkeypatch.setattr(_wire, "_TIMEOUT", urllib3.Timeout(connect=5, read=0.5))


@pytest.fixture(scope="session")
def victims():
    """
    Return what starts processes; what they are forked from finds the tests.
    """
    with pytest.MonkeyPatch.context() as patched:
        patched.syspath_prepend(ROOT)
        patched.setenv("PYTHONPATH", str(ROOT), prepend=os.pathsep)
        yield Victims()


def pytest_collection_modifyitems(config, items):
    """
    Take the first CRM through everything, the others through a few faults of each test.

    With the environment variable FAULTS_ALL they all go through everything that is about
    requests.
    """
    first, everything = next(iter(CRMS)), bool(os.environ.get("FAULTS_ALL"))
    left = [item for item in items if not _chosen(item, first, everything)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in left]


def _chosen(item, first, everything):
    said = getattr(getattr(item, "callspec", None), "params", {})
    crm = said.get("world", first)
    if said.get("step", 0) >= len(CRMS[crm].steps):
        return False
    if crm == first or item.path.parent != HERE:
        return True
    if item.path.name != "test_faults.py":
        return False
    few = said.get("fault", FEW[0]) in FEW and said.get("position", 1) == 1
    return everything or (few and said.get("seed", SEED) == SEED)


def pytest_terminal_summary(terminalreporter):
    """
    Show the table of faults.
    """
    for line in lines():
        terminalreporter.write_line(line)
