"""
What is told of the fields of persons, in both versions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._asked import Asked, listed, said
from crmkit_simulator.pipedrive._errors import INVALID, NOT_FOUND, Refused
from crmkit_simulator.pipedrive._paging import (
    PAGED,
    decoded,
    encoded,
    known_only,
    limit_of,
    names_in,
    old_page,
)
from crmkit_simulator.pipedrive._times import as_old

if TYPE_CHECKING:
    from crmkit_simulator.pipedrive._schema import Field

_MORE: dict[str, dict[str, Any]] = {
    "ui_visibility": {
        "add_visible_flag": True,
        "details_visible_flag": True,
        "show_in_add_deal_dialog": {"show": False, "order": None},
    },
    "important_fields": {"enabled": False, "stage_ids": []},
    "required_fields": {"enabled": False},
}


def listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the fields.
    """
    query, fields = asked.query, list(asked.account.fields.values())
    known_only(query, PAGED | {"include_fields"})
    start = decoded(query["cursor"])["id"] if "cursor" in query else 0
    end = start + limit_of(query)
    cursor = encoded({"id": end}) if end < len(fields) else None
    return listed([_as_wire(asked, field) for field in fields[start:end]], cursor)


def get(asked: Asked) -> dict[str, Any]:
    """
    Return one field.
    """
    field = asked.account.fields.get(asked.key)
    if field is None:
        raise Refused(NOT_FOUND, "Field not found")
    return said(_as_wire(asked, field))


def _as_wire(asked: Asked, field: Field) -> dict[str, Any]:
    more = names_in(asked.query, "include_fields")
    if unknown := [name for name in more if name not in _MORE]:
        raise Refused(
            INVALID, f"Must be one of: {', '.join(_MORE)}: {unknown}", at="include_fields"
        )
    return {
        "field_name": field.name,
        "field_code": field.code,
        "description": None,
        "field_type": field.type,
        "options": _options(field),
        "subfields": field.subfields,
        "is_custom_field": field.custom,
        "is_optional_response_field": field.optional,
        **{name: _MORE[name] for name in more},
    }


def _options(field: Field) -> list[dict[str, Any]] | None:
    if field.options is None:
        return None
    return [{"id": id_, "label": label} for id_, label in field.options.items()]


def old_listing(asked: Asked) -> dict[str, Any]:
    """
    Return a page of the fields as version 1 tells of them.
    """
    fields = [_as_old(asked, field) for field in asked.account.fields.values()]
    found, told = old_page(fields, asked.query)
    return said(found, additional_data=told)


def _as_old(asked: Asked, field: Field) -> dict[str, Any]:
    found = {
        "id": field.number,
        "key": field.code,
        "name": field.name,
        "group_id": None,
        "order_nr": field.number,
        "field_type": field.type,
        "json_column_flag": False,
        "add_time": as_old(asked.account.began),
        "update_time": None,
        "last_updated_by_user_id": None,
        "created_by_user_id": None,
        "active_flag": True,
        "edit_flag": field.custom,
        "details_visible_flag": True,
        "add_visible_flag": field.custom,
        "important_flag": False,
        "bulk_edit_allowed": field.custom,
        "filtering_allowed": True,
        "sortable_flag": True,
        "mandatory_flag": field.code in ("id", "name"),
        "searchable_flag": False,
        "description": None,
    }
    options = _options(field)
    return found if options is None else found | {"options": options}
