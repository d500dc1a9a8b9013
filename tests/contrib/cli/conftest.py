"""
How the tests run the program: as a process, or in this one, in a folder of its own.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from crmkit import plugins
from crmkit_cli._main import program

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
BARE = """
import importlib.metadata

importlib.metadata.entry_points = lambda **_: ()

from crmkit_cli._main import run

run()
"""


class Done:
    """
    What a run of the program left: exit code, both streams as text.
    """

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

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


@pytest.fixture(autouse=True)
def interruptible():
    """
    Have SIGINT interrupt; a shell ignores it in what it runs in the background.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def environment(tmp_path):
    """
    Return the environment of a run: its home and its place for data are new.
    """
    own = {"HOME": str(tmp_path), "XDG_DATA_HOME": str(tmp_path / "data")}
    return {**os.environ, **own, "PYTHONUTF8": "1", "COLUMNS": "80"}


def process(*python, cwd, environment):
    """
    Return a function that runs the program by these arguments of Python.
    """

    def run(*arguments, stdin="", code=0, **variables):
        ended = subprocess.run(
            [sys.executable, *python, *arguments],
            input=stdin if isinstance(stdin, bytes) else stdin.encode(),
            capture_output=True,
            cwd=cwd,
            env={**environment, **variables},
            check=False,
            timeout=60,
        )
        done = Done(ended.returncode, ended.stdout.decode(), ended.stderr.decode())
        assert done.code == code, done.err
        return done

    return run


@pytest.fixture
def crmkit(tmp_path, environment):
    """
    Run the program with these arguments.
    """
    return process("-m", "crmkit_cli", cwd=tmp_path, environment=environment)


@pytest.fixture
def bare(tmp_path, environment):
    """
    Run the program where no plugin is installed.
    """
    return process("-c", BARE, cwd=tmp_path, environment=environment)


@pytest.fixture
def inside(tmp_path, environment, monkeypatch):
    """
    Run the program within this process, which is quicker.
    """
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    def run(*arguments, stdin="", code=0, **variables):
        ended = CliRunner().invoke(
            program, arguments, input=stdin, env=variables, catch_exceptions=False
        )
        streams = (ended.stdout_bytes, ended.stderr_bytes)
        done = Done(ended.exit_code, *(stream.decode() for stream in streams))
        assert done.code == code, done.err
        return done

    return run


@pytest.fixture
def future(monkeypatch):
    """
    Have the core know of a provider that nobody can have installed; return its name.
    """
    monkeypatch.setitem(plugins.known(plugins.PROVIDERS), "future", "crmkit-future")
    return "future"


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
def acme(inside, plugin, clients):
    """
    Run the program, within this process, with the CRM of acme.py.
    """
    return with_options(inside, "--plugin", str(plugin), "--set", f"path={clients}")


@pytest.fixture
def acme_process(crmkit, plugin, clients):
    """
    Run the program with that CRM as a process, which has an encoding and plugins.
    """
    return with_options(crmkit, "--plugin", str(plugin), "--set", f"path={clients}")


def with_options(program, *options):
    """
    Return a function that runs a command of the program with these options.
    """

    def run(command, *arguments, **options_of_run):
        return program(*command.split(), *options, *arguments, **options_of_run)

    return run


@pytest.fixture
def written(tmp_path):
    """
    Return the ids of the activities that Acme has.
    """
    file = tmp_path / "acme.txt"
    return lambda: file.read_text("utf-8").split() if file.exists() else []
