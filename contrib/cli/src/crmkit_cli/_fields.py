"""
The command ``crmkit fields``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, note, one_line, say
from crmkit_cli._setup import setup
from crmkit_cli._table import folded, screen

if TYPE_CHECKING:
    from crmkit import CustomField

_HEADER = ("name", "key", "type", "options")


@click.command(
    "fields",
    epilog=examples(
        "crmkit fields --provider hubspot",
        "crmkit fields --plugin ./acme.py --json",
    ),
)
@common
def command(chosen: Chosen) -> None:
    """
    Show the custom fields that the account's clients have.

    The name is what a template says, as in {{ budget }}; the key is the CRM's own. With
    --json one line for each field, with the labels of its options by their values.
    """
    ready = setup(chosen)
    ready.need_provider()
    with ready.connect() as crm:
        fields = crm.session(chosen.user).fields()
    if chosen.as_json:
        for field in fields:
            emit(field)
    elif fields:
        for line in folded([_HEADER, *map(_cells, fields)], screen()):
            say(line)
    else:
        note("The account has no custom fields.")


def _cells(field: CustomField) -> tuple[str, ...]:
    labels = ", ".join(field.options.values())
    return tuple(map(one_line, (field.name, field.key, field.type, labels)))
