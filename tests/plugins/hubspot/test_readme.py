"""
The readme tells the truth about settings, custom fields, types and scopes.
"""

import re
from pathlib import Path

from attrs import fields
from tests.plugins.hubspot.conftest import ANA

from crmkit_hubspot import crmkit_provider
from crmkit_hubspot._fields import STANDARD
from crmkit_hubspot._kinds import KINDS, TYPES
from crmkit_hubspot._settings import API_VERSION, Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "hubspot"
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
    The standard properties that are custom fields are listed.
    """
    assert f"{', '.join(sorted(STANDARD))}, and every custom" in ROWS["`custom_fields`"]


def test_types():
    """
    Each type of activity that has a kind is listed with its kind, and what it writes.
    """
    for name, kind in TYPES.items():
        row = next((row for first, row in ROWS.items() if f"`{name}`" in first), "")
        if name in KINDS[kind].types:
            assert row.startswith(kind)
            assert {entry.key for entry in KINDS[kind].entries} <= set(
                re.findall(r"\w+", row)
            )


def test_scopes():
    """
    The scopes that OAuth asks for are explained.
    """
    assert set(crmkit_provider().oauth.scopes) - {"oauth"} <= NAMES


def test_example(hub, connect, monkeypatch):
    """
    The example does what it says.
    """
    fenced = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    example, _credentials = fenced.findall(README)
    monkeypatch.setattr("crmkit.CRMConnector", lambda **_: connect(hub))
    exec(compile(example, "README.md", "exec"), {})
    (call,) = hub.activities("calls", ANA["id"])

    assert "Tuesday at nine" in call["properties"]["hs_call_body"]
