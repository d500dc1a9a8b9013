"""
The readme tells the truth about settings, custom fields, types and scopes.
"""

import re
from pathlib import Path

from attrs import fields
from tests.plugins.zoho.conftest import ANA

from crmkit_zoho import SCOPES, crmkit_provider
from crmkit_zoho._fields import OWNER, STANDARD
from crmkit_zoho._records import KINDS
from crmkit_zoho._settings import DATA_CENTERS, Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "zoho"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| (`[^|]*) \| (.*) \|$", README, re.MULTILINE))
NAMES = {name for first in ROWS for name in re.findall(r"`([\w.-]+)`", first)}


def test_settings():
    """
    Each setting is explained, and each data centre named.
    """
    assert {attribute.name for attribute in fields(Settings)} <= NAMES
    assert set(DATA_CENTERS) <= set(re.findall(r"`(\w+)`", ROWS["`data_center`"]))


def test_custom_fields():
    """
    The standard fields that are custom fields are listed, the owner too.
    """
    assert f"{', '.join(sorted(STANDARD))}, as far as" in ROWS["`custom_fields`"]
    assert all(f"{name}" in README for name in OWNER)


def test_types():
    """
    Each type of activity that has a kind is listed with its kind, and what it writes.
    """
    kinds = crmkit_provider().kinds
    for name, kind in kinds.items():
        if name != "*":
            row = ROWS[f"`{name}`"]
            assert row.startswith(kind)
            assert {entry.key for entry in KINDS[kind].entries} <= set(
                re.findall(r"\w+", row)
            )


def test_lengths():
    """
    What Zoho has room for is what is said.
    """
    notes, others = (
        KINDS["Notes"].longest,
        {KINDS[k].longest[1] for k in KINDS if k != "Notes"},
    )

    assert f"{notes[1]:,}" in README
    assert f"more than {notes[0]} fails" in README
    assert [f"{longest:,}" in README for longest in others] == [True]


def test_scopes():
    """
    The scopes that OAuth asks for are explained.
    """
    assert set(SCOPES) <= NAMES


def test_example(hub, connect, monkeypatch):
    """
    The example does what it says.
    """
    fenced = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
    example, _credentials = fenced.findall(README)
    monkeypatch.setattr("crmkit.CRMConnector", lambda **_: connect(hub))
    exec(compile(example, "README.md", "exec"), {})
    (call,) = hub.activities("Calls", ANA["id"])

    assert "Tuesday at nine" in call["properties"]["Description"]
