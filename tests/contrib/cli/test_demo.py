"""
The command demo.
"""

import csv
import re
import subprocess
import sys
from collections import Counter

import pytest

pytest.importorskip("crmkit_addressbook")
pytest.importorskip("crmkit_style")


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

    for told in ("Hello Hey,", "hey Zoë,", "5 pending", "15 rows, 15 ids", "all hold"):
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


def test_json(crmkit):
    """
    With --json there is one document with each claim.
    """
    report = crmkit("demo", "--json").json

    assert report["ok"] is True
    assert all(claim["holds"] for claim in report["claims"])


def test_keep(crmkit, tmp_path):
    """
    What is kept holds each activity once; a folder with files in it is not touched.
    """
    crmkit("demo", "--keep", "here")
    with (tmp_path / "here" / "clients.activities.csv").open("rb") as file:
        rows = list(csv.DictReader(file.read().decode("utf-8-sig").splitlines()))
    again = crmkit("demo", "--keep", "here", code=2)

    assert set(Counter(row["id"] for row in rows).values()) == {1}
    assert Counter(row["type"] for row in rows) == {"email_sent": 10, "property_view": 5}
    assert "here" in again.err


def test_next(crmkit, tmp_path, environment):
    """
    The commands that the demo ends with work as they are.
    """
    lines = crmkit("demo").out.partition("Type next")[2].splitlines()[2:]
    script = "\n".join(("set -e", *lines))
    done = subprocess.run(
        ["sh", "-c", script],
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )

    assert len(lines) == 6
    assert done.returncode == 0, done.stderr
    assert "Hello Alex" in done.stdout.decode()
    assert "3 synced" in done.stdout.decode()


def test_missing(bare):
    """
    Without the packages that it plays with, the demo says what to install.
    """
    assert "pip install 'crmkit-cli[demo]'" in bare("demo", code=2).err


def test_false_claim(tmp_path, environment):
    """
    A claim that does not hold is shown, and the exit code is 1.
    """
    code = (
        "from crmkit_cli import _story; _story._ids = lambda folder: ['x', 'x']; "
        "import sys; sys.argv = ['crmkit', 'demo']; "
        "from crmkit_cli._main import run; run()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        cwd=tmp_path,
        env=environment,
        check=False,
    )

    assert done.returncode == 1
    assert "NOT SO" in done.stdout.decode()


def test_settings_of_others(crmkit):
    """
    Settings in the environment do not change the demo.
    """
    others = {
        "CRMKIT_DEFAULT_PROVIDER": "hubspot",
        "CRMKIT_AUTO_SYNC": "false",
        "CRMKIT_STORE": "sqlite:////nowhere/x.db",
        "CRMKIT_CACHE_TTL": "0",
    }

    assert crmkit("demo", "--json", **others).json["ok"] is True
