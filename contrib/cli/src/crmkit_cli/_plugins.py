"""
The command ``crmkit plugins``.
"""

from __future__ import annotations

import click

from crmkit_cli import _installed
from crmkit_cli._options import Chosen, common, examples
from crmkit_cli._output import emit, one_line, say
from crmkit_cli._setup import setup
from crmkit_cli._table import table

_HEADER = ("kind", "name", "status", "from", "")


@click.command(
    "plugins", epilog=examples("crmkit plugins", "crmkit plugins --plugin ./acme.py --json")
)
@common
def command(chosen: Chosen) -> None:
    """
    Show which plugins work, which are broken, and which are missing.

    Each is loaded; with --provider that provider alone is shown.
    """
    ready = setup(chosen)
    found = [
        plugin
        for plugin in _installed.survey(ready.plugins, ready.prefer)
        if chosen.provider is None or ("provider", chosen.provider) == plugin[:2]
    ]
    if chosen.as_json:
        for plugin in found:
            emit(plugin._asdict())
        return
    rows = [tuple(map(one_line, plugin)) for plugin in found]
    for line in table([_HEADER, *rows]):
        say(line)
