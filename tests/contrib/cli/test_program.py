"""
The program as a whole.
"""

import os
import subprocess
import sys

import pytest

COMMANDS = [
    *(("fetch",), ("personalize",), ("sync",), ("plugins",), ("demo",)),
    *(("fields",), ("doctor",)),
    *(("outbox", name) for name in ("list", "check", "flush", "retry", "drop")),
]
LOADED = """
import sys
from crmkit_cli._main import run
try:
    run()
finally:
    print(*sys.modules, sep="\\n")
"""


def loaded(*arguments):
    """
    Return the modules that a run of the program leaves loaded.
    """
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    return set(done.stdout.splitlines())


@pytest.mark.parametrize("command", COMMANDS, ids="-".join)
def test_help(crmkit, command):
    """
    Each command's help has an example and the common options.
    """
    text = crmkit(*command, "--help").out

    assert "Example" in text
    assert f"crmkit {' '.join(command)}" in text.partition("Example")[2]
    common = {"--provider", "--user", "--config", "--json", "--plugin", "--trace"}
    assert common <= set(text.split())


def test_light():
    """
    The program's help imports nothing of crmkit; a command's help no plugin and no room.
    """
    names = loaded("--help")
    assert not {name for name in names if name.split(".")[0] in {"crmkit", "rich"}}

    names = loaded("sync", "--help")
    assert not {"crmkit._rooms", "urllib3", "sqlite3", "cattrs", "rich"} & names
    assert not {name for name in names if name.startswith("crmkit_") and "cli" not in name}


def test_version(crmkit):
    """
    The version is printed.
    """
    assert crmkit("--version").out.split()[-1] == "0.1.0"


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("fecth", "Did you mean 'fetch'?"),
        ("new", "pip install crmkit-scaffold"),
        ("simulate", "pip install crmkit-simulator"),
        ("nonsense", "No such command 'nonsense'."),
    ],
)
def test_unknown_command(bare, name, told):
    """
    An unknown command is named, with what it may have meant or what is to be installed.
    """
    assert bare(name, code=2).err.splitlines()[-1].endswith(told)


def test_broken_pipe(environment, tmp_path):
    """
    When nobody reads what is printed, the program ends without a word.
    """
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as nobody:
        done = subprocess.run(
            [sys.executable, "-m", "crmkit_cli", "plugins"],
            stdout=nobody,
            stderr=subprocess.PIPE,
            env=environment,
            cwd=tmp_path,
            check=False,
        )

    assert (done.returncode, done.stderr) == (141, b"")
