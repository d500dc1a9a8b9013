"""
The command demo.
"""

import csv
import json
import re
import subprocess
from collections import Counter

import pytest

from crmkit_cli import _story

pytest.importorskip("crmkit_addressbook")
pytest.importorskip("crmkit_style")
pytest.importorskip("crmkit_hubspot")
simulator = pytest.importorskip("crmkit_simulator")


def columns(line):
    """
    Return how many columns a line takes, counting letters of East Asia as two.
    """
    return sum(2 if re.match(r"[\u3000-\u9fff\uff00-\uffef]", char) else 1 for char in line)


def test_story(crmkit):
    """
    The demo tells its story within 80 columns, and leaves nothing behind.
    """
    done = crmkit("demo")

    for told in (
        *("Hello Hey,", "hey Zoë,", "5 pending", "15 rows, 15 ids", "all hold"),
        *("Hello Hana,", "100 synced, 100 pending, 50 uncertain", "The 50 were found"),
        "250 activities; 250 are there exactly once",
    ):
        assert told in done.out
    story = done.out.partition("Type next")[0]
    assert max(map(columns, story.splitlines())) <= 80
    assert "NOT SO" not in story
    assert "\x1b" not in done.out
    assert done.err == ""


def test_frame(crmkit):
    """
    A stream that is not UTF-8 gets an ASCII frame.
    """
    done = crmkit("demo", PYTHONUTF8="0", PYTHONIOENCODING="ascii")

    assert done.out.isascii()
    assert "-" * 78 in done.out


def test_json(inside):
    """
    With --json there is one document with each claim.
    """
    report = inside("demo", "--json").json

    assert report["ok"] is True
    assert all(claim["holds"] for claim in report["claims"])


def test_keep(inside, tmp_path):
    """
    What is kept holds each activity once; a folder with files in it is not touched.
    """
    inside("demo", "--keep", "here")
    with (tmp_path / "here" / "clients.activities.csv").open("rb") as file:
        rows = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()))
    again = inside("demo", "--keep", "here", code=2)

    assert set(Counter(row["id"] for row in rows).values()) == {1}
    assert Counter(row["type"] for row in rows) == {"email_sent": 10, "property_view": 5}
    assert "here" in again.err


def shell(script, **options):
    """
    Run commands as one would type them; return what they print.
    """
    done = subprocess.run(
        ["sh", "-ec", script], capture_output=True, text=True, check=False, **options
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_next(crmkit, tmp_path, environment):
    """
    The commands that the demo ends with work as they are, but for the port that is free.
    """
    _, first, second = re.split("Type next|Then with HubSpot", crmkit("demo").out)
    lines = first.splitlines()[2:]
    simulate, _, *more = second.splitlines()[2:]
    told = shell("\n".join(lines), cwd=tmp_path, env=environment)

    assert len(lines) == 7
    assert "Hello Alex" in told
    assert "3 synced" in told

    with subprocess.Popen(
        ["sh", "-c", f"exec {simulate} --port 0 --json"], stdout=subprocess.PIPE
    ) as running:
        try:
            port = json.loads(running.stdout.readline())["base_url"].rpartition(":")[2]
            config = tmp_path / "crmkit-demo" / "hubspot.toml"
            config.write_text(config.read_text("utf-8").replace("8710", port), "utf-8")
            told = shell("\n".join(more), cwd=config.parent, env=environment)
        finally:
            running.terminate()

    assert re.search("ok +host", told)
    assert "client1@example.com" in told


def test_missing(bare):
    """
    Without the packages that it plays with, the demo says what to install.
    """
    assert "pip install 'crmkit-cli[demo]'" in bare("demo", code=2).err


@pytest.mark.parametrize(
    ("place", "name", "lie"),
    [
        (_story, "_ids", lambda folder: ["x", "x"]),
        (simulator.Simulator, "activities", lambda self: [{"properties": {}}] * 250),
        (simulator.Simulator, "stop", lambda self: None),
    ],
    ids=["file", "count", "outage"],
)
def test_false_claim(inside, monkeypatch, place, name, lie):
    """
    A claim that does not hold is shown, and the exit code is 1.
    """
    monkeypatch.setattr(place, name, lie)

    assert "NOT SO" in inside("demo", code=1).out


def test_settings_of_others(inside):
    """
    Settings in the environment do not change the demo.
    """
    others = {
        "CRMKIT_DEFAULT_PROVIDER": "hubspot",
        "CRMKIT_AUTO_SYNC": "false",
        "CRMKIT_STORE": "sqlite:////nowhere/x.db",
        "CRMKIT_CACHE_TTL": "0",
    }

    assert inside("demo", "--json", **others).json["ok"] is True
