"""
What is taken out of HubSpot's answers before they are kept in a cassette.
"""

import json
import re
from contextlib import suppress
from functools import partial
from pathlib import Path

from crmkit.testing.cassettes import cassettes, is_invented
from crmkit_hubspot._fields import STANDARD

FOLDER = Path(__file__).parents[3] / "cassettes" / "hubspot"
HOST = "https://api.hubapi.com"

_NUMBERS = {
    "correlationId": "0",
    "requestId": "0",
    "hub_id": 1,
    "portalId": 1,
    "hs_object_source_id": "1",
}
_TIMES = dict.fromkeys(
    (
        *("createdAt", "updatedAt", "archivedAt", "startedAt", "completedAt"),
        *("createdate", "lastmodifieddate", "hs_createdate", "hs_lastmodifieddate"),
    ),
    "2026-05-01T09:30:00.000Z",
)
_SCRUBBED = {**_NUMBERS, **_TIMES}
_DROPPED = {"link", "url"}  # they name the host and the account
_PORTAL = re.compile(r'(portalId\\*"\s*:\s*)\d+')
_OF_PROPERTIES = ("name", "type", "fieldType", "hubspotDefined", "hasUniqueValue")
_OF_STRANGERS = {"hs_object_id", *_TIMES}


def scrubbed(text):
    """
    Leave what the provider reads, of nobody but the people that were made up for it.
    """
    text = _PORTAL.sub(r"\g<1>1", text)
    with suppress(ValueError):
        text = json.dumps(_scrubbed(json.loads(text)), separators=(",", ":"))
    return text


OPTIONS = {"headers": ["x-hubspot-ratelimit-*"], "scrub": scrubbed}
recording = partial(cassettes, HOST, **OPTIONS)


def _scrubbed(value):
    if isinstance(value, list):
        return [_scrubbed(item) for item in value if not _unread(item)]
    if not isinstance(value, dict):
        return value
    if "fieldType" in value:
        return _property(value)
    if _is_stranger(value):
        value = {name: value[name] if name in _OF_STRANGERS else None for name in value}
    return {
        name: _SCRUBBED[name] if name in _SCRUBBED and inner else _scrubbed(inner)
        for name, inner in value.items()
        if name not in _DROPPED
    }


def _unread(item):
    return isinstance(item, dict) and "fieldType" in item and item["name"] not in STANDARD


def _property(described):
    # Options that are kept elsewhere are people: the account's users.
    listed = () if described.get("externalOptions") else described.get("options", ())
    options = [{"label": one["label"], "value": one["value"]} for one in listed]
    found = {name: described[name] for name in _OF_PROPERTIES if name in described}
    return {**found, "options": options}


def _is_stranger(properties):
    return "email" in properties and not is_invented(properties["email"])
