"""
Where settings come from: crmkit.toml, then CRMKIT_ variables, then arguments.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from attrs import fields, frozen

from crmkit._folder import data_folder
from crmkit.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable

_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@frozen(kw_only=True)
class Options:
    """
    The plain settings of a connector, with their defaults.

    *cache_ttl* and *max_wait* are in seconds, *cache_size* counts clients.
    """

    default_provider: str = "hubspot"
    auto_sync: bool = True
    cache_ttl: float = 300.0
    cache_size: int = 1000
    max_retries: int = 3
    max_wait: float = 60.0
    store: str = ""

    def __attrs_post_init__(self) -> None:
        for attribute in fields(Options):
            kind = str(attribute.type)
            if not _fits(getattr(self, attribute.name), kind):
                msg = f"{attribute.name} must be {_WANTED[kind]}"
                raise ConfigurationError(msg)


def options(given: Mapping[str, Any]) -> Options:
    """
    Return the options: *given* arguments (None: not given), else CRMKIT_ variables.

    Raises ConfigurationError that names a value of the wrong kind.
    """
    chosen = {name: value for name, value in given.items() if value is not None}
    return Options(**from_environment(chosen), **chosen)


def from_environment(given: Mapping[str, Any]) -> dict[str, Any]:
    """
    Return the options that CRMKIT_ variables set, but for those *given*.

    Raises ConfigurationError that names a value of the wrong kind.
    """
    return {
        attribute.name: _parsed(attribute.name, str(attribute.type), text)
        for attribute in fields(Options)
        if attribute.name not in given
        and (text := os.environ.get(f"CRMKIT_{attribute.name.upper()}"))
    }


def read_file(path: str | os.PathLike[str] | None) -> dict[str, Any]:
    """
    Return the arguments of a connector from crmkit.toml.

    None stands for ``CRMKIT_CONFIG``, else ``crmkit.toml`` here. Raises
    ConfigurationError when the file is missing, is no TOML or holds unknown keys.
    """
    import tomllib
    from pathlib import Path

    place = Path(path or os.environ.get("CRMKIT_CONFIG") or "crmkit.toml")
    try:
        with place.open("rb") as file:
            return tomllib.load(file)
    except OSError as error:
        msg = f"the configuration file {place} cannot be read: {error.strerror}"
        raise ConfigurationError(msg) from None
    except ValueError as error:  # no TOML, or not even UTF-8
        msg = f"the configuration file {place} is not TOML: {error}"
        raise ConfigurationError(msg) from None


def check_tables(given: Mapping[str, Any]) -> None:
    """
    Refuse arguments of a connector that are no tables where they must be.
    """
    for name in ("settings", "transformers", "plugins", "prefer"):
        table = given[name]
        if not isinstance(table, Mapping):
            msg = f"{name} must be a table (a mapping by name)"
            raise ConfigurationError(msg)
        for key in table if name in {"settings", "transformers"} else ():
            if not isinstance(table[key], Mapping):
                msg = f"{name}.{key} must be a table of settings, {{}} for none"
                raise ConfigurationError(msg)
    age = given["consent_max_age"]
    if age is not None and not _fits(age, "float"):
        msg = f"consent_max_age must be {_WANTED['float']}"
        raise ConfigurationError(msg)


def default_store() -> str:
    """
    Return the URL of the store in the user's data folder.
    """
    return f"sqlite:///{(data_folder() / 'crmkit.db').as_posix()}"


def _parsed(name: str, kind: str, text: str) -> object:
    parsers: dict[str, Callable[[str], object]] = {
        "int": int,
        "float": float,
        "bool": _flag,
    }
    try:
        return parsers.get(kind, str)(text)
    except ValueError:
        msg = f"CRMKIT_{name.upper()} must be {_WANTED[kind]}"
        raise ConfigurationError(msg) from None


_WANTED = {
    "int": "a whole number, not below 0",
    "float": "a number, not below 0",
    "bool": "true or false",
    "str": "a text",
}


def _fits(value: object, kind: str) -> bool:
    if kind == "str":
        return isinstance(value, str)
    if kind == "bool" or isinstance(value, bool):
        return kind == "bool" and isinstance(value, bool)
    number = int if kind == "int" else int | float
    return isinstance(value, number) and value >= 0


def _flag(text: str) -> bool:
    if text.lower() in _TRUE | _FALSE:
        return text.lower() in _TRUE
    raise ValueError(text)
