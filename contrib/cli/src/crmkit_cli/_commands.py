"""
Commands that other distributions bring: entry points of the group ``crmkit.commands``.
"""

from __future__ import annotations

from functools import cache
from importlib.metadata import EntryPoint, entry_points

import click

_GROUP = "crmkit.commands"


@cache
def offered() -> dict[str, tuple[EntryPoint, ...]]:
    """
    Return the entry points of each name, sorted; nothing is imported.
    """
    found: dict[str, dict[tuple[str, str], EntryPoint]] = {}
    for entry in entry_points(group=_GROUP):
        found.setdefault(entry.name, {})[_distribution(entry), entry.value] = entry
    return {
        name: tuple(entry for _, entry in sorted(found[name].items()))
        for name in sorted(found)
    }


def origin(name: str) -> str:
    """
    Say which distributions a command comes from.
    """
    return f"From {' and '.join(map(_distribution, offered()[name]))}."


def load(name: str) -> click.Command | None:
    """
    Import a command, None if there is none of this name.

    Raises PluginConflictError, PluginLoadError or PluginContractError.
    """
    entries = offered().get(name, ())
    if not entries:
        return None
    from crmkit import PluginConflictError, PluginContractError, PluginLoadError

    where = f"the command {name!r} of {' and '.join(map(_distribution, entries))}"
    if len(entries) > 1:
        msg = f"{where} is not clear; uninstall all but one of them"
        raise PluginConflictError(msg, plugin=name)
    try:
        command = entries[0].load()
    except Exception as error:
        msg = f"{where} cannot be loaded: {type(error).__name__}: {error}"
        raise PluginLoadError(msg, plugin=name) from error
    if not isinstance(command, click.Command):
        msg = f"{where} must be a click command, not a {type(command).__name__}"
        raise PluginContractError(msg, plugin=name)
    return command


def remedy(name: str) -> str:
    """
    Say what to install for a command that is known but missing, else nothing.
    """
    from crmkit.plugins import COMMANDS, known

    distribution = known(COMMANDS).get(name)
    return f" It is not installed: pip install {distribution}" if distribution else ""


def _distribution(entry: EntryPoint) -> str:
    return entry.dist.name if entry.dist else "an unknown distribution"
