"""
Keys: crmkit's own, or data keys of KMS.
"""

from base64 import b64encode

import boto3
import pytest
from tests.plugins.dynamodb.places import made, row, rows

from crmkit import ConfigurationError, StoreError
from crmkit.sealing import Key, seal, unseal
from crmkit_dynamodb import open_store
from crmkit_dynamodb._keys import HeldKeys
from crmkit_dynamodb._kms import KmsKeys
from crmkit_dynamodb._url import Place, place_of

ANA = {"user": "ana", "provider": "acme", "field": "description"}


@pytest.fixture
def place(aws):
    """
    Return a place whose key KMS knows.
    """
    kms = boto3.client("kms", region_name="eu-central-1")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/crmkit", TargetKeyId=key_id)
    return Place(table="crmkit", region="eu-central-1", kms="alias/crmkit")


@pytest.mark.parametrize("user", ["ana", ""])
def test_kms(place, user):
    """
    What one process seals another one opens, with nothing but the text and KMS.
    """
    where = {**ANA, "user": user}
    sealed = seal("hello", KmsKeys(place), where)

    assert unseal(sealed, KmsKeys(place), where) == "hello"


@pytest.mark.parametrize("name", ["user", "provider", "table"])
def test_context(aws, place, name):
    """
    KMS opens a data key for its own table, user and provider only.
    """
    sealed = seal("hello", KmsKeys(place), ANA)
    other = Place(table="other", region="eu-central-1", kms="alias/crmkit")
    where = ANA if name == "table" else {**ANA, name: "eve"}

    with pytest.raises(StoreError, match="belongs to another table, user or KMS key"):
        unseal(sealed, KmsKeys(other if name == "table" else place), where)
    context = aws.asked[-1][1]["EncryptionContext"]
    assert aws.asked[-1][0] == "kms:Decrypt"
    assert context["user" if name != "user" else "provider"] in {"ana", "acme"}


def test_cached(aws, place, monkeypatch):
    """
    A data key serves for a while, and for so many texts; then there is a new one.
    """
    clock = [0.0]
    monkeypatch.setattr("crmkit_dynamodb._kms.monotonic", lambda: clock[0])
    monkeypatch.setattr("crmkit_dynamodb._kms._USES", 5)
    keys = KmsKeys(place)
    for _ in range(6):
        seal("hello", keys, ANA)
    assert aws.counts["kms:GenerateDataKey"] == 1
    seal("hello", keys, ANA)
    assert aws.counts["kms:GenerateDataKey"] == 2
    clock[0] += 301
    seal("hello", keys, ANA)
    assert aws.counts["kms:GenerateDataKey"] == 3


def test_found_cached(aws, place):
    """
    A key is decrypted once for all texts that it sealed.
    """
    keys = KmsKeys(place)
    sealed = [seal("hello", keys, ANA) for _ in range(5)]
    other = KmsKeys(place)

    assert [unseal(text, other, ANA) for text in sealed] == ["hello"] * 5
    assert aws.counts["kms:Decrypt"] == 1


def test_bounded(place, monkeypatch):
    """
    No more data keys are kept than so many.
    """
    monkeypatch.setattr("crmkit_dynamodb._kms._KEPT", 3)
    keys = KmsKeys(place)
    for number in range(5):
        seal("hello", keys, {**ANA, "user": str(number)})

    assert len(keys._newest) == len(keys._found) == 3


def test_no_such_key(place):
    """
    A key that KMS does not know is named with the remedy.
    """
    missing = Place(table="crmkit", region="eu-central-1", kms="alias/other")

    with pytest.raises(StoreError, match="name a KMS key that exists"):
        seal("hello", KmsKeys(missing), ANA)


def test_sealed_by_others(place):
    """
    What no key of KMS sealed is said to be so.
    """
    with pytest.raises(StoreError):
        KmsKeys(place).find("k", ANA)


def test_store(aws, place):
    """
    A store whose URL names a key of KMS seals with one data key for a user's rows.
    """
    made(place)
    url = "dynamodb://crmkit?region=eu-central-1&shards=2&kms=alias/crmkit"
    one, other = open_store(url), open_store(url)
    one.add(rows(20))
    found = other.rows(state="pending", limit=99)
    one.close()

    assert sorted(found, key=lambda it: int(it.activity_id)) == rows(20)
    assert aws.counts["kms:GenerateDataKey"] == aws.counts["kms:Decrypt"] == 1


def test_own(url, monkeypatch):
    """
    Without kms= the keys are crmkit's own.
    """
    made(place_of(url))
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(32)).decode())
    store = open_store(url)
    store.add(rows(3))

    assert store.get(row("1").key) == row("1")


def test_none(url, monkeypatch, tmp_path):
    """
    Without any key nothing is stored, and the remedy is told.
    """
    made(place_of(url))
    monkeypatch.setenv("CRMKIT_KEY_FILE", str(tmp_path / "none"))
    monkeypatch.setattr("crmkit._key_places.Keyring.read", lambda self: "")
    store = open_store(url)

    with pytest.raises(ConfigurationError, match="credentials new-key"):
        store.add(rows(3))
    assert store.counts()["pending"] == 0


def test_held(monkeypatch):
    """
    A key that another process made is used within a minute, and asked for no more often.
    """
    clock, asked = [0.0], []
    monkeypatch.setattr("crmkit_dynamodb._keys.monotonic", lambda: clock[0])

    class Keys:
        def newest(self, place):
            asked.append(clock[0])
            return Key(str(len(asked)), bytes(32))

    keys = HeldKeys(Keys())
    first = [keys.newest(ANA).id for _ in range(3)]
    clock[0] += 61

    assert (first, keys.newest(ANA).id) == (["1"] * 3, "2")
