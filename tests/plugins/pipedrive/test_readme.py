"""
The readme tells the truth about settings, fields, types, scopes and costs.
"""

import re
from pathlib import Path

from attrs import fields
from tests.plugins.pipedrive.conftest import ANA

from crmkit_pipedrive import _calls, crmkit_provider
from crmkit_pipedrive._fields import STANDARD
from crmkit_pipedrive._kinds import KINDS, TYPES
from crmkit_pipedrive._settings import Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "pipedrive"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (`[^|]*) \| (.*) \|$", README, re.MULTILINE))
COSTS = dict(
    re.findall(r"^\| (an? [^|]*|the fields[^|]*) \| (\d+) \|$", README, re.MULTILINE)
)
NAMES = {name for first in ROWS for name in re.findall(r"`([\w.:-]+)`", first)}


def test_settings():
    """
    Each setting is explained.
    """
    assert {attribute.name for attribute in fields(Settings)} <= NAMES


def test_custom_fields():
    """
    The standard fields that are custom fields are listed.
    """
    assert set(STANDARD) <= set(re.findall(r"\w+", ROWS["`custom_fields`"]))


def test_types():
    """
    Each type of activity that has a kind is listed with its kind, and what it writes.
    """
    for name, kind in TYPES.items():
        row = next((row for first, row in ROWS.items() if f"`{name}`" in first), "")
        if kind != "notes" or name == "note":
            assert row.startswith(kind)
            keys = {entry.key for entry in KINDS[kind].entries}
            assert keys <= set(re.findall(r"\w+", row))


def test_scopes():
    """
    The scopes that OAuth asks for are explained.
    """
    assert set(crmkit_provider().oauth.scopes) <= NAMES


def test_costs():
    """
    What requests cost is what they are counted by.
    """
    assert int(COSTS["a client by id"]) == _calls.PERSON.tokens
    assert int(COSTS["an activity"]) == _calls.NEW_ACTIVITY.tokens
    assert int(COSTS["a note, a call log"]) == _calls.NEW_NOTE.tokens
    assert _calls.NEW_CALL_LOG.tokens == _calls.NEW_NOTE.tokens
    assert int(COSTS["the fields, once for each connector"]) == _calls.FIELDS.tokens
    found = COSTS["a client by e-mail, phone or custom field"]
    assert int(found) == _calls.SEARCH.tokens + _calls.PERSONS.tokens


def test_example(hub, connect, monkeypatch):
    """
    The example does what it says.
    """
    fenced = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    example, _credentials = fenced.findall(README)
    monkeypatch.setattr("crmkit.CRMConnector", lambda **_: connect(hub))
    exec(compile(example, "README.md", "exec"), {})
    (call,) = hub.activities("activities", ANA["id"])

    assert "Tuesday at nine" in call["properties"]["note"]
