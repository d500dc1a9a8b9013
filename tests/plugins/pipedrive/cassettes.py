"""
What is taken out of Pipedrive's answers before they are kept in a cassette.
"""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

from crmkit.testing.cassettes import cassettes, is_invented

FOLDER = Path(__file__).parents[3] / "cassettes" / "pipedrive"
HOST = "https://api.pipedrive.com"

_TIMES = ("add_time", "update_time", "created", "modified", "last_login")
_NUMBERS = ("owner_id", "user_id", "creator_user_id", "company_id")
_SCRUBBED = {
    **dict.fromkeys(_TIMES, "2026-05-01T09:30:00Z"),
    **dict.fromkeys(_NUMBERS, 909),
    "company_domain": "acme",
    "company_name": "Acme",
    "user": None,  # who wrote a note
    "custom_fields": {},
}
_OF_USERS = ("id", "company_domain")
_OF_STRANGERS = ("id", "is_deleted")


def scrubbed(text):
    """
    Leave what the provider reads, of nobody but the people that were made up for it.
    """
    with suppress(ValueError):
        text = json.dumps(_scrubbed(json.loads(text)), separators=(",", ":"))
    return text


OPTIONS = {"scrub": scrubbed}
recording = partial(cassettes, HOST, **OPTIONS)


def _scrubbed(value):
    if isinstance(value, list):
        return [_scrubbed(item) for item in value if not _is_own_field(item)]
    if not isinstance(value, dict):
        return value
    if "company_domain" in value:
        value = {name: value[name] for name in _OF_USERS}
    elif "visible_to" in value and not _is_invented(value):
        value = {name: value[name] for name in _OF_STRANGERS if name in value}
    kept = {"add_time"} if "content" in value else ()  # which of a note is our own
    return {
        name: _SCRUBBED[name]
        if name in _SCRUBBED and inner and name not in kept
        else _scrubbed(inner)
        for name, inner in value.items()
    }


def _is_own_field(item):
    return isinstance(item, dict) and item.get("is_custom_field") is True


def _is_invented(person):
    addresses = [
        one["value"] if isinstance(one, dict) else one for one in person.get("emails") or ()
    ]
    return bool(addresses) and all(map(is_invented, addresses))
