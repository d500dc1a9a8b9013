"""
The readme tells the truth about headers and settings.
"""

import re
from pathlib import Path

from attrs import fields

from crmkit_addressbook._headers import FIELDS, HEADERS, fold
from crmkit_addressbook._settings import Settings

PACKAGE = Path(__file__).parents[3] / "plugins" / "providers" / "addressbook"
README = (PACKAGE / "README.md").read_text(encoding="utf-8")
ROWS = dict(re.findall(r"^\| `(\w+)` \| (.*) \|$", README, re.MULTILINE))


def test_headers():
    """
    The table of headers in the readme is the built-in one, in its order.
    """
    table = {name: tuple(ROWS[name].split(", ")) for name in ROWS if name in HEADERS}

    assert table == HEADERS


def test_headers_apart():
    """
    No header means two fields, or the same field twice.
    """
    headers = [fold(header) for names in HEADERS.values() for header in names]

    assert sorted(headers) == sorted(set(headers))
    assert len(FIELDS) == len(HEADERS)


def test_settings():
    """
    Each setting is explained.
    """
    assert {
        attribute.name for attribute in fields(Settings)
    } == ROWS.keys() - HEADERS.keys()
