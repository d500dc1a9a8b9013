import sys

import pytest

from crmkit.testing._importing import BUDGET, imported

DEEDS = {
    "connects to the network": "import socket\nsocket.socket().connect(('127.0.0.1', 9))",
    "looks up a host": "import socket\nsocket.getaddrinfo('crm.example', 443)",
    "listens on the network": "import socket\nsocket.socket().bind(('127.0.0.1', 0))",
    "leaves a thread": "from threading import Event, Thread\n"
    "Thread(target=Event().wait, daemon=True).start()",
    "starts a process": "import subprocess, sys\nsubprocess.run([sys.executable, '-V'])",
    "makes a folder": "import os\nos.mkdir(__file__ + '.made')",
    "writes": "open(__file__ + '.made', 'w')",
    "reads": "open('/etc/hosts')",
}


@pytest.fixture
def module(tmp_path, monkeypatch):
    """
    Return a function that makes a module of this code, and returns its name.
    """
    monkeypatch.syspath_prepend(tmp_path)

    def module(code):
        tmp_path.joinpath("crmkit_planted.py").write_text(code)
        return "crmkit_planted"

    return module


@pytest.mark.parametrize("deed", DEEDS)
def test_deeds(module, tmp_path, deed):
    """
    What an import does is told and does not happen, also where the module hides it.
    """
    code = "try:\n  {}\nexcept OSError:\n  pass".format(DEEDS[deed].replace("\n", "\n  "))
    told = [imported(module(DEEDS[deed])).did, imported(module(code)).did]

    assert all(len(did) == 1 and did[0].startswith(deed) for did in told)
    assert [path.name for path in tmp_path.iterdir()] == ["crmkit_planted.py"]


def test_harmless(module, tmp_path):
    """
    Code, and data beside it, may be read; what crmkit itself loads does not count.
    """
    tmp_path.joinpath("data.txt").write_text("hey")
    code = (
        "from pathlib import Path\nimport attrs, crmkit.http, csv\n"
        "print(Path(__file__).with_name('data.txt').read_text())"
    )
    found = imported(module(code))

    assert found.did == []
    assert {"crmkit_planted", "csv"} <= found.loaded
    assert not {"attrs", "crmkit", "crmkit.http", "crmkit._session"} & found.loaded


def test_own(module):
    """
    Whoever takes all that crmkit offers has loaded nothing of his own.
    """
    code = "import crmkit\nfor name in crmkit.__all__:\n    getattr(crmkit, name)"

    assert imported(module(code)).loaded == {"crmkit_planted"}


@pytest.mark.parametrize("name", ["sqlite3", "urllib3", "cattrs", "asyncio"])
def test_heavy(module, name):
    """
    What is slow to import is named.
    """
    assert name in imported(module(f"import {name}")).heavy


def test_not_importable(module):
    """
    A module that is not there, or fails, is an ImportError that says why.
    """
    with pytest.raises(ImportError, match=r"crmkit_absent cannot be imported .*No module"):
        imported("crmkit_absent")
    with pytest.raises(ImportError, match="by itself: ValueError: odd"):
        imported(module("raise ValueError('odd')"))


def test_budget(module):
    """
    A handful of modules is within the budget; a package of packages is not.
    """
    assert len(imported(module("import csv, decimal, html")).loaded) < BUDGET
    assert len(imported("hypothesis").loaded) > BUDGET
    assert "crmkit_planted" not in sys.modules
