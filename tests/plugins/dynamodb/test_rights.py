"""
Rights and costs: what the README says is what is asked of AWS.
"""

import json
import re
from pathlib import Path

import boto3
import pytest
from tests.plugins.dynamodb.places import GROUP, NOW, row, rows

from crmkit import CRMConnector
from crmkit.stores import Settlement
from crmkit.vaults import SealedCredentials
from crmkit_dynamodb import open_store
from crmkit_dynamodb._schema import create, lacking
from crmkit_dynamodb._url import place_of

ROOT = Path(__file__).parents[3]
README = (ROOT / "plugins/stores/dynamodb/README.md").read_text("utf-8")
APP, MAKER = (
    json.loads(block)
    for block in re.findall(r"^```json\n(.*?)^```", README, re.MULTILINE | re.DOTALL)
)


def actions(policy):
    """
    Return all actions that a policy allows.
    """
    allowed = [action for one in policy["Statement"] for action in one["Action"]]
    assert len(allowed) == len(set(allowed))
    return set(allowed)


def synced(keys):
    """
    Return what says that this is in the CRM.
    """
    return [Settlement(key=key, state="synced", due_at=NOW) for key in keys]


@pytest.fixture
def sealed_by_kms(aws):
    """
    Return the URL of a table whose values KMS seals.
    """
    kms = boto3.client("kms", region_name="eu-central-1")
    key_id = kms.create_key()["KeyMetadata"]["KeyId"]
    return f"dynamodb://crmkit?region=eu-central-1&kms={key_id}"


def test_rights(aws, sealed_by_kms):
    """
    All that a store does needs exactly the rights of the first policy.
    """
    create(place_of(sealed_by_kms))
    aws.asked.clear()
    store, other = open_store(sealed_by_kms), open_store(sealed_by_kms)
    store.add(rows(5))
    store.add([row("one", "sending")])
    store.settle(synced([row("one").key]))
    other.claim(GROUP, state="pending", now=NOW, limit=1)
    store.claim_keys([row("3").key])
    store.get(row("1").key), other.get(row("1").key)
    store.rows(state=None, limit=9), store.counts(), store.groups(NOW)
    store.close()
    other.recover(NOW), other.retry([row("3").key], NOW), other.drop([row("3").key])
    other.forget("7", provider="acme", user_id="ana"), other.purge(NOW + 1)
    other.set_checkpoint("a", "1"), other.checkpoint("a")
    new = SealedCredentials(user_id="ana", provider="acme", version="1", access_token="t")
    other.save_credentials(new, replacing=None), other.save_credentials(new, replacing="1")
    other.credentials("ana", "acme"), other.all_credentials()
    other.lease_credentials("ana", "acme", 9), other.release_credentials("ana", "acme")
    other.remove_credentials("ana", "acme")
    other.close()

    assert set(aws.counts) == actions(APP)


def test_rights_to_make(aws):
    """
    Making a table needs exactly the rights of the second policy.
    """
    assert create(place_of("dynamodb://crmkit?region=eu-central-1"))

    assert set(aws.counts) == actions(MAKER)


def test_rights_to_look(aws):
    """
    Looking at a table needs none beyond those of both policies, and writes nothing.
    """
    place = place_of("dynamodb://crmkit?region=eu-central-1")
    create(place)
    aws.asked.clear()

    assert lacking(place) == []
    assert {name for name in aws.counts if "Describe" not in name} == set()
    assert set(aws.counts) < actions(MAKER)


@pytest.mark.parametrize("number", [1, 20])
def test_requests(aws, sealed_by_kms, number):
    """
    Adding, claiming and settling take the requests that the README's table says.
    """
    create(place_of(sealed_by_kms))
    store = open_store(sealed_by_kms)
    store.add([row("warm", "sending")])

    def asked(call):
        aws.asked.clear()
        call()
        return {name.removeprefix("dynamodb:"): n for name, n in aws.counts.items()}

    keys = [it.key for it in rows(number)]
    mark = {"PutItem": number + 1, "DeleteItem": 1} if number > 1 else {"PutItem": 1}
    assert asked(lambda: store.add(rows(number))) == mark
    claim = asked(lambda: store.claim(GROUP, state="pending", now=NOW, limit=number))
    assert claim == {"Query": 8, "UpdateItem": number}
    assert asked(lambda: store.settle(synced(keys))) == {"UpdateItem": number}
    store.add(rows(number, user_id="eve"))
    by_key = [it.key for it in rows(number, user_id="eve")]
    assert asked(lambda: store.claim_keys(by_key)) == {
        "BatchGetItem": 1,
        "UpdateItem": number,
    }
    store.close()


def test_start(aws, sealed_by_kms, monkeypatch):
    """
    A process that starts, and a flush of nothing, ask for as much as the README says.
    """
    create(place_of(sealed_by_kms))
    aws.asked.clear()
    with CRMConnector(store=sealed_by_kms) as crm:
        crm.outbox.store.counts  # noqa: B018 - it is opened
        assert sum(aws.counts.values()) == 19
    aws.asked.clear()
    with CRMConnector(store=sealed_by_kms) as crm:
        crm.outbox.store.counts  # noqa: B018 - it is opened
        assert sum(aws.counts.values()) == 10
        aws.asked.clear()
        assert crm.flush_pending().exit_code == 0
        assert dict(aws.counts) == {"dynamodb:Query": 40}
