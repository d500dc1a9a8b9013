"""
Properties that HubSpot fills in from others.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit_simulator.hubspot._records import Record

_BODIES = {
    "notes": "hs_note_body",
    "calls": "hs_call_body",
    "emails": "hs_email_text",
    "meetings": "hs_meeting_body",
    "tasks": "hs_task_body",
    "communications": "hs_communication_body",
}
_PREVIEW = 1000
_TAG = re.compile(r"<[^>]*>")


def derived(record: Record, changed: Mapping[str, str], now: str) -> dict[str, str]:
    """
    Return the properties that follow from those that were *changed*.
    """
    found: dict[str, str] = {}
    name = record.type.name
    if changed.get("hubspot_owner_id"):
        found["hs_all_owner_ids"] = changed["hubspot_owner_id"]
        found["hubspot_owner_assigneddate"] = now
    if name not in _BODIES:
        return found
    found["hs_object_coordinates"] = f"{record.type.id}-{record.id}"
    body = changed.get(_BODIES[name])
    if body:
        found |= _preview(body)
    if changed.get("hs_email_headers"):
        found |= _people(changed["hs_email_headers"])
    return found


def _preview(body: str) -> dict[str, str]:
    text = _TAG.sub("", body) if "<" in body else body
    return {
        "hs_body_preview": text[:_PREVIEW],
        "hs_body_preview_html": (
            f"<html>\n <head></head>\n <body>\n {body[:_PREVIEW]}\n </body>\n</html>"
        ),
        "hs_body_preview_is_truncated": "true" if len(text) > _PREVIEW else "false",
    }


def _people(headers: str) -> dict[str, str]:
    try:
        parsed = json.loads(headers)
        sender, receivers = _person(parsed.get("from")), parsed.get("to") or []
        receivers = [_person(receiver) for receiver in receivers]
    except (AttributeError, TypeError, ValueError):
        return {}  # they stay as they were written
    found = {f"hs_email_from_{part}": value for part, value in sender.items()}
    for part in ("email", "firstname", "lastname"):
        values = [receiver[part] for receiver in receivers if part in receiver]
        if values:
            found[f"hs_email_to_{part}"] = ";".join(values)
    return found


def _person(given: Any) -> dict[str, str]:
    names = {"email": "email", "firstName": "firstname", "lastName": "lastname"}
    return {to: given[from_] for from_, to in names.items() if (given or {}).get(from_)}
