"""
The readme tells the truth about settings, custom fields, types and scopes.
"""

import re
from pathlib import Path

from attrs import fields
from tests.plugins.salesforce.conftest import ANA

from crmkit_salesforce import crmkit_provider
from crmkit_salesforce._fields import OPTED_OUT, STANDARD
from crmkit_salesforce._kinds import LONGEST, TYPES, written_as
from crmkit_salesforce._settings import API_VERSION, Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "salesforce"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (`[^|]*) \| (.*) \|$", README, re.MULTILINE))
NAMES = {name for first in ROWS for name in re.findall(r"`([\w.-]+)`", first)}


def test_settings():
    """
    Each setting is explained, and the version is the one that is used.
    """
    assert {attribute.name for attribute in fields(Settings)} <= NAMES
    assert f"`{API_VERSION}`" in ROWS["`api_version`"]


def test_custom_fields():
    """
    The standard fields that are custom fields are listed, and the flags of consent.
    """
    assert f"{', '.join(STANDARD)}, and every custom" in ROWS["`custom_fields`"]
    assert all(f"`{names[0]}`" in ROWS["`consent`"] for names in OPTED_OUT.values())


def test_types():
    """
    Each type of activity that is written in a way of its own is listed with its metadata.
    """
    for name, kind in TYPES.items():
        row = next((row for first, row in ROWS.items() if f"`{name}`" in first), "")
        written = written_as(kind, name)
        if name in written.types:
            assert row.startswith(kind)
            assert {entry.key for entry in written.entries} <= set(re.findall(r"\w+", row))
            assert ("completed" in row) is written.done or name == "meeting"


def test_lengths():
    """
    What fits into a field is told.
    """
    assert f"a Description takes {LONGEST['Description']:,} characters" in README
    assert f"a Subject {LONGEST['Subject']}" in README


def test_scopes():
    """
    The scopes that OAuth asks for are explained.
    """
    assert set(crmkit_provider().oauth.scopes) <= NAMES


def test_example(org, connect, monkeypatch):
    """
    The example does what it says.
    """
    fenced = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    example, _credentials = fenced.findall(README)
    monkeypatch.setattr("crmkit.CRMConnector", lambda **_: connect(org))
    exec(compile(example, "README.md", "exec"), {})
    (call,) = org.activities("Task", ANA)

    assert "Tuesday at nine" in call["properties"]["Description"]
