"""
The state of a simulated company.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive._errors import NOT_FOUND, Refused, gone, not_found
from crmkit_simulator.pipedrive._index import Index
from crmkit_simulator.pipedrive._schema import schema
from crmkit_simulator.pipedrive._times import written

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_simulator._clock import Clock

COMPANY = 1_000_001
_KEPT = 30 * 86_400  # seconds until what was deleted is purged
_USERS = (
    {"id": 101, "name": "Sam Seller", "email": "sam@example.com", "is_admin": True},
    {"id": 102, "name": "Kim Keeper", "email": "kim@example.com"},
)
_TYPES = ("Call", "Meeting", "Task", "Deadline", "Email", "Lunch")


@dataclass(slots=True)
class Record:
    """
    A person, activity, note or call log: its values as they are told.

    A person's marketing status is *settled* once it has been changed.
    """

    id: Any
    values: dict[str, Any]
    custom: dict[str, Any] = field(default_factory=dict)
    deleted_at: float | None = None
    settled: bool = False


class Shelf(dict[Any, Record]):
    """
    The records of one kind, by id; *kind* is what errors call one.
    """

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.kind = kind

    def find(self, id_: Any) -> Record:
        """
        Return a record, a deleted one too; raises Refused.
        """
        found = self.get(id_)
        if found is None:
            raise not_found(self.kind)
        return found

    def live(self, id_: Any) -> Record:
        """
        Return a record that is not deleted; raises Refused.
        """
        found = self.find(id_)
        if found.deleted_at is not None:
            raise not_found(self.kind)
        return found

    def open(self, id_: Any) -> Record:
        """
        Return a record that may be changed: a deleted one is gone. Raises Refused.
        """
        found = self.find(id_)
        if found.deleted_at is not None:
            raise gone(self.kind)
        return found


class Account:
    """
    What a company holds, and how it is set up.

    *fields* are custom fields of persons and *labels* those that there are to put on them,
    *users*, *organizations* and *activity_types* what their names say, *deals* ids.
    *search_lag* is how many seconds the search index lags behind. *domain* is the name of
    the company's host. With *contact_sync* and *campaigns* persons have more fields. With
    *list_deleted* lists tell of deleted persons too, until they are purged. With
    *old_version* version 1 has persons and activities still. With *soft_errors* version 1
    answers 200 to what it refuses.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        fields: Iterable[Mapping[str, Any]] = (),
        labels: Iterable[str] | None = None,
        users: Iterable[Mapping[str, Any]] = _USERS,
        organizations: Iterable[Mapping[str, Any]] = (),
        activity_types: Iterable[str] = (),
        deals: Iterable[int] = (),
        search_lag: float = 2.0,
        domain: str = "acme",
        contact_sync: bool = False,
        campaigns: bool = False,
        list_deleted: bool = False,
        old_version: bool = False,
        soft_errors: bool = False,
    ) -> None:
        self.clock = clock
        self.fields = schema(fields, labels, contact_sync=contact_sync, campaigns=campaigns)
        self.users = {int(user["id"]): dict(user) for user in users}
        self.organizations = {int(one["id"]): dict(one) for one in organizations}
        self.activity_types = activity_types_of((*_TYPES, *activity_types))
        self.deals = frozenset(deals)
        self.domain = domain
        self.contact_sync = contact_sync
        self.campaigns = campaigns
        self.list_deleted = list_deleted
        self.old_version = old_version
        self.soft_errors = soft_errors
        self.index = Index(clock, search_lag)
        self.began = self.now()
        self.persons = Shelf("Person")
        self.activities = Shelf("Activity")
        self.notes = Shelf("Note")
        self.calls = Shelf("Call log")
        self._last: dict[str, int] = {}
        self._bin: deque[tuple[float, Shelf, Any]] = deque()

    def now(self) -> str:
        """
        Return the time, to the second, as version 2 writes it.
        """
        return written(self.clock.moment())

    def new_id(self, shelf: Shelf, given: int | None = None) -> int:
        """
        Return an id for a record, above all that there were, or the one that is given.
        """
        last = self._last.get(shelf.kind, 0)
        id_ = last + 1 if given is None else given
        self._last[shelf.kind] = max(last, id_)
        return id_

    def delete(self, shelf: Shelf, record: Record) -> None:
        """
        Mark a record as deleted: it is purged after 30 days.
        """
        record.deleted_at = self.clock.monotonic()
        record.values["update_time"] = self.now()
        self._bin.append((record.deleted_at, shelf, record.id))

    def purge(self) -> None:
        """
        Forget what was deleted more than 30 days ago.
        """
        due = self.clock.monotonic() - _KEPT
        while self._bin and self._bin[0][0] <= due:
            _, shelf, id_ = self._bin.popleft()
            shelf.pop(id_, None)

    def user(self, id_: int) -> dict[str, Any]:
        """
        Return a user; raises Refused.
        """
        if id_ not in self.users:
            raise Refused(NOT_FOUND, "User not found or not accessible.")
        return self.users[id_]


def activity_types_of(names: Iterable[str]) -> dict[str, str]:
    """
    Return the types of activities: their names by key, which is made of the name.
    """
    return {name.lower().replace(" ", "_"): name for name in names}
