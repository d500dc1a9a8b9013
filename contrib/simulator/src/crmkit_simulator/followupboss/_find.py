"""
Which people a list shows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmkit_simulator.followupboss._account import TRASH, sees
from crmkit_simulator.followupboss._lists import as_flag
from crmkit_simulator.followupboss._people import digits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from crmkit_simulator.followupboss._account import Account
    from crmkit_simulator.followupboss._auth import Asker

Person = dict[str, Any]


def _like(name: str) -> Callable[[Person, str], bool]:
    return lambda person, wanted: wanted.lower() in str(person[name] or "").lower()


def _is(name: str) -> Callable[[Person, str], bool]:
    return lambda person, wanted: str(person[name] or "").lower() == wanted.lower()


def _with_email(person: Person, wanted: str) -> bool:
    return wanted.strip().lower() in {item["value"].lower() for item in person["emails"]}


def _with_phone(person: Person, wanted: str) -> bool:
    return digits(wanted) in {item["normalized"] for item in person["phones"]}


def _tagged(person: Person, wanted: str) -> bool:
    return not set(wanted.split(",")).isdisjoint(person["tags"])


def _contacted(person: Person, wanted: str) -> bool:
    return bool(person["contacted"]) is as_flag(wanted)


FILTERS: Mapping[str, Callable[[Person, str], bool]] = {
    **{name: _like(name) for name in ("name", "firstName", "lastName")},
    **{name: _is(name) for name in ("stage", "source", "assignedTo")},
    **{name: _is(name) for name in ("assignedUserId", "assignedPondId")},
    "email": _with_email,
    "phone": _with_phone,
    "tags": _tagged,
    "contacted": _contacted,
    "lastActivityAfter": lambda p, t: p["lastActivity"] > t.replace(" ", "T")[:19],
    "lastActivityBefore": lambda p, t: p["lastActivity"] < t.replace(" ", "T")[:19],
    "priceAbove": lambda person, price: (person["price"] or 0) > int(price),
    "priceBelow": lambda person, price: (person["price"] or 0) < int(price),
}
SWITCHES = frozenset({"includeTrash", "includeUnclaimed", "fields"})


def found(account: Account, asker: Asker, query: Mapping[str, str]) -> Iterator[Person]:
    """
    Yield the people whom a query means; those in the trash only if it asks for them.
    """
    trash = as_flag(query.get("includeTrash", "")) or query.get("stage") == TRASH
    unclaimed = as_flag(query.get("includeUnclaimed", ""))
    custom = {name: query[name] for name in account.fields.keys() & query.keys()}
    for person in account.shelves["people"].values():
        if sees(asker, person) and (
            (trash or person["stage"] != TRASH)
            and (unclaimed or person["claimed"])
            and all(FILTERS[name](person, query[name]) for name in FILTERS.keys() & query)
            and all(_equal(person.get(name), value) for name, value in custom.items())
        ):
            yield person


def _equal(value: Any, wanted: str) -> bool:
    # A date, or two of them parted by a comma, are the ends of a stretch.
    if isinstance(value, str) and "," in wanted:
        first, _, last = wanted.partition(",")
        return (not first or value >= first) and (not last or value <= last)
    return value is not None and str(value).lower() == wanted.lower()
