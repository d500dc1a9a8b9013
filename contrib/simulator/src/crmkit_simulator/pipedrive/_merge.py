"""
Merging two persons: the one in the path goes, what it had stays with the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.pipedrive import _loose, _old_persons, _persons
from crmkit_simulator.pipedrive._asked import Asked, said
from crmkit_simulator.pipedrive._checks import body_of
from crmkit_simulator.pipedrive._errors import BAD, Refused

if TYPE_CHECKING:
    from crmkit_simulator.pipedrive._account import Account, Record


def merge(asked: Asked) -> dict[str, Any]:
    """
    Merge a person into another, whose data are kept where both have some.
    """
    account = asked.account
    other = _loose.integer(body_of(asked.request), "merge_with_id")
    if other is None:
        raise Refused(BAD, "merge_with_id must be given.")
    if other == asked.id:
        raise Refused(BAD, "A person cannot be merged with itself")
    gone, kept = account.persons.live(asked.id), account.persons.live(other)
    _persons.take(account, kept, _joined(kept, gone))
    _move(account, gone.id, kept.id)
    del account.persons[gone.id]
    account.index.learn(gone.id, None)
    told = {name: kept.values[name] for name in ("owner_id", "org_id")}
    wire = _old_persons.as_old_wire(asked, kept) | told
    return said(wire | {"merge_what_id": gone.id})


def _joined(kept: Record, gone: Record) -> dict[str, Any]:
    new: dict[str, Any] = {"custom_fields": gone.custom | kept.custom}
    for name in ("emails", "phones"):
        mine = kept.values[name]
        known = {one["value"].lower() for one in mine}
        added = [
            {**one, "primary": not mine and one["primary"]}
            for one in gone.values[name]
            if one["value"].lower() not in known
        ]
        new[name] = [*mine, *added]
    if kept.values["org_id"] is None:
        new["org_id"] = gone.values["org_id"]
    new["label_ids"] = sorted({*kept.values["label_ids"], *gone.values["label_ids"]})
    return new


def _move(account: Account, gone: int, kept: int) -> None:
    for record in account.activities.values():
        people: dict[int, bool] = {}
        for one in record.values["participants"]:
            id_ = kept if one["person_id"] == gone else one["person_id"]
            people[id_] = people.get(id_, False) or one["primary"]
        record.values["participants"] = [
            {"person_id": id_, "primary": primary} for id_, primary in people.items()
        ]
    for shelf in (account.activities, account.notes, account.calls):
        for record in shelf.values():
            if record.values["person_id"] == gone:
                record.values["person_id"] = kept
