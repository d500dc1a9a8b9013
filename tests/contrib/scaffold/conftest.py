"""
How the tests run the command, and what it makes.
"""

import pytest
from click.testing import CliRunner
from tests.contrib.scaffold.rendered import NAMES

from crmkit_cli._main import program


@pytest.fixture
def new(tmp_path, monkeypatch):
    """
    Return a function that runs ``crmkit new`` in an empty folder, with nobody to ask.
    """
    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(program, ["new", *map(str, arguments)])


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    """
    Return a function that gives a fresh plugin of a kind: its folder.
    """

    def fresh(kind):
        into = tmp_path_factory.mktemp(kind)
        made = CliRunner().invoke(program, ["new", kind, NAMES[kind], "--into", str(into)])
        assert made.exit_code == 0, made.output
        (folder,) = into.iterdir()
        return folder

    return fresh
