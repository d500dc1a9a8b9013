"""
What takes several requests, or one for all calls: lists by pages, an account's schema.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from crmkit.errors import ProtocolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from crmkit._session import Session

T = TypeVar("T")


def every(page: Callable[[Any], tuple[Iterable[T], Any]], label: str) -> Iterator[T]:
    """
    Yield the records of all pages of a list of the CRM *label*.

    *page* is called with None, then with what it told of the next page: it returns a page's
    records, and that, or None on the last one. Raises ProtocolError for a page that was to
    come twice.
    """
    asked: list[Any] = [None]
    while True:
        found, following = page(asked[-1])
        yield from found
        if following is None:
            return
        if following in asked:
            msg = f"{label}'s list loops: a page was to come twice"
            raise ProtocolError(msg)
        asked.append(following)


def once(session: Session, name: str, make: Callable[[], T]) -> T:
    """
    Return what is kept in the session's memory under a name, and made if it is not there.
    """
    kept: T | None = session.memory.get(name)
    if kept is None:
        kept = session.memory[name] = make()
    return kept
