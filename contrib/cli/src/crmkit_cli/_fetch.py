"""
The command ``crmkit fetch``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit_cli import _clients
from crmkit_cli._exits import DONE, code_of, worst
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import described, emit, one_line, say
from crmkit_cli._progress import Meter
from crmkit_cli._setup import setup
from crmkit_cli._table import pad, width

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crmkit import ClientData

_PLAIN = ("name", "first_name", "last_name", "email", "phone", "language", "timezone")


@click.command(
    "fetch",
    epilog=examples(
        "crmkit fetch --provider addressbook --set path=clients.csv 7 8",
        "crmkit fetch --email ana@example.com --json",
        "crmkit fetch --plugin ./acme.py 7",
    ),
)
@click.argument("ids", metavar="[ID]...", nargs=-1)
@click.option("--email", metavar="ADDRESS", help="The client with this address instead.")
@click.option(
    "--include",
    metavar="history|raw",
    multiple=True,
    help="Also what happened with the client, or the CRM's own record; repeatable.",
)
@common
def command(
    chosen: Chosen, ids: Sequence[str], email: str | None, include: Sequence[str]
) -> None:
    """
    Show clients, by their ids in the CRM or by e-mail address.

    With --json one line for each client, or {"id": ..., "error": ...}.
    """
    _clients.check(ids, email, "the ids of clients")
    ready = setup(chosen)
    ready.need_provider()
    with Meter("fetch", len(ids)) as meter, ready.connect(meter) as crm:
        found = _clients.find(crm, ids, email, chosen.user, include)
    clients = [c for c in found.values() if not isinstance(c, Exception)]
    if chosen.as_json:
        for client_id, client in found.items():
            emit(_document(client_id, client))
    elif clients:
        say("\n\n".join("\n".join(_lines(client)) for client in clients))
    _clients.complain(found)
    raise click.exceptions.Exit(worst(map(_code, found.values())))


def _code(client: _clients.Found) -> int:
    return code_of(client) if isinstance(client, Exception) else DONE


def _document(client_id: str, client: _clients.Found) -> object:
    if isinstance(client, Exception):
        return {"id": client_id, "error": described(client)}
    return client


def _lines(client: ClientData) -> Iterator[str]:
    rows = [(name, text) for name, text in _rows(client) if text]
    broadest = max(width(name) for name, _ in rows)
    for name, text in rows:
        yield f"{pad(one_line(name), broadest)}  {one_line(text)}"


def _rows(client: ClientData) -> Iterator[tuple[str, str]]:
    yield "id", client.id
    for name in _PLAIN:
        yield name, getattr(client, name) or ""
    yield "tags", ", ".join(client.tags)
    yield from _named("preferences", client.preferences)
    yield from _named("custom_fields", client.custom_fields)
    for consent in client.consent:
        source = f", says {consent.source}" if consent.source else ""
        yield f"consent.{consent.channel}", f"{consent.status}{source}"
    yield "aliases", ", ".join(client.aliases)
    yield "updated_at", client.updated_at.isoformat() if client.updated_at else ""
    yield "provider", client.provider or ""
    for entry in client.history or ():
        when = entry.timestamp.isoformat() if entry.timestamp else ""
        yield "history", f"{when} {entry.type} {entry.description}".strip()
    yield from _named("raw", client.raw or {})


def _named(what: str, values: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        yield f"{what}.{name}", "" if value is None else str(value)
