"""
A store in a process of its own, to be killed.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from crmkit.testing._verdicts import NotProven

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from crmkit.stores import Row
    from crmkit.testing._store.subject import StoreSubject

_CODE = """
import pickle, sys
sys.path[:] = pickle.load(sys.stdin.buffer)
said = "imports"
try:
    open_store, url, (method, *arguments) = pickle.load(sys.stdin.buffer)
    said = "opens"
    store = open_store(url)
    getattr(store, method)(*arguments)
    said = "done"
except Exception as error:
    said += f" {type(error).__name__}: {error}"
print(ascii(said), flush=True)
sys.stdin.read()
"""


def added_elsewhere(
    subject: StoreSubject, rows: Sequence[Row]
) -> AbstractContextManager[Callable[[], None]]:
    """
    Have another process open the store and add rows; provide what kills it.
    """
    return done_elsewhere(subject, ("add", rows))


@contextmanager
def done_elsewhere(
    subject: StoreSubject, call: tuple[object, ...]
) -> Iterator[Callable[[], None]]:
    """
    Have another process open the store and call a method, with arguments, of it.

    Provides what kills it. Raises NotProven where that process cannot import what opens
    the store.
    """
    given = _pickled(subject, call)
    process = subprocess.Popen(  # noqa: S603 - this Python, and the code above
        [sys.executable, "-c", _CODE], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )

    def kill() -> None:
        process.kill()
        process.communicate()

    try:
        said = _told(process, given)
        if said.startswith("imports"):
            msg = f"another process cannot import what opens the store: {said[8:]}"
            raise NotProven(msg)
        if said != "done":
            subject.broken(f"raises in another process: {said[6:]}")
        yield kill
    finally:
        kill()


def _told(process: subprocess.Popen[bytes], given: bytes) -> str:
    if process.stdin is None or process.stdout is None:
        msg = "there are no pipes to another process here"
        raise NotProven(msg)
    process.stdin.write(given)
    process.stdin.flush()
    return process.stdout.readline().decode().strip().strip("'\"")


def _pickled(subject: StoreSubject, call: tuple[object, ...]) -> bytes:
    try:
        opening = pickle.dumps((subject.open_store, subject.url, call))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        msg = f"another process cannot import what opens the store: {error}"
        raise NotProven(msg) from error
    return pickle.dumps(sys.path) + opening
