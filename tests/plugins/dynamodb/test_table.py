"""
The table: found by a URL, as it was made, with errors that say what to do.
"""

import json
import os
import socket
import sys
from subprocess import run

import boto3
import pytest
from tests.plugins.dynamodb.faults import answered
from tests.plugins.dynamodb.places import NOW, SIGNED, made, open_here, row, rows

from crmkit import ConfigurationError, StoreError
from crmkit.errors import CrmkitError
from crmkit.vaults import SealedCredentials
from crmkit_dynamodb import open_store
from crmkit_dynamodb._aws import _client
from crmkit_dynamodb._url import Place, place_of

FULL = (
    "dynamodb://my.crm-kit_1?region=eu-central-1&kms=alias/crmkit"
    "&endpoint=http://127.0.0.1:4567&lease=60&shards=4"
)


def test_url():
    """
    A URL says which table, and how it is used.
    """
    assert place_of(FULL) == Place(
        table="my.crm-kit_1",
        region="eu-central-1",
        kms="alias/crmkit",
        endpoint="http://127.0.0.1:4567",
        lease=60,
        shards=4,
    )
    assert place_of("dynamodb://Table") == Place(table="Table")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("dynamodb://", "names no table"),
        ("dynamodb://ab", "names no table"),
        ("dynamodb:///table", "names no table"),
        ("dynamodb://table/more", "names no table"),
        ("dynamodb://user@table", "names no table"),
        ("dynamodb://table?regoin=x", "unknown regoin; known are region, kms"),
        ("dynamodb://table?lease=0", "lease=0 must be a whole number from 1 to"),
        ("dynamodb://table?lease=1.5", "lease=1.5 must"),
        ("dynamodb://table?shards=101", "shards=101 must be a whole number from 1 to 100"),
        ("dynamodb://table?shards=", "shards= must"),
        ("dynamodb://table?endpoint=http://db.example", "must begin with https://"),
        ("dynamodb://table?endpoint=127.0.0.1:1", "must begin with https://"),
    ],
)
def test_wrong_url(url, told):
    """
    A URL that is wrong is refused, with what would be right.
    """
    with pytest.raises(ConfigurationError) as error:
        open_store(url)
    assert told in str(error.value)


def test_missing(aws):
    """
    Where there is no table the error tells how it is made.
    """
    store = open_store("dynamodb://nowhere?region=eu-central-1")

    with pytest.raises(StoreError, match=r"store create 'dynamodb://nowhere\?region=eu-c"):
        store.counts()


def test_no_region(monkeypatch):
    """
    Without a region the error tells where to name it.
    """
    monkeypatch.delenv("AWS_DEFAULT_REGION")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)

    with pytest.raises(ConfigurationError, match=r"\?region=eu-central-1"):
        open_store("dynamodb://table").counts()


def test_not_signed_in(monkeypatch, tmp_path):
    """
    Without AWS credentials the error says that they are missing.
    """
    for name in SIGNED:
        monkeypatch.delenv(name)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    _client.cache_clear()

    with pytest.raises(StoreError, match="NoCredentialsError; sign in to AWS"):
        open_store("dynamodb://table?region=eu-west-3").counts()


def test_away(unused_tcp_port):
    """
    An endpoint that nobody serves is a StoreError that names the table.
    """
    endpoint = f"http://127.0.0.1:{unused_tcp_port}"

    with pytest.raises(StoreError, match="'table' cannot be used: EndpointConnectionError"):
        open_store(f"dynamodb://table?region=eu-central-1&endpoint={endpoint}").counts()


@pytest.fixture
def unused_tcp_port(monkeypatch):
    """
    Return a port where nobody listens, and repeat without waiting.
    """
    monkeypatch.setattr("botocore.endpoint.time.sleep", lambda seconds: None)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        yield free.getsockname()[1]


def test_denied(aws, opened):
    """
    What AWS says of the one who is refused stands in no error, nor in what caused it.
    """
    store = opened()
    store.counts()
    told = {
        "__type": "com.amazon.coral.service#AccessDeniedException",
        "Message": "User: arn:aws:sts::1:assumed-role/Admin/zoe@planted.example is not",
    }
    aws.plan = lambda action, values: lambda _: answered("http://x", 400, told)

    with pytest.raises(StoreError, match="PutItem: AccessDeniedException; give") as error:
        store.add([row("1")])
    assert "planted" not in str(error.value)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__


def test_surrogate(opened):
    """
    A text that cannot be written is a StoreError, not one of Python's.
    """
    with pytest.raises(CrmkitError):
        opened().add([row("1", error="\ud83d")])


def test_some_left(aws, opened):
    """
    What AWS leaves out of an answer to many keys is asked for again, not for ever.
    """
    store = opened()
    store.add(rows(5))
    left = []

    def one(answer):
        found = json.loads(answer.content)
        ((table, items),) = found["Responses"].items()
        keys = [{"PK": it["PK"], "SK": it["SK"]} for it in items[1:]]
        if keys:
            left.append(len(keys))
            found["Responses"][table] = items[:1]
            found["UnprocessedKeys"] = {table: {"Keys": keys, "ConsistentRead": True}}
        return answered("http://x", 200, found)

    aws.plan = lambda action, values: one if action == "BatchGetItem" else None

    assert len(store.claim_keys([it.key for it in rows(5)])) == 5
    assert left == [4, 3, 2, 1]


def test_never_all(aws, opened, monkeypatch):
    """
    What AWS leaves out again and again is a StoreError.
    """
    monkeypatch.setattr("crmkit_dynamodb._table.sleep", lambda seconds: None)
    store = opened()
    store.add(rows(2))

    def nothing(values):
        table = store._place.table
        keys = values["RequestItems"][table]
        found = {"Responses": {}, "UnprocessedKeys": {table: keys}}
        return lambda _: answered("http://x", 200, found)

    aws.plan = lambda action, values: nothing(values) if action == "BatchGetItem" else None

    with pytest.raises(StoreError, match="throttled; run again later"):
        store.claim_keys([row("1").key])


def test_shards(url):
    """
    The number of shards is the table's, by the first who used it; another one is refused.
    """
    base = url.partition("&")[0]
    open_here(f"{base}&shards=3").add(rows(40))

    assert open_here(base).counts()["pending"] == 40
    with pytest.raises(ConfigurationError, match="made with shards=3, which stays"):
        open_here(f"{base}&shards=4").counts()


def test_newer(url, items):
    """
    A table that a newer version wrote is refused, and stays as it is.
    """
    place = place_of(url)
    made(place)
    newer = {"PK": "CRMKIT", "SK": "TABLE", "version": 2, "shards": 2, "change": "made"}
    wired = {k: {"S": v} if isinstance(v, str) else {"N": str(v)} for k, v in newer.items()}
    boto3.client("dynamodb", "eu-central-1").put_item(TableName=place.table, Item=wired)
    before = items()

    with pytest.raises(StoreError, match="upgrade crmkit-dynamodb"):
        open_here(url).add(rows(2))
    assert items() == before


def test_forked(opened):
    """
    A lease does not cross a fork: the child leases as an owner of its own.
    """
    store = opened()
    store.add([row("1", "sending")])
    mine = store._opened.owner.name
    store._opened.process = -1  # as if this were the child

    assert store.recover(NOW) == 0
    assert store._opened.owner.name != mine
    store._opened.owner.stop()


def test_closed(opened):
    """
    A store that was closed works again, as another owner.
    """
    store = opened()
    store.add([row("1", "sending")])
    store.close()

    assert store.recover(NOW) == 1


def test_light():
    """
    Opening a store imports no AWS: it is called on first use.
    """
    script = (
        "import sys; from crmkit_dynamodb import open_store; "
        "open_store('dynamodb://table?kms=alias/x'); "
        "print(*{'boto3', 'botocore', 'cryptography'} & set(sys.modules))"
    )
    done = run([sys.executable, "-c", script], capture_output=True, text=True, check=True)

    assert done.stdout.split() == []


def test_renewal(opened):
    """
    Who is gone renews nothing; others renew credentials that a lapsed lease left.
    """
    one, other = opened(), opened()
    assert one.lease_credentials("ana", "acme", 60)
    assert one.lease_credentials("ana", "acme", 60)
    assert not other.lease_credentials("ana", "acme", 60)
    assert other.lease_credentials("eve", "acme", 60)
    one.release_credentials("ana", "acme")
    assert other.lease_credentials("ana", "acme", 60)
    other.close()

    assert one.lease_credentials("ana", "acme", 60)


def test_swapped(opened):
    """
    Credentials are replaced only where they are those that were read.
    """
    one, other = opened(), opened()
    first, second = (
        SealedCredentials(user_id="ana", provider="acme", version=v, access_token=v)
        for v in ("v1", "v2")
    )
    assert one.save_credentials(first, replacing=None)
    assert not other.save_credentials(second, replacing=None)
    assert not other.save_credentials(second, replacing="v0")
    assert one.credentials("ana", "acme") == first
    assert other.save_credentials(second, replacing="v1")
    assert one.credentials("ana", "acme") == second
    assert one.remove_credentials("ana", "acme")
    assert not one.remove_credentials("ana", "acme")
    assert one.all_credentials() == []
