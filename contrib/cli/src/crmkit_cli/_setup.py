"""
From what the user chose, and crmkit.toml, to a connector.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import ConfigurationError, CRMConnector, PluginNotFoundError
from crmkit import plugins as installed
from crmkit.plugins import PROVIDERS
from crmkit_cli._output import note, one_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_cli._options import Chosen

_HERE = "crmkit.toml"
_CORES_OWN = "hubspot"  # the provider that the core takes when nobody chose one


class Setup(NamedTuple):
    """
    What makes a connector: *file* is the configuration's path, *values* what it says.

    *default* is the provider that somebody chose. *plugins* are those given by hand;
    *passed_over* names a provider's file that is not used, since the configuration chose.
    """

    file: str | None
    values: Mapping[str, Any]
    default: str | None
    plugins: Mapping[str, object]
    settings: Mapping[str, Mapping[str, Any]]
    passed_over: str | None

    @property
    def prefer(self) -> Mapping[str, str]:
        """
        Which distribution to take where several offer one plugin.
        """
        return _table(self.values, "prefer")

    def connect(self, *wrappers: object, **more: object) -> CRMConnector:
        """
        Make the connector; *more* are arguments of its.
        """
        arguments: dict[str, Any] = {
            "default_provider": self.default,
            "plugins": self.plugins,
            "settings": self.settings,
            "wrappers": wrappers,
            **more,
        }
        if self.file is None:
            return CRMConnector(**arguments)
        return CRMConnector.from_config(self.file, **arguments)

    @property
    def store(self) -> str | None:
        """
        The store's URL, None if nobody chose one.
        """
        return os.environ.get("CRMKIT_STORE") or self.values.get("store")

    @property
    def provider(self) -> str:
        """
        The provider that is used: the default, else the core's own.
        """
        return self.default or _CORES_OWN

    def need_provider(self) -> None:
        """
        Refuse to go on when nobody chose a CRM and the core's own choice is missing.

        Say which one is used when it is not the one whose file was given.
        """
        if self.passed_over is not None:
            note(
                f"The CRM is {one_line(self.provider)}, as the configuration says; give "
                f"--provider {self.passed_over} to use the plugin's file."
            )
        names = installed.names(PROVIDERS)
        if self.default is None and _CORES_OWN not in {*names, *self.plugins}:
            have = ", ".join(names) or "none; try pip install crmkit-addressbook"
            msg = (
                "which CRM? give --provider NAME, or default_provider in crmkit.toml "
                f"(installed: {have})"
            )
            raise PluginNotFoundError(msg, plugin=_CORES_OWN)


class Transformers(NamedTuple):
    """
    The transformers to run, each with its settings.

    *all_local*: nobody named any, so all local ones that are installed; *broken* says why
    some of them cannot be used.
    """

    settings: Mapping[str, Mapping[str, Any]]
    all_local: bool
    broken: Mapping[str, str]

    def as_dict(self) -> dict[str, Any]:
        """
        Return it as JSON values.
        """
        return {
            "run": list(self.settings),
            "all_local": self.all_local,
            "broken": dict(self.broken),
        }


def setup(chosen: Chosen) -> Setup:
    """
    Read the configuration and the plugins' files, and put options above them.

    Raises ConfigurationError, or PluginLoadError for a plugin's file that fails.
    """
    file = chosen.config or os.environ.get("CRMKIT_CONFIG") or None
    if file is None and Path(_HERE).exists():
        file = _HERE
    values = {} if file is None else _read(file)
    given = dict(installed.load_file(path) for path in chosen.plugins)
    plugins = {**_table(values, "plugins"), **given}
    configured = os.environ.get("CRMKIT_DEFAULT_PROVIDER") or values.get("default_provider")
    providers = [n for n, plugin in given.items() if not installed.is_transformer(plugin)]
    sole = providers[0] if len(providers) == 1 else None
    default = chosen.provider or configured or sole
    other = configured and not chosen.provider and configured not in providers
    passed_over = providers[0] if other and providers else None
    tables = _table(values, "settings")
    known = {*tables, *plugins, *installed.names(PROVIDERS), default or _CORES_OWN}
    owner = default or (_CORES_OWN if _CORES_OWN in installed.names(PROVIDERS) else None)
    settings = _changed(tables, chosen.settings, known, owner)
    return Setup(file, values, default, plugins, settings, passed_over)


def transformers(ready: Setup) -> Transformers:
    """
    Return the transformers to run: those that the configuration or a file names.

    Without a table in the configuration all local ones that are installed.
    """
    files: dict[str, Any] = {
        name: {}
        for name, plugin in ready.plugins.items()
        if installed.is_transformer(plugin)
    }
    if "transformers" in ready.values:
        named = _table(ready.values, "transformers")
        return Transformers({**files, **named}, all_local=False, broken={})
    local, broken = installed.local_transformers(ready.prefer)
    chain = {**files, **{name: {} for name in local}}
    return Transformers(chain, all_local=True, broken=broken)


def tell(chain: Transformers, chosen: Chosen) -> None:
    """
    Say which transformers run, if nobody named any and what is printed is for people.
    """
    if chain.all_local and not chosen.as_json:
        names = ", ".join(chain.settings) or "none"
        note(f"Transformers: {names} (all local ones; crmkit.toml can name others)")
        for reason in chain.broken.values():
            note(f"Warning: {one_line(reason)}")


def _read(file: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(Path(file).read_text("utf-8"))
    except (OSError, ValueError):
        CRMConnector.from_config(file)  # which says what is wrong with it
        raise


def _table(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    table = values.get(name, {})
    if not isinstance(table, dict):
        msg = f"{name} in the configuration must be a table, such as [{name}]"
        raise ConfigurationError(msg)
    return table


def _changed(
    tables: Mapping[str, Any],
    changes: Iterable[str],
    known: Iterable[str],
    default: str | None,
) -> dict[str, dict[str, Any]]:
    settings = {name: dict(_table(tables, name)) for name in tables}
    longest_first = sorted(known, key=len, reverse=True)
    for change in changes:
        key, equals, text = change.partition("=")
        if not equals or not key:
            msg = f"--set takes [PROVIDER.]KEY=VALUE, such as path=clients.csv, not {key!r}"
            raise ConfigurationError(msg)
        owner = next((n for n in longest_first if key.startswith(f"{n}.")), None)
        path = key if owner is None else key[len(owner) + 1 :]
        owner = owner or default
        if owner is None:
            msg = (
                f"--set {key}: of which CRM? give --provider NAME, or --set NAME.{key}=..."
            )
            raise ConfigurationError(msg)
        _assign(settings.setdefault(owner, {}), path, _value(text))
    return settings


def _assign(table: dict[str, Any], path: str, value: object) -> None:
    *parents, last = path.split(".")
    for parent in parents:
        below = table.get(parent, {})
        if not isinstance(below, dict):
            msg = f"--set {path}: {parent} is a value, not a table that has keys"
            raise ConfigurationError(msg)
        table[parent] = table = dict(below)
    table[last] = value


def _value(text: str) -> object:
    from crmkit.codec import from_json

    try:
        return from_json(text)
    except ValueError:
        return text
