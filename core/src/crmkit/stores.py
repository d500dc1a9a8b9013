"""
What a store must do to keep an outbox; a function ``open(url)`` opens one.

Times are seconds since 1970. Without a user the user id is the empty text. A store object
is one owner: rows that it claims are leased to it until it settles them, is closed, or its
process ends. Several threads use it at once, and several owners the place that a URL names.
``crmkit.testing.StoreContract`` proves a store.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

from attrs import field, frozen

from crmkit._values import whole_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

SENDING = "sending"
LEDGER_DAYS = 90


class Key(NamedTuple):
    """
    What names an activity: an id is unique for each user.
    """

    user_id: str
    activity_id: str


class Group(NamedTuple):
    """
    Rows that go to the CRM together.
    """

    provider: str
    user_id: str
    kind: str

    def whose(self) -> str:
        """
        Name the account that they go to.
        """
        return (
            f"{self.provider} of user {self.user_id!r}" if self.user_id else self.provider
        )


@frozen(kw_only=True)
class Row:
    """
    One activity in the outbox, and later in its ledger.

    *kind* is the CRM's sort of record. *state* is pending, sending, synced, uncertain or
    dead. *digest* tells whether two activities of one id are the same. *payload* is the
    activity as JSON; it and *client_id* are None once synced. *due_at* is when to send a
    pending one, or to look for an uncertain one. *attempts* counts its leases.
    """

    user_id: str
    activity_id: str
    provider: str
    kind: str
    digest: str
    stored_at: float
    state: str
    payload: str | None = field(default=None, repr=False)
    client_id: str | None = field(default=None, repr=False)
    due_at: float = 0.0
    attempts: int = 0
    remote_id: str | None = None
    error_type: str | None = None
    error: str | None = None

    @property
    def key(self) -> Key:
        """
        What names it.
        """
        return Key(self.user_id, self.activity_id)

    @property
    def group(self) -> Group:
        """
        What it is sent with.
        """
        return Group(self.provider, self.user_id, self.kind)


@frozen(kw_only=True)
class Settlement:
    """
    What becomes of a leased row: its new state, and why.
    """

    key: Key
    state: str
    due_at: float = 0.0
    remote_id: str | None = field(default=None, converter=whole_text)
    error_type: str | None = None
    error: str | None = field(default=None, converter=whole_text)


class Forgotten(NamedTuple):
    """
    How many rows were *erased*, and how many were left because they are being *sent*.

    *overwritten* is false when a copy is left in the place while somebody reads it.
    """

    erased: int
    sending: int
    overwritten: bool = True


class Store(Protocol):
    """
    A durable outbox. Every method raises StoreError when the place fails or is unusable.

    Sequences may be empty, or long: a thousand rows or keys are usual. No key is in one
    twice. The place may be made by the first call.
    """

    def add(self, rows: Sequence[Row]) -> Mapping[Key, Row]:
        """
        Write all new rows or none, durably; return the rows already known, by key.

        A row whose state is sending is leased to this owner. Known rows stay as they are.
        Keys are compared to the letter.
        """

    def groups(self, now: float) -> Sequence[Group]:
        """
        Return the groups that have a pending or uncertain row due by *now*, each once.
        """

    def claim(self, group: Group, *, state: str, now: float, limit: int) -> Sequence[Row]:
        """
        Lease up to *limit* rows of this group and state that are due by *now*.

        Those due the longest come first; of those due at one time, the first added. The
        lease is durable before it returns, and nobody else gets it. Rows come back as they
        were; from now on their state is sending, with one attempt more.
        """

    def claim_keys(self, keys: Sequence[Key]) -> Sequence[Key]:
        """
        Lease those of these rows that are still pending, due or not; return their keys.

        As durable and exclusive as ``claim``.
        """

    def settle(self, settlements: Iterable[Settlement]) -> int:
        """
        Change rows that this owner leases, and end their lease; return how many.

        Others stay untouched. The payload and the client of synced rows are erased.
        """

    def recover(self, now: float) -> int:
        """
        Make rows leased by owners that are gone uncertain, due *now*; return how many.

        An owner is gone when it is closed or its process has ended, not when it is slow.
        """

    def get(self, key: Key) -> Row | None:
        """
        Return one row, None if it is not known.
        """

    def rows(self, *, state: str | None, limit: int) -> Sequence[Row]:
        """
        Return the first *limit* rows added, of one state or of all but synced ones.
        """

    def counts(self) -> Mapping[str, int]:
        """
        Return how many rows there are of each state.
        """

    def retry(self, keys: Sequence[Key], now: float) -> int:
        """
        Make dead, uncertain and pending rows pending, due now; return how many.
        """

    def drop(self, keys: Sequence[Key]) -> int:
        """
        Delete rows that are neither synced nor being sent; return how many.
        """

    def purge(self, before: float) -> int:
        """
        Delete synced rows stored before that time; return how many.
        """

    def forget(self, client_id: str, *, provider: str, user_id: str | None) -> Forgotten:
        """
        Delete what one user, or for None any user, has of this provider's client.

        Rows that are being sent stay, and are counted apart; synced rows hold no client.
        No copy is left in the place when it returns, or it says so.
        """

    def checkpoint(self, name: str) -> str | None:
        """
        Return what was kept last under this name, None if nothing was.
        """

    def set_checkpoint(self, name: str, value: str) -> None:
        """
        Keep a text under this name, durably, in place of what was there.
        """

    def close(self) -> None:
        """
        Close; what is leased still is uncertain after the next ``recover`` of another.
        """
