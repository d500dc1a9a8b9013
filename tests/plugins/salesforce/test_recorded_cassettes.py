"""
What a cassette may hold, and what is taken out of it.
"""

import json
import re

import pytest
from tests.plugins.salesforce import test_recorded
from tests.plugins.salesforce.cassettes import FOLDER, HOST, scrubbed

from crmkit.testing import ProviderContract
from crmkit.testing.cassettes import leak

FILES = sorted(FOLDER.rglob("*.yaml"))


def test_kept():
    """
    A cassette says what it was recorded from and when, and holds nobody's secrets.
    """
    label = r"# Recorded from [^\n]+ on 20\d\d-\d\d-\d\d\.\n"
    texts = {file.name: file.read_text("utf-8") for file in FILES}

    assert [name for name, text in texts.items() if not re.match(label, text)] == []
    assert leak(texts.values()) is None


def test_all():
    """
    Each cassette is of a test that there is, or of a rule.
    """
    tests = {f"salesforce/{name}" for name in vars(test_recorded)}
    rules = {f"contract/{name.removeprefix('test_')}" for name in dir(ProviderContract)}

    assert FILES
    assert {f"{file.parent.name}/{file.stem}" for file in FILES} <= tests | rules


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            {"Id": "1", "Email": "real@acme.test", "LastName": "Real", "IsDeleted": False},
            {"Id": "1", "Email": None, "LastName": None, "IsDeleted": False},
        ),
        (
            {"Id": "1", "Email": "ana@example.com", "OwnerId": "005X"},
            {"Id": "1", "Email": "ana@example.com", "OwnerId": "005000000000001AAA"},
        ),
        (
            {"access_token": "scrubbed", "instance_url": "https://real", "id": "x"},
            {"access_token": "scrubbed", "instance_url": HOST},
        ),
        (
            {
                "keyPrefix": "003",
                "label": "Contact",
                "fields": [{"name": "Email", "type": "email"}, {"name": "Own__c"}],
            },
            {"keyPrefix": "003", "fields": [{"name": "Email", "type": "email"}]},
        ),
    ],
)
def test_scrubbed(said, kept):
    """
    Of strangers, of the org and of its schema nothing is kept but what is read.
    """
    assert json.loads(scrubbed(json.dumps([said]))) == [kept]
