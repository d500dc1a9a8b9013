"""
Tables to try the store on: simulated in this process, or by a server on loopback.
"""

import os

from crmkit.sealing import Key
from crmkit_dynamodb._schema import create
from crmkit_dynamodb._store import DynamoStore
from crmkit_dynamodb._url import place_of

MISSING = "dynamodb://missing-{name}"
SIGNED = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


class OneKey:
    """
    A key that is always the same.
    """

    def newest(self, place):
        return Key("k1", bytes(range(32)))

    def find(self, key_id, place):
        return self.newest(place)


def open_here(url):
    """
    Open the store of a URL with a key; the table is made, but for one that is missing.
    """
    for name, value in SIGNED.items():
        os.environ.setdefault(name, value)
    place = place_of(url)
    if not place.table.startswith("missing-"):
        create(place)
    return DynamoStore(place, keys=OneKey())
