"""
What the tests of this store share: AWS, simulated.
"""

from threading import RLock

import pytest
from moto import mock_aws
from moto.core import models
from tests.plugins.dynamodb.places import SIGNED


@pytest.fixture(autouse=True)
def signed(monkeypatch):
    """
    Sign requests with what is good nowhere.
    """
    for name, value in SIGNED.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def aws(signed, monkeypatch):
    """
    Answer for AWS in this process, one request after the other: moto's tables take no two.
    """
    one_by_one = RLock()
    answer = models.botocore_stubber.__class__.__call__

    def answer_alone(self, *args, **kwargs):
        with one_by_one:
            return answer(self, *args, **kwargs)

    monkeypatch.setattr(models.botocore_stubber.__class__, "__call__", answer_alone)
    with mock_aws():
        yield
