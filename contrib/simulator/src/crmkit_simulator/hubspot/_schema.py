"""
What properties an object may have, and of what type each is.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from crmkit_simulator.hubspot._definitions import PROPERTIES

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELD_TYPES = {
    "string": "text",
    "number": "number",
    "bool": "booleancheckbox",
    "enumeration": "select",
    "date": "date",
    "datetime": "date",
    "phone_number": "phonenumber",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Property:
    """
    The definition of a property; *options* are value and label of each.
    """

    name: str
    type: str
    label: str
    group: str
    field_type: str
    options: Mapping[str, str]
    read_only: bool = False
    unique: bool = False
    external: bool = False
    many: bool = False
    own: bool = False
    description: str = ""

    def as_wire(self) -> dict[str, Any]:
        """
        Return it as HubSpot describes it.
        """
        return {
            "name": self.name,
            "label": self.label,
            "type": self.type,
            "fieldType": self.field_type,
            "description": self.description,
            "groupName": self.group,
            "options": [
                {"label": label, "value": value, "displayOrder": place, "hidden": False}
                for place, (value, label) in enumerate(self.options.items())
            ],
            "displayOrder": -1,
            "calculated": False,
            "externalOptions": self.external,
            "archived": False,
            "hasUniqueValue": self.unique,
            "hidden": False,
            "hubspotDefined": not self.own,
            "modificationMetadata": {
                "archivable": self.own,
                "readOnlyDefinition": not self.own,
                "readOnlyValue": self.read_only,
            },
            "formField": not self.read_only,
            "dataSensitivity": "non_sensitive",
        }

    def as_definition(self) -> dict[str, Any]:
        """
        Return what `defined` makes it of.
        """
        return self.as_wire() | {"readOnly": self.read_only}


def schemas() -> dict[str, dict[str, Property]]:
    """
    Return, for each type of object, the properties that HubSpot defines.
    """
    return {
        name: {
            found.name: found
            for line in filter(None, text.splitlines())
            for found in [_read(line, f"{name}information")]
        }
        for name, text in PROPERTIES.items()
    }


def defined(definition: Mapping[str, Any], group: str) -> Property:
    """
    Return a custom property, described as in HubSpot's API. Raises ValueError.

    ``name`` is needed; ``options`` may be plain values, ``type`` is string unless it is
    given, and ``readOnly`` makes one that only HubSpot may set.
    """
    name, type_ = definition.get("name"), definition.get("type", "string")
    if not isinstance(name, str) or not name or type_ not in _FIELD_TYPES:
        types = ", ".join(_FIELD_TYPES)
        msg = f"a property needs a name, and a type of {types}, not {dict(definition)!r}"
        raise ValueError(msg)
    field_type = definition.get("fieldType") or _FIELD_TYPES[type_]
    return Property(
        name=name,
        type=type_,
        label=definition.get("label") or name,
        group=definition.get("groupName") or group,
        field_type=field_type,
        options=dict(map(_option, definition.get("options") or ())),
        read_only=bool(definition.get("readOnly")),
        unique=bool(definition.get("hasUniqueValue")),
        external=bool(definition.get("externalOptions")),
        many=field_type == "checkbox",
        own=True,
        description=definition.get("description") or "",
    )


def _option(option: Any) -> tuple[str, str]:
    if isinstance(option, str):
        return option, option
    return option["value"], option.get("label") or option["value"]


def _read(line: str, group: str) -> Property:
    start, _, values = line.partition("=")
    name, type_, *marks = start.split()
    options = values.split("|") if values else []
    if type_ == "bool":
        options = ["true", "false"]
    field_type = _FIELD_TYPES[type_]
    if "many" in marks:
        field_type = "checkbox"
    if "long" in marks:
        field_type = "textarea"
    return Property(
        name=name,
        type=type_,
        label=name.removeprefix("hs_").replace("_", " ").capitalize(),
        group=group,
        field_type=field_type,
        options={value: value for value in options},
        read_only="read-only" in marks,
        unique="unique" in marks,
        external="external" in marks,
        many="many" in marks,
    )
