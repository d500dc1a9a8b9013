"""
The command ``crmkit demo``.
"""

from __future__ import annotations

import shlex
import shutil
import sys
import time
from contextlib import contextmanager
from importlib.resources import as_file, files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import click

from crmkit import ConfigurationError, CRMConnector, PluginNotFoundError
from crmkit import plugins as installed
from crmkit_cli import _online, _story
from crmkit_cli._exits import BUG, DONE
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, note
from crmkit_cli._stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDS = (
    (installed.PROVIDERS, "addressbook"),
    (installed.TRANSFORMERS, "style"),
    (installed.PROVIDERS, "hubspot"),
    (installed.COMMANDS, "simulate"),
)
_FOLDER, _LETTER = "crmkit-demo", "letter.txt"


@click.command("demo", epilog=examples("crmkit demo", f"crmkit demo --keep {_FOLDER}"))
@click.option(
    "--keep", metavar="DIR", help="Play in this new folder and leave it, to go on with."
)
@common
def command(chosen: Chosen, keep: str | None) -> None:
    """
    Fetch, personalize and sync, with a spreadsheet and with HubSpot over HTTP.

    A dozen awkward clients, then a simulated HubSpot that is taken away in mid-batch. No
    account, no network but this machine's own, nothing left behind. It has a configuration
    of its own, so of the common options only --json and --trace change anything. Exits
    with 1 if something that it claims is not so.
    """
    _check_installed()
    start = time.monotonic()
    stage = Stage(silent=chosen.as_json)
    with _folder(keep) as folder:
        _play_offline(stage, folder)
        _play_online(stage, (folder / _LETTER).read_text("utf-8"))
    holds = all(stage.claims.values())
    if chosen.as_json:
        claims = [{"claim": text, "holds": so} for text, so in stage.claims.items()]
        emit({"ok": holds, "claims": claims})
    elif holds:
        _end(stage, keep, time.monotonic() - start)
    else:
        note("Error: the demo claims what is not so; see NOT SO above")
    raise click.exceptions.Exit(DONE if holds else BUG)


def _check_installed() -> None:
    missing = [
        installed.known(group)[name]
        for group, name in _NEEDS
        if name not in installed.names(group)
    ]
    if missing:
        msg = f"the demo needs {' and '.join(missing)}: pip install 'crmkit-cli[demo]'"
        raise PluginNotFoundError(msg)


@contextmanager
def _folder(keep: str | None) -> Iterator[Path]:
    if keep is None:
        with TemporaryDirectory(prefix="crmkit-demo-") as place:
            yield _filled(Path(place))
        return
    folder = Path(keep)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        msg = f"{keep} is there already; choose a new folder, or remove it"
        raise ConfigurationError(msg)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        msg = f"{keep} cannot be made: {error.strerror}"
        raise ConfigurationError(msg) from None
    yield _filled(folder.resolve())


def _filled(folder: Path) -> Path:
    with as_file(files("crmkit_cli") / "demo") as data:
        shutil.copytree(data, folder, dirs_exist_ok=True)
    return folder


def _play_offline(stage: Stage, folder: Path) -> None:
    clients = folder / _story.CLIENTS
    before = clients.read_bytes()
    with CRMConnector(
        default_provider="addressbook",
        auto_sync=True,
        cache_ttl=300,
        cache_size=1000,
        settings={"addressbook": {"path": str(clients)}},
        transformers={"style": {}},
        store=f"sqlite:///{(folder / 'outbox.db').as_posix()}",
    ) as crm:
        found = _story.fetch(stage, crm)
        template = (folder / _LETTER).read_text("utf-8")
        messages = _story.personalize(stage, crm, found, template)
        sent = _story.sync(stage, crm, messages, folder)
        late = _story.outage(stage, crm, folder)
        _story.recovery(stage, crm, folder, sent, late)
    stage.claim("clients.csv is as it was.", holds=clients.read_bytes() == before)


def _play_online(stage: Stage, template: str) -> None:
    # What was synced to this HubSpot is in none that comes after it.
    with (
        TemporaryDirectory(prefix="crmkit-demo-") as folder,
        _online.hubspot(Path(folder)) as (simulator, crm),
    ):
        _online.letter(stage, crm, template)
        batch = _online.outage(stage, simulator, crm)
        _online.recovery(stage, simulator, crm, batch)


def _end(stage: Stage, keep: str | None, seconds: float) -> None:
    stage.line()
    stage.line(f"{len(stage.claims)} claims checked, all hold ({seconds:.1f} s).")
    program, folder = _program(), shlex.quote(keep or _FOLDER)
    stage.title("Type next")
    if keep is None:
        stage.command(f"{program} demo --keep {_FOLDER}")
    for line in (
        f"cd {folder}",
        f"{program} fetch --email zoe@lind.example",
        f"{program} personalize {_LETTER} --client 4 --client 9",
        f"{program} sync activities.jsonl",
        f"{program} outbox check",
    ):
        stage.command(line)
    stage.title("Then with HubSpot: leave this running in a terminal of its own")
    stage.command(f"{program} simulate hubspot --token demo")
    stage.line()
    for line in (
        "export CRMKIT_HUBSPOT_TOKEN=demo",
        f"{program} doctor --config hubspot.toml",
        f"{program} fetch --config hubspot.toml --email client1@example.com --trace",
    ):
        stage.command(line)


def _program() -> str:
    found = shutil.which("crmkit")
    if found and Path(found).resolve().parent == Path(sys.executable).parent.resolve():
        return "crmkit"
    called = Path(sys.argv[0])
    if called.stem == "crmkit":
        return shlex.quote(str(called.resolve()))
    return f"{shlex.quote(sys.executable)} -m crmkit_cli"
