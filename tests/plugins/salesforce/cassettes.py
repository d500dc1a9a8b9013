"""
What is taken out of Salesforce's answers before they are kept in a cassette.
"""

import json
from contextlib import suppress
from functools import partial
from pathlib import Path

from crmkit.testing.cassettes import cassettes, is_invented
from crmkit_salesforce import _check, _fields, _kinds

FOLDER = Path(__file__).parents[3] / "cassettes" / "salesforce"
HOST = "https://acme.my.salesforce.com"

_TIME = "2026-05-01T09:30:00.000+0000"
_SCRUBBED = {
    **dict.fromkeys(("SystemModstamp", "LastModifiedDate", "CreatedDate"), _TIME),
    "OwnerId": "005000000000001AAA",
    "AccountId": None,
}
_OF_FIELDS = ("name", "type", "filterable", "createable")
_READ = {
    *_fields._OWN,
    *_fields._EMAILS,
    *_fields._PHONES,
    *(name for names in _fields.OPTED_OUT.values() for name in names),
    *_fields.STANDARD,
    *_check._WRITTEN,
    *(name for names in _kinds.READ.values() for name in names),
}
_OF_STRANGERS = {"Id", "attributes", "IsDeleted"}


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
        return [_scrubbed(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "keyPrefix" in value and "fields" in value:
        fields = [_field(one) for one in value["fields"] if one["name"] in _READ]
        return {"keyPrefix": value["keyPrefix"], "fields": fields}
    if "instance_url" in value:  # and much that is the org's and the user's own
        return {"access_token": value["access_token"], "instance_url": HOST}
    if value.get("Email") and not is_invented(value["Email"]):
        value = {name: value[name] if name in _OF_STRANGERS else None for name in value}
    return {
        name: _SCRUBBED[name] if name in _SCRUBBED and inner else _scrubbed(inner)
        for name, inner in value.items()
    }


def _field(described):
    return {name: described[name] for name in _OF_FIELDS if described.get(name)}
