"""
The command fields.
"""

from pathlib import Path

import pytest

pytest.importorskip("crmkit_hubspot")
pytest.importorskip("crmkit_simulator")

SIZE = {
    "name": "flat_size",
    "label": "Size of flat",
    "type": "enumeration",
    "fieldType": "select",
    "options": [
        {"label": "Small \x1b[2J", "value": "s", "displayOrder": 0, "hidden": False},
        {"label": "Large", "value": "l", "displayOrder": 1, "hidden": False},
    ],
}


@pytest.fixture
def simulator(crm_simulator):
    """
    Start a HubSpot with a custom property.
    """
    return crm_simulator("hubspot", properties=[SIZE])


@pytest.fixture
def fields(inside, simulator):
    """
    Show the fields of that account.
    """
    place = ("--provider", "hubspot", "--set", f"base_url={simulator.base_url}")

    def run(*arguments, **options):
        return inside(
            "fields", *place, *arguments, CRMKIT_HUBSPOT_TOKEN=simulator.token, **options
        )

    return run


def test_table(fields):
    """
    Each field has a line: name in templates, key, type, labels of its options.
    """
    lines = fields().out.splitlines()

    assert lines[0].split() == ["name", "key", "type", "options"]
    row = next(line for line in lines if line.startswith("flat_size"))
    assert row.split(maxsplit=3) == [
        *("flat_size", "flat_size", "choice"),
        "Small \\u001b[2J, Large",
    ]


def test_names(inside):
    """
    The name comes before the CRM's own key; the fields are those of the user's account.
    """
    plugin = str(Path(__file__).with_name("portal.py"))
    lines = inside(
        *("fields", "--plugin", plugin, "--user", "ana"), CRMKIT_PORTAL_TOKEN__ana="t"
    ).out.splitlines()

    assert lines[1].split() == ["budget", "cf_17", "choice", "ana"]


def test_json(fields):
    """
    With --json each field is one line, with the labels by their values.
    """
    found = {line["name"]: line for line in fields("--json").lines}

    assert found["flat_size"] == {
        "key": "flat_size",
        "name": "flat_size",
        "type": "choice",
        "options": {"s": "Small \x1b[2J", "l": "Large"},
    }


def test_scope(fields, simulator):
    """
    A token that may not read the schema is refused with the scope that it needs.
    """
    simulator.crm.token = simulator.add_token(scopes=["crm.objects.contacts.read"])

    assert "crm.schemas.contacts.read" in fields(code=5).err


def test_not_supported(inside, plugin, clients):
    """
    A CRM whose plugin cannot tell its fields is an error that says so.
    """
    done = inside("fields", "--plugin", str(plugin), "--set", f"path={clients}", code=3)

    assert "crmkit_fields" in done.err
    assert len(done.err.splitlines()) == 1
