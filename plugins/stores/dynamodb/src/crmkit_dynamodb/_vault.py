"""
Credentials and checkpoints in the table.
"""

from __future__ import annotations

from time import time
from typing import TYPE_CHECKING
from uuid import uuid4

from crmkit.vaults import SealedCredentials
from crmkit_dynamodb._items import instant, iso, user_key
from crmkit_dynamodb._opened import DynamoPlace
from crmkit_dynamodb._owners import gone
from crmkit_dynamodb._queues import CREDENTIALS
from crmkit_dynamodb._table import NEW

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crmkit_dynamodb._table import Item

_KIND = "CRM_CREDENTIALS#"
_KEPT = 86_400  # seconds until a lease that is over is deleted by itself


class DynamoVault(DynamoPlace):
    """
    What is kept in the table beside the outbox; see vaults.Vault and stores.Store.
    """

    def credentials(self, user_id: str, provider: str) -> SealedCredentials | None:
        found = self._open().table.get(_key(user_id, provider))
        return _credentials(found) if found else None

    def all_credentials(self) -> Sequence[SealedCredentials]:
        table = self._open().table
        found = map(_credentials, table.get_many(table.query(CREDENTIALS)))
        return sorted(found, key=lambda it: (it.user_id, it.provider))

    def save_credentials(self, new: SealedCredentials, *, replacing: str | None) -> bool:
        table = self._open().table
        item = _item(new)
        if replacing is None:
            return table.put(item, NEW) is None
        changes = {name: item.get(name) for name in item if name not in {"PK", "SK"}}
        where = "#version = :replacing"
        return table.update(item, changes, where, {"replacing": replacing}) is not None

    def remove_credentials(self, user_id: str, provider: str) -> bool:
        table = self._open().table
        return table.delete(_key(user_id, provider), "attribute_exists(#PK)", {})

    def lease_credentials(self, user_id: str, provider: str, seconds: float) -> bool:
        opened = self._open()
        me, now = opened.owner.hold(), time()
        key = _leased(user_id, provider)
        change: Item = {"owner": me, "until": now + seconds, "change": uuid4().hex}
        change |= {"EntityType": "Renewal", "ttl": int(now + seconds) + _KEPT}
        # A lease that ends later than one taken now was taken before a clock was set back.
        free = "#owner = :me OR #until <= :now OR #until > :latest"
        values = {"me": me, "now": now, "latest": now + seconds}
        where = f"attribute_not_exists(#PK) OR {free}"
        if opened.table.update(key, change, where, values) is not None:
            return True
        other = opened.table.get(key)
        if other and not gone(opened.table, [other["owner"]]):
            return False
        values = {**values, "me": other["owner"] if other else me}
        return opened.table.update(key, change, where, values) is not None

    def release_credentials(self, user_id: str, provider: str) -> None:
        opened = self._open()
        key = _leased(user_id, provider)
        opened.table.delete(key, "#owner = :me", {"me": opened.owner.name})

    def checkpoint(self, name: str) -> str | None:
        found = self._open().table.get(_checkpoint(name))
        return str(found["value"]) if found else None

    def set_checkpoint(self, name: str, value: str) -> None:
        item = {**_checkpoint(name), "EntityType": "Checkpoint", "value": value}
        self._open().table.put({**item, "change": uuid4().hex})


def _key(user_id: str, provider: str) -> Item:
    return {"PK": user_key(user_id), "SK": _KIND + provider}


def _leased(user_id: str, provider: str) -> Item:
    return {"PK": user_key(user_id), "SK": f"RENEWAL#{provider}"}


def _checkpoint(name: str) -> Item:
    return {"PK": "CHECKPOINT", "SK": f"CHECKPOINT#{name}"}


def _item(it: SealedCredentials) -> Item:
    return {
        **_key(it.user_id, it.provider),
        "EntityType": "CRMCredentials",
        "provider": it.provider,
        "accessToken": it.access_token,
        "refreshToken": it.refresh_token,
        "expiresAt": None if it.expires_at is None else iso(it.expires_at),
        "metadata": it.metadata,
        "version": it.version,
        "queue": CREDENTIALS,
        "position": it.provider,
        "change": uuid4().hex,
    }


def _credentials(item: Item) -> SealedCredentials:
    expires = item.get("expiresAt")
    return SealedCredentials(
        user_id=item["PK"].removeprefix(user_key("")),
        provider=item["provider"],
        version=item["version"],
        access_token=item.get("accessToken"),
        refresh_token=item.get("refreshToken"),
        metadata=item.get("metadata"),
        expires_at=None if expires is None else instant(expires),
    )
