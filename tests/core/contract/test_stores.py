"""
The contract of stores: the embedded store keeps its rules, and so does one in memory.
"""

from tests.core.contract.stores_memory import in_memory

from crmkit._sqlite import open_store
from crmkit.testing import StoreContract


class TestSqlite(StoreContract):
    plugin = open_store
    url = "sqlite:///{folder}/outbox.db"


class TestMemory(StoreContract):
    plugin = in_memory()
    url = "memory:{name}"
    unusable = "memory:"
