"""
A provider that keeps every rule passes all of them.
"""

from tests.core.contract import providers_right
from tests.core.contract.providers_fake import FakeAcme

from crmkit.testing import ProviderContract


class TestRight(ProviderContract):
    plugin = providers_right
    api = FakeAcme
    provider = "acme"
