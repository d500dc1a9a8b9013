"""
Providers that are right are not blamed, whatever shape their CRM has.
"""

import pytest
from tests.core.contract import providers_shapes as shapes

from crmkit.testing import ProviderContract


class Right(ProviderContract):
    """
    An object with methods in place of a module.
    """

    provider = "shapes"


class TestNested(Right):
    plugin, api = shapes.Nested(), shapes.FakeNested


class TestNumbers(Right):
    plugin, api = shapes.Numbers(), shapes.FakeNumbers


class TestPlaces(Right):
    plugin, api = shapes.Places(), shapes.FakePlaces


class TestLinks(Right):
    plugin, api = shapes.Links(), shapes.FakeLinks

    @pytest.mark.skip(reason="it lists all, whenever they changed")
    def test_f32_since(self):
        """
        Leave out the one rule that it breaks.
        """


class TestUpserts(Right):
    plugin, api = shapes.Upserts(), shapes.FakeUpserts


class TestCalls(Right):
    plugin, api = shapes.Calls(), shapes.FakeCalls


class TestForms(Right):
    plugin, api = shapes.Forms(), shapes.FakeForms


class TestTable(Right):
    plugin, api = shapes.Table(), shapes.FakeTable
