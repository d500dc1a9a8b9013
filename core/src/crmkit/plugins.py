"""
Which plugins there are, and whether they can be used: for tools around the connector.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crmkit import _registry as registry
from crmkit._host import Host
from crmkit.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

PROVIDERS, TRANSFORMERS = registry.PROVIDERS, registry.TRANSFORMERS
STORES, COMMANDS = registry.STORES, registry.COMMANDS
LOADED, BROKEN, MISSING = "loaded", "broken", "missing"
_KINDS = {
    PROVIDERS: "provider",
    TRANSFORMERS: "transformer",
    STORES: "store",
    COMMANDS: "command",
}


class Plugin(NamedTuple):
    """
    One plugin: its *status* is loaded, broken or missing; *detail* says why, or what to do.
    """

    kind: str
    name: str
    status: str
    source: str
    detail: str


def known(group: str) -> Mapping[str, str]:
    """
    Return the distribution of each plugin that the core knows of, installed or not.
    """
    return registry.KNOWN[group]


def names(group: str) -> tuple[str, ...]:
    """
    Return the names of the installed plugins of a group.
    """
    return tuple(dict.fromkeys(plugin.name for plugin in registry.installed(group)))


def load_file(path: str) -> tuple[str, object]:
    """
    Import a plugin's file; return its name, the file's without ``crmkit_``, and the module.

    Raises PluginLoadError when it fails.
    """
    name = Path(path).stem.removeprefix("crmkit_")
    return name, registry.import_named(path, name)


def is_transformer(plugin: object) -> bool:
    """
    Tell whether a plugin given by hand is a transformer; if in doubt it is a provider.
    """
    return hasattr(plugin, "crmkit_transformer") and not hasattr(plugin, "crmkit_provider")


def local_transformers(prefer: Mapping[str, str]) -> tuple[tuple[str, ...], dict[str, str]]:
    """
    Return the installed transformers that call no service, and why others cannot be used.
    """
    host = Host(prefer=prefer)
    local: list[str] = []
    broken: dict[str, str] = {}
    for name in names(TRANSFORMERS):
        try:
            if not host.transformer(name).remote:
                local.append(name)
        except PluginError as error:
            broken[name] = str(error)
    return tuple(local), broken


def survey(given: Mapping[str, object], prefer: Mapping[str, str]) -> Iterator[Plugin]:
    """
    Load every plugin, and yield how it is; *given* ones by hand come with their names.
    """
    given = {name: _module(name, plugin) for name, plugin in given.items()}
    host = Host(given, prefer)
    for group, kind in _KINDS.items():
        here = {name for name, plugin in given.items() if _group(plugin) == group}
        for name in sorted({*here, *names(group), *known(group)}):
            if name not in here and name not in names(group):
                remedy = f"pip install {known(group)[name]}"
                yield Plugin(kind, name, MISSING, "", remedy)
                continue
            source = "given" if name in here else _source(group, name)
            try:
                detail = _load(host, group, name, prefer)
            except PluginError as error:
                yield Plugin(kind, name, BROKEN, source, str(error))
            else:
                yield Plugin(kind, name, LOADED, source, detail)


def _module(name: str, plugin: object) -> object:
    try:
        return registry.import_named(plugin, name) if isinstance(plugin, str) else plugin
    except PluginError:
        return plugin  # the host will say why


def _group(plugin: object) -> str:
    return TRANSFORMERS if is_transformer(plugin) else PROVIDERS


def _source(group: str, name: str) -> str:
    offers = [plugin for plugin in registry.installed(group) if plugin.name == name]
    return ", ".join(f"{plugin.distribution} {plugin.version}" for plugin in offers)


def _load(host: Host, group: str, name: str, prefer: Mapping[str, str]) -> str:
    if group == PROVIDERS:
        return host.provider(name).label
    if group == TRANSFORMERS:
        info = host.transformer(name)
        return f"stage {info.stage}" + (", remote" if info.remote else "")
    registry.find(group, name, prefer).load()
    return ""
