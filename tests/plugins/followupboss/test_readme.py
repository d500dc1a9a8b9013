"""
The readme tells the truth about settings, fields, types and metadata.
"""

import re
from pathlib import Path

from attrs import fields

from crmkit_followupboss._fields import PLACE, STANDARD
from crmkit_followupboss._kinds import KINDS, TYPES
from crmkit_followupboss._settings import Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "followupboss"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| ([^|]*) \| ([^|]*) \|(?: ([^|]*) \|)?$", README, re.MULTILINE)
NAMES = {name for row in ROWS for name in re.findall(r"`([\w.-]+)`", " ".join(row))}


def test_settings():
    """
    Each setting is explained.
    """
    assert {attribute.name for attribute in fields(Settings)} <= NAMES


def test_custom_fields():
    """
    The standard fields are listed.
    """
    assert {*STANDARD, *PLACE} <= NAMES


def test_types():
    """
    Each type that has a kind of its own is in the row of that kind.
    """
    kinds = {
        kind: set(re.findall(r"`(\w+)`", first)) for first, kind, _ in ROWS if "`" in first
    }
    documented = set(KINDS["events"].told)  # of which one stands for all

    for name, kind in TYPES.items():
        if name not in documented | {"*"}:
            assert name in kinds[kind]
    assert kinds["events"] <= documented


def test_metadata():
    """
    The metadata that have a field are named with their kind.
    """
    rows = {kind: more for first, kind, more in ROWS if "`" in first}

    for name, kind in KINDS.items():
        if name != "emEvents":
            assert {entry.key for entry in kind.entries} <= set(
                re.findall(r"`(\w+)`", rows[name])
            )
