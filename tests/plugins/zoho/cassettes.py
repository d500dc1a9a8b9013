"""
What is taken out of Zoho's answers before they are kept in a cassette.
"""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

from crmkit.testing.cassettes import cassettes, is_invented
from crmkit_zoho._fields import OWN, STANDARD

FOLDER = Path(__file__).parents[3] / "cassettes" / "zoho"
HOST = "https://www.zohoapis.com"

_USER = {"name": "Sam Owner", "id": "5725767000000411001", "email": "sam.owner@example.com"}
_TIMES = {"Created_Time", "Modified_Time", "Last_Activity_Time", "deleted_time"}
_USERS = {"Owner", "Created_By", "Modified_By", "created_by", "deleted_by"}
_OF_FIELDS = ("api_name", "custom_field", "data_type", "field_label", "pick_list_values")


def scrubbed(text):
    """
    Leave what the provider reads, of nobody but the people that were made up for it.
    """
    with suppress(ValueError):
        text = json.dumps(_scrubbed(json.loads(text)), separators=(",", ":"))
    return text


OPTIONS = {"headers": ["x-api-credits-remaining"], "scrub": scrubbed}
recording = partial(cassettes, HOST, **OPTIONS)


def _scrubbed(value):
    if isinstance(value, list):
        return [_scrubbed(item) for item in value if not _unread(item)]
    if not isinstance(value, dict):
        return value
    if "data_type" in value:
        return {name: value[name] for name in _OF_FIELDS if name in value}
    if value.get("Email") and not is_invented(value["Email"]):
        value = dict.fromkeys(value) | {"id": value["id"]}
    return {name: _kept(name, inner) for name, inner in value.items()}


def _kept(name, value):
    if name in _USERS and value:
        return _USER
    if name in _TIMES and value:
        return "2026-05-01T15:00:00+05:30"
    return HOST if name == "api_domain" else _scrubbed(value)


def _unread(item):
    known = {*OWN, *STANDARD}
    return isinstance(item, dict) and "data_type" in item and item["api_name"] not in known
