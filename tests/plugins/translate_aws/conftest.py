"""
What the tests of this transformer share: a fake of the service, and nobody's account.
"""

import pytest
from tests.plugins.translate_aws.service import SIGNED, Service

from crmkit_translate_aws import _service


@pytest.fixture(autouse=True)
def signed(monkeypatch, tmp_path):
    """
    Sign requests with what is good nowhere; read no configuration of this machine.
    """
    for name, value in SIGNED.items():
        monkeypatch.setenv(name, value)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    for name in ("AWS_PROFILE", "AWS_DEFAULT_REGION", "AWS_REGION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    yield
    _service.client.cache_clear()  # a client counts what failed, and repeats less then


@pytest.fixture
def service():
    """
    Run the fake service on loopback.
    """
    with Service() as fake:
        yield fake
