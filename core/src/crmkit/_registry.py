"""
Which plugins are installed: entry points as data; nothing is imported.
"""

from __future__ import annotations

import sys
from difflib import get_close_matches
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_file_location
from typing import TYPE_CHECKING, Any

from attrs import frozen

from crmkit.errors import (
    ConfigurationError,
    PluginConflictError,
    PluginError,
    PluginLoadError,
    PluginNotFoundError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

PROVIDERS, TRANSFORMERS = "crmkit.providers", "crmkit.transformers"
STORES, COMMANDS = "crmkit.stores", "crmkit.commands"
FILES = "crmkit.files"  # what makes a plugin of a file, by the file's ending

KNOWN = {
    PROVIDERS: {
        "addressbook": "crmkit-addressbook",
        "followupboss": "crmkit-followupboss",
        "hubspot": "crmkit-hubspot",
        "pipedrive": "crmkit-pipedrive",
        "salesforce": "crmkit-salesforce",
        "zoho": "crmkit-zoho",
    },
    TRANSFORMERS: {
        "localize": "crmkit-localize",
        "style": "crmkit-style",
        "translate_aws": "crmkit-translate-aws",
    },
    STORES: {"dynamodb": "crmkit-dynamodb"},
    COMMANDS: {
        "new": "crmkit-scaffold",
        "rest": "crmkit-rest",
        "simulate": "crmkit-simulator",
        "store": "crmkit-dynamodb",
    },
    FILES: {"toml": "crmkit-rest"},
}
_WORD = {
    PROVIDERS: "CRM provider",
    TRANSFORMERS: "transformer",
    STORES: "store",
    COMMANDS: "command",
    FILES: "reader of files",
}


@frozen(kw_only=True)
class Installed:
    """
    A plugin that is installed, not yet imported.
    """

    name: str
    group: str
    distribution: str
    version: str
    entry_point: EntryPoint

    def load(self) -> Any:
        """
        Import it; raise PluginLoadError, naming its distribution, when that fails.
        """
        try:
            return self.entry_point.load()
        except Exception as error:
            msg = (
                f"the {_WORD[self.group]} {self.name!r} of {self.distribution} "
                f"{self.version} cannot be loaded: {type(error).__name__}: {error}; "
                f"upgrade or remove {self.distribution}"
            )
            raise PluginLoadError(msg, plugin=self.name) from error


@cache
def installed(group: str) -> tuple[Installed, ...]:
    """
    Return what is installed in an entry-point group, by name.
    """
    found = {
        (entry.name, entry.dist.name if entry.dist else "", entry.value): entry
        for entry in entry_points(group=group)
    }
    return tuple(
        Installed(
            name=name,
            group=group,
            distribution=distribution,
            version=entry.dist.version if entry.dist else "",
            entry_point=entry,
        )
        for (name, distribution, _), entry in sorted(found.items())
    )


def find(group: str, name: str, prefer: Mapping[str, str]) -> Installed:
    """
    Return the plugin of this name; *prefer* maps a name to the distribution to take.

    Raises PluginNotFoundError with the remedy, or PluginConflictError.
    """
    matches = [plugin for plugin in installed(group) if plugin.name == name]
    if not matches:
        raise PluginNotFoundError(not_found(group, name), plugin=name)
    chosen = prefer.get(name)
    wanted = [plugin for plugin in matches if chosen in {None, plugin.distribution}]
    if len(wanted) == 1:
        return wanted[0]
    offers = ", ".join(sorted(plugin.distribution for plugin in matches))
    msg = (
        f"the {_WORD[group]} {name!r} is offered by {offers}; choose one with "
        f'prefer={{"{name}": "<distribution>"}}, or uninstall the others'
    )
    raise PluginConflictError(msg, plugin=name)


def not_found(group: str, name: str, others: tuple[str, ...] = ()) -> str:
    """
    Say that there is no such plugin, and what to do; *others* are names given by hand.
    """
    distribution = KNOWN[group].get(name)
    present = sorted({*others, *(plugin.name for plugin in installed(group))})
    message = f"Unsupported {_WORD[group]}: {name}"
    if distribution:
        return f"{message}; it is not installed: pip install {distribution}"
    close = get_close_matches(name, {*present, *KNOWN[group]}, n=1)
    hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"{message}{hint}; installed: {', '.join(present) or 'none'}"


def import_named(place: str, name: str) -> Any:
    """
    Import a plugin from a file (``./acme.py``), or by its module's name.

    Of a file with another ending (``acme.toml``) what is registered for it makes the
    plugin. Raises PluginLoadError when there is none, or when it fails.
    """
    try:
        if place.endswith(".py"):
            return _of_python(place, name)
        ending = place.rpartition(".")[2]
        if ending in {*KNOWN[FILES], *(reader.name for reader in installed(FILES))}:
            return find(FILES, ending, {}).load()(place)
        return import_module(place)
    except PluginError:
        raise
    except ConfigurationError as error:  # it is the file that is wrong
        msg = f"the plugin {place!r} cannot be loaded: {error}"
        raise PluginLoadError(msg, plugin=name) from None
    except Exception as error:
        msg = f"the plugin {place!r} cannot be loaded: {type(error).__name__}: {error}"
        raise PluginLoadError(msg, plugin=name) from error


def _of_python(place: str, name: str) -> Any:
    spec = spec_from_file_location(f"crmkit_plugin_{name}", place)
    module = module_from_spec(spec)  # type: ignore[arg-type]
    sys.modules[module.__name__] = module  # dataclasses look themselves up there
    spec.loader.exec_module(module)  # type: ignore[union-attr]
    return module
