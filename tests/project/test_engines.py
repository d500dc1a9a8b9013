"""
The scripts that run inside of existing engines do so, each where its engine is installed.
"""

import csv
import importlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crmkit import ActivityRecord, CRMConnector, CrmkitError

SCRIPTS = Path(__file__).parents[2] / "docs" / "scripts"
PEOPLE = [
    ("1", "Ana", "ana@example.com", "formal", "Downtown", ""),
    ("2", "Hey", "hey@example.com", "casual", 'the "old" part\nof town', ""),
    ("3", "李", "li@example.com", "", "", ""),
    ("4", "Bo", "", "", "Downtown", ""),
    ("5", "Cy", "cy@example.com", "", "Downtown", "yes"),
]


@pytest.fixture
def hub(crm_simulator, monkeypatch, tmp_path):
    """
    Return a HubSpot with client 101, to which scripts connect by their configuration.
    """
    hub = crm_simulator("hubspot", contacts=[{"id": "101", "email": "ana@example.com"}])
    config = tmp_path / "crmkit.toml"
    config.write_text(f'[settings.hubspot]\nbase_url = "{hub.base_url}"\n')
    monkeypatch.setenv("CRMKIT_CONFIG", str(config))
    monkeypatch.setenv("CRMKIT_STORE", f"sqlite:///{tmp_path.as_posix()}/outbox.db")
    monkeypatch.setenv("CRMKIT_HUBSPOT_TOKEN", hub.token)
    return hub


@pytest.fixture
def script(monkeypatch):
    """
    Return what imports a script anew, as an engine does.
    """
    monkeypatch.syspath_prepend(SCRIPTS)
    imported = []

    def load(name):
        imported.append(name)
        return importlib.import_module(name)

    yield load
    for name in imported:
        sys.modules.pop(name, None)


@pytest.fixture
def functions(hub, script):
    """
    Return the functions for AWS Lambda, warm.
    """
    functions = script("aws_lambda")
    yield functions
    functions.connector.close()


@pytest.fixture
def table(monkeypatch):
    """
    Return the URL of a store in AWS, which is simulated in this process.
    """
    import boto3
    from moto import mock_aws

    from crmkit_dynamodb import _table
    from crmkit_dynamodb._schema import create
    from crmkit_dynamodb._url import place_of

    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(_table, "WORKERS", 1)  # moto's tables take no two requests at once
    url = "dynamodb://outbox?region=eu-central-1&kms=alias/crmkit"
    with mock_aws():
        kms = boto3.client("kms", "eu-central-1")
        key = kms.create_key()["KeyMetadata"]["KeyId"]
        kms.create_alias(AliasName="alias/crmkit", TargetKeyId=key)
        create(place_of(url))
        yield url


class Context:
    """
    What Lambda hands over beside the event, with so many seconds left.
    """

    def __init__(self, seconds):
        self._seconds = seconds

    def get_remaining_time_in_millis(self):
        return int(self._seconds * 1000)


def message(name, body):
    """
    Return a record as SQS hands it over.
    """
    text = body if isinstance(body, str) else json.dumps(body)
    return {"messageId": name, "body": text, "eventSource": "aws:sqs"}


def note(text, **fields):
    """
    Return the body of a message: an activity of client 101.
    """
    return {"type": "note", "client_id": "101", "description": text, **fields}


def failed(answer):
    """
    Return the messages that a function reports as failed.
    """
    return [item["itemIdentifier"] for item in answer["batchItemFailures"]]


def test_lambda(functions, hub):
    """
    What a queue brings is added, then flushed to the CRM, each once.
    """
    records = [message("m1", note("One")), message("m2", note("Two", id="own"))]

    assert failed(functions.add({"Records": records}, None)) == []
    assert hub.activities() == []
    assert functions.flush({}, Context(60))["counts"]["synced"] == 2
    assert len(hub.activities("notes", "101")) == 2


def test_lambda_redelivered(functions, hub):
    """
    A message that comes again, before or after it was sent, is in the CRM once.
    """
    event = {"Records": [message("m1", note("One")), message("m1", note("One"))]}

    assert failed(functions.add(event, None)) == []
    assert functions.flush({}, Context(60))["counts"]["synced"] == 1
    assert failed(functions.add(event, None)) == []
    assert functions.flush({}, Context(60))["counts"]["synced"] == 0
    assert len(hub.activities()) == 1


def test_lambda_with_dynamodb(hub, table, script, monkeypatch):
    """
    What one function adds to a table, another one sends, each activity once.
    """
    monkeypatch.setenv("CRMKIT_STORE", table)
    event = {"Records": [message(f"m{n}", note(f"Number {n}")) for n in range(5)]}
    for _ in range(2):
        functions = script("aws_lambda")
        assert failed(functions.add(event, None)) == []
        functions.connector.close()
        del sys.modules["aws_lambda"]
    functions = script("aws_lambda")

    assert functions.flush({}, Context(60))["counts"]["synced"] == 5
    assert len(hub.activities("notes", "101")) == 5
    functions.connector.close()


@pytest.mark.parametrize(
    "body",
    ["no JSON", "[]", "7", {}, note("When", timestamp="2026-05-01"), note("x", kind="y")],
)
def test_lambda_wrong_message(functions, hub, body):
    """
    A message that holds no activity fails alone.
    """
    event = {"Records": [message("bad", body), message("good", note("One"))]}

    assert failed(functions.add(event, None)) == ["bad"]
    assert functions.flush({}, Context(60))["counts"]["synced"] == 1


def test_lambda_other_content(functions, hub):
    """
    A message with other content under a known id fails; the first one stands.
    """
    functions.add({"Records": [message("m1", note("One", id="own"))]}, None)

    event = {"Records": [message("m2", note("Two", id="own"))]}
    assert failed(functions.add(event, None)) == ["m2"]
    assert functions.flush({}, Context(60))["counts"]["synced"] == 1


def test_lambda_out_of_time(functions, hub):
    """
    A function whose time is over sends nothing, and leaves all to the next.
    """
    functions.add({"Records": [message("m1", note("One"))]}, None)

    told = functions.flush({}, Context(4))
    assert (told["counts"]["synced"], len(told["unsent"])) == (0, 1)
    assert hub.activities() == []
    assert functions.flush({}, Context(60))["counts"]["synced"] == 1


def test_lambda_refused(functions, hub):
    """
    A flush that needs a person's help fails, so that its alarm rings.
    """
    functions.add({"Records": [message("m1", note("One"))]}, None)
    hub.fault("403", path="batch/create")

    with pytest.raises(RuntimeError, match="needs somebody"):
        functions.flush({}, Context(60))


@pytest.fixture
def book(tmp_path):
    """
    Return an address book of people who differ in all that letters look at.
    """
    book = tmp_path / "clients.csv"
    headers = ("Record ID", "First Name", "Email", "Communication Style", "Location")
    with book.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([(*headers, "Email Opt Out"), *PEOPLE])
    return book


def in_one_process(letters, book):
    """
    Return the lines that one connector makes of the whole book.
    """
    with CRMConnector(
        default_provider="addressbook",
        settings={"addressbook": {"path": str(book)}},
        transformers={"style": {}},
    ) as crm:
        made = list(crm.personalize_many(letters.LETTER, crm.iter_clients()))
    return [
        {"error": str(one)}
        if isinstance(one, CrmkitError)
        else {"to": one.to, "text": one.content}
        for one in made
    ]


def written(folder):
    """
    Return the lines of all parts, in their order.
    """
    texts = [part.read_text("utf-8") for part in sorted(folder.glob("*.jsonl"))]
    return [json.loads(line) for text in texts for line in text.splitlines()]


def test_letters(script, book, tmp_path, monkeypatch):
    """
    Letters made part by part in several processes are those that one process makes.
    """
    letters = script("letters")
    monkeypatch.setattr(letters, "PART", 2)
    letters.main(str(book), str(tmp_path / "letters"))

    made = written(tmp_path / "letters")
    assert made == in_one_process(letters, book)
    assert [line.get("to") for line in made] == [
        *(who[2] for who in PEOPLE[:3]),
        None,
        None,
    ]
    assert made[0]["text"].startswith("Hello Ana,")


def test_letters_on_dask(script, book, tmp_path, monkeypatch):
    """
    The workers of a Dask cluster write the same letters.
    """
    distributed = pytest.importorskip("distributed")
    letters = script("letters")
    monkeypatch.setattr(letters, "PART", 2)
    monkeypatch.setenv("PYTHONPATH", str(SCRIPTS))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, dashboard_address=None
    ) as cluster:
        letters.main(str(book), str(tmp_path / "letters"), cluster.scheduler_address)

    assert written(tmp_path / "letters") == in_one_process(letters, book)


def prefect(tmp_path, **env):
    """
    Run the flow as its own program, with all that Prefect keeps in a folder of the test.
    """
    pytest.importorskip("prefect")
    own = {
        "PREFECT_HOME": str(tmp_path / "prefect"),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "120",
        "DO_NOT_TRACK": "1",
    }
    return subprocess.run(
        [sys.executable, SCRIPTS / "prefect_flow.py"],
        cwd=tmp_path,
        env={**os.environ, **own, **env},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
        check=False,
    )


def waiting(text):
    """
    Leave one activity in the outbox.
    """
    activity = ActivityRecord(type="note", client_id="101", description=text)
    with CRMConnector.from_config(auto_sync=False) as crm:
        crm.sync_activity(activity)


def test_prefect(hub, tmp_path):
    """
    A flow whose first try meets a limit that is spent sends all in the second.
    """
    pytest.importorskip("prefect")
    waiting("One")
    hub.fault("429", path="batch/create", policy="SECONDLY")
    delay = {"PREFECT_TASK_DEFAULT_RETRY_DELAY_SECONDS": "3"}
    done = prefect(tmp_path, CRMKIT_MAX_RETRIES="0", **delay)

    assert done.returncode == 0, done.stderr
    assert len(hub.activities("notes")) == 1
    assert re.search("synced=1", done.stderr + done.stdout)
    assert hub.requests.limited == 1
