"""
The command ``crmkit lint``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit import ClientData
from crmkit_cli._client_file import clients_in
from crmkit_cli._complete import check_apart
from crmkit_cli._exits import DONE, USAGE
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, note, one_line, say
from crmkit_cli._setup import setup, tell, transformers
from crmkit_cli._template import Template, with_bare_template

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crmkit import CRMConnector


@click.command(
    "lint",
    epilog=examples(
        "crmkit lint letter.txt --var agent=Laura",
        "crmkit lint letter --clients list.csv",
        "crmkit lint mail.html --provider hubspot --json",
    ),
)
@click.option(
    "--clients",
    "listed",
    metavar="FILE",
    help="A list that is to get it: what is no column of it is unknown.",
)
@with_bare_template
@common
def command(chosen: Chosen, /, template: Template, listed: str | None) -> None:
    """
    Say what is wrong with a template, before any client is looked at.

    A line tells part, line and column, whether it is an error or a warning, what is wrong,
    and the rule. Which custom fields there are is taken from --clients or, if that is
    given, from --provider; without either no name is called unknown. Ends with 2 if there
    is an error.
    """
    check_apart((template.file, listed), ())
    ready = setup(chosen)
    chain = transformers(ready)
    tell(chain, chosen)
    with ready.connect(transformers=chain.settings) as crm:
        fields = _fields(crm, chosen, listed)
        report = crm.lint(template.source, fields=fields, **template.asked)
    if chosen.as_json:
        emit(report.as_dict())
    else:
        for problem in report:
            say(one_line(str(problem)))
        errors = sum(problem.severity == "error" for problem in report)
        note(f"errors: {errors}, warnings: {len(report) - errors}")
    raise click.exceptions.Exit(DONE if report.ok else USAGE)


def _fields(crm: CRMConnector, chosen: Chosen, listed: str | None) -> Iterable[str] | None:
    if listed is not None:
        clients = (one for one in clients_in(listed) if isinstance(one, ClientData))
        return dict.fromkeys(name for client in clients for name in client.custom_fields)
    if chosen.provider is not None:
        session = crm.session(chosen.user, provider=chosen.provider)
        return [field.name for field in session.fields()]
    return None
