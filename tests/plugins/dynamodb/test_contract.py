"""
The contract of stores, on DynamoDB as two projects simulate it.
"""

import pytest
from tests.plugins.dynamodb.places import MISSING, open_here

from crmkit.testing import StoreContract

URL = "dynamodb://{name}?region=eu-central-1&shards=2&lease=1"
ELSEWHERE = {
    f"test_{name}"
    for name in (
        "o32_killed",
        "o33_alive_elsewhere",
        "o34_written",
        "o49_lease_of_the_killed",
    )
}
RULES = {name for name in dir(StoreContract) if name.startswith("test_")}


class OnDynamo(StoreContract):
    __test__ = False
    plugin = staticmethod(open_here)
    url = URL
    unusable = MISSING
    lease_s = 1.0


@pytest.mark.usefixtures("aws")
class TestDynamo(OnDynamo):
    """
    Moto in this process, where no other process sees it.
    """

    __test__ = True

    @pytest.fixture(autouse=True)
    def alone(self, monkeypatch):
        # It answers one request after the other; more threads would but stand in a line.
        monkeypatch.setattr("crmkit_dynamodb._table.WORKERS", 1)
        # Beyond all of AWS's own limits; moto takes half a minute for the thousand of O07.
        monkeypatch.setattr("crmkit.testing._store.rows.MANY", 250)


class TestServed(OnDynamo):
    """
    Moto on loopback: what is said of other processes.
    """

    __test__ = True

    @pytest.fixture(autouse=True)
    def served(self, server):
        self.url = f"{URL}&endpoint={server}"


for name in RULES:
    setattr(TestDynamo if name in ELSEWHERE else TestServed, name, None)


class TestDynalite(OnDynamo):
    """
    Dynalite on loopback: a second opinion.
    """

    __test__ = True

    @pytest.fixture(autouse=True)
    def served(self, dynalite):
        self.url = f"{URL}&endpoint={dynalite}"
        self.unusable = f"{MISSING}&endpoint={dynalite}"
