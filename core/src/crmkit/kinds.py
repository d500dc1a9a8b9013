"""
How a CRM's kinds of activity take the metadata that callers give by reserved names.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from attrs import field, frozen

from crmkit.writing import moment, seconds

Write = Callable[[Any], Any] | Mapping[str, Any]
Read = Callable[[Any], Any]


@frozen
class Entry:
    """
    One metadata *key*, and the field of that *name* on the wire.

    *write* makes the field's value of the caller's, None where it has none for it; or maps
    the caller's words to the CRM's. *read* is the way back, where there is one and it is
    not the same value; it may return None for what tells nothing.

    Entries of one key are fields of which the first that takes the value has it, and the
    last that says something tells it. Of entries of one field the first that reads
    something has it.
    """

    key: str
    name: str
    write: Write
    read: Read | None = None


@frozen(kw_only=True)
class Kind:
    """
    One kind of activity: the caller's *types* that say it, the first when it is read.

    *entries* are the metadata that have a field of their own, *defaults* what stands in.
    """

    types: tuple[str, ...]
    entries: tuple[Entry, ...] = ()
    defaults: Mapping[str, Any] = field(factory=dict)

    def written(
        self, rest: dict[str, Any], known: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        """
        Return the fields that metadata fill; what is told so is taken out of *rest*.

        *known* fields stand above the defaults, and below what metadata say. Raises what an
        entry's *write* raises, InvalidRequestError for a wrong value.
        """
        made = {**self.defaults, **(known or {})}
        for entry in self.entries:
            value = _written(entry, rest[entry.key]) if entry.key in rest else None
            if value is not None:
                made[entry.name] = value
                del rest[entry.key]
        return made

    def read(self, record: Mapping[str, Any]) -> dict[str, Any]:
        """
        Return the metadata that a record tells, in the caller's words where it has some.
        """
        told: dict[str, Any] = {}
        taken: set[str] = set()
        for entry in self.entries:
            said = None if entry.name in taken else record.get(entry.name)
            value = None if said is None or said == "" else _read(entry, said)
            if value is not None:
                told[entry.key] = value
                taken.add(entry.name)
        return told


def text(value: object) -> str | None:
    """
    Write what is text and not blank; all else has no field.
    """
    return value if isinstance(value, str) and value.strip() else None


def whole_seconds(value: object) -> int:
    """
    Write a duration in whole seconds; InvalidRequestError for none.
    """
    return round(seconds(value))


def day(value: object) -> str:
    """
    Write the day of an instant, as its own offset has it; InvalidRequestError for none.
    """
    return moment(value).date().isoformat()


def direction(metadata: dict[str, Any]) -> str | None:
    """
    Return ``in`` or ``out``, taken out of metadata that were read; None for all else.
    """
    told = metadata.pop("direction", None)
    return str(told) if told in ("in", "out") else None


def words(*said: str) -> dict[str, str]:
    """
    Return the caller's words for a CRM's: the same in lower case, spaces as underscores.
    """
    return {_folded(word): word for word in said}


def _written(entry: Entry, value: object) -> Any:
    if isinstance(entry.write, Mapping):
        return entry.write.get(_folded(str(value)))
    return entry.write(value)


def _read(entry: Entry, value: Any) -> Any:
    if entry.read is not None:
        return entry.read(value)
    if isinstance(entry.write, Mapping):
        return next((word for word, said in entry.write.items() if said == value), value)
    return value


def _folded(word: str) -> str:
    return word.strip().lower().replace(" ", "_").replace("-", "_")
