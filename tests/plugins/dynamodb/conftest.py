"""
What the tests of this store share: AWS, simulated in this process or on loopback.
"""

from threading import RLock, Thread

import pytest
from moto import mock_aws
from moto.core import models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from tests.plugins.dynamodb.dynalite import running
from tests.plugins.dynamodb.places import SIGNED
from werkzeug.serving import make_server

STUB = type(models.botocore_stubber)


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
    answer = STUB.__call__

    def answer_alone(self, *args, **kwargs):
        with one_by_one:
            return answer(self, *args, **kwargs)

    monkeypatch.setattr(STUB, "__call__", answer_alone)
    with mock_aws():
        yield


@pytest.fixture(scope="session")
def server():
    """
    Return the URL of AWS on loopback, where other processes see the same tables.
    """
    simulated = DomainDispatcherApplication(create_backend_app)
    one_by_one = RLock()

    def answer_alone(environ, start):
        with one_by_one:
            return simulated(environ, start)

    served = make_server("127.0.0.1", 0, answer_alone, threaded=True)
    thread = Thread(target=served.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{served.server_port}"
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture(scope="session")
def dynalite():
    """
    Return the URL of DynamoDB on loopback, as another project simulates it.
    """
    with running() as url:
        yield url
