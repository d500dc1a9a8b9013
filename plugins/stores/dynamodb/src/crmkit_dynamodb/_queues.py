"""
Where the index keeps a row: a queue for each state and shard, and the position in it.

All groups share the queues. A position begins with the group, so that a group's rows stand
together in the order in which they are due, and whoever looks for groups leaps from one to
the next, however many rows each one has. No item stands for a group as a whole: nothing
has to be kept true beside the rows, and no two writers meet.

A row's shard is drawn from its own id, so one account with many rows fills all of them.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import count
from time import time_ns
from typing import TYPE_CHECKING, NamedTuple

from crmkit.codec import to_json
from crmkit.reports import SYNCED

if TYPE_CHECKING:
    from crmkit.stores import Group, Key

CREDENTIALS = "credentials"
_LATEST = 9e10  # seconds: what is due later than that is due then
_SEQUENCE = count(time_ns())


class Spot(NamedTuple):
    """
    What a row's place in the index is made of, and never changes.
    """

    shard: int
    group: str
    sequence: str
    stored_at: float

    def at(self, state: str, due_at: float) -> dict[str, str]:
        """
        Return the index's attributes for this state; what is synced is in order of storing.
        """
        if state == SYNCED:
            position = f"{moment(self.stored_at)}#{self.sequence}"
        else:
            position = f"{self.group}#{moment(due_at)}#{self.sequence}"
        return {"queue": queue(state, self.shard), "position": position}


def queue(state: str, shard: int) -> str:
    """
    Name the queue of a state's shard.
    """
    return f"{state}#{shard}"


def shard_of(key: Key, shards: int) -> int:
    """
    Draw the shard of a row.
    """
    digest = sha256(key.activity_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4], "big") % shards


def name_of(group: Group) -> str:
    """
    Return a group's name in positions; each has the same length, and none begins another.
    """
    return sha256(to_json(group).encode()).hexdigest()[:32]


def next_sequence() -> str:
    """
    Return a text that follows all that this process got, and those of others by the clock.
    """
    return f"{next(_SEQUENCE):020d}"


def moment(seconds: float) -> str:
    """
    Return a time as text of one length, in order, down to the microsecond.
    """
    return f"{int(min(max(seconds, 0.0), _LATEST) * 1_000_000):017d}"


def due(group: str, now: float) -> tuple[str, str]:
    """
    Return the positions between which a group's rows are that are due.
    """
    return f"{group}#", f"{group}#{moment(now)}#~"


def past(group: str) -> str:
    """
    Return the position after all rows of a group.
    """
    return f"{group}$"
