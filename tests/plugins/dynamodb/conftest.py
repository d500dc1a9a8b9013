"""
What the tests of this store share: AWS, simulated in this process or on loopback.
"""

from functools import partial
from threading import RLock, Thread

import pytest
from moto import mock_aws
from moto.core import models
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from tests.plugins.dynamodb.dynalite import running
from tests.plugins.dynamodb.faults import Faults
from tests.plugins.dynamodb.places import SIGNED, new_id, open_here
from werkzeug.serving import make_server

from crmkit_dynamodb import _aws
from crmkit_dynamodb._aws import client
from crmkit_dynamodb._url import place_of

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
    faults = Faults()

    def answer_alone(self, event_name, request, **kwargs):
        with one_by_one:
            return answer(self, event_name, request, **kwargs)

    def asked(self, event_name, request, **kwargs):
        answers = partial(answer_alone, self)
        return faults.answer(answers, event_name, request, **kwargs)

    monkeypatch.setattr(STUB, "__call__", asked)
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    with mock_aws():
        yield faults
    if faults.failed:  # a client counts what failed, and repeats less from then on
        _aws._client.cache_clear()


@pytest.fixture
def url(aws):
    """
    Return the URL of a new table.
    """
    return f"dynamodb://crmkit{new_id()}?region=eu-central-1&shards=2"


@pytest.fixture
def opened(url):
    """
    Return what opens the store once more: one owner more; all are closed at the end.
    """
    stores = []

    def open_store(more=""):
        stores.append(open_here(url + more))
        return stores[-1]

    yield open_store
    for store in stores:
        store.close()


@pytest.fixture
def items(url):
    """
    Return what reads the whole table, as the items that AWS keeps.
    """

    def read():
        place = place_of(url)
        pages = client("dynamodb", place).get_paginator("scan").paginate
        return [item for page in pages(TableName=place.table) for item in page["Items"]]

    return read


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
