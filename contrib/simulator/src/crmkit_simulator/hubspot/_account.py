"""
The state of a simulated HubSpot account.
"""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from crmkit_simulator._clock import iso
from crmkit_simulator.hubspot._records import Record, Shelf
from crmkit_simulator.hubspot._schema import defined, schemas
from crmkit_simulator.hubspot._types import TYPES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from crmkit_simulator._clock import Clock

_FIRST_ID = 101


class Account:
    """
    What an account holds, and how it is set up.

    *properties* are custom ones, as HubSpot's API describes them, of contacts unless they
    have an ``objectType``. *required* are the properties that an administrator requires on
    creation, by type. *search_lag* is how many seconds the search index lags behind.
    *timeline* are the event templates and types of the app. *owners* are users: id, email,
    firstName, lastName.
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
    ) -> None:
        self.clock = clock
        self.required = dict(required or {})
        self.search_lag = search_lag
        self.timeline = frozenset(timeline)
        self.events: dict[tuple[str, str], dict[str, Any]] = {}
        self.owners = [dict(owner) for owner in owners]
        self.echo_trace_ids = echo_trace_ids
        self.began = iso(clock.now())
        self.shelves = {
            name: Shelf(TYPES[name], schema) for name, schema in schemas().items()
        }
        for definition in properties:
            self.define(definition.get("objectType", "contacts"), definition)
        self._ids = count(_FIRST_ID)

    def define(self, type_name: str, definition: Mapping[str, Any]) -> None:
        """
        Add a custom property to a type of object; raises ValueError.
        """
        if type_name not in self.shelves:
            types = ", ".join(self.shelves)
            msg = f"there are properties of {types}, not of {type_name!r}"
            raise ValueError(msg)
        made = defined(definition, f"{type_name}information")
        self.shelves[type_name].schema[made.name] = made

    def new_id(self) -> str:
        """
        Return an id that no object has.
        """
        while True:
            id_ = str(next(self._ids))
            if not any(id_ in shelf.records for shelf in self.shelves.values()):
                return id_

    def publish(self, record: Record, *, gone: bool = False) -> None:
        """
        Let the search index learn of a change, after its lag.
        """
        due = self.clock.monotonic() + self.search_lag
        self.shelves[record.type.name].publish(due, record, gone=gone)
