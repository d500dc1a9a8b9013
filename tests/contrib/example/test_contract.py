"""
The example keeps the contract.
"""

from tests.contrib.example.fake import FakeAcme

import crmkit_example
from crmkit.testing import ProviderContract


class TestExample(ProviderContract):
    plugin = crmkit_example
    api = FakeAcme
