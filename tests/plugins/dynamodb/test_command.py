"""
The commands crmkit store create and check.
"""

import json
from base64 import b64encode

import boto3
import pytest
from click.testing import CliRunner
from tests.plugins.dynamodb.places import open_here, rows

from crmkit import ConfigurationError, StoreError
from crmkit_dynamodb import open_store
from crmkit_dynamodb._command import command
from crmkit_dynamodb._schema import definition
from crmkit_dynamodb._url import place_of

URL = "dynamodb://crmkit?region=eu-central-1"


def run(*arguments):
    """
    Run the command; what it raises is raised.
    """
    done = CliRunner().invoke(command, arguments, catch_exceptions=False)
    return done.exit_code, done.output


@pytest.fixture
def dynamodb(aws, monkeypatch):
    """
    Return AWS's own client; there is a key of crmkit.
    """
    monkeypatch.setenv("CRMKIT_KEY", b64encode(bytes(32)).decode())
    return boto3.client("dynamodb", region_name="eu-central-1")


def test_create(dynamodb):
    """
    The table is billed by request, protected, backed up, and forgets the finished.
    """
    code, told = run("create", URL)
    table = dynamodb.describe_table(TableName="crmkit")["Table"]
    ttl = dynamodb.describe_time_to_live(TableName="crmkit")["TimeToLiveDescription"]
    backups = dynamodb.describe_continuous_backups(TableName="crmkit")

    assert (code, told) == (0, "the table crmkit is made\nnothing is missing\n")
    assert table["BillingModeSummary"]["BillingMode"] == "PAY_PER_REQUEST"
    assert table["DeletionProtectionEnabled"]
    assert (ttl["TimeToLiveStatus"], ttl["AttributeName"]) == ("ENABLED", "ttl")
    recovery = backups["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    assert recovery["PointInTimeRecoveryStatus"] == "ENABLED"


def test_create_again(dynamodb):
    """
    A table that is there stays, and gets what it lacks.
    """
    dynamodb.create_table(**definition(place_of(URL)))
    open_here(URL).add(rows(3))

    assert run("create", URL)[1] == "the table crmkit was there\nnothing is missing\n"
    assert open_here(URL).counts()["pending"] == 3


def test_dry_run(dynamodb):
    """
    A dry run makes nothing, and shows what would be asked for.
    """
    code, told = run("create", URL, "--dry-run")

    assert code == 0
    assert json.loads(told) == definition(place_of(URL))
    assert dynamodb.list_tables()["TableNames"] == []


def test_check(dynamodb):
    """
    A table that is as it should be is counted.
    """
    run("create", URL)
    open_store(URL).add(rows(3))

    sealed = "ok       values are sealed by a key of crmkit\n"
    assert run("check", URL) == (0, f"{sealed}ok       3 pending\n")


def test_check_kms(dynamodb):
    """
    The key of KMS is tried, and it is told which one it is.
    """
    run("create", URL)
    key_id = boto3.client("kms", "eu-central-1").create_key()["KeyMetadata"]["KeyId"]

    assert run("check", f"{URL}&kms={key_id}")[1].startswith(
        f"ok       values are sealed by KMS, {key_id}\n"
    )
    with pytest.raises(StoreError, match="name a KMS key that exists"):
        run("check", f"{URL}&kms=alias/other")


def test_check_no_key(dynamodb, monkeypatch):
    """
    Without a key that seals the remedy is told.
    """
    run("create", URL)
    monkeypatch.setenv("CRMKIT_KEY", "")
    monkeypatch.setattr("crmkit._key_places.KeyFile.read", lambda self: "")
    monkeypatch.setattr("crmkit._key_places.Keyring.read", lambda self: "")

    with pytest.raises(ConfigurationError, match="credentials new-key"):
        run("check", URL)


def test_check_lacks(dynamodb):
    """
    What is only wise is a warning with the remedy, and the exit code is 0.
    """
    dynamodb.create_table(
        **definition(place_of(URL)) | {"DeletionProtectionEnabled": False}
    )
    code, told = run("check", URL, "--json")
    found = [json.loads(line) for line in told.splitlines()]

    assert code == 0
    assert [one["status"] for one in found] == ["warning"] * 3 + ["ok"] * 2
    details = [one["detail"].removeprefix("crmkit lacks ") for one in found[:3]]
    assert details == ["deletion protection", "time to live", "point-in-time recovery"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"GlobalSecondaryIndexes": []}, "index 'queue' with the keys queue and position"),
        ({"KeySchema": [{"AttributeName": "PK", "KeyType": "HASH"}]}, "keys PK and SK"),
    ],
)
def test_check_unfit(dynamodb, change, told):
    """
    A table that cannot serve is a problem, and the exit code is 2.
    """
    given = {**definition(place_of(URL)), **change}
    used = (
        {"PK", "SK"} if "GlobalSecondaryIndexes" in change else {"PK", "queue", "position"}
    )
    given["AttributeDefinitions"] = [
        it for it in given["AttributeDefinitions"] if it["AttributeName"] in used
    ]
    dynamodb.create_table(**{name: value for name, value in given.items() if value})
    code, shown = run("check", URL)

    assert code == 2
    assert shown.startswith("problem  crmkit lacks")
    assert told in shown


def test_check_projection(dynamodb):
    """
    An index without what is read from it is a problem.
    """
    given = definition(place_of(URL))
    given["GlobalSecondaryIndexes"][0]["Projection"] = {"ProjectionType": "KEYS_ONLY"}
    dynamodb.create_table(**given)

    code, shown = run("check", URL)
    assert (code, "owner, batch, clientId in the index" in shown) == (2, True)


def test_check_missing(dynamodb):
    """
    A table that is missing is an error with the remedy.
    """
    with pytest.raises(StoreError, match="run crmkit store create 'dynamodb://crmkit"):
        run("check", URL)


def test_wrong():
    """
    A URL that no store serves is refused.
    """
    for name in ("create", "check"):
        with pytest.raises(ConfigurationError):
            run(name, "nothing://x")


def test_file(tmp_path):
    """
    A file is made, then looked at: its version, and what is in it.
    """
    url = f"sqlite:///{tmp_path / 'outbox.db'}"
    with pytest.raises(StoreError, match=r"there is no file .*store create sqlite:///"):
        run("check", url)

    assert run("create", url, "--dry-run")[0] == 0
    assert not (tmp_path / "outbox.db").exists()
    assert run("create", url)[0] == 0
    code, told = run("check", url)
    assert code == 0
    assert told.splitlines()[0].startswith("ok       version ")
    assert told.splitlines()[1] == "ok       nothing in it"


def test_file_of_others(tmp_path):
    """
    A file that is no database is refused, and stays as it is.
    """
    file = tmp_path / "letter.txt"
    file.write_text("Dear all, this is no database at all")

    with pytest.raises(StoreError, match="is no database"):
        run("check", f"sqlite:///{file}")
    assert file.read_text().startswith("Dear all")
