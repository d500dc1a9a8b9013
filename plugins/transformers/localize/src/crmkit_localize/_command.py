"""
The command ``crmkit localize``: extract.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import click

from crmkit_localize._extract import extract as texts_of

_HTML = (".html", ".htm")
_EXAMPLES = """\b
Examples:
  crmkit localize extract welcome.txt welcome.html -o messages.pot
  pybabel init -D crmkit -i messages.pot -d locale -l es
  pybabel update -D crmkit -i messages.pot -d locale
"""


@click.group("localize", epilog=_EXAMPLES)
def command() -> None:
    """
    Have templates translated by people, with gettext's catalogues.
    """


@command.command()
@click.argument(
    "templates",
    nargs=-1,
    required=True,
    metavar="TEMPLATE...",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="Write here, not to the screen."
)
def extract(templates: tuple[Path, ...], output: Path | None) -> None:
    """
    Write what there is to translate in templates, as a .pot file.

    Files that end in .html are read as email_html, all others as email.
    """
    pot = _pot(templates)
    if output is None:
        click.echo(pot, nl=False)
        return
    output.write_bytes(pot)
    click.echo(f"wrote {output}")


def _pot(templates: tuple[Path, ...]) -> bytes:
    from babel.messages.catalog import Catalog
    from babel.messages.pofile import write_po

    catalog = Catalog(header_comment="# Texts of templates", fuzzy=False)
    for path in templates:
        content_type = "email_html" if path.suffix.lower() in _HTML else "email"
        for found in texts_of(path.read_text("utf-8"), content_type):
            key = (found.text, found.plural) if found.plural is not None else found.text
            message = catalog.add(key, locations=[(path.as_posix(), found.line)])
            # {{ name }} and 10% off are no formats of Python.
            message.flags -= {"python-format", "python-brace-format"}
    written = BytesIO()
    write_po(written, catalog)
    return written.getvalue()
