"""
What is told of a person, and what more if it is asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._errors import FORBIDDEN, INVALID, Refused
from crmkit_simulator.pipedrive._paging import flag_in, names_in
from crmkit_simulator.pipedrive._schema import CAMPAIGNS, OPTIONAL
from crmkit_simulator.pipedrive._values import labelled, told

if TYPE_CHECKING:
    from crmkit_simulator.pipedrive._account import Account, Record
    from crmkit_simulator.pipedrive._asked import Asked

SHOWN = {"include_fields", "custom_fields", "include_option_labels", "include_labels"}
_MOST_CUSTOM = 15


def shown(asked: Asked, record: Record) -> dict[str, Any]:
    """
    Return a person as the query asks for it; raises Refused.
    """
    account, query = asked.account, asked.query
    codes = names_in(query, "custom_fields")
    if len(codes) > _MOST_CUSTOM:
        raise Refused(
            INVALID, f"A maximum of {_MOST_CUSTOM} keys is allowed", at="custom_fields"
        )
    wire = as_wire(account, record)
    if codes:
        wire["custom_fields"] = {
            code: value for code, value in wire["custom_fields"].items() if code in codes
        }
    if flag_in(query, "include_option_labels"):
        custom = wire["custom_fields"]
        wire["custom_fields"] = {
            code: labelled(account.fields[code], value) for code, value in custom.items()
        }
    if flag_in(query, "include_labels"):
        names = account.fields["label_ids"].options or {}
        wire["labels"] = [{"id": id_, "label": names[id_]} for id_ in wire["label_ids"]]
    return wire | _optional(account, record, names_in(query, "include_fields"))


def _optional(account: Account, record: Record, names: list[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name in names:
        if name in CAMPAIGNS and not account.campaigns:
            raise Refused(FORBIDDEN, f"The Campaigns add-on is not enabled: {name}")
        if name not in OPTIONAL + CAMPAIGNS + ("smart_bcc_email",):
            raise Refused(
                INVALID, f"{name} is not a field that can be included", at="include_fields"
            )
        if name == "marketing_status":
            found[name] = record.values.get(name, "no_consent")
        else:
            found[name] = 0 if name.endswith("_count") else None
    return found


def as_wire(account: Account, record: Record) -> dict[str, Any]:
    """
    Return a person as version 2 tells of it: every custom field, null if it has no value.
    """
    values = {**record.values, "is_deleted": record.deleted_at is not None}
    marketing = values.pop("marketing_status", "no_consent")
    if account.campaigns:
        values["marketing_status"] = marketing
    values["custom_fields"] = {
        code: told(field, record.custom.get(code))
        for code, field in account.fields.items()
        if field.custom
    }
    return values
