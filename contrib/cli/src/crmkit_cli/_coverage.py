"""
The command ``crmkit coverage``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit_cli._client_file import clients_in
from crmkit_cli._complete import check_apart
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, one_line, say
from crmkit_cli._progress import Meter
from crmkit_cli._setup import setup, tell, transformers
from crmkit_cli._table import folded, screen
from crmkit_cli._template import Template, with_template

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit.coverage import Coverage

_SHOWN = 5


@click.command(
    "coverage",
    epilog=examples(
        "crmkit coverage letter.txt --clients list.csv",
        "crmkit coverage letter --clients list.csv --json",
    ),
)
@click.option(
    "--clients",
    "listed",
    metavar="FILE",
    required=True,
    help="The clients: CSV, JSON lines or a JSON array; - is standard input.",
)
@with_template
@common
def command(chosen: Chosen, /, template: Template, listed: str) -> None:
    """
    Count who of a list would get a default, nothing, or an error, and name some.

    Nothing is sent, and whatever is found the exit code is 0.
    """
    check_apart((template.file, listed), ())
    ready = setup(chosen)
    chain = transformers(ready)
    tell(chain, chosen)
    asked = {**template.asked, "user_id": chosen.user}
    with (
        Meter("coverage", None) as meter,
        ready.connect(transformers=chain.settings) as crm,
    ):
        clients = meter.counted(clients_in(listed))
        found = crm.coverage(template.source, clients, **asked)
    if chosen.as_json:
        emit(found.as_dict())
        return
    say(f"{found.personalized:,} of {found.total:,} would get it.")
    rows = [*_rows(found)]
    for line in folded(rows, screen()) if rows else ():
        say(line)


def _rows(found: Coverage) -> Iterator[tuple[str, str, str, str]]:
    """
    Yield what became of how many: the sort, its name, the count, some ids.
    """
    for sort in ("refused", "defaults", "missing", "unknown", "failed"):
        for name, hits in getattr(found, sort).items():
            ids = ", ".join(map(one_line, hits.clients[:_SHOWN]))
            more = ", ..." if hits.count > _SHOWN else ""
            yield _SORTS[sort], one_line(name), f"{hits.count:,}", f"{ids}{more}"
    counted: Mapping[str, Mapping[str, int]] = {
        "variant": found.variants,
        "language": found.languages,
        "warning": found.warnings,
    }
    for sort, counts in counted.items():
        for name, count in counts.items():
            if name or (sort == "variant" and len(counts) > 1):
                yield sort, one_line(name) or "(its own parts)", f"{count:,}", ""


_SORTS = {
    "refused": "refused",
    "defaults": "default for",
    "missing": "no value for",
    "unknown": "unknown",
    "failed": "refused value of",
}
