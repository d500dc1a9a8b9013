"""
Tables to try the store on: simulated in this process, or by a server on loopback.
"""

import os
from contextlib import suppress
from uuid import uuid4

from crmkit.sealing import Key
from crmkit.stores import Group, Row
from crmkit_dynamodb._aws import client
from crmkit_dynamodb._schema import definition
from crmkit_dynamodb._store import DynamoStore
from crmkit_dynamodb._url import place_of

MISSING = "dynamodb://missing-{name}?region=eu-central-1"
NOW = 1_780_000_000.25
GROUP = Group("acme", "ana", "notes")
SIGNED = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
}


def new_id():
    """
    Make a name that no other test has.
    """
    return uuid4().hex


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
        made(place)
    return DynamoStore(place, keys=OneKey())


def made(place):
    """
    Make the table of a place unless it is there; not all that simulate it know more.
    """
    aws = client("dynamodb", place)
    with suppress(aws.exceptions.ResourceInUseException):
        aws.create_table(**definition(place))
    while aws.describe_table(TableName=place.table)["Table"]["TableStatus"] != "ACTIVE":
        pass


def row(activity_id, state="pending", **more):
    """
    Make a row that is due.
    """
    given = {
        "user_id": "ana",
        "provider": "acme",
        "kind": "notes",
        "digest": "d",
        "stored_at": NOW,
        "due_at": NOW,
        "payload": "{}",
        "client_id": "7",
    }
    return Row(activity_id=activity_id, state=state, **{**given, **more})


def rows(number, state="pending", **more):
    """
    Make so many rows.
    """
    return [row(str(n), state, **more) for n in range(number)]
