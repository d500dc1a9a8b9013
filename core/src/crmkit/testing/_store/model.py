"""
What a store does, in the fewest words: an outbox in a dictionary.

It keeps nothing, so nobody can choose it; stores are compared with it.
"""

from __future__ import annotations

from collections import Counter
from threading import RLock
from time import monotonic
from typing import TYPE_CHECKING

from attrs import define, evolve, field

from crmkit.reports import PENDING, SYNCED, UNCERTAIN
from crmkit.stores import SENDING, Forgotten, Key, Row

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from crmkit.stores import Group, Settlement
    from crmkit.vaults import SealedCredentials

    Whose = tuple[str, str]


@define(eq=False)
class Place:
    """
    What stores of one URL share: rows in the order of adding, and who leases them.
    """

    rows: dict[Key, Row] = field(factory=dict)
    owners: dict[Key, StoreModel] = field(factory=dict)
    checkpoints: dict[str, str] = field(factory=dict)
    credentials: dict[Whose, SealedCredentials] = field(factory=dict)
    renewing: dict[Whose, tuple[StoreModel, float]] = field(factory=dict)
    lock: RLock = field(factory=RLock)


class StoreModel:
    """
    One owner at a place.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.closed = False

    def add(self, rows: Sequence[Row]) -> Mapping[Key, Row]:
        with self.place.lock:
            kept = self.place.rows
            known = {row.key: kept[row.key] for row in rows if row.key in kept}
            new = {row.key: row for row in rows if row.key not in known}
            kept.update(new)
            leased = [row.key for row in new.values() if row.state == SENDING]
            self.place.owners.update(dict.fromkeys(leased, self))
            return known

    def groups(self, now: float) -> Sequence[Group]:
        waiting = self.where(lambda row: row.state in {PENDING, UNCERTAIN})
        return sorted({row.group for row in waiting if row.due_at <= now})

    def claim(self, group: Group, *, state: str, now: float, limit: int) -> Sequence[Row]:
        with self.place.lock:
            found = self.where(lambda row: (row.group, row.state) == (group, state))
            due = sorted((row for row in found if row.due_at <= now), key=_due)
            self.lease(due[:limit])
            return due[:limit]

    def claim_keys(self, keys: Sequence[Key]) -> Sequence[Key]:
        with self.place.lock:
            free = self.where(lambda row: row.state == PENDING, keys)
            self.lease(free)
            return [row.key for row in free]

    def settle(self, settlements: Iterable[Settlement]) -> int:
        with self.place.lock:
            return sum(self.change(it) for it in settlements)

    def recover(self, now: float) -> int:
        with self.place.lock:
            left = [key for key, owner in self.place.owners.items() if owner.closed]
            for key in left:
                del self.place.owners[key]
                row = evolve(self.place.rows[key], state=UNCERTAIN, due_at=now)
                self.place.rows[key] = row
            return len(left)

    def get(self, key: Key) -> Row | None:
        return self.place.rows.get(key)

    def rows(self, *, state: str | None, limit: int) -> Sequence[Row]:
        if state is None:
            return self.where(lambda row: row.state != SYNCED)[:limit]
        return self.where(lambda row: row.state == state)[:limit]

    def counts(self) -> Mapping[str, int]:
        return Counter(row.state for row in self.where(lambda _: True))

    def retry(self, keys: Sequence[Key], now: float) -> int:
        with self.place.lock:
            ended = {SYNCED, SENDING}
            found = self.where(lambda row: row.state not in ended, keys)
            again = {row.key: evolve(row, state=PENDING, due_at=now) for row in found}
            self.place.rows.update(again)
            return len(again)

    def drop(self, keys: Sequence[Key]) -> int:
        return self.delete(lambda row: row.state not in {SYNCED, SENDING}, keys)

    def purge(self, before: float) -> int:
        return self.delete(lambda row: row.state == SYNCED and row.stored_at < before)

    def forget(self, client_id: str, *, provider: str, user_id: str | None) -> Forgotten:
        def theirs(row: Row) -> bool:
            user = user_id in {None, row.user_id}
            return user and (row.provider, row.client_id) == (provider, client_id)

        with self.place.lock:
            sending = self.where(lambda row: theirs(row) and row.state == SENDING)
            erased = self.delete(lambda row: theirs(row) and row.state != SENDING)
            return Forgotten(erased, len(sending))

    def checkpoint(self, name: str) -> str | None:
        return self.place.checkpoints.get(name)

    def set_checkpoint(self, name: str, value: str) -> None:
        self.place.checkpoints[name] = value

    def credentials(self, user_id: str, provider: str) -> SealedCredentials | None:
        return self.place.credentials.get((user_id, provider))

    def all_credentials(self) -> Sequence[SealedCredentials]:
        return [it for _, it in sorted(self.place.credentials.items(), key=_whose)]

    def save_credentials(self, new: SealedCredentials, *, replacing: str | None) -> bool:
        with self.place.lock:
            there = self.credentials(new.user_id, new.provider)
            if replacing != (there and there.version):
                return False
            self.place.credentials[new.user_id, new.provider] = new
            return True

    def remove_credentials(self, user_id: str, provider: str) -> bool:
        return self.place.credentials.pop((user_id, provider), None) is not None

    def lease_credentials(self, user_id: str, provider: str, seconds: float) -> bool:
        with self.place.lock:
            now = monotonic()
            owner, until = self.place.renewing.get((user_id, provider), (self, now))
            if owner is not self and not owner.closed and until > now:
                return False
            self.place.renewing[user_id, provider] = self, now + seconds
            return True

    def release_credentials(self, user_id: str, provider: str) -> None:
        with self.place.lock:
            if self.place.renewing.get((user_id, provider), (None,))[0] is self:
                del self.place.renewing[user_id, provider]

    def close(self) -> None:
        self.closed = True

    def where(
        self, condition: Callable[[Row], bool], keys: Iterable[Key] | None = None
    ) -> list[Row]:
        with self.place.lock:
            among = self.place.rows if keys is None else self.place.rows.keys() & keys
            rows = [row for key, row in self.place.rows.items() if key in among]
            return [row for row in rows if condition(row)]

    def lease(self, rows: Iterable[Row]) -> None:
        for row in rows:
            self.place.owners[row.key] = self
            attempts = row.attempts + 1
            self.place.rows[row.key] = evolve(row, state=SENDING, attempts=attempts)

    def change(self, it: Settlement) -> bool:
        if self.place.owners.get(it.key) is not self:
            return False
        del self.place.owners[it.key]
        row = evolve(
            self.place.rows[it.key],
            state=it.state,
            due_at=it.due_at,
            remote_id=it.remote_id,
            error_type=it.error_type,
            error=it.error,
        )
        if it.state == SYNCED:
            row = evolve(row, payload=None, client_id=None)
        self.place.rows[it.key] = row
        return True

    def delete(
        self, condition: Callable[[Row], bool], keys: Iterable[Key] | None = None
    ) -> int:
        with self.place.lock:
            found = self.where(condition, keys)
            for row in found:
                del self.place.rows[row.key]
            return len(found)


def _due(row: Row) -> float:
    return row.due_at


def _whose(item: tuple[Whose, object]) -> Whose:
    return item[0]
