"""
What files crmkit makes, which it refuses, and which it trusts.
"""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from tests.core.plugins import provider
from tests.security.conftest import TOKEN

from crmkit import (
    ActivityRecord,
    ConfigurationError,
    CredentialsNotFoundError,
    CRMConnector,
    OutboxError,
)

NOTE = ActivityRecord(type="note", description="planted")
WRITE = """
import sys
from types import SimpleNamespace
from crmkit import ActivityRecord, CRMConnector, ProviderInfo, hookimpl

plugin = SimpleNamespace(
    crmkit_provider=hookimpl(lambda: ProviderInfo(label="Acme")),
    crmkit_fetch=hookimpl(lambda ids: []),
    crmkit_sync=hookimpl(lambda activities: []),
)
connector = CRMConnector(
    default_provider="acme", plugins={"acme": plugin}, store=sys.argv[1], auto_sync=False
)
connector.sync_activity(ActivityRecord(type="note"))
connector.outbox.list()
print(flush=True)
sys.stdin.read()
"""
on_posix = pytest.mark.skipif(os.name != "posix", reason="permissions are otherwise here")


@on_posix
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_what_is_made_is_the_owner_s(tmp_path, umask):
    """
    The store, all that lies beside it while it is open, and its folders are the owner's.
    """
    folder = tmp_path / "data" / "crmkit"
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, f"sqlite:///{folder / 'outbox.db'}"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        umask=umask,
    ) as process:
        process.stdout.readline()
        assert {path.stat().st_size for path in folder.glob("*.owner")} == {0}
        made = {path: path.stat().st_mode & 0o777 for path in [folder, *folder.iterdir()]}
        process.stdin.close()

    assert process.returncode == 0
    assert made.pop(folder) == folder.parent.stat().st_mode & 0o777 == 0o700
    assert set(made.values()) == {0o600}
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


@on_posix
def test_a_store_that_others_may_read(connect, tmp_path, caplog):
    """
    A store that others may read is used as it is, and the log warns of it.
    """
    (tmp_path / "outbox.db").touch(mode=0o644)

    connect(auto_sync=False).sync_activity(NOTE)

    assert "chmod 600" in caplog.text


def foreign_text(path):
    """
    Make a file that is no database.
    """
    path.write_text("precious words of somebody else\n" * 100)


def foreign_database(path):
    """
    Make a database of another program.
    """
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE precious (words TEXT)")
        database.commit()


@on_posix
@pytest.mark.parametrize("link", [os.symlink, os.link])
@pytest.mark.parametrize("make", [foreign_text, foreign_database])
def test_a_path_that_leads_elsewhere(connect, tmp_path, link, make):
    """
    A store's path that leads to a file of another program is refused, the file untouched.
    """
    target = tmp_path / "precious"
    make(target)
    before = target.read_bytes()
    link(target, tmp_path / "outbox.db")

    with pytest.raises(OutboxError):
        connect().sync_activity(NOTE)

    assert target.read_bytes() == before


def test_no_token_in_the_configuration(tmp_path, monkeypatch):
    """
    A token in crmkit.toml is refused, wherever somebody would write it, and not shown.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRMKIT_HUBSPOT_TOKEN", "another")
    for text in (
        f'credentials = "{TOKEN}"',
        f'[credentials]\nhubspot = "{TOKEN}"',
        f'access_token = "{TOKEN}"',
        f'[settings.hubspot]\naccess_token = "{TOKEN}"',
        f'[settings.hubspot]\ntoken = "{TOKEN}"',
        f'credentials = "{TOKEN}',
    ):
        (tmp_path / "crmkit.toml").write_text(f'default_provider = "hubspot"\n{text}\n')
        with pytest.raises(ConfigurationError) as caught:
            CRMConnector.from_config().session()
        assert TOKEN not in str(caught.value)


def test_a_configuration_is_read_when_asked_for(tmp_path, monkeypatch):
    """
    A crmkit.toml that lies in the folder is nothing to a connector made in Python.
    """
    monkeypatch.chdir(tmp_path)
    (tmp_path / "evil.py").write_text("import os; os.mkdir('ran')")
    (tmp_path / "crmkit.toml").write_text('[plugins]\nhubspot = "evil.py"\n')

    with pytest.raises(CredentialsNotFoundError):
        CRMConnector().get_client_data("1")

    assert not (tmp_path / "ran").exists()


def test_a_configuration_is_trusted(tmp_path, monkeypatch, server):
    """
    Who writes the crmkit.toml that is read names code that runs, and where tokens go.
    """
    server.answer = lambda request: {"results": []}
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CRMKIT_HUBSPOT_TOKEN", TOKEN)
    (tmp_path / "own.py").write_text("import os; os.mkdir('ran')")
    (tmp_path / "crmkit.toml").write_text(
        f'[plugins]\nown = "own.py"\n[settings.hubspot]\nbase_url = "{server.url}"\n'
    )
    with CRMConnector.from_config() as connector:
        connector.session().http.get("/x")
        with pytest.raises(ConfigurationError):
            connector.session(provider="own")

    assert server.requests[0].headers["authorization"] == f"Bearer {TOKEN}"
    assert (tmp_path / "ran").exists()


def test_an_installed_plugin_is_not_loaded_unnamed(connect, server):
    """
    A connector imports the plugins that are named, and no other that is installed.
    """
    code = (
        "import sys; from crmkit import CRMConnector; "
        "CRMConnector(default_provider='addressbook').get_cache_stats(); "
        "print([name for name in sys.modules if name.startswith('crmkit_')])"
    )

    told = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
    ).stdout

    assert told.strip() == "[]"


def test_a_plugin_has_the_rights_of_the_process(connect, server):
    """
    A plugin sees the token of its own provider, and all that the process may see.
    """
    seen = []

    def fetch(session, ids):
        seen.extend([session.credentials.access_token.reveal(), os.environ.get("PATH")])
        return []

    connect(plugins={"acme": provider(fetch=fetch)}).get_clients_data(["1"])

    assert seen == [TOKEN, os.environ["PATH"]]
