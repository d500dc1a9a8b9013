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


@pytest.fixture
def fresh():
    """
    Make clients anew: a client counts what failed, and repeats less from then on.
    """
    _service.client.cache_clear()
    yield
    _service.client.cache_clear()


@pytest.fixture(scope="session")
def running():
    """
    Run the fake service on loopback, once: it takes a while to make a client for it.
    """
    with Service() as fake:
        yield fake


@pytest.fixture
def service(running):
    """
    Return the fake service as if nobody had asked it.
    """
    running.reset()
    return running
