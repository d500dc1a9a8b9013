"""
Which objects there are, and which fields each has.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._definitions import CUSTOM, LABELS, OBJECTS
from crmkit_simulator.salesforce._errors import invalid_field

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TEXTS = frozenset(
    {"string", "textarea", "email", "phone", "url", "combobox", "encryptedstring"}
)
CHOICES = frozenset({"picklist", "multipicklist"})
NUMBERS = frozenset({"int", "double", "currency", "percent"})
TIMES = frozenset({"date", "datetime", "time"})
TYPES = TEXTS | CHOICES | NUMBERS | TIMES | {"boolean", "reference", "id", "address"}
_LENGTHS = {"string": 255, "textarea": 255, "email": 80, "phone": 40, "url": 255} | {
    "picklist": 255,
    "multipicklist": 4099,
    "reference": 18,
    "int": 8,
}
_LONG_TEXT = 255  # a longer one can be neither filtered nor sorted
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*__c")
_LINE = re.compile(r"(\w+) +(\w+)(?:\((\d+)\))? *([^=]*)(?:=(.*))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """
    A field of an object; *options* are value and label of each.
    """

    name: str
    type: str
    label: str
    length: int = 0
    createable: bool = True
    updateable: bool = True
    nillable: bool = True
    defaulted: bool = False
    custom: bool = False
    external: bool = False
    unique: bool = False
    lookup: bool = False
    restricted: bool = False
    filterable: bool = True
    default: Any = None
    options: Mapping[str, str] = field(default_factory=dict)
    refers_to: tuple[str, ...] = ()

    @property
    def relationship(self) -> str | None:
        """
        The name by which a query reaches the record that it refers to.
        """
        if not self.refers_to:
            return None
        return f"{self.name[:-1]}r" if self.custom else self.name.removesuffix("Id")


@dataclass(slots=True, kw_only=True)
class Kind:
    """
    An object in Salesforce's sense: a kind of record. Names of fields ignore case.
    """

    name: str
    prefix: str
    label: str
    label_plural: str
    custom: bool = False
    fields: dict[str, Field] = field(default_factory=dict)

    def add(self, made: Field) -> None:
        """
        Add a field, or change one.
        """
        self.fields[made.name.lower()] = made

    def get(self, name: str) -> Field | None:
        """
        Return the field of this name.
        """
        return self.fields.get(name.lower())

    def field(self, name: str) -> Field:
        """
        Return the field of this name; raises Refused.
        """
        found = self.fields.get(name.lower())
        if found is None:
            msg = f"No such column '{name}' on sobject of type {self.name}"
            raise invalid_field(msg)
        return found


def standard() -> dict[str, Kind]:
    """
    Return the objects that Salesforce defines, by their names.
    """
    return {
        name: _kind(name, prefix, plural, lines)
        for name, (prefix, plural, lines) in OBJECTS.items()
    }


def custom_kind(definition: Mapping[str, Any], prefix: str) -> Kind:
    """
    Return a custom object: ``name``, ``label``, ``labelPlural``, ``keyPrefix``, ``fields``.

    Raises ValueError.
    """
    name = definition.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        msg = f"a custom object has a name that ends with __c, not {name!r}"
        raise ValueError(msg)
    label = definition.get("label") or name[:-3].replace("_", " ")
    plural = definition.get("labelPlural") or f"{label}s"
    made = _kind(name, definition.get("keyPrefix") or prefix, plural, CUSTOM, label)
    made.custom = True
    for one in definition.get("fields") or ():
        made.add(custom_field(one))
    return made


def custom_field(definition: Mapping[str, Any]) -> Field:
    """
    Return a custom field, described as in Salesforce's API. Raises ValueError.

    ``name`` is needed; ``type`` is string unless it is given, ``picklistValues`` may be
    plain values.
    """
    name, type_ = definition.get("name"), definition.get("type", "string")
    if not isinstance(name, str) or not _NAME.fullmatch(name) or type_ not in TYPES:
        types = ", ".join(sorted(TYPES))
        msg = f"a custom field has a name that ends with __c, and a type of {types}, "
        msg_0 = f"{msg}not {dict(definition)!r}"
        raise ValueError(msg_0)
    length = definition.get("length", _LENGTHS.get(type_, 0))
    default = definition.get("defaultValue", False if type_ == "boolean" else None)
    external = bool(definition.get("externalId"))
    return Field(
        name=name,
        type=type_,
        label=definition.get("label") or name[:-3].replace("_", " "),
        length=length,
        createable=definition.get("createable", True),
        updateable=definition.get("updateable", True),
        nillable=definition.get("nillable", type_ != "boolean"),
        defaulted=definition.get("defaultedOnCreate", default is not None),
        custom=True,
        external=external,
        unique=bool(definition.get("unique")),
        lookup=external,
        restricted=bool(definition.get("restrictedPicklist")),
        filterable=type_ != "textarea" or length <= _LONG_TEXT,
        default=default,
        options=dict(map(_option, definition.get("picklistValues") or ())),
        refers_to=tuple(definition.get("referenceTo") or ()),
    )


def _option(option: Any) -> tuple[str, str]:
    if isinstance(option, str):
        return option, option
    return option["value"], option.get("label") or option["value"]


def _kind(name: str, prefix: str, plural: str, lines: str, label: str = "") -> Kind:
    made = Kind(name=name, prefix=prefix, label=label or name, label_plural=plural)
    for one in _fields(lines.splitlines()):
        made.add(one)
    return made


def _fields(lines: Iterable[str]) -> Iterable[Field]:
    return map(_read, filter(None, lines))


def _read(line: str) -> Field:
    found = _LINE.fullmatch(line)
    if not found:
        raise ValueError(line)
    name, type_, length, rest, options = found.groups()
    marks = rest.split()
    values = [value.strip("[]") for value in options.split("|")] if options else []
    default = next(
        (value[1:-1] for value in (options or "").split("|") if "[" in value), None
    )
    refers_to = [mark[1:].split(",") for mark in marks if mark[0] == ">"]
    needed = not {"required", "defaulted"}.isdisjoint(marks)
    return Field(
        name=name,
        type=type_,
        label=LABELS.get(name) or _label(name),
        length=int(length or 0),
        createable="read-only" not in marks,
        updateable="read-only" not in marks and "create-only" not in marks,
        nillable=not needed and type_ != "boolean",
        defaulted="defaulted" in marks or type_ == "boolean" or default is not None,
        lookup="lookup" in marks,
        restricted="restricted" in marks,
        filterable="unfiltered" not in marks,
        default=False if type_ == "boolean" else default,
        options={value: value for value in values},
        refers_to=tuple(refers_to[0]) if refers_to else (),
    )


def _label(name: str) -> str:
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return re.sub(r" Id$", " ID", words)
