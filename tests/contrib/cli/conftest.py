"""
How the tests run the program: as a process, in a folder of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

CLIENTS = [
    {"id": "1", "first_name": "Ana", "last_name": "Sá", "email": "ana@example.com"},
    {"id": "2", "first_name": "健太", "email": "kenta@example.com"},
    {"id": "3", "first_name": "Bo", "email": "pair@example.com"},
    {"id": "4", "first_name": "Cy", "email": "pair@example.com"},
    {"id": "5", "first_name": "Di"},
    {
        "id": "6",
        "first_name": "Ed",
        "email": "ed@example.com",
        "consent": [{"channel": "email", "status": "opted_out"}],
    },
]


class Done:
    """
    What a run of the program left: exit code, both streams as text.
    """

    def __init__(self, process):
        self.code = process.returncode
        self.out = process.stdout.decode()
        self.err = process.stderr.decode()

    @property
    def json(self):
        """
        The one JSON document on stdout.
        """
        return json.loads(self.out)

    @property
    def lines(self):
        """
        The JSON lines on stdout.
        """
        return [json.loads(line) for line in self.out.splitlines()]


@pytest.fixture
def environment(tmp_path):
    """
    Return the environment of a run: its home and its place for data are new.
    """
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    return {**os.environ, **own, "PYTHONUTF8": "1", "COLUMNS": "80"}


@pytest.fixture
def crmkit(tmp_path, environment):
    """
    Run the program with these arguments.
    """

    def run(*arguments, stdin="", code=0, **variables):
        process = subprocess.run(
            [sys.executable, "-m", "crmkit_cli", *arguments],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            cwd=tmp_path,
            env={**environment, **variables},
            check=False,
            timeout=60,
        )
        done = Done(process)
        assert done.code == code, done.err
        return done

    return run


@pytest.fixture
def plugin():
    """
    Return the file of the CRM that the tests use.
    """
    return Path(__file__).with_name("acme.py")


@pytest.fixture
def clients(tmp_path):
    """
    Make the file of that CRM's clients; return its name.
    """
    (tmp_path / "clients.json").write_text(json.dumps(CLIENTS), "utf-8")
    return "clients.json"


@pytest.fixture
def acme(crmkit, plugin, clients):
    """
    Run the program with the CRM of acme.py.
    """
    options = ("--plugin", str(plugin), "--set", f"path={clients}")

    def run(command, *arguments, **options_of_run):
        words = command.split()
        return crmkit(*words, *options, *arguments, **options_of_run)

    return run


@pytest.fixture
def written(tmp_path):
    """
    Return the ids of the activities that Acme has.
    """
    file = tmp_path / "acme.txt"
    return lambda: file.read_text("utf-8").split() if file.exists() else []
