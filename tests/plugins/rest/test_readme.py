"""
The pages say what is so: their file is a good one, and works as they say.
"""

import re
from pathlib import Path

import pytest
from attrs import fields

from crmkit.testing import Answer
from crmkit_rest import _schema
from crmkit_rest._kinds import WRITTEN, Kind, Look, Outcomes
from crmkit_rest._requests import Fetch, Find, History, Listing, Schema
from crmkit_rest._templates import _FORMATS

ROOT = Path(__file__).parents[3]
README = (ROOT / "plugins" / "providers" / "rest" / "README.md").read_text("utf-8")
PAGE = (ROOT / "docs" / "rest.md").read_text("utf-8")
FILE = re.search(r'```toml\n(label = "Acme".*?)```', README, re.DOTALL)[1]


def test_same():
    """
    Both pages print the same file, in some twenty lines.
    """
    assert FILE in PAGE
    assert len([line for line in FILE.splitlines() if line]) <= 20


def test_works(played, connect, written):
    """
    The file reads a client, finds one by e-mail, and writes a note.
    """
    ana = {"id": 7, "full_name": "Ana", "emails": [{"address": "ana@example.com"}]}
    played.answers |= {
        "/people/7": {**ana, "budget": 5, "owner": {"id": 9}, "unsubscribed": True},
        "/people": {"people": [ana]},
        "/people/7/notes": Answer(status=201, json={"id": 12}),
    }
    crm = connect(played, file=written(text=FILE))
    client = crm.get_client_data("7")

    assert (client.name, client.email) == ("Ana", "ana@example.com")
    assert client.custom_fields == {"budget": 5, "owner_id": 9}
    assert [said.status for said in client.consent] == ["opted_out"]
    assert crm.find_client(email="ana@example.com").id == "7"


@pytest.mark.parametrize(
    "table",
    [
        *(_schema.CRM, _schema.Auth, _schema.Client, _schema.Errors, _schema.Limits),
        *(Fetch, Find, Listing, History, Schema, Kind, Look, Outcomes),
    ],
)
def test_every_key(table):
    """
    The page tells every key of every table.
    """
    prose = re.sub(r"```.*?```|``.*?``", "", PAGE, flags=re.DOTALL)
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", prose))))

    assert {attribute.name for attribute in fields(table)} <= told


def test_every_name():
    """
    The page tells every name that may stand in an activity, and every format.
    """
    assert {name for name in WRITTEN if f"`{{{name}}}`" not in PAGE} == set()
    assert {name for name in _FORMATS if f"`{name}`" not in PAGE} == set()
