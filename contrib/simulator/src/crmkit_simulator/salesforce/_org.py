"""
The state of a simulated Salesforce organization.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.salesforce._errors import Refused, not_found
from crmkit_simulator.salesforce._ids import full, numbering, read_id
from crmkit_simulator.salesforce._records import Record, Table
from crmkit_simulator.salesforce._schema import custom_field, custom_kind, standard
from crmkit_simulator.salesforce._values import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.salesforce._schema import Kind

ORGANIZATION = full("00D5e0000000001")
_ACTIVITIES = ("Task", "Event")  # a custom field of both is one of "Activity"
_ME = {"FirstName": "Integration", "LastName": "User", "Username": "sync@example.com"} | {
    "Email": "sync@example.com",
    "Alias": "sync",
    "TimeZoneSidKey": "Europe/Berlin",
    "LocaleSidKey": "en_US",
    "LanguageLocaleKey": "en_US",
}


class Org:
    """
    What an organization holds, and how it is set up.

    *fields* are custom ones by object, as Salesforce's API describes them; those of
    ``Activity`` are both Task's and Event's. *objects* are custom ones. *users* are more
    users. *hidden* and *read_only* are what the user of the tokens may not see or write:
    ``Contact.Birthdate``, or a whole object.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        fields: Mapping[str, Sequence[Mapping[str, Any]]] | None = None,
        objects: Iterable[Mapping[str, Any]] = (),
        users: Iterable[Mapping[str, Any]] = (),
        hidden: Iterable[str] = (),
        read_only: Iterable[str] = (),
        locked: Mapping[str, int] | None = None,
    ) -> None:
        self.clock = clock
        self.next_id = numbering()
        self.began = self.defined = clock.now()
        self.kinds = {name.lower(): kind for name, kind in standard().items()}
        for place, one in enumerate(objects):
            made = custom_kind(one, f"a{place:02}")
            self.kinds[made.name.lower()] = made
        for name, definitions in (fields or {}).items():
            self._extend(name, definitions)
        self.tables = {kind.name: Table(kind) for kind in self.kinds.values()}
        self._prefixes = {kind.prefix: kind for kind in self.kinds.values()}
        self.hidden = self._named(hidden)
        self.read_only = self._named(read_only)
        self.locks = {self._id(id_): times for id_, times in (locked or {}).items()}
        self.user = self.next_id("005")
        for user in ({"Id": self.user, **_ME}, *users):
            self._add_user(user)

    def now(self) -> str:
        """
        Return the time as records tell it.
        """
        return stamp(self.clock.now())

    def kind(self, name: str) -> Kind:
        """
        Return the object of this name; raises Refused.
        """
        found = self.kinds.get(name.lower())
        if found is None or found.name.lower() in self.hidden:
            raise not_found()
        return found

    def visible(self, kind: Kind, name: str) -> bool:
        """
        Tell whether the user may see a field of an object.
        """
        return f"{kind.name}.{name}".lower() not in self.hidden

    def writable(self, kind: Kind, name: str) -> bool:
        """
        Tell whether the user may write a field of an object.
        """
        wanted = {kind.name.lower(), f"{kind.name}.{name}".lower()}
        return self.visible(kind, name) and self.read_only.isdisjoint(wanted)

    def find(self, id_: str) -> Record | None:
        """
        Return the record of an id of 18 characters, a deleted one too.
        """
        kind = self._prefixes.get(id_[:3])
        return self.tables[kind.name].rows.get(id_) if kind else None

    def lock(self, id_: str, times: int) -> None:
        """
        Let so many writes that touch a record find it locked by another one.
        """
        self.locks[self._id(id_)] = times

    def take_lock(self, ids: Iterable[Any]) -> None:
        """
        Raise Refused if one of these records is locked.
        """
        for id_ in ids:
            if self.locks.get(id_, 0) > 0:
                self.locks[id_] -= 1
                text = "unable to obtain exclusive access to this record or 1 records: "
                raise Refused(400, "UNABLE_TO_LOCK_ROW", text + id_, ())

    def audit(self, *, new: bool) -> dict[str, Any]:
        """
        Return what a write stamps on a record.
        """
        now = self.now()
        changed = {"LastModifiedDate": now, "LastModifiedById": self.user}
        changed["SystemModstamp"] = now
        made = {"CreatedDate": now, "CreatedById": self.user}
        return made | changed if new else changed

    def records(self, *names: str) -> Iterator[Record]:
        """
        Yield the records of these objects that are not deleted.
        """
        for name in names:
            yield from self.tables[name].live()

    def _extend(self, name: str, definitions: Sequence[Mapping[str, Any]]) -> None:
        for one in _ACTIVITIES if name.lower() == "activity" else (name,):
            if one.lower() not in self.kinds:
                msg = f"there is no object {one!r} to have custom fields"
                raise ValueError(msg)
            for definition in definitions:
                self.kinds[one.lower()].add(custom_field(definition))

    def _named(self, names: Iterable[str]) -> frozenset[str]:
        if isinstance(names, str):
            msg = f"hidden and read_only are collections of names, not the text {names!r}"
            raise TypeError(msg)
        for name in names:
            kind, _, field = name.lower().partition(".")
            if kind not in self.kinds or (field and not self.kinds[kind].get(field)):
                msg = f"there is no {name!r} to be hidden or read-only"
                raise ValueError(msg)
        return frozenset(map(str.lower, names))

    def _id(self, id_: str) -> str:
        found = read_id(id_)
        if found is None:
            msg = f"an id has 15 or 18 characters, unlike {id_!r}"
            raise ValueError(msg)
        return found

    def _add_user(self, user: Mapping[str, Any]) -> None:
        kind = self.kinds["user"]
        given = {**_ME, "FirstName": None, "IsActive": True, "UserType": "Standard", **user}
        id_ = self._id(given.pop("Id")) if given.get("Id") else self.next_id(kind.prefix)
        names = (given["FirstName"], given["LastName"])
        blank = {field.name: field.default for field in kind.fields.values()}
        values = {**blank, **given, "Id": id_, "Name": " ".join(filter(None, names))}
        self.tables["User"].put(Record(kind, id_), values | self.audit(new=True))
