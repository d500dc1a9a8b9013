"""
The scripts among the documents run, and do what they say.
"""

import os
import runpy
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

import crmkit

SCRIPT = Path(__file__).parents[2] / "docs" / "scripts" / "connector.py"
SAID = """\
Client: Ana Núñez
Email: ana@example.com
Tags: ()

Hi Ana,

Thanks for your interest in properties in Downtown!

Based on your budget of $450,000, I've found some great options.

Best regards,
Your Agent

Synced: True
Synced 3/3 activities
"""
ANA = {
    "id": "77",
    "firstname": "Ana",
    "lastname": "Núñez",
    "email": "ana@example.com",
    "budget": "450,000",
}


@pytest.fixture
def hub(crm_simulator, monkeypatch, tmp_path):
    """
    Return a HubSpot that connectors take for the real one, and its token for yours.
    """
    hub = crm_simulator("hubspot", contacts=[ANA])
    real = crmkit.CRMConnector
    place = {
        "settings": hub.config["settings"],
        "store": f"sqlite:///{tmp_path}/outbox.db",
    }
    monkeypatch.setattr(crmkit, "CRMConnector", lambda **given: real(**given, **place))
    monkeypatch.setenv("CRMKIT_HUBSPOT_TOKEN", hub.token)
    return hub


def test_simulated(tmp_path):
    """
    The script runs by itself, and leaves nothing behind.
    """
    folders = {"HOME": tmp_path, "XDG_DATA_HOME": tmp_path, "TMPDIR": tmp_path}
    done = subprocess.run(
        [sys.executable, "-W", "error", SCRIPT],
        cwd=tmp_path,
        env={**os.environ, **folders, "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stderr, done.stdout) == (0, "", SAID)
    assert list(tmp_path.iterdir()) == []


def test_yours(hub, capsys):
    """
    With a token and a contact's id it does the same in that account.
    """
    runpy.run_path(str(SCRIPT))["main"](ANA["id"])
    held = hub.activities(client_id=ANA["id"])
    (email,) = (one["properties"] for one in held if one["kind"] == "emails")

    assert capsys.readouterr().out == SAID
    assert Counter(one["kind"] for one in held) == {"emails": 1, "notes": 2, "calls": 1}
    assert email["hs_email_subject"] == "New Listings in Your Area"
    assert "Sent property listing email" in email["hs_email_text"]
    assert "listingIds: listing-1;listing-2" in email["hs_email_text"]
    assert len(hub.activities()) == 4
