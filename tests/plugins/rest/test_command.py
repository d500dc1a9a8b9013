"""
``crmkit rest check`` explains a file, good or wrong.
"""

import json

import pytest
from click.testing import CliRunner
from tests.plugins.rest.conftest import EXAMPLES
from tests.plugins.rest.test_file import WRONG

from crmkit_rest._command import command


@pytest.fixture
def check():
    """
    Return what runs the command.
    """

    def run(*arguments):
        return CliRunner().invoke(command, ["check", *arguments])

    return run


def test_wrong(check, written):
    """
    Every mistake has a line of its own, which names file, line and key; it ends with 2.
    """
    path = written(text=WRONG)
    done = check(path)
    lines = done.output.splitlines()

    assert done.exit_code == 2
    assert len(lines) == 11
    assert all(line.startswith(f"{path}:") for line in lines)
    assert f"{path}:8: fetch.pth: is unknown; did you mean path?" in lines


def test_good(check):
    """
    Of a good file is told what it can do, and what it cannot.
    """
    done = check(str(EXAMPLES / "harbor.toml"))

    assert done.exit_code == 0
    assert "Harbor at https://{site}.harbor.example/api" in done.output
    assert "yes  find a client" in done.output
    assert "no   name the custom fields" in done.output
    assert "call: call; task: task; note:" in done.output


def test_json(check, written):
    """
    Programs get the same as JSON.
    """
    good = json.loads(check(written(), "--json").output)
    wrong = json.loads(check(written(text=WRONG), "--json").output)

    assert good["mistakes"] == []
    assert good["offers"]["crmkit_fetch"] is True
    assert good["offers"]["crmkit_list_clients"] is False
    assert wrong["offers"] == {}
    assert {"line": 3, "key": "base_url"}.items() <= wrong["mistakes"][0].items()
