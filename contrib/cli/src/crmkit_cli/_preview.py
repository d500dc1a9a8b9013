"""
The command ``crmkit preview``.
"""

from __future__ import annotations

import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crmkit import ClientData, PersonalizationError
from crmkit_cli._awkward import Shown, select
from crmkit_cli._client_file import clients_in
from crmkit_cli._complete import check_apart, complete
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, say
from crmkit_cli._page import About, page
from crmkit_cli._progress import Meter
from crmkit_cli._setup import setup, tell, transformers
from crmkit_cli._template import Source, Template, with_template

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit import CRMConnector
    from crmkit_cli._client_file import RowError


@click.command(
    "preview",
    epilog=examples(
        "crmkit preview letter.txt --clients list.csv",
        "crmkit preview letter.txt --clients list.csv --out page.html --no-open",
    ),
)
@click.option(
    "--clients",
    "listed",
    metavar="FILE",
    required=True,
    help="The clients: CSV, JSON lines or a JSON array; - is standard input.",
)
@click.option(
    "--out", metavar="FILE", default="preview.html", show_default=True, help="The page."
)
@click.option(
    "--first",
    metavar="N",
    type=click.IntRange(0),
    default=20,
    show_default=True,
    help="How many clients to show beside the awkward ones.",
)
@click.option("--no-open", is_flag=True, help="Do not open it in the browser.")
@with_template
@common
def command(
    chosen: Chosen,
    /,
    template: Template,
    listed: str,
    out: str,
    first: int,
    *,
    no_open: bool,
) -> None:
    """
    Show what clients would get on one HTML page, and open it; nothing is sent.

    Substitutions are marked with where they are from. Beside the first clients those are
    shown who are refused, lack a value, read from right to left, or get the longest text.
    """
    check_apart((template.file, listed), (out,))
    ready = setup(chosen)
    chain = transformers(ready)
    tell(chain, chosen)
    asked = {**template.asked, "user_id": chosen.user}
    with (
        Meter("preview", None) as meter,
        ready.connect(transformers=chain.settings) as crm,
    ):
        looked_at = (
            _shown(crm, template.source, asked, client) for client in clients_in(listed)
        )
        selection = select(meter.counted(looked_at), first)
    with complete(out) as file:
        file.write(page(selection, About(template.name, tuple(chain.settings))))
    if chosen.as_json:
        counts = {"total": selection.total, "refused": dict(selection.refused)}
        emit({**counts, "shown": len(selection.shown), "page": out})
    else:
        refused = sum(selection.refused.values())
        say(f"{out} shows {len(selection.shown)} of {selection.total:,} clients.")
        say(f"{selection.total - refused:,} would get it, {refused:,} would not.")
    if sys.stdout.isatty() and not no_open:
        webbrowser.open(Path(out).resolve().as_uri())


def _shown(
    crm: CRMConnector,
    template: Source,
    asked: Mapping[str, Any],
    client: ClientData | RowError,
) -> Shown:
    if not isinstance(client, ClientData):
        return Shown(client, client)
    try:
        return Shown(client, crm.preview(template, client, **asked))
    except PersonalizationError as error:  # there is not even something to look at
        return Shown(client, error)
