"""
A provider that keeps every rule passes all of them.
"""

from tests.core.contract import right_provider
from tests.core.contract.fake import FakeAcme

from crmkit.testing import ProviderContract


class TestRight(ProviderContract):
    plugin = right_provider
    api = FakeAcme
    provider = "acme"
