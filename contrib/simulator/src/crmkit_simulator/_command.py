"""
The command ``simulate``.
"""

from __future__ import annotations

import json
import shlex
import signal
import sys
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any

import click

from crmkit_simulator._crms import names
from crmkit_simulator._faults import NAMES, parse_fault
from crmkit_simulator._simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterable

_EPILOG = f"""\b
CRM is one of {", ".join(names())}.
\b
Examples:
  crmkit simulate hubspot --port 8710
  crmkit simulate hubspot --json --limit off --contacts 1000
  crmkit simulate salesforce --tls
  crmkit simulate hubspot --fault 429:times=3 --fault reset_after:method=POST,path=notes
"""


class _Refused(click.ClickException):
    exit_code = 2


@click.command("simulate", epilog=_EPILOG)
@click.argument("crm", metavar="CRM", type=click.Choice(names()))
@click.option("--host", default="127.0.0.1", show_default=True, help="Loopback only.")
@click.option(
    "--port",
    type=click.IntRange(0, 65_535),
    default=8710,
    show_default=True,
    help="0 takes any free one.",
)
@click.option("--token", help="The access token to accept; without it one is made.")
@click.option("--tls", is_flag=True, help="HTTPS, with a certificate made for it.")
@click.option(
    "--limit",
    help="off, or requests in seconds: 190/10s; of Salesforce those of a day, too: 15000.",
)
@click.option(
    "--contacts",
    default="3",
    show_default=True,
    help="A file of JSON lines, or how many to make up.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="NAME[:KEY=VALUE,…]",
    help=f"Let something go wrong: {', '.join(NAMES)}, or a status such as 429.",
)
@click.option(
    "--set",
    "own",
    multiple=True,
    metavar="NAME=VALUE",
    help="An option of the CRM's own; VALUE is JSON, or else a text.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON when ready.")
def command(
    crm: str,
    contacts: str,
    faults: tuple[str, ...],
    own: tuple[str, ...],
    **options: Any,
) -> None:
    """
    Serve a simulated CRM on loopback until it is interrupted.

    CRM is followupboss, hubspot, pipedrive, salesforce or zoho.
    """
    as_json = options.pop("as_json")
    stopped = _when_interrupted()
    try:
        options |= dict(map(_option, own))
        simulator = Simulator(crm, contacts=_contacts(contacts), **options)
        simulator.faults.extend(map(parse_fault, faults))
        simulator.start()
    except (OSError, TypeError, ValueError) as error:
        raise _Refused(str(error)) from None
    try:
        _announce(simulator, as_json=as_json)
        # A wait without an end cannot be interrupted on Windows.
        while not stopped.wait(1):
            pass
    finally:
        simulator.stop()


def _option(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not equals:
        msg = f"{text!r} is not of the form NAME=VALUE"
        raise ValueError(msg)
    try:
        return name, json.loads(value)
    except ValueError:
        return name, value


def _when_interrupted() -> Event:
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def _contacts(contacts: str) -> Iterable[dict[str, Any]] | int:
    if contacts.isdecimal():
        return int(contacts)
    lines = Path(contacts).read_text("utf-8").splitlines()
    return [
        _contact(contacts, number, line) for number, line in enumerate(lines, 1) if line
    ]


def _contact(file: str, number: int, line: str) -> dict[str, Any]:
    try:
        person = json.loads(line)
    except ValueError as error:
        msg = f"{file}:{number}: this line is no JSON: {error}"
        raise ValueError(msg) from None
    if not isinstance(person, dict):
        msg = f'{file}:{number}: a contact is a JSON object, such as {{"email": …}}'
        raise ValueError(msg)
    return person


def _announce(simulator: Simulator, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(simulator.about()))
        sys.stdout.flush()
        return
    (provider,) = simulator.config["settings"]
    click.echo(f"{provider} is simulated at {simulator.base_url} until Ctrl-C. Try:")
    click.echo(f"  export CRMKIT_{provider.upper()}_TOKEN={shlex.quote(simulator.token)}")
    if simulator.ca_file:
        click.echo(f"  export SSL_CERT_FILE={simulator.ca_file}")
    click.echo(
        f"  crmkit fetch --provider {provider} --set base_url={simulator.base_url} "
        f"{simulator.contacts()[0]['id'] if simulator.contacts() else 'ID'}"
    )
