"""
The command ``crmkit plugins``.
"""

from __future__ import annotations

import click

from crmkit import PluginError
from crmkit import plugins as installed
from crmkit_cli import _commands
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
        _with_command(plugin)
        for plugin in installed.survey(ready.plugins, ready.prefer)
        if chosen.provider is None or ("provider", chosen.provider) == plugin[:2]
    ]
    if chosen.as_json:
        for plugin in found:
            emit(plugin._asdict())
        return
    rows = [tuple(map(one_line, plugin)) for plugin in found]
    for line in table([_HEADER, *rows]):
        say(line)


def _with_command(plugin: installed.Plugin) -> installed.Plugin:
    # What a command must be is known here alone: the core has none.
    if plugin.kind != "command" or plugin.status != installed.LOADED:
        return plugin
    try:
        command = _commands.load(plugin.name)
    except PluginError as error:
        return plugin._replace(status=installed.BROKEN, detail=str(error))
    return plugin._replace(detail=command.get_short_help_str(60) if command else "")
