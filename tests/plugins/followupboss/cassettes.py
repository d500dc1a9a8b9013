"""
What is taken out of Follow Up Boss's answers before they are kept in a cassette.
"""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

from crmkit.testing.cassettes import cassettes, is_invented

FOLDER = Path(__file__).parents[3] / "cassettes" / "followupboss"
HOST = "https://api.followupboss.com"

_TIME = "2026-05-01T09:30:00Z"
_SCRUBBED = {
    **dict.fromkeys(("created", "updated", "lastActivity"), _TIME),
    **dict.fromkeys(("createdBy", "updatedBy", "userName", "assignedTo"), "Somebody"),
    **dict.fromkeys(("AssignedTo", "systemName"), "Somebody"),
    "account": {"id": 1},
    "collaborators": [],
}
_DROPPED = {"nextLink"}  # which names the host; the token beside it says as much
_OF_STRANGERS = {"id", "stage", *_SCRUBBED}


def scrubbed(text):
    """
    Leave what the provider reads, of nobody but the people that were made up for it.
    """
    text = text.replace("Bearer token", "OAuth token")  # which looks like one
    with suppress(ValueError):
        text = json.dumps(_scrubbed(json.loads(text)), separators=(",", ":"))
    return text


OPTIONS = {"headers": ["x-ratelimit-*"], "scrub": scrubbed}
recording = partial(cassettes, HOST, **OPTIONS)


def _scrubbed(value):
    if isinstance(value, list):
        return [_scrubbed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "isOwner" in value:  # whose key it is
        return {name: value[name] for name in ("isOwner", "isAdmin")} | {"id": 1}
    if "customfields" in value:  # which are the account's own
        value = {**value, "customfields": []}
    if "firstName" in value and not _is_ours(value):
        value = {name: value[name] for name in value if name in _OF_STRANGERS}
    return {
        name: _SCRUBBED[name] if name in _SCRUBBED and inner else _scrubbed(inner)
        for name, inner in value.items()
        if name not in _DROPPED and not name.startswith("custom_")
    }


def _is_ours(person):
    return any(is_invented(one.get("value")) for one in person.get("emails") or [])
