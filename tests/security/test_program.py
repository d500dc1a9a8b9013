"""
What the program says: clients where they are asked for, secrets nowhere.
"""

import json
import os
import subprocess
import sys

import pytest
from tests.security.planted import PERSONAL, PLANTS, SECRETS, Search

NOTE = {
    "id": "n-1",
    "type": "note",
    "client_id": "4711",
    "description": PERSONAL["note"],
    "metadata": {"subject": PERSONAL["metadata"]},
}
CONTACT = {
    "id": "4711",
    "email": PERSONAL["e-mail"],
    "phone": PERSONAL["phone"],
    "firstname": PERSONAL["name"],
}
REFUSED = {**NOTE, "id": "n-2", "client_id": "12345"}
RUNS = {
    "sync": (["sync", "-"], [NOTE, REFUSED]),
    "sync --dry-run": (["sync", "-", "--dry-run"], [{**NOTE, "id": "n-3"}]),
    "sync, broken lines": (["sync", "-"], [{**NOTE, "extra": 1}, [PERSONAL["note"]]]),
    "outbox": (["outbox", "list"], []),
    "outbox check": (["outbox", "check"], []),
    "fields": (["fields"], []),
    "doctor": (["doctor"], []),
    "plugins": (["plugins"], []),
}


@pytest.fixture
def run(tmp_path, crm_simulator):
    """
    Return a function that runs the program for a HubSpot with one contact.
    """
    simulator = crm_simulator("hubspot", contacts=[CONTACT], token=SECRETS["access token"])
    environment = {
        **os.environ,
        "HOME": str(tmp_path),
        "XDG_DATA_HOME": str(tmp_path),
        "CRMKIT_HUBSPOT_TOKEN": SECRETS["access token"],
        "PYTHONUTF8": "1",
    }
    place = ("--provider", "hubspot", "--set", f"base_url={simulator.base_url}")

    def run(*arguments, lines=()):
        own = () if arguments[0] in {"outbox", "plugins"} else place
        return subprocess.run(
            [sys.executable, "-m", "crmkit_cli", *arguments, *own],
            input="\n".join(map(json.dumps, lines)),
            capture_output=True,
            text=True,
            env=environment,
            cwd=tmp_path,
            timeout=60,
            check=False,
        )

    return run


@pytest.mark.parametrize("how", [(), ("--json", "--trace")], ids=["text", "json"])
def test_what_it_says(run, how):
    """
    No command but those that show clients says anything of one; none shows a token.
    """
    search = Search()

    for name, (arguments, lines) in RUNS.items():
        done = run(*arguments, *how, lines=lines)
        assert done.stdout or done.stderr
        assert (done.returncode == 2) == ("broken" in name)
        assert "Traceback" not in done.stderr
        search.take(name, done.stdout, done.stderr)

    assert search.found() == set()


def test_what_it_shows_on_purpose(run):
    """
    The commands fetch and personalize show the client that was asked for, and no token.
    """
    shown = Search()

    shown.take("fetch", run("fetch", "4711", "--trace").stdout)
    text = ("personalize", "--text", "Hi {{ firstName }}", "--client", "4711")
    shown.take("personalize", run(*text).stdout)

    assert shown.found(SECRETS) == set()
    assert {("fetch", "e-mail"), ("fetch", "name")} <= shown.found(PLANTS)
    assert ("personalize", "name") in shown.found(PLANTS)
