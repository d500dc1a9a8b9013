"""
The command ``crmkit rest``: what a file says, and what is wrong with it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crmkit_rest._file import read
from crmkit_rest._plugin import offers, types

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_rest._schema import CRM

_EPILOG = """\b
Examples:
  crmkit rest check acme.toml
  crmkit rest check acme.toml --json
"""
_WRONG = 2  # as all commands end when what was given is wrong
_WHAT = {
    "crmkit_fetch": ("fetch clients by id", ""),
    "crmkit_find_clients": ("find a client", "[find.email] would say how"),
    "crmkit_list_clients": ("list clients", "[list] would say how"),
    "crmkit_history": ("a client's history", "[history.note] would say how"),
    "crmkit_fields": ("name the custom fields", "[client.custom_fields] or [fields] would"),
    "crmkit_sync": ("write activities", ""),
    "crmkit_find_activity": (
        "look before sending again",
        "without look, or repeatable, what is uncertain waits for you to decide",
    ),
    "crmkit_refresh": ("get tokens by itself", "auth of the kind client_credentials does"),
    "crmkit_check": ("look at the account", "[check.NAME] would say how"),
}


@click.group("rest")
def command() -> None:
    """
    CRMs that a TOML file describes.
    """


@command.command("check", epilog=_EPILOG)
@click.argument("file", type=click.Path(exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def check(file: str, as_json: bool) -> None:  # noqa: FBT001 - click gives it by name
    """
    Explain every mistake in FILE, or what it can and cannot do.

    Nothing is sent anywhere. Ends with 2 if there are mistakes.
    """
    crm, mistakes = read(file)
    if as_json:
        told = {
            "file": file,
            "mistakes": [mistake._asdict() for mistake in mistakes],
            "offers": {} if crm is None else offers(crm),
        }
        click.echo(json.dumps(told))
    elif crm is not None:
        click.echo("\n".join(_described(file, crm)))
    for mistake in () if as_json else mistakes:
        click.echo(f"{file}:{mistake.line}: {mistake.key}: {mistake.told}")
    if mistakes:
        click.get_current_context().exit(_WRONG)


def _described(file: str, crm: CRM) -> Iterator[str]:
    name = Path(file).stem
    yield f"{crm.label} at {crm.base_url}, auth: {crm.auth.kind}"
    more = _details(crm)
    for hook, offered in offers(crm).items():
        what, lack = _WHAT[hook]
        detail = more.get(hook, "") if offered else lack
        yield f"  {'yes' if offered else 'no':3}  {what:25}  {detail}".rstrip()
    for title, names in (("read", _read(crm)), ("not read", _unread(crm))):
        yield f"  {title}: {', '.join(names) or 'nothing'}"
    yield f"Try: crmkit fetch --plugin {file} ID"
    if crm.auth.kind not in {"none", "client_credentials"}:
        yield f"     with its token in CRMKIT_{name.upper()}_TOKEN"


def _details(crm: CRM) -> dict[str, str]:
    kinds = {
        name: [one for one, kind in types(crm).items() if kind == name]
        for name in crm.activities
    }
    looks = [n for n, kind in crm.activities.items() if kind.look or kind.repeatable]
    since = "changed since" if crm.list and "since" in crm.list.names else "all"
    return {
        "crmkit_fetch": f"{crm.fetch.size} in one request",
        "crmkit_find_clients": ", ".join("any field" if n == "*" else n for n in crm.find),
        "crmkit_list_clients": since,
        "crmkit_history": ", ".join(crm.history),
        "crmkit_sync": "; ".join(
            f"{name}: {', '.join('all others' if t == '*' else t for t in taken)}"
            for name, taken in kinds.items()
        ),
        "crmkit_find_activity": ", ".join(looks),
        "crmkit_check": ", ".join(crm.check),
    }


def _read(crm: CRM) -> list[str]:
    return [name for name in _PARTS if getattr(crm.client, name)]


def _unread(crm: CRM) -> list[str]:
    return [name for name in _PARTS if not getattr(crm.client, name)]


_PARTS = (
    *("name", "first_name", "last_name", "email", "phone", "language", "timezone"),
    *("updated_at", "tags", "aliases", "preferences", "custom_fields", "consent"),
)
