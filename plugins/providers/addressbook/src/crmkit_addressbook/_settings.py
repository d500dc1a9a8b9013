"""
The settings of the address book, checked before any file is touched.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from attrs import Attribute, field, frozen

from crmkit import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import MutableMapping

_TABLE = '`[settings.addressbook] path = "clients.csv"` in crmkit.toml'
_ARGUMENT = 'CRMConnector(settings={"addressbook": {"path": "clients.csv"}})'


def _check_path(_settings: Settings, _attribute: Attribute[str], path: str) -> None:
    if not path.strip():
        msg = f"the address book needs the path of a CSV file: {_TABLE}, or {_ARGUMENT}"
        raise ConfigurationError(msg)


def _check_fields(
    _settings: Settings, _attribute: Attribute[dict[str, str]], fields: dict[str, str]
) -> None:
    if not all(text.strip() for pair in fields.items() for text in pair):
        msg = (
            "the address book's setting `fields` has an empty name; it maps a header of "
            'the file to a field, such as {"Kundennr": "id"}'
        )
        raise ConfigurationError(msg)


def _check_encoding(
    _settings: Settings, _attribute: Attribute[str | None], encoding: str | None
) -> None:
    try:
        "".encode(encoding or "utf-8")
    except LookupError:
        msg = (
            f"the address book's setting `encoding` is {encoding!r}, which is no encoding "
            "that Python knows; leave it out, or name one such as cp1250 or shift_jis"
        )
        raise ConfigurationError(msg) from None


def _check_delimiter(
    _settings: Settings, _attribute: Attribute[str | None], delimiter: str | None
) -> None:
    if delimiter is not None and (len(delimiter) != 1 or delimiter in '"\r\n '):
        msg = (
            f"the address book's setting `delimiter` is {delimiter!r}; it must be one "
            "character, such as a comma, a semicolon or a tab"
        )
        raise ConfigurationError(msg)


@frozen(kw_only=True)
class Settings:
    """
    Where the clients are, where activities go, and how the file is to be read.

    *path* is required. *activities* is by default beside it: ``clients.activities.csv``.
    *fields* maps headers of the file to fields, above the built-in table. *encoding* and
    *delimiter* are found out unless given.
    """

    path: str = field(default="", validator=_check_path)
    activities: str | None = None
    fields: dict[str, str] = field(factory=dict, validator=_check_fields)
    encoding: str | None = field(default=None, validator=_check_encoding)
    delimiter: str | None = field(default=None, validator=_check_delimiter)

    def __attrs_post_init__(self) -> None:
        file, journal = (_canonical(path) for path in (self.file, self.journal))
        if file == journal:
            msg = (
                f"the address book's `path` and `activities` both name {self.path}; the "
                "file of the clients is never written, so name another for activities"
            )
            raise ConfigurationError(msg)

    @property
    def file(self) -> Path:
        """
        The CSV file of the clients.
        """
        return Path(self.path).expanduser()

    @property
    def journal(self) -> Path:
        """
        The CSV file of the activities.
        """
        if self.activities:
            return Path(self.activities).expanduser()
        return self.file.parent / f"{self.file.stem}.activities.csv"


def _canonical(path: Path) -> str:
    return os.path.normcase(os.path.abspath(path))  # noqa: PTH100 - also removes ".."


class Session(Protocol):
    """
    What the address book uses of the core's session.
    """

    @property
    def settings(self) -> Settings:
        """
        The settings above.
        """

    @property
    def memory(self) -> MutableMapping[str, Any]:
        """
        What is kept between the calls of hooks.
        """
