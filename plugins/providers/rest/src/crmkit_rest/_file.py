"""
From a file to what it says: every mistake with its line.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import ConfigurationError
from crmkit_rest._structure import structured

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from crmkit_rest._schema import CRM
    from crmkit_rest._structure import Keys

_PLACE = re.compile(r"at line (\d+)")


class Mistake(NamedTuple):
    """
    One mistake: its *line*, its *key* with dots, and what is wrong with it.
    """

    line: int
    key: str
    told: str


def load(path: str) -> CRM:
    """
    Return what a file says; ConfigurationError with its first mistake, if it has any.
    """
    crm, mistakes = read(path)
    if crm is None:
        line, key, told = mistakes[0]
        all_told = f"; `crmkit rest check {path}` tells all {len(mistakes)} mistakes"
        rest = all_told if len(mistakes) > 1 else ""
        msg = f"line {line}: {key} {told}{rest}"
        raise ConfigurationError(msg)
    return crm


def read(path: str) -> tuple[CRM | None, list[Mistake]]:
    """
    Return what a file says, None where it has mistakes, and these by line.
    """
    try:
        text = Path(path).read_text("utf-8")
        values = tomllib.loads(text)
    except OSError as error:
        return None, [Mistake(1, "file", f"cannot be read: {error.strerror}")]
    except ValueError as error:  # no TOML, or not even UTF-8
        place = _PLACE.search(str(error))
        line = int(place[1]) if place else 1
        return None, [Mistake(line, "file", f"is not TOML: {error}")]
    crm, mistakes = structured(values)
    lines = _lines(text) if mistakes else {}
    found = [Mistake(_line(lines, keys), _dotted(keys), told) for keys, told in mistakes]
    return crm, sorted(found)


def _lines(text: str) -> dict[Keys, int]:
    # Every statement is parsed for itself, by who knows where it ends.
    found: dict[Keys, int] = {}
    table: Keys = ()
    statement, begun = "", 0
    for number, line in enumerate(text.split("\n"), 1):
        statement, begun = f"{statement}{line}\n", begun or number
        try:
            keys = list(_paths(tomllib.loads(statement)))
        except tomllib.TOMLDecodeError:
            continue
        is_header = statement.lstrip().startswith("[")
        table = keys[-1] if is_header else table
        for path in keys:
            found.setdefault(path if is_header else (*table, *path), begun)
        statement, begun = "", 0
    return found


def _paths(values: Mapping[str, Any]) -> Iterator[Keys]:
    for key, value in values.items():
        yield (key,)
        if isinstance(value, dict):
            yield from ((key, *path) for path in _paths(value))


def _line(lines: Mapping[Keys, int], keys: Keys) -> int:
    while keys and keys not in lines:
        keys = keys[:-1]
    return lines.get(keys, 1)


def _dotted(keys: Keys) -> str:
    return ".".join(map(str, keys)) or "file"
