"""
The state of a simulated Follow Up Boss account.
"""

from __future__ import annotations

import re
from collections import defaultdict
from itertools import count
from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss._bodies import CUSTOM_FIELD, checked
from crmkit_simulator.followupboss._errors import Refused, not_found

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from crmkit_simulator._clock import Clock
    from crmkit_simulator.followupboss._auth import Asker

ACCOUNT = {"id": 4242, "domain": "acme", "name": "Acme Realty"}
TRASH = "Trash"
_FIRST_ID = 101
_DEEPEST = 2000


class Account:
    """
    What an account holds, and how it is set up.

    *custom_fields* are as Follow Up Boss describes them: label, type, choices, readOnly.
    *not_ready* is for how many seconds a new person takes no activities. *archived* are
    sources whose lead flow is archived. *merged* says what a merged id answers: ``moved``
    with the person that it became, ``gone`` with 404. With *expired* the account takes
    leads alone. Without *list_notes* notes are read one by one, as the reference has it.
    *created* is the status of what was made. Offsets beyond *deepest* are refused.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        custom_fields: Iterable[Mapping[str, Any]] = (),
        not_ready: float = 0.0,
        archived: Collection[str] = (),
        merged: str = "moved",
        expired: bool = False,
        list_notes: bool = True,
        created: int = 201,
        deepest: int = _DEEPEST,
    ) -> None:
        if merged not in {"moved", "gone"} or created not in {200, 201}:
            msg = "merged is moved or gone, created is 200 or 201"
            raise ValueError(msg)
        self.clock = clock
        self.not_ready = not_ready
        self.archived = frozenset(archived)
        self.merged = merged
        self.expired = expired
        self.list_notes = list_notes
        self.created = created
        self.deepest = deepest
        self.shelves: dict[str, dict[int, dict[str, Any]]] = defaultdict(dict)
        self.fields: dict[str, dict[str, Any]] = {}
        self.became: dict[int, int] = {}
        self.ready_at: dict[int, float] = {}
        self._ids = count(_FIRST_ID)
        for field in custom_fields:
            self.define(field)

    def define(self, described: Mapping[str, Any]) -> dict[str, Any]:
        """
        Add a custom field; its name on the wire is made of its label. Raises ValueError.
        """
        try:
            given = checked(described, CUSTOM_FIELD, ("label",))
        except Refused as refused:
            raise ValueError(refused.message) from None
        words = re.findall(r"\w+", given["label"])
        name = "custom" + "".join(word[:1].upper() + word[1:] for word in words)
        made = {
            "id": len(self.fields) + 1,
            "label": given["label"],
            "name": name,
            "type": given.get("type", "text"),
            "choices": given.get("choices", []),
            "isRecurring": given.get("isRecurring", False),
            "orderWeight": given.get("orderWeight", 1000 * (len(self.fields) + 1)),
            "hideIfEmpty": given.get("hideIfEmpty", False),
            "readOnly": given.get("readOnly", False),
        }
        return self.fields.setdefault(name, made)

    def new_id(self, collection: str) -> int:
        """
        Return an id that no record of a collection has.
        """
        return next(n for n in self._ids if n not in self.shelves[collection])

    def now(self) -> str:
        """
        Return the time as Follow Up Boss writes it: UTC, in whole seconds.
        """
        return f"{self.clock.moment():%Y-%m-%dT%H:%M:%SZ}"

    def keep(self, collection: str, record: dict[str, Any], asker: Asker) -> dict[str, Any]:
        """
        Put a record into a collection, with id, times and who made it.
        """
        moment = self.now()
        made = {
            "id": self.new_id(collection),
            "created": moment,
            "updated": moment,
            "createdById": asker.user["id"],
            "updatedById": asker.user["id"],
            **record,
        }
        self.shelves[collection][made["id"]] = made
        return made

    def get(self, collection: str, key: str, what: str) -> dict[str, Any]:
        """
        Return the record of this id; raises Refused.
        """
        found = self.shelves[collection].get(int(key)) if key.isdecimal() else None
        if found is None:
            raise not_found(what)
        return found

    def person(self, person_id: int, asker: Asker) -> dict[str, Any]:
        """
        Return a person whom the asker sees, also by an id from before a merge.

        Raises Refused.
        """
        if self.merged == "moved":
            person_id = self.became.get(person_id, person_id)
        found = self.shelves["people"].get(person_id)
        if found is None or not sees(asker, found):
            what = "Person"
            raise not_found(what)
        return found

    def ready_person(self, person_id: int, asker: Asker) -> dict[str, Any]:
        """
        Return a person who takes activities: one just made does not. Raises Refused.
        """
        found = self.person(person_id, asker)
        if self.ready_at.get(found["id"], 0.0) > self.clock.monotonic():
            what = "Person"
            raise not_found(what)
        return found

    def merge(self, kept: int, gone: int) -> None:
        """
        Make one person of two, with the activities of both; raises KeyError.
        """
        left = self.shelves["people"].pop(gone)
        stays = self.shelves["people"][kept]
        for name in ("emails", "phones", "tags"):
            stays[name] = [*stays[name], *(v for v in left[name] if v not in stays[name])]
        stays["updated"] = self.now()
        self.became = {
            old: kept if new == gone else new for old, new in self.became.items()
        } | {gone: kept}
        for collection, shelf in self.shelves.items():
            for record in shelf.values() if collection != "people" else ():
                if record.get("personId") == gone:
                    record["personId"] = kept


def sees(asker: Asker, person: Mapping[str, Any]) -> bool:
    """
    Tell whether a person is shown to who asks.
    """
    return asker.sees_all or bool(person["assignedUserId"] == asker.user["id"])
