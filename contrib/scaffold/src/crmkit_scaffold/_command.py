"""
The command ``new``.
"""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import click

from crmkit_scaffold._names import check_name
from crmkit_scaffold._render import render

_EPILOG = """\b
Examples:
  crmkit new provider acme --label "Acme CRM" --base-url https://api.acme.example/v1
  crmkit new transformer calm --author "Ana Núñez"
  crmkit new store redis --into ~/plugins
"""
# What is written between quotes, into Python, TOML and Markdown.
_QUOTABLE = re.compile(r'[^\s"\\]([^"\\]*[^\s"\\])?')
_BASE_URL = re.compile(r"https://[\w.:{}-]+(/[^\s?#]*)?", re.ASCII)


class _Refused(click.ClickException):
    exit_code = 2


def _name(context: click.Context, _parameter: click.Parameter, name: str) -> str:
    try:
        check_name(str(context.info_name), name)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None
    return name


def _text(
    _context: click.Context, _parameter: click.Parameter, text: str | None
) -> str | None:
    if text is not None and (not _QUOTABLE.fullmatch(text) or not text.isprintable()):
        msg = f"{text!r} must be one line of text without double quotes and backslashes"
        raise click.BadParameter(msg)
    return text


def _url(context: click.Context, parameter: click.Parameter, url: str | None) -> str | None:
    text = _text(context, parameter, url)
    if text is not None and not _BASE_URL.fullmatch(text):
        msg = f"{text!r} must be where paths start, such as https://api.acme.example/v1"
        raise click.BadParameter(msg)
    return text and text.rstrip("/")


_named = click.argument("name", callback=_name)
_author = click.option("--author", callback=_text, help="Who holds the copyright.")
_into = click.option(
    "--into",
    default=".",
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where the folder crmkit-NAME is made.",
)


@click.group("new", epilog=_EPILOG)
def command() -> None:
    """
    Write the start of a plugin, with a fake and the contract's tests that pass.
    """


@command.command()
@_named
@click.option("--label", callback=_text, help="The CRM's name for people: Acme CRM.")
@click.option("--base-url", callback=_url, help="Where the paths of its API start.")
@_author
@_into
def provider(**options: Any) -> None:
    """
    Connect a CRM: fetch its clients, sync activities to it.
    """
    _new("provider", **options)


@command.command()
@_named
@_author
@_into
def transformer(**options: Any) -> None:
    """
    Rewrite templates in the way that a client prefers.
    """
    _new("transformer", **options)


@command.command()
@_named
@_author
@_into
def store(**options: Any) -> None:
    """
    Keep the outbox in another database.
    """
    _new("store", **options)


def _new(kind: str, *, name: str, into: Path, **answers: str | None) -> None:
    given = {key: answer for key, answer in answers.items() if answer is not None}
    try:
        folder = render(kind, name, into, given)
    except OSError as error:
        msg = f"{error.filename or into}: {error.strerror}; choose another --into"
        raise _Refused(msg) from None
    click.echo(f"{folder} is a {kind} that passes its tests. Next:")
    click.echo(f"  cd {shlex.quote(str(folder))}")
    click.echo('  python -m pip install -e ".[test]"')
    click.echo("  python -m pytest")
