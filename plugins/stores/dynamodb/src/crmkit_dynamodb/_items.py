"""
Rows to items and back: the keys, the names of attributes, what is sealed.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from attrs import fields

from crmkit import ActivityRecord, StoreError
from crmkit.codec import from_json, to_json
from crmkit.reports import SYNCED
from crmkit.sealing import seal, unseal
from crmkit.stores import LEDGER_DAYS, Group, Key, Row
from crmkit_dynamodb._queues import Spot, name_of, next_sequence, shard_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crmkit.sealing import Keys
    from crmkit_dynamodb._table import Item

ERASED = ("clientId", "type", "timestamp", "description", "metadata", "payload")
_USER, _ACTIVITY = "USER#", "PENDING_ACTIVITY#"
_IN_CLEAR, _SEALED = ("type", "timestamp"), ("description", "metadata")
_NAMES = [attribute.name for attribute in fields(ActivityRecord)]
_DAY = 86_400
_LARGEST = 400 * 1024 - 2048  # what an item may have, less what is added to it later
_LONGEST = {"PK": 2048, "SK": 1024, "clientId": 1024}


def user_key(user_id: str) -> str:
    """
    Return the partition of a user; without a user it has no name.
    """
    return _USER + user_id


def key_item(key: Key) -> Item:
    """
    Return what names a row's item.
    """
    return {"PK": user_key(key.user_id), "SK": _ACTIVITY + key.activity_id}


def key_of(item: Item) -> Key:
    """
    Return the key of a row's item.
    """
    return Key(item["PK"][len(_USER) :], item["SK"][len(_ACTIVITY) :])


def group_of(item: Item) -> Group:
    """
    Return the group of a row's item.
    """
    return Group(item["provider"], key_of(item).user_id, item["kind"])


def spot_of(item: Item, shards: int) -> Spot:
    """
    Return where the index keeps a row's item; the index itself does not tell *stored_at*.
    """
    stored = instant(item["storedAt"]) if "storedAt" in item else 0.0
    shard = shard_of(key_of(item), shards)
    return Spot(shard, name_of(group_of(item)), item["sequence"], stored)


def ends(stored_at: float) -> int:
    """
    Return when a finished row is deleted by itself.
    """
    return int(stored_at + LEDGER_DAYS * _DAY)


def item_of(row: Row, keys: Keys, shards: int) -> Item:
    """
    Return the item of a new row.

    Raises StoreError when it is larger than DynamoDB takes.
    """
    item: Item = {
        **key_item(row.key),
        "EntityType": "PendingActivity",
        "provider": row.provider,
        "kind": row.kind,
        "state": row.state,
        "digest": row.digest,
        "storedAt": iso(row.stored_at),
        "dueAt": row.due_at,
        "attempts": row.attempts,
        "clientId": row.client_id,
        "remoteId": row.remote_id,
        "errorType": row.error_type,
        "error": row.error,
        "sequence": next_sequence(),
        "ttl": ends(row.stored_at) if row.state == SYNCED else None,
        **_payload(row, keys),
    }
    item |= spot_of(item, shards).at(row.state, row.due_at)
    _check(row, item)
    return item


def row_of(item: Item, keys: Keys) -> Row:
    """
    Return the row of an item.
    """
    key = key_of(item)
    return Row(
        user_id=key.user_id,
        activity_id=key.activity_id,
        provider=item["provider"],
        kind=item["kind"],
        digest=item["digest"],
        stored_at=instant(item["storedAt"]),
        state=item["state"],
        payload=_opened(item, keys),
        client_id=item.get("clientId"),
        due_at=item["dueAt"],
        attempts=int(item["attempts"]),
        remote_id=item.get("remoteId"),
        error_type=item.get("errorType"),
        error=item.get("error"),
    )


def iso(seconds: float) -> str:
    """
    Return a time as ISO 8601 text, down to the microsecond.
    """
    return datetime.fromtimestamp(seconds, UTC).isoformat()


def instant(text: str) -> float:
    """
    Return the time that ISO 8601 text says.
    """
    return datetime.fromisoformat(text).timestamp()


def _payload(row: Row, keys: Keys) -> Item:
    """
    Return an activity as its attributes; any other text is kept as it is.
    """
    if row.payload is None:
        return {}
    values = _activity(row.payload)
    if (
        values is None
        or _whole(row.key, row.provider, row.client_id, values) != row.payload
    ):
        return {"payload": _seal(row.payload, "payload", row.key, row.provider, keys)}
    texts = {"description": values["description"], "metadata": to_json(values["metadata"])}
    sealed = {
        name: _seal(text, name, row.key, row.provider, keys) for name, text in texts.items()
    }
    return {**{name: values[name] for name in _IN_CLEAR}, **sealed}


def _opened(item: Item, keys: Keys) -> str | None:
    key, provider = key_of(item), item["provider"]
    opened = {
        name: unseal(item[name], keys, _where(name, key, provider))
        for name in ("payload", *_SEALED)
        if name in item
    }
    if "payload" in opened or not opened:
        return opened.get("payload")
    values = {
        **{name: item[name] for name in _IN_CLEAR},
        "description": opened["description"],
        "metadata": from_json(opened["metadata"]),
    }
    return _whole(key, provider, item.get("clientId"), values)


def _activity(payload: str) -> dict[str, Any] | None:
    try:
        values = from_json(payload)
    except ValueError:
        return None
    named = isinstance(values, dict) and values.keys() >= {*_IN_CLEAR, *_SEALED}
    texts = (*_IN_CLEAR, "description")
    whole = named and all(isinstance(values[name], str) for name in texts)
    return values if whole else None


def _whole(
    key: Key, provider: str, client_id: str | None, values: Mapping[str, Any]
) -> str:
    """
    Return the JSON text of an activity, as the core writes it.
    """
    known = {
        "id": key.activity_id,
        "user_id": key.user_id or None,
        "client_id": client_id,
        "provider": provider,
    }
    told = {**values, **known}
    return to_json({name: told.get(name) for name in _NAMES})


def _seal(text: str, name: str, key: Key, provider: str, keys: Keys) -> str:
    return seal(text, keys, _where(name, key, provider))


def _where(name: str, key: Key, provider: str) -> dict[str, str]:
    return {
        "user": key.user_id,
        "provider": provider,
        "activity": key.activity_id,
        "field": name,
    }


def _check(row: Row, item: Item) -> None:
    texts = {name: str(item[name] or "") for name in item}
    sizes = {name: len(text.encode("utf-8", "replace")) for name, text in texts.items()}
    for name, most in _LONGEST.items():
        if sizes[name] > most:
            msg = (
                f"the store takes no {name} longer than {most} bytes; that of the activity "
                f"{row.activity_id[:40]!r} has {sizes[name]}"
            )
            raise StoreError(msg)
    size = sum(sizes.values()) + sum(map(len, item))
    if size > _LARGEST:
        msg = (
            f"the activity {row.activity_id!r} has {size // 1024} KB once it is sealed, "
            "and DynamoDB takes 400; shorten its description or metadata"
        )
        raise StoreError(msg)
