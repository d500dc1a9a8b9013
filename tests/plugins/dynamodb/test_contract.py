"""
The contract of stores, on DynamoDB as moto simulates it in this process.
"""

import pytest
from tests.plugins.dynamodb.places import MISSING, open_here

from crmkit.testing import StoreContract


@pytest.mark.usefixtures("aws")
class TestDynamo(StoreContract):
    plugin = staticmethod(open_here)
    url = "dynamodb://{name}?shards=2&lease=1"
    unusable = MISSING
    lease_s = 1.0
