"""
The commands ``crmkit store``: create, check.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from crmkit import CRMConnector, Finding, StoreError
from crmkit.codec import to_json
from crmkit.sealing import seal, unseal
from crmkit_dynamodb._keys import keys_of
from crmkit_dynamodb._schema import create as create_table
from crmkit_dynamodb._schema import definition, lacking
from crmkit_dynamodb._url import place_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_dynamodb._url import Place

_PROBLEM, _WARNING, _OK = "problem", "warning", "ok"
_USAGE = 2
_FILE = "sqlite:///"
_EXAMPLES = """\b
Examples:
  crmkit store create "dynamodb://crmkit?region=eu-central-1" --dry-run
  crmkit store create "dynamodb://crmkit?region=eu-central-1"
  crmkit store check "dynamodb://crmkit?region=eu-central-1&kms=alias/crmkit"
  crmkit store check sqlite:///crmkit.db
"""


@click.group("store", epilog=_EXAMPLES)
def command() -> None:
    """
    Make the place where the outbox lives, and look whether it is as it should be.
    """


@command.command()
@click.argument("url")
@click.option("--dry-run", is_flag=True, help="Show what would be asked for, and stop.")
def create(url: str, *, dry_run: bool) -> None:
    """
    Make the store of a URL; what is there already stays, and gets what it lacks.

    A table of DynamoDB is billed by request, protected against deletion, kept for
    point-in-time recovery, and forgets what is finished by itself.
    """
    if urlsplit(url).scheme != "dynamodb":
        if not dry_run:
            _counts(url)
        click.echo(f"{url} {'would be' if dry_run else 'is'} there, made on first use")
        return
    place = place_of(url)
    if dry_run:
        click.echo(to_json(definition(place), indent=2))
        return
    made = create_table(place)
    click.echo(f"the table {place.table} {'is made' if made else 'was there'}")
    lacks = [lack.what for lack in lacking(place)]
    click.echo(f"it lacks {', '.join(lacks)}" if lacks else "nothing is missing")


@command.command()
@click.argument("url")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, for programs.")
def check(url: str, *, as_json: bool) -> None:
    """
    Look whether the store of a URL can be used, and count what is in it.

    Looks at the table and its protection, tries the key that seals, and reads. Exits with
    2 if there is a problem. With --json one line for each finding.
    """
    found = list(_findings(url))
    for finding in found:
        click.echo(to_json(finding) if as_json else _line(finding))
    if any(finding.status == _PROBLEM for finding in found):
        raise click.exceptions.Exit(_USAGE)


def _findings(url: str) -> Iterator[Finding]:
    if urlsplit(url).scheme == "dynamodb":
        place = place_of(url)
        for what, needed in lacking(place):
            status = _PROBLEM if needed else _WARNING
            remedy = (
                "choose another table, or crmkit store create with another name"
                if needed
                else f"crmkit store create {quote(url)}"
            )
            yield _finding(status, f"{place.table} lacks {what}", remedy)
            if needed:
                return
        yield _finding(_OK, _sealing(place))
    elif url.startswith(_FILE):
        yield _finding(_OK, f"version {_version(url)} of the file")
    yield _finding(_OK, _counts(url))


def _sealing(place: Place) -> str:
    keys, where = keys_of(place), {"user": "", "provider": "", "field": "check"}
    unseal(seal("", keys, where), keys, where)
    return f"values are sealed by {f'KMS, {place.kms}' if place.kms else 'a key of crmkit'}"


def _counts(url: str) -> str:
    with CRMConnector(store=url) as crm:
        counts = crm.outbox.check().counts
    return ", ".join(f"{counts[state]} {state}" for state in counts if counts[state]) or (
        "nothing in it"
    )


def _version(url: str) -> int:
    path = Path(url.removeprefix(_FILE)).expanduser().absolute()
    if not path.is_file():
        msg = f"there is no file {path}; crmkit store create {quote(url)} makes it"
        raise StoreError(msg)
    database = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)
    try:
        return int(database.execute("PRAGMA user_version").fetchone()[0])
    except sqlite3.DatabaseError:
        msg = f"{path} is no database; choose another place"
        raise StoreError(msg) from None
    finally:
        database.close()


def _finding(status: str, detail: str, remedy: str = "") -> Finding:
    return Finding(subject="store", status=status, detail=detail, remedy=remedy)


def _line(finding: Finding) -> str:
    return f"{finding.status:8} {finding.detail}" + (
        f" -> {finding.remedy}" if finding.remedy else ""
    )
