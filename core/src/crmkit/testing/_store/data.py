"""
Rows to try a store with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit.stores import Group, Key, Row
from crmkit.testing._clock import START

if TYPE_CHECKING:
    from crmkit.stores import Store
    from crmkit.testing._store.subject import StoreSubject

NOW = START.timestamp()
GROUP = Group("acme", "", "notes")
STATES = ("pending", "sending", "synced", "uncertain", "dead")


def row(activity_id: str, state: str = "pending", **more: Any) -> Row:
    """
    Make a row that is due now.
    """
    given = {
        "user_id": "",
        "provider": GROUP.provider,
        "kind": GROUP.kind,
        "digest": "d1",
        "stored_at": NOW,
        "due_at": NOW,
        "payload": '{"type": "note"}',
        "client_id": "7",
    }
    return Row(activity_id=activity_id, state=state, **{**given, **more})


def key(activity_id: str, user_id: str = "") -> Key:
    """
    Name a row.
    """
    return Key(user_id, activity_id)


def states(store: Store) -> dict[str, str]:
    """
    Return the state of every row by its id.
    """
    everything = [store.rows(state=state, limit=2000) for state in (None, "synced")]
    return {found.activity_id: found.state for rows in everything for found in rows}


def one_of_each(subject: StoreSubject) -> Store:
    """
    Return a store with a row of each state, named after it.
    """
    store = subject.open()
    store.add([row(state, state) for state in STATES])
    return store


def leasing(subject: StoreSubject, *names: str) -> Store:
    """
    Return a store that leases rows of these names.
    """
    store = subject.open()
    store.add([row(name) for name in names])
    store.claim_keys([key(name) for name in names])
    return store
