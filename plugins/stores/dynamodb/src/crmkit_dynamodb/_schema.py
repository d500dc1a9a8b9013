"""
The table: how it is made, and whether it is as it should be.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit import StoreError
from crmkit_dynamodb._aws import client, code_of, explained
from crmkit_dynamodb._opened import describe
from crmkit_dynamodb._table import INDEX, Table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from crmkit_dynamodb._url import Place

_KEYS = {"PK": "HASH", "SK": "RANGE"}
_INDEX_KEYS = {"queue": "HASH", "position": "RANGE"}
_PROJECTED = ("provider", "kind", "sequence", "owner", "batch", "clientId")
_TTL = {"AttributeName": "ttl", "Enabled": True}
_BACKUPS = {"PointInTimeRecoveryEnabled": True}


class Lack(NamedTuple):
    """
    What a table lacks; it is *needed*, or only wise.
    """

    what: str
    needed: bool


def definition(place: Place) -> dict[str, Any]:
    """
    Return what CreateTable is given.
    """
    return {
        "TableName": place.table,
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": "S"} for name in (*_KEYS, *_INDEX_KEYS)
        ],
        "KeySchema": _schema(_KEYS),
        "GlobalSecondaryIndexes": [
            {
                "IndexName": INDEX,
                "KeySchema": _schema(_INDEX_KEYS),
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": list(_PROJECTED),
                },
            }
        ],
        "BillingMode": "PAY_PER_REQUEST",
        "DeletionProtectionEnabled": True,
    }


def create(place: Place) -> bool:
    """
    Make the table unless it is there, wait until it is, and mend what can be mended.

    Return whether it was made. Raises StoreError where that cannot be.
    """
    from botocore.exceptions import ClientError

    aws = client("dynamodb", place)
    made = True
    with explained(place):
        try:
            aws.create_table(**definition(place))
        except ClientError as error:
            if code_of(error) != "ResourceInUseException":
                raise
            made = False
        _wait(place)
        lacks = {lack.what for lack in _optional(place)}
        if "time to live" in lacks:
            aws.update_time_to_live(TableName=place.table, TimeToLiveSpecification=_TTL)
        if "point-in-time recovery" in lacks:
            aws.update_continuous_backups(
                TableName=place.table, PointInTimeRecoverySpecification=_BACKUPS
            )
    describe(Table(place), place.shards)
    return made


def lacking(place: Place) -> list[Lack]:
    """
    Return what the table lacks; raise StoreError where there is none.
    """
    with explained(place):
        found = client("dynamodb", place).describe_table(TableName=place.table)["Table"]
        return [*_required(found), *_protection(found), *_optional(place)]


def _schema(keys: dict[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in keys.items()]


def _wait(place: Place) -> None:
    from botocore.exceptions import WaiterError

    try:
        waiter = client("dynamodb", place).get_waiter("table_exists")
        waiter.wait(TableName=place.table, WaiterConfig={"Delay": 2, "MaxAttempts": 60})
    except WaiterError:
        msg = f"the table {place.table!r} is not ready after two minutes; run this again"
        raise StoreError(msg) from None


def _required(found: dict[str, Any]) -> Iterator[Lack]:
    if found["KeySchema"] != _schema(_KEYS):
        yield Lack(
            "keys PK and SK, both texts: it is a table of something else", needed=True
        )
    indexes = {one["IndexName"]: one for one in found.get("GlobalSecondaryIndexes", [])}
    index = indexes.get(INDEX, {})
    if index.get("KeySchema") != _schema(_INDEX_KEYS):
        yield Lack(f"index {INDEX!r} with the keys queue and position", needed=True)
        return
    projection = index["Projection"]
    there = set(projection.get("NonKeyAttributes", []))
    missing = [name for name in _PROJECTED if name not in there]
    if missing and projection["ProjectionType"] != "ALL":
        yield Lack(f"{', '.join(missing)} in the index {INDEX!r}", needed=True)


def _protection(found: dict[str, Any]) -> Iterator[Lack]:
    if not found.get("DeletionProtectionEnabled"):
        yield Lack("deletion protection", needed=False)


def _optional(place: Place) -> Iterator[Lack]:
    aws = client("dynamodb", place)
    ttl = aws.describe_time_to_live(TableName=place.table)["TimeToLiveDescription"]
    on = ttl["TimeToLiveStatus"] in {"ENABLED", "ENABLING"}
    if not on or ttl.get("AttributeName") != "ttl":
        yield Lack("time to live", needed=False)
    backups = aws.describe_continuous_backups(TableName=place.table)
    recovery = backups["ContinuousBackupsDescription"].get("PointInTimeRecoveryDescription")
    if not recovery or recovery["PointInTimeRecoveryStatus"] != "ENABLED":
        yield Lack("point-in-time recovery", needed=False)
