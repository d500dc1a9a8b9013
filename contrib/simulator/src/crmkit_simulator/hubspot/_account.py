"""
The state of a simulated HubSpot account.
"""

from __future__ import annotations

from collections import deque
from itertools import count
from typing import TYPE_CHECKING, Any, NamedTuple

from crmkit_simulator._clock import iso
from crmkit_simulator.hubspot._records import Record, Shelf
from crmkit_simulator.hubspot._schema import defined, schemas
from crmkit_simulator.hubspot._types import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.hubspot._schema import Property

_FIRST_ID = 101
_KEPT = 90 * 86_400  # seconds


class Binned(NamedTuple):
    """
    An archived object, and when it is gone.
    """

    due: float
    record: Record


class Account:
    """
    What an account holds, and how it is set up.

    *properties* are custom ones, as HubSpot's API describes them, of contacts unless they
    have an ``objectType``. *required* are the properties that an administrator requires on
    creation, by type. *search_lag* is how many seconds the search index lags behind.
    *timeline* are the event templates and types of the app. *owners* are users: id, email,
    firstName, lastName. With *merged_vanish* a batch tells nothing of ids that were merged,
    with *no_207* it is 200 or 201 since 2026-09 even if parts of it failed.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        properties: Iterable[Mapping[str, Any]] = (),
        required: Mapping[str, Sequence[str]] | None = None,
        search_lag: float = 2.0,
        timeline: Iterable[str] = (),
        owners: Iterable[Mapping[str, str]] = (),
        echo_trace_ids: bool = False,
        merged_vanish: bool = False,
        no_207: bool = False,
    ) -> None:
        self.clock = clock
        self.required = dict(required or {})
        self.search_lag = search_lag
        self.timeline = frozenset(timeline)
        self.events: dict[tuple[str, str], dict[str, Any]] = {}
        self.owners = [dict(owner) for owner in owners]
        self.echo_trace_ids = echo_trace_ids
        self.merged_vanish = merged_vanish
        self.no_207 = no_207
        self.began = iso(clock.now())
        self.shelves = {
            name: Shelf(TYPES[name], schema) for name, schema in schemas().items()
        }
        for definition in properties:
            self.define(definition.get("objectType", "contacts"), definition)
        self._ids = count(_FIRST_ID)
        self._given: set[str] = set()
        self._bin: deque[Binned] = deque()

    def define(self, type_name: str, definition: Mapping[str, Any]) -> Property:
        """
        Add a custom property to a type of object, or change one; raises ValueError.
        """
        if type_name not in self.shelves:
            types = ", ".join(self.shelves)
            msg = f"there are properties of {types}, not of {type_name!r}"
            raise ValueError(msg)
        made = defined(definition, f"{type_name}information")
        self.shelves[type_name].schema[made.name] = made
        return made

    def new_id(self) -> str:
        """
        Return an id that no object has.
        """
        return next(id_ for id_ in map(str, self._ids) if id_ not in self._given)

    def reserve(self, id_: str) -> str:
        """
        Return an id that is given, so that it is not given again.
        """
        self._given.add(id_)
        return id_

    def archive(self, record: Record) -> None:
        """
        Archive an object: for 90 days it can be read as such, then it is gone.
        """
        record.archived_at = iso(self.clock.now())
        self.shelves[record.type.name].release(record.id)
        self.publish(record, gone=True)
        self._bin.append(Binned(self.clock.monotonic() + _KEPT, record))

    def empty_bin(self) -> None:
        """
        Forget what was archived more than 90 days ago.
        """
        while self._bin and self._bin[0].due <= self.clock.monotonic():
            record = self._bin.popleft().record
            self.shelves[record.type.name].forget(record.id)

    def publish(self, record: Record, *, gone: bool = False) -> None:
        """
        Let the search index learn of a change, after its lag.
        """
        due = self.clock.monotonic() + self.search_lag
        self.shelves[record.type.name].publish(due, record, gone=gone)
