"""
Custom fields, as the options describe them and as Zoho's API does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.zoho._modules import TYPES, Field

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.zoho._org import Org

_JSON = {
    "boolean": "boolean",
    "integer": "integer",
    "double": "double",
    "currency": "double",
    "percent": "double",
    "tags": "jsonarray",
    "multiselectpicklist": "jsonarray",
    "participants": "jsonarray",
    "lookup": "jsonobject",
    "ownerlookup": "jsonobject",
    "parent": "jsonobject",
}
_SHOWN = {"tags": "text", "participants": "text", "parent": "lookup"}
_NO_OBJECT: dict[str, Any] = {}


def defined(definition: Mapping[str, Any]) -> Field:
    """
    Return a custom field: api_name, and data_type, field_label, length, pick_list_values.

    Also: system_mandatory, read_only, visible, and unique, which is true or an object.
    Raises ValueError.
    """
    name, type_ = definition.get("api_name"), definition.get("data_type", "text")
    if not isinstance(name, str) or not name:
        msg = 'a custom field is at least {"api_name": "Budget_Max"}'
        raise ValueError(msg)
    if type_ not in TYPES:
        msg = f"{name}: data_type is one of {', '.join(TYPES)}, not {type_!r}"
        raise ValueError(msg)
    return Field(
        name=name,
        type=type_,
        label=definition.get("field_label") or name.replace("_", " "),
        length=definition.get("length", 0),
        options=tuple(map(_option, definition.get("pick_list_values", ()))),
        to=definition.get("lookup", {}).get("module", {}).get("api_name", ""),
        required=bool(definition.get("system_mandatory")),
        read_only=bool(definition.get("read_only")),
        unique=bool(definition.get("unique")),
        hidden=not definition.get("visible", True),
        custom=True,
    )


def _option(given: Mapping[str, str] | str) -> tuple[str, str]:
    if isinstance(given, str):
        return given, given
    shown = given["display_value"]
    return shown, given.get("actual_value", shown)


def described(org: Org, field: Field, id_: str) -> dict[str, Any]:
    """
    Return a field as Zoho's API describes it.
    """
    options = [
        {
            "id": f"{id_[:-3]}{number:03}",
            "display_value": shown,
            "actual_value": actual,
            "reference_value": actual,
            "sequence_number": number,
            "type": "used",
        }
        for number, (shown, actual) in enumerate(field.options, start=1)
    ]
    return {
        "id": id_,
        "api_name": field.name,
        "field_label": field.label,
        "display_label": field.label,
        "data_type": _SHOWN.get(field.type, field.type),
        "json_type": _JSON.get(field.type, "string"),
        "length": field.most,
        "decimal_place": 2 if field.type == "currency" else None,
        "system_mandatory": field.required,
        "custom_field": field.custom,
        "created_source": "default",
        "read_only": field.read_only,
        "field_read_only": field.read_only,
        "visible": True,
        "type": "used",
        "unique": {"casesensitive": ""} if field.unique else _NO_OBJECT,
        "lookup": _lookup(org, field),
        "pick_list_values": options,
        "default_value": None,
        "searchable": True,
        "sortable": field.type not in {"textarea", "tags", "participants"},
        "filterable": field.type != "textarea",
    }


def _lookup(org: Org, field: Field) -> dict[str, Any]:
    if field.type != "lookup":
        return {}
    to = {"api_name": field.to, "id": org.module_id(field.to)}
    return {"display_label": field.label, "module": to}
