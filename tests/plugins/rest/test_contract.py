"""
What the examples describe keeps the contract of providers.
"""

from pathlib import Path

from tests.plugins.rest.fakes import Acme, Harbor

import crmkit_rest
from crmkit.testing import ProviderContract

EXAMPLES = Path(__file__).parents[3] / "plugins" / "providers" / "rest" / "examples"


class TestAcme(ProviderContract):
    plugin = crmkit_rest.provider(str(EXAMPLES / "acme.toml"))
    api = Acme
    provider = "acme"


class TestHarbor(ProviderContract):
    plugin = crmkit_rest.provider(str(EXAMPLES / "harbor.toml"))
    api = Harbor
    provider = "harbor"
