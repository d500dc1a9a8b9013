"""
A store in memory, to show that the contract is of no one store.
"""

from collections import defaultdict

from crmkit import StoreError
from crmkit.testing._store.model import Place, StoreModel


def in_memory(kind=StoreModel):
    """
    Return a function that opens stores of this kind, ``memory:NAME``.

    No other process can import it, nor would it find anything in its memory.
    """
    places = defaultdict(Place)

    def open_store(url):
        name = url.removeprefix("memory:")
        if not name:
            msg = "the store names no place; write memory:NAME"
            raise StoreError(msg)
        return kind(places[name])

    return open_store
