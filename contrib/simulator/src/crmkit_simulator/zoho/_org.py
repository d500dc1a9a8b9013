"""
The state of a simulated Zoho account.
"""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import count
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmkit_simulator.zoho._custom import defined
from crmkit_simulator.zoho._modules import MODULES
from crmkit_simulator.zoho._records import Deleted, Record, Shelf

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.zoho._modules import Field
    from crmkit_simulator.zoho._pages import Cursor

FIRST_ID = 5_725_767_000_000_524_001
ORG_ID = "5725767000000000001"
USER = {
    "id": "5725767000000411001",
    "first_name": "Sam",
    "last_name": "Owner",
    "email": "sam.owner@example.com",
}


class Org:
    """
    What an account holds, and how it is set up.

    *time_zone* is the one in which it writes every moment. *fields* are custom ones, as
    Zoho's API describes them, of Contacts unless they have a ``module``. *users* are id,
    first_name, last_name, email; the first one is who every token belongs to. *search_lag*
    is how many seconds the search index lags behind. With *ignores_unwritable* what cannot
    be written, an unknown or a read-only field, is passed over without a word; with
    *old_statuses* a batch that failed in part, or whole, is answered by 200 or 202. With
    *merged_deleted* a record that was merged is among the deleted ones.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        time_zone: str = "Asia/Kolkata",
        fields: Iterable[Mapping[str, Any]] = (),
        users: Iterable[Mapping[str, Any]] = (USER,),
        search_lag: float = 2.0,
        ignores_unwritable: bool = False,
        old_statuses: bool = False,
        merged_deleted: bool = False,
    ) -> None:
        self.clock = clock
        self.time_zone = _zone(time_zone)
        self.users = {str(user["id"]): {**user, "id": str(user["id"])} for user in users}
        self.search_lag = search_lag
        self.ignores_unwritable = ignores_unwritable
        self.old_statuses = old_statuses
        self.merged_deleted = merged_deleted
        self.began = self.now()
        self.shelves = {name: Shelf(name) for name in MODULES}
        self.tags: dict[tuple[str, str], str] = {}
        self.cursors: dict[str, Cursor] = {}
        self._ids = count(FIRST_ID)
        self._given: set[str] = set()
        for definition in fields:
            self.define(definition.get("module", "Contacts"), definition)

    @property
    def user(self) -> str:
        """
        The id of the user that every token belongs to.
        """
        return next(iter(self.users))

    def define(self, module: str, definition: Mapping[str, Any]) -> Field:
        """
        Add a custom field to a module; raises ValueError.
        """
        if module not in self.shelves:
            msg = f"there are fields of {', '.join(self.shelves)}, not of {module!r}"
            raise ValueError(msg)
        made = defined(definition)
        self.shelves[module].fields[made.name] = made
        return made

    def module_id(self, module: str) -> str:
        """
        Return the id of a module.
        """
        number = MODULES.index(module) if module in MODULES else len(MODULES)
        return f"57257670000000021{number:02}"

    def new_id(self) -> str:
        """
        Return an id that no record has.
        """
        return next(id_ for id_ in map(str, self._ids) if id_ not in self._given)

    def reserve(self, id_: str) -> str:
        """
        Return an id that is given, so that it is not given again.
        """
        self._given.add(id_)
        return id_

    def now(self) -> datetime:
        """
        Return the time to the second, as Zoho keeps it.
        """
        return datetime.fromtimestamp(int(self.clock.now()), UTC)

    def local(self, moment: datetime) -> str:
        """
        Write a moment as Zoho does, in the account's time zone.
        """
        return moment.astimezone(self.time_zone).isoformat(timespec="seconds")

    def named(self, id_: str, *, email: bool = True) -> dict[str, Any] | None:
        """
        Return a user as records name one.
        """
        user = self.users.get(id_)
        if user is None:
            return None
        named = {"name": full_name(user), "id": id_}
        return {**named, "email": user.get("email")} if email else named

    def local_at(self, seconds: float) -> str:
        """
        Write a time since 1970 so.
        """
        return self.local(datetime.fromtimestamp(seconds, UTC))

    def get(self, module: str, id_: str) -> Record | None:
        """
        Return a record that is there.
        """
        shelf = self.shelves.get(module)
        return shelf.records.get(id_) if shelf else None

    def put(self, record: Record) -> None:
        """
        Store a record, new or changed.
        """
        due = self.clock.monotonic() + self.search_lag
        self.shelves[record.module].put(record, due)

    def delete(self, record: Record, *, told: bool = True) -> None:
        """
        Let a record be gone; it is *told* among the deleted ones.
        """
        shelf = self.shelves[record.module]
        shelf.remove(record, self.clock.monotonic() + self.search_lag)
        if told:
            shelf.deleted.append(Deleted(record, self.user, self.now()))

    def tag(self, module: str, name: str) -> dict[str, Any]:
        """
        Return a tag of a module, which is made if there is none of this name.
        """
        id_ = self.tags.get((module, name)) or self.new_id()
        self.tags[module, name] = id_
        return {"name": name, "id": id_, "color_code": None}


def full_name(user: Mapping[str, Any]) -> str:
    """
    Return what a user is called.
    """
    return " ".join(filter(None, (user.get("first_name"), user.get("last_name"))))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        msg = f"time_zone {name!r} is none of the IANA time zones, such as Asia/Kolkata"
        raise ValueError(msg) from None
