"""
What a piece of code does beside computing, seen by an audit hook.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from functools import cache
from threading import get_ident
from typing import TYPE_CHECKING, Any

from crmkit.testing._importing import Watch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@contextmanager
def watched() -> Iterator[Sequence[str]]:
    """
    Yield the list of what this thread does meanwhile beside computing; none of it happens.
    """
    watches, thread, keep = _watches(), get_ident(), sys.dont_write_bytecode
    watch = Watch([*sys.path, sys.prefix, sys.base_prefix, sys.exec_prefix])
    sys.dont_write_bytecode = True  # a module that is imported on first use is no deed
    watches[thread] = watch
    try:
        yield watch.did
    finally:
        del watches[thread]
        sys.dont_write_bytecode = keep


@cache
def _watches() -> dict[int, Watch]:
    """
    Return who watches which thread, for the one hook: it can never be taken away.
    """
    watches: dict[int, Watch] = {}

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if watch := watches.get(get_ident()):
            watch(event, arguments)

    sys.addaudithook(hook)
    return watches
