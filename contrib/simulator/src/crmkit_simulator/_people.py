"""
Made-up people, the same ones each time.
"""

from __future__ import annotations

from itertools import islice, product
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_FIRST = (
    *("Ana", "Björn", "Chiara", "Dmitri", "Esi", "Farah", "Grace", "Hiro", "Inés"),
    *("Jamal", "Katya", "Liam", "Mei", "Noor", "Olu", "Priya", "Quentin", "Rosa"),
)
_LAST = (
    *("Alves", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad"),
    *("Ito", "Jensen", "Kowalski", "Lopez", "Mensah", "Novak", "Okafor", "Patel"),
)


class Person(NamedTuple):
    """
    Who somebody is, whatever a CRM calls the fields.
    """

    first_name: str
    last_name: str
    email: str


def people(count: int) -> Iterator[Person]:
    """
    Make up this many; no two have the same address.
    """
    pairs = product(range(1 + count // (len(_FIRST) * len(_LAST))), _LAST, _FIRST)
    for number, (_, last, first) in enumerate(islice(pairs, count), start=1):
        yield Person(first, last, f"client{number}@example.com")
