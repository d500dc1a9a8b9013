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
from crmkit_cli import _story
from crmkit_cli._exits import BUG, DONE
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, note
from crmkit_cli._stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

_NEEDS = ((installed.PROVIDERS, "addressbook"), (installed.TRANSFORMERS, "style"))
_FOLDER = "crmkit-demo"


@click.command("demo", epilog=examples("crmkit demo", f"crmkit demo --keep {_FOLDER}"))
@click.option(
    "--keep", metavar="DIR", help="Play in this new folder and leave it, to go on with."
)
@common
def command(chosen: Chosen, keep: str | None) -> None:
    """
    Fetch, personalize and sync with a dozen awkward clients in a spreadsheet.

    No account, no network, nothing left behind. It has a configuration of its own, so of
    the common options only --json changes anything. Exits with 1 if something that it
    claims is not so.
    """
    _check_installed()
    start = time.monotonic()
    stage = Stage(silent=chosen.as_json)
    with _folder(keep) as folder:
        _play(stage, folder)
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


def _play(stage: Stage, folder: Path) -> None:
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
        template = (folder / "letter.txt").read_text("utf-8")
        messages = _story.personalize(stage, crm, found, template)
        sent = _story.sync(stage, crm, messages, folder)
        late = _story.outage(stage, crm, folder)
        _story.recovery(stage, crm, folder, sent, late)
    stage.claim("clients.csv is as it was.", holds=clients.read_bytes() == before)


def _end(stage: Stage, keep: str | None, seconds: float) -> None:
    stage.line()
    stage.line(f"{len(stage.claims)} claims checked, all hold ({seconds:.1f} s).")
    stage.title("Type next")
    program = _program()
    folder = keep or _FOLDER
    if keep is None:
        stage.command(f"{program} demo --keep {_FOLDER}")
    for line in (
        f"cd {shlex.quote(folder)}",
        f"{program} fetch --email zoe@lind.example",
        f"{program} personalize letter.txt --client 4 --client 9",
        f"{program} sync activities.jsonl",
        f"{program} outbox check",
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
